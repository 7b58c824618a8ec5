"""A message as an e-mail."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from grantengine import DeliveryRefused, MessageAttachment, OutgoingMessage, PluginError

_ADDRESS = re.compile(r"([^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f-\x9f]+)@([^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f-\x9f]+)")


def email_of(message: OutgoingMessage, mail_from: str) -> EmailMessage:
    """The e-mail, the same to the letter whenever it is made, so that a repeat can be recognised.

    :raises PluginError: ``mail-from``: the setting is no address.
    :raises DeliveryRefused: what it is to be sent to is no address.
    """
    named = getaddresses([mail_from])
    sender = _address(named[0][1], named[0][0]) if len(named) == 1 else None
    receiver = _address(message.address)
    if sender is None:
        raise PluginError("mail", "mail-from", setting="GRANTENGINE_MAIL_FROM", got=mail_from)
    if receiver is None:
        raise DeliveryRefused(f"not an address: {message.address[:80]!r}")
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = sender, receiver
    answers = _address(message.reply_to) if message.reply_to else None
    if answers is not None:
        made["Reply-To"] = answers
    made["Subject"] = _line(message.subject)
    made["Date"] = format_datetime(message.made_at)
    made["Message-ID"] = f"<{message.id}@{sender.domain}>"
    made["X-Grantengine-Message"] = message.id
    # No «I am on holiday» in return (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    # Seven bits and short lines pass through every server on the way.
    made.set_content(message.body, charset="utf-8", cte="quoted-printable")
    if message.attachments:
        # A boundary by chance would make each repeat another mail; «=_» can not stand in either of the encodings.
        made.make_mixed(boundary=f"=_{message.id}")
    for attachment in message.attachments:
        _attach(made, attachment)
    made["Content-Language"] = _line(message.language)
    return made


def _attach(made: EmailMessage, attachment: MessageAttachment) -> None:
    said = SMTP.header_factory("Content-Type", _line(attachment.media_type))
    kind, params = said.content_type, dict(said.params)
    # A mail within the mail may not be in base64, and what is no media type says nothing of the file.
    if said.defects or said.maintype in ("message", "multipart"):
        kind, params = "application/octet-stream", {}
    name = _line(attachment.file_name) or None
    made.add_attachment(attachment.content, *kind.split("/"), filename=name, params=params)


def _line(text: str) -> str:
    """On one line, so that nothing in it can begin a header of its own."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _address(text: str, name: str = "") -> Address | None:
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        return None
    try:
        domain = found[2].encode("idna").decode()
        return Address(_line(name), found[1], domain)
    except (UnicodeError, ValueError):
        return None
