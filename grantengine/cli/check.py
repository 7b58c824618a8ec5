"""`grantengine check`: every problem of every scheme, with its place."""

from __future__ import annotations

from pathlib import Path

import click

from grantengine.bootstrap import Engine, bootstrap
from grantengine.cli.inputs import scheme_files
from grantengine.cli.show import language, print_json, print_problems, problem_as_json
from grantengine.errors import Message, Problem, SchemeError


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Problems as JSON on standard output.")
@click.option("--schema", is_flag=True, help="Print the format's JSON Schema, for editors.")
def command(paths: tuple[Path, ...], as_json: bool, schema: bool) -> int:
    """Check schemes: files, or folders with scheme.yaml files in them. Exit 0 if all are in order, else 1."""
    engine = bootstrap()
    if schema:
        from grantengine.compile.format_schema import full_schema

        print_json(full_schema(engine.registry))
        return 0
    if not paths:
        raise click.UsageError("name at least one scheme file or folder, or ask for --schema")
    problems: list[Problem] = []
    for path in paths:
        try:
            for file in scheme_files(path):
                found = _check(engine, file, as_json)
                problems.extend(found)
        except SchemeError as error:
            problems.extend(error.problems)
    texts = engine.registry.texts
    if as_json:
        print_json([problem_as_json(problem, texts) for problem in problems])
    else:
        print_problems(problems, texts)
    return 1 if problems else 0


def _check(engine: Engine, file: Path, as_json: bool) -> tuple[Problem, ...]:
    try:
        plan = engine.plan(file)
    except SchemeError as error:
        return error.problems
    if not as_json:
        params = {
            "file": str(file),
            "id": plan.scheme.id,
            "version": plan.scheme.version,
            "rules": len(plan.rules),
            "criteria": len(plan.criteria),
        }
        click.echo(engine.registry.texts.say(Message("check.fine", params), language()))
    return ()
