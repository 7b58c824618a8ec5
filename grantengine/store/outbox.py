"""Messages that wait to be sent, and those that were."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from grantengine.store.tables.operations import OutboxMessage


class Outbox:
    """Queries about messages."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def claim(self, at: datetime, *, limit: int, lease: timedelta) -> list[OutboxMessage]:
        """Messages that are due and nobody else sends; they are this worker's until the lease ends."""
        due = (
            select(OutboxMessage)
            .where(*_due(at))
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = list(self.session.scalars(due))
        for message in claimed:
            message.claimed_until = at + lease
            message.attempts += 1
        return claimed

    def count_due(self, at: datetime) -> int:
        """How many messages are due and nobody sends."""
        return self.session.scalar(select(func.count()).select_from(OutboxMessage).where(*_due(at))) or 0

    def get(self, id: str, *, lock: bool = False) -> OutboxMessage | None:
        """A message by id."""
        return self.session.get(OutboxMessage, id, with_for_update=lock or None)

    def about(self, ids: Collection[str]) -> list[OutboxMessage]:
        """The messages about these, oldest first."""
        found = select(OutboxMessage).where(OutboxMessage.about.in_(sorted(ids)))
        return list(self.session.scalars(found.order_by(OutboxMessage.id)))

    def newest(self, address: str, limit: int) -> list[OutboxMessage]:
        """The newest messages, to this address where one is given."""
        found = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)
        return list(self.session.scalars(found.where(OutboxMessage.address == address) if address else found))


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.due_at <= at, or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= at)
