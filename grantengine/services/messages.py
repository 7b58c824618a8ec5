"""Messages to people: worded in the receiver's language, kept with what they tell of, sent by the worker."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from grantengine.errors import Message
from grantengine.hooks.context import MessageAttachment
from grantengine.store.tables.operations import OutboxMessage
from grantengine.store.tables.people import User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a message goes: ``channel`` is ``email`` or ``sms``."""

    address: str
    language: str
    channel: str = "email"


def receiver_of(user: User) -> Receiver | None:
    """How a user wants to be told; None for one who has been erased."""
    if user.channel == "sms" and user.phone:
        return Receiver(user.phone, user.language, "sms")
    return Receiver(user.email, user.language) if user.email else None


def local_time(at: datetime) -> str:
    """An instant as people in Norway write it, to the second."""
    return f"{at.astimezone(ZoneInfo('Europe/Oslo')):%d.%m.%Y %H:%M:%S}"


def local_minute(at: datetime) -> str:
    """An instant as people in Norway write it, to the minute that it lies in."""
    return f"{at.astimezone(ZoneInfo('Europe/Oslo')):%d.%m.%Y %H:%M}"


def send(
    engine: Engine,
    work: Work,
    to: Receiver | None,
    template: str,
    about: str | None = None,
    *,
    attachments: Sequence[MessageAttachment] = (),
    reply_to: str | None = None,
    **params: Any,
) -> None:
    """Put a message in the outbox; its words are the texts ``mail.<template>.subject`` and ``.body``.

    Files and ``reply_to``, where answers go, are of e-mail only: a text message leaves them out, and its words must do without.
    """
    if to is None:
        return
    texts = engine.registry.texts
    body = f"sms.{template}" if to.channel == "sms" else f"mail.{template}.body"
    work.add(
        OutboxMessage(
            id=work.new_id(), channel=to.channel, address=to.address, language=to.language, template=template,
            subject=texts.say(Message(f"mail.{template}.subject", params), to.language),
            body=texts.say(Message(body, params), to.language), about=about, made_at=work.by.at, due_at=work.by.at,
            attachments=None if to.channel == "sms" else _kept(attachments),
            reply_to=None if to.channel == "sms" else reply_to,
        )
    )  # fmt: skip


def attachments_of(message: OutboxMessage) -> tuple[MessageAttachment, ...]:
    """The files that go with a message in the outbox, as they were put there."""
    return tuple(
        MessageAttachment(one["file_name"], one["media_type"], b64decode(one["content"]))
        for one in message.attachments or ()
    )


def _kept(attachments: Sequence[MessageAttachment]) -> list[dict[str, str]] | None:
    return [
        {"file_name": one.file_name, "media_type": one.media_type, "content": b64encode(one.content).decode()}
        for one in attachments
    ] or None
