"""E-mail: sent through a mail server, or shown on standard output where none is set."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from grantengine import OutgoingMessage, hookimpl
from grantengine_plugins.mail.envelope import email_of
from grantengine_plugins.mail.server import server_of

always = True


@hookimpl
def grantengine_deliver(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
    """Send an e-mail; messages of other channels are for other plugins."""
    if message.channel != "email":
        return None
    address = settings.get("smtp_url", "")
    if address:
        server_of(address).send(email_of(message, settings.get("mail_from", "")))
    else:
        _show(message)
    return True


def _show(message: OutgoingMessage) -> None:
    head = {"To": message.address, **({"Reply-To": message.reply_to} if message.reply_to else {})}
    head |= {"Subject": message.subject, "X-Grantengine-Message": message.id}
    named = [*head.items(), *(("Attachment", one.file_name) for one in message.attachments)]
    lines = [f"{name}: {' '.join(_plain(value).split())}" for name, value in named]
    sys.stdout.write("\n".join([*lines, "", _plain(message.body), "", "-" * 40, ""]))
    sys.stdout.flush()


def _plain(text: str) -> str:
    """Without the characters that steer a terminal: what people write ends up in messages."""
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")
