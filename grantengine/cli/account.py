"""`grantengine account`: what those who run an installation do for a person who can not get in."""

from __future__ import annotations

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language
from grantengine.errors import Message
from grantengine.records import By


@click.group("account")
def command() -> None:
    """Help a person who can not get into their account."""


@command.command("drop-code")
@click.argument("email")
def drop_code(email: str) -> int:
    """No code is asked for any more when the person with this address signs in.

    For someone who has lost both the telephone and the spare codes. Be sure who it is: then the password, or a link to the
    mailbox, is enough. The person is told by e-mail.
    """
    from grantengine.services.drop_second_factor import drop_second_factor

    engine = bootstrap()
    try:
        drop_second_factor(engine, By("system", None, engine.now()), email)
    finally:
        engine.store.database.close()
    click.echo(engine.registry.texts.say(Message("account.code-dropped", {"email": email.strip()}), language()))
    return 0
