"""`grantengine simulate`: who gains and who loses by a change to a scheme, before anyone is affected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.committed import committed_sums
from grantengine.cli.inputs import cases, one_scheme
from grantengine.cli.show import language, print_json, print_problems
from grantengine.cli.simulation_summary import print_simulation
from grantengine.compile.plan import Plan
from grantengine.errors import Message, Problem
from grantengine.evaluate import Undetermined
from grantengine.rules.case_table import CaseTable
from grantengine.rules.write_cases import whole_file
from grantengine.services.simulate_change import Wish, simulate_change
from grantengine.simulation.report import Report, report_json

MOST_SWEEPS = 2


@click.command("simulate")
@click.argument("scheme", type=click.Path(path_type=Path))
@click.option(
    "--cases", "cases_file", required=True, type=click.Path(path_type=Path), help="JSON Lines, CSV or Parquet."
)
@click.option(
    "--set", "set_", multiple=True, metavar="POINTER=VALUE",
    help="Change one value, such as /criteria/reach/max_points=12. May be given several times.",
)  # fmt: skip
@click.option("--patch", type=click.Path(path_type=Path), help="A YAML or JSON file of changes (RFC 6902, by id).")
@click.option(
    "--by", multiple=True, metavar="COLUMN", help="Sums and counts by this column. May be given several times."
)
@click.option(
    "--sweep", multiple=True, metavar="POINTER=START:STOP:STEP", help="What each value would do; once or twice."
)
@click.option(
    "--robustness", "weightings", type=click.IntRange(0, 10_000), default=0, metavar="N",
    help="Try N other weightings of the criteria: how sure is each grant?",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which weightings are tried.")
@click.option(
    "--undetermined", type=click.Choice(["stop", "exclude"]), default="stop", show_default=True,
    help="Cases still to be clarified block the allocation, or are left out of it.",
)  # fmt: skip
@click.option("--committed", multiple=True, metavar="[NAME=]SUM", help="Part of the budget that is used already.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page that stands alone.")
def command(
    scheme: Path,
    cases_file: Path,
    set_: tuple[str, ...],
    patch: Path | None,
    by: tuple[str, ...],
    sweep: tuple[str, ...],
    weightings: int,
    seed: int,
    undetermined: Undetermined,
    committed: tuple[str, ...],
    as_json: bool,
    html: Path | None,
) -> int:
    """Compare SCHEME with SCHEME as it would be after a change, on the same cases.

    Exit 1 where cases are still to be clarified, or where no step of a sweep is a scheme that can run.
    """
    if len(sweep) > MOST_SWEEPS:
        raise click.UsageError("--sweep can be given once or twice.")
    engine = bootstrap()

    def read(plan: Plan, extra: Iterable[str]) -> CaseTable:
        return cases(engine, plan, cases_file, extra)

    wish = Wish(set_, patch, by, sweep, weightings, seed, undetermined)
    report = simulate_change(
        engine, one_scheme(scheme), wish, read, committed=lambda plan: committed_sums(committed, plan)
    )
    texts = engine.registry.texts
    if html is not None and not report.comparison.blocked:
        from grantengine.simulation.html import report_html

        with whole_file(html) as temporary:
            temporary.write_text(report_html(report, texts, language()), encoding="utf-8")
    if as_json:
        print_json(report_json(report, texts, language()))
    else:
        print_simulation(report, texts)
    if report.comparison.blocked:
        _tell_what_blocks(report)
        return 1
    if html is not None and not as_json:
        click.echo(texts.say(Message("simulate.written", {"file": str(html)}), language()))
    if report.steps and all(step.problems for step in report.steps):
        print_problems(report.steps[0].problems)
        return 1
    return 0


def _tell_what_blocks(report: Report) -> None:
    for outcome in (report.comparison.before, report.comparison.after):
        count = int(outcome.to_clarify.sum())
        if outcome.blocked:
            print_problems([Problem("allocation-blocked", params={"count": count, "more": 0})])
            return
