"""`grantengine audit`: examines the audit trail, and seals it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language, print_json, print_problems, problem_as_json
from grantengine.errors import Message
from grantengine.records import By

if TYPE_CHECKING:
    from grantengine.services.verify_audit import Verified
    from grantengine.texts.catalogue import Texts


@click.group("audit")
def command() -> None:
    """Examine the audit trail, and seal it."""


@command.command("verify")
@click.option(
    "--seal", "seals", multiple=True, metavar="HASH",
    help="A seal that was noted elsewhere and must be there; can be given several times.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="What was found as JSON.")
def verify_trail(seals: tuple[str, ...], as_json: bool) -> int:
    """Compare every event with the one before, every row with what is told of it, every seal with what it covers.

    Exit 0 where all is as it was written, 1 with a line for each finding on standard error where not. Others may go on
    writing meanwhile.
    """
    from grantengine.services.verify_audit import verify_audit

    engine = bootstrap()
    texts = engine.registry.texts
    try:
        seen = verify_audit(
            engine, By("system", None, engine.now()), [one.strip().lower() for one in seals if one.strip()]
        )
    finally:
        engine.store.database.close()
    if as_json:
        print_json(_as_json(seen, texts))
    else:
        print_problems((finding.problem for finding in seen.findings), texts)
        figures = {"events": seen.events, "chains": seen.chains, "seals": seen.seals, "found": seen.found}
        click.echo(texts.say(Message("audit.unsound" if seen.found else "audit.sound", figures), language()))
    return 1 if seen.found else 0


def _as_json(seen: Verified, texts: Texts) -> dict[str, Any]:
    findings = [
        {
            "code": one.code, "kind": one.chain[0], "id": one.chain[1], "place": one.place, **one.params,
            "message": problem_as_json(one.problem, texts)["message"],
        }
        for one in seen.findings
    ]  # fmt: skip
    figures = {"events": seen.events, "chains": seen.chains, "seals": seen.seals, "found": seen.found}
    return {**figures, "findings": findings}


@command.command("seal")
@click.option("--json", "as_json", is_flag=True, help="The seal as JSON.")
def seal_trail(as_json: bool) -> int:
    """Bind together the ends of all chains that have grown since the last seal, and print the seal's hash.

    Keep the hash where whoever can change the database can not: `audit verify --seal HASH` then finds whatever is
    rewritten of what was told before.
    """
    from grantengine.services.seal_audit import seal_audit

    engine = bootstrap()
    try:
        made = seal_audit(engine, By("system", None, engine.now()))
    finally:
        engine.store.database.close()
    if as_json:
        shown = {"place": made.place, "at": made.at.isoformat(), "chains": made.chains} if made else {}
        print_json({**shown, "hash": made.hash, "fresh": made.fresh} if made else None)
        return 0
    if made is None:
        words = Message("audit.nothing")
    else:
        figures = {"place": made.place, "chains": made.chains, "hash": made.hash}
        words = Message("audit.sealed" if made.fresh else "audit.nothing-new", figures)
    click.echo(engine.registry.texts.say(words, language()))
    return 0
