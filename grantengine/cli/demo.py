"""`grantengine demo`: the bundled schemes checked and evaluated, and a database filled with what people do with them."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from grantengine.cli.demo_database import Target
    from grantengine.compile.plan import Plan
    from grantengine.demo.fill import Size
    from grantengine.demo.world import World

APPLICATIONS, SEED = 2000, 2027
DATABASE = "sqlite:///grantengine-demo.db"


@click.command("demo")
@click.option(
    "--database", metavar="URL",
    help=f"The database to fill, which must be empty.  [default: GRANTENGINE_DATABASE_URL, else {DATABASE}]",
)  # fmt: skip
@click.option("--again", is_flag=True, help="Remove the file of an earlier demo first.")
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True, help="The same gives the same demo.")
@click.option("--organisations", type=click.IntRange(1, 500), default=60, show_default=True, metavar="N")
@click.option("--applications", type=click.IntRange(0, 5000), default=400, show_default=True, metavar="N")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="Where to show the pages.  [default: 8000, else the next free]"
)
@click.option("--no-serve", is_flag=True, help="End after printing what was made.")
def command(
    database: str | None,
    again: bool,
    seed: int,
    organisations: int,
    applications: int,
    port: int | None,
    no_serve: bool,
) -> int:
    """Check the bundled schemes, decide synthetic applications, fill a database for a look around, and show its pages.

    Everything in the database is made up, and happens in the months before today: organisations come, write
    applications, ask partners and submit. Nothing is sent to anybody, and no register outside is asked. A demo that is
    there already is shown as it is.
    """
    from grantengine.cli.demo_database import Target
    from grantengine.demo.fill import Size

    # What goes wrong with sources of facts on purpose is told in the figures.
    logging.getLogger("grantengine").addHandler(logging.NullHandler())
    address = database or os.environ.get("GRANTENGINE_DATABASE_URL") or DATABASE
    if no_serve:
        target = Target(address)
        target.prepare(again=again)
        _fill_and_tell(target, Size(organisations, applications, seed))
        return 0
    from grantengine.cli.demo_pages import Shown, place

    held, pages = place(port)
    target = Target(address, pages)
    if target.prepare(again=again, look=True):
        name = bootstrap(target.environment).store.database.name
        click.echo(bootstrap().registry.texts.say(Message("demo.there", {"database": name}), language()))
        return Shown(target).run(held, with_accounts=True)
    filler = os.fork()
    if not filler:  # a process of its own: what serves is forked too, and must not come from one that has run rules
        held.close()
        _fill_and_tell(target, Size(organisations, applications, seed))
        click.echo()
        return 0
    code = _ended(filler)
    return code or Shown(target).run(held)


def _ended(process: int) -> int:
    """The exit code of a process that was forked, as a shell gives it; it ends with this one."""
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        return code if code >= 0 else 128 - code
    except BaseException:
        os.kill(process, signal.SIGTERM)
        raise


def _fill_and_tell(target: Target, size: Size) -> None:
    """The schemes checked and tried out, the database filled, and what is in it."""
    from grantengine.cli.demo_database import print_stock

    engine = bootstrap()
    plans = [(file.read_text(encoding="utf-8"), _show(file, engine)) for file in _schemes()]
    click.echo()
    print_stock(target, _filled(target, plans, size, engine), size.seed)


def _filled(target: Target, plans: list[tuple[str, Plan]], size: Size, engine: Engine) -> World:
    """The database filled with what happens up to today."""
    from grantengine.cli.demo_database import filling
    from grantengine.demo.fill import demo_world, fill

    world = demo_world(target.environment, engine.today(), size)
    world.engine.store.database.hurry()
    words = engine.registry.texts.say(Message("demo.filling"), language())
    try:
        with filling(world.engine.store.database), progress(words, size.applications) as bar:
            fill(world, plans, size, bar)
    finally:
        world.engine.store.database.close()
    return world


def _schemes() -> list[Path]:
    found = [file for folder in bundled_schemes() for file in scheme_files(folder)]
    if not found:
        raise SchemeError([Problem("no-bundled-schemes")])
    return found


def _show(scheme: Path, engine: Engine) -> Plan:
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
    return plan


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
