"""`grantengine cases`: run the worked examples that lie beside a scheme."""

from __future__ import annotations

from pathlib import Path

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.inputs import one_scheme, scheme_files
from grantengine.cli.show import language, print_json, print_problems, problem_as_json
from grantengine.errors import Message
from grantengine.services.run_worked_cases import run_worked_cases


@click.command("cases")
@click.argument("scheme", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Differences as JSON on standard output.")
def command(scheme: Path, as_json: bool) -> int:
    """Run the cases.yaml beside SCHEME; exit 1 where a case comes out otherwise than expected."""
    engine = bootstrap()
    texts = engine.registry.texts
    files = scheme_files(scheme) if scheme.is_dir() else [one_scheme(scheme)]
    problems = []
    for file in files:
        count, found = run_worked_cases(file, engine)
        problems.extend(found)
        if not as_json:
            params = {"count": count, "right": count - len({p.params.get("id") for p in found}), "file": str(file)}
            click.echo(texts.say(Message("cases.ran", params), language()))
    if as_json:
        print_json([problem_as_json(problem, texts) for problem in problems])
    else:
        print_problems(problems, texts)
    return 1 if problems else 0
