"""`grantengine export`: what a call was decided on, as files that `grantengine evaluate` takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language
from grantengine.errors import Message
from grantengine.records import By

if TYPE_CHECKING:
    from grantengine.services.export_call import ExportedAllocation


@click.command("export")
@click.argument("call")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="A folder that is empty, or not there yet.",
)  # fmt: skip
def command(call: str, out: Path) -> int:
    """Write what CALL (its id) was decided on: a folder for each decided proposal, oldest first.

    Each holds scheme.yaml (with the call's own changes), cases.jsonl, decided.json, and command.txt: the command that
    evaluates it again, which gives the same amounts.
    """
    from grantengine.services.export_call import export_call
    from grantengine.services.replay_allocation import replay_allocation

    engine = bootstrap()
    texts, by = engine.registry.texts, By("system", None, engine.now())
    if out.exists() and any(out.iterdir()):
        raise click.BadParameter(
            texts.say(Message("export.not-empty", {"folder": str(out)}), language()), None, None, "--out"
        )
    try:
        found = export_call(engine, by, call)
        replays = [replay_allocation(engine, by, one.id) for one in found]
    finally:
        engine.store.database.close()
    for place, (one, replay) in enumerate(zip(found, replays, strict=True), 1):
        folder = out / f"{place}-{one.kind}"
        _write(folder, one)
        figures = {"folder": str(folder), "cases": len(one.records), "date": one.as_of}
        click.echo(texts.say(Message("export.written", figures), language()))
        for changed in replay.plugins:
            named = {"plugin": changed.name, "then": changed.then, "now": changed.now or "–"}
            click.echo(texts.say(Message("export.plugin-changed", named), language()))
        if not replay.is_same:
            numbers = [difference.number for difference in replay.differences]
            click.echo(
                texts.say(Message("export.differs", {"count": len(numbers), "numbers": numbers[:10]}), language())
            )
    return 0 if all(one.is_same for one in replays) else 1


def _write(folder: Path, one: ExportedAllocation) -> None:
    folder.mkdir(parents=True)
    lines = (json.dumps(record, ensure_ascii=False) for record in one.records)
    used = "".join(f" --committed {sum}" for sum in one.committed)
    files = {
        "scheme.yaml": one.scheme,
        "cases.jsonl": "".join(f"{line}\n" for line in lines),
        "decided.json": json.dumps(list(one.decided), ensure_ascii=False, indent=2) + "\n",
        "command.txt": f"grantengine evaluate scheme.yaml --cases cases.jsonl{used}\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
