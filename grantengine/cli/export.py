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
from grantengine.texts.catalogue import Texts, in_language

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.services.export_call import ExportedAllocation
    from grantengine.services.replay_allocation import Replay


@click.command("export")
@click.argument("call", required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="A folder that is empty, or not there yet."
)
def command(call: str | None, out: Path | None) -> int:
    """Write what CALL (its id) was decided on: a folder for each decided proposal, oldest first.

    Each holds scheme.yaml (with the call's own changes), cases.jsonl, decided.json, and command.txt: the command that
    evaluates it again, which gives the same amounts. Without CALL, the calls of which something is decided are listed.
    """
    engine = bootstrap()
    texts = engine.registry.texts
    try:
        if call is None:
            return _list(engine, texts)
        if out is None:
            raise click.UsageError(texts.say(Message("export.where"), language()))
        if out.exists() and any(out.iterdir()):
            words = texts.say(Message("export.not-empty", {"folder": str(out)}), language())
            raise click.BadParameter(words, param_hint="--out")
        return _export(engine, texts, call, out)
    finally:
        engine.store.database.close()


def _list(engine: Engine, texts: Texts) -> int:
    from grantengine.services.export_call import decided_calls

    for one in decided_calls(engine, By("system", None, engine.now())):
        click.echo(f"{one.id}  {in_language(one.title, language())}  ({one.allocations})")
    return 0


def _export(engine: Engine, texts: Texts, call: str, out: Path) -> int:
    from grantengine.services.export_call import export_call
    from grantengine.services.replay_allocation import replay_allocation

    by = By("system", None, engine.now())
    found = export_call(engine, by, call)
    same = True
    for place, one in enumerate(found, 1):
        if one.erased:
            figures: dict[str, object] = {"place": place, "cases": len(one.decided), "date": one.as_of}
            click.echo(texts.say(Message("export.erased", figures), language()), err=True)
            continue
        replay = replay_allocation(engine, by, one.id)
        same = same and replay.is_same
        folder = out / f"{place}-{one.kind}"
        _write(folder, one)
        figures = {"folder": str(folder), "cases": len(one.records), "date": one.as_of}
        click.echo(texts.say(Message("export.written", figures), language()))
        _tell(replay, texts)
    return 0 if same else 1


def _tell(replay: Replay, texts: Texts) -> None:
    """What is another than when it was decided, on standard error."""
    for changed in replay.plugins:
        named = {"plugin": changed.name, "then": changed.then, "now": changed.now or "–"}
        click.echo(texts.say(Message("export.plugin-changed", named), language()), err=True)
    if not replay.is_same:
        numbers = [difference.number for difference in replay.differences]
        words = Message("export.differs", {"count": len(numbers), "numbers": numbers[:10]})
        click.echo(texts.say(words, language()), err=True)


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
