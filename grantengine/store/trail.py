"""Reading the audit trail of one aggregate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.audit import details_of, events_of
from grantengine.store.tables.operations import AuditEvent


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``details`` is None where they were erased, or there were none."""

    id: str
    at: datetime
    actor_kind: str
    actor_id: str | None
    verb: str
    details: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TrailLine:
    """An event with its ``place`` in the chain and its ``hash``; ``erased``: it had details, and they are there no more."""

    event: Event
    place: int
    hash: str
    erased: bool


class Trail:
    """What happened to an aggregate."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, aggregate: str, id: str) -> list[Event]:
        """The events of an aggregate, oldest first, in two statements."""
        events = events_of(self.session, (aggregate, id))
        details = details_of(self.session, events)
        return [Event(one.id, one.at, one.actor_kind, one.actor_id, one.verb, details.get(one.id)) for one in events]

    def page(
        self, aggregate: str, id: str, *, before: int | None, but_for: Collection[str], limit: int
    ) -> list[TrailLine]:
        """The events of an aggregate before this place but for those of some verbs, newest first, in two statements."""
        found = select(AuditEvent).where(AuditEvent.aggregate == aggregate, AuditEvent.aggregate_id == id)
        if before is not None:
            found = found.where(AuditEvent.place < before)
        if but_for:
            found = found.where(AuditEvent.verb.not_in(sorted(but_for)))
        events = list(self.session.scalars(found.order_by(AuditEvent.place.desc()).limit(limit)))
        details = details_of(self.session, events)
        return [
            TrailLine(
                Event(one.id, one.at, one.actor_kind, one.actor_id, one.verb, details.get(one.id)), one.place, one.hash,
                one.details_digest is not None and one.id not in details,
            )
            for one in events
        ]  # fmt: skip

    def last_user(self, aggregate: str, id: str, verbs: Collection[str]) -> str | None:
        """The user who did the last of these; None: nobody did, or someone who was not signed in."""
        of_these = (AuditEvent.aggregate == aggregate, AuditEvent.aggregate_id == id, AuditEvent.verb.in_(verbs))
        found = select(AuditEvent.actor_kind, AuditEvent.actor_id).where(*of_these).order_by(AuditEvent.place.desc())
        last = self.session.execute(found.limit(1)).first()
        return last.actor_id if last is not None and last.actor_kind == "user" else None
