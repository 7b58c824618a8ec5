"""Messages as they were written, for whoever runs the system and shows what it does; in a demo nothing is sent to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import check_system

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message, whether it has gone out or not; secrets of its links are in the body."""

    id: str
    address: str
    language: str
    subject: str
    body: str
    made_at: datetime


def see_messages(engine: Engine, by: By, address: str = "", *, limit: int = 50) -> tuple[MessageSeen, ...]:
    """The newest messages, or those to one address; the newest first.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        found = reading.outbox.newest(address.strip().lower(), limit)
        return tuple(
            MessageSeen(one.id, one.address, one.language, one.subject, one.body, one.made_at) for one in found
        )
