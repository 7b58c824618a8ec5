"""`grantengine evaluate`: who is eligible, the points, the ranking, and who gets what."""

from __future__ import annotations

import json
from pathlib import Path

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.committed import committed_sums
from grantengine.cli.inputs import cases, one_scheme
from grantengine.cli.show import language, print_json, print_problems
from grantengine.cli.summary import note_dropped, print_summary
from grantengine.errors import Message, Problem
from grantengine.evaluate import Outcome, Undetermined, evaluate
from grantengine.outcome_json import outcome_json
from grantengine.rules.write_cases import whole_file
from grantengine.texts.catalogue import core_texts


def _json_file(path: Path | None) -> Path | None:
    """The file, refused before anything is run where its name says that something else than JSON is expected."""
    if path is not None and path.suffix.lower() not in ("", ".json"):
        message = Message("evaluate.out-format", {"suffix": path.suffix})
        raise click.BadParameter(core_texts().say(message, language()), param_hint="--out")
    return path


@click.command("evaluate")
@click.argument("scheme", type=click.Path(path_type=Path))
@click.option(
    "--cases", "cases_file", required=True, type=click.Path(path_type=Path), help="JSON Lines, CSV or Parquet."
)
@click.option(
    "--out", type=click.Path(path_type=Path), callback=lambda _context, _option, out: _json_file(out),
    help="Write the outcome as JSON to this file (.json).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON on standard output.")
@click.option(
    "--undetermined", type=click.Choice(["stop", "exclude"]), default="stop", show_default=True,
    help="Cases still to be clarified block the allocation, or are left out of it.",
)  # fmt: skip
@click.option("--committed", multiple=True, metavar="[NAME=]SUM", help="Part of the budget that is used already.")
def command(
    scheme: Path,
    cases_file: Path,
    out: Path | None,
    as_json: bool,
    undetermined: Undetermined,
    committed: tuple[str, ...],
) -> int:
    """Evaluate the cases of one call of SCHEME. Exit 1 where cases are still to be clarified."""
    engine = bootstrap()
    plan = engine.plan(one_scheme(scheme))
    used = committed_sums(committed, plan)
    table = cases(engine, plan, cases_file)
    outcome = evaluate(
        plan, table, engine=engine.rules, as_of=engine.today(), committed=used, undetermined=undetermined
    )
    writes = out is not None and not outcome.blocked
    if out is not None and writes:
        # First the file: where it can not be written, scripts get nothing on standard output.
        with whole_file(out) as temporary:
            text = json.dumps(outcome_json(outcome), ensure_ascii=False, indent=2)
            temporary.write_text(text + "\n", encoding="utf-8")
    if as_json:
        print_json(outcome_json(outcome))
    else:
        print_summary(outcome, engine.registry.texts)
    note_dropped(outcome, engine.registry.texts)
    if outcome.blocked:
        _tell_what_blocks(outcome)
        return 1
    if writes and not as_json:
        click.echo(engine.registry.texts.say(Message("evaluate.written", {"file": str(out)}), language()))
    return 0


def _tell_what_blocks(outcome: Outcome) -> None:
    """The cases to be clarified, the first of them by name."""
    positions = [int(p) for p in outcome.to_clarify.nonzero()[0]]
    shown = 20
    print_problems(
        Problem("to-be-clarified", params={"id": outcome.cases.ids[p], "facts": outcome.facts_lacking(p)})
        for p in positions[:shown]
    )
    params = {"count": len(positions), "more": max(len(positions) - shown, 0)}
    print_problems([Problem("allocation-blocked", params=params)])
