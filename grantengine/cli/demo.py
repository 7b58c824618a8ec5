"""`grantengine demo`: the whole thing on a bundled scheme, with synthetic applications."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from grantengine.bootstrap import Engine, bootstrap
from grantengine.cli.explain import print_explanation
from grantengine.cli.inputs import bundled_schemes, scheme_files
from grantengine.cli.show import language, progress
from grantengine.cli.summary import print_summary
from grantengine.errors import Message, Problem, SchemeError
from grantengine.evaluate import Outcome, evaluate
from grantengine.explain import Explanation, explain
from grantengine.rules.tables import cases_from_records
from grantengine.services.run_worked_cases import run_worked_cases
from grantengine.simulation.population import population

APPLICATIONS, SEED = 2000, 2027


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="End after printing what was made.")
def command(no_serve: bool) -> int:
    """Check the bundled schemes, make 2 000 synthetic applications, evaluate them, and explain a refusal."""
    engine = bootstrap()
    for scheme in _schemes():
        _show(scheme, engine)
    return 0


def _schemes() -> list[Path]:
    found = [file for folder in bundled_schemes() for file in scheme_files(folder)]
    if not found:
        raise SchemeError([Problem("no-bundled-schemes")])
    return found


def _show(scheme: Path, engine: Engine) -> None:
    texts, chosen = engine.registry.texts, language()

    def say(key: str, **params: object) -> None:
        click.echo(texts.say(Message(key, params), chosen))

    plan = engine.plan(scheme)
    say("demo.checked", scheme=plan.scheme.id, version=plan.scheme.version)
    count, differences = run_worked_cases(scheme, engine)
    if differences:
        raise SchemeError(differences)
    say("demo.worked-cases", count=count)
    with progress(texts.say(Message("word.cases"), chosen), APPLICATIONS) as bar:
        records = []
        for record in population(plan, engine.registry, APPLICATIONS, SEED):
            records.append(record)
            bar(1)
    say("demo.made", count=APPLICATIONS, seed=SEED)
    outcome = evaluate(plan, cases_from_records(records, plan), engine=engine.rules, as_of=engine.today())
    click.echo()
    print_summary(outcome, texts)
    refusal = _a_refusal_that_could_turn(outcome, engine)
    if refusal is not None:
        click.echo()
        say("demo.refusal")
        click.echo()
        print_explanation(refusal, plan, texts)


def _a_refusal_that_could_turn(outcome: Outcome, engine: Engine) -> Explanation | None:
    """The first refusal by one rule alone that another answer would have turned."""
    refused = np.flatnonzero(~outcome.eligible & ~outcome.to_clarify & ~outcome.cases.withdrawn)
    for position in refused[:50]:
        if len(outcome.failed(int(position))) != 1:
            continue
        explanation = explain(outcome, outcome.cases.ids[int(position)], engine=engine.rules)
        if any(rule.change for rule in explanation.rules):
            return explanation
    return None
