"""`grantengine population`: synthetic cases that fit a scheme's form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.inputs import one_scheme
from grantengine.cli.show import language, progress
from grantengine.errors import Message
from grantengine.rules.write_cases import write_cases
from grantengine.simulation.population import population


@click.command("population")
@click.argument("scheme", type=click.Path(path_type=Path))
@click.option(
    "-n", "count", type=click.IntRange(1, 10_000_000), default=1000, show_default=True, help="How many cases."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same cases."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A .jsonl, .csv or .parquet file.")
def command(scheme: Path, count: int, seed: int, out: Path) -> int:
    """Make synthetic cases for SCHEME: answers, partners, facts and ratings."""
    engine = bootstrap()
    plan = engine.plan(one_scheme(scheme))
    with progress(out.name, count) as bar:
        written = write_cases(_counted(population(plan, engine.registry, count, seed), bar), out)
    params = {"count": written, "file": str(out), "seed": seed}
    click.echo(engine.registry.texts.say(Message("population.written", params), language()))
    return 0


def _counted(records: Iterable[dict[str, Any]], bar: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    for record in records:
        bar(1)
        yield record
