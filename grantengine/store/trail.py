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


class Trail:
    """What happened to an aggregate."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, aggregate: str, id: str) -> list[Event]:
        """The events of an aggregate, oldest first, in two statements."""
        events = events_of(self.session, (aggregate, id))
        details = details_of(self.session, events)
        return [Event(one.id, one.at, one.actor_kind, one.actor_id, one.verb, details.get(one.id)) for one in events]

    def last_user(self, aggregate: str, id: str, verbs: Collection[str]) -> str | None:
        """The user who did the last of these; None: nobody did, or someone who was not signed in."""
        of_these = (AuditEvent.aggregate == aggregate, AuditEvent.aggregate_id == id, AuditEvent.verb.in_(verbs))
        found = select(AuditEvent.actor_kind, AuditEvent.actor_id).where(*of_these).order_by(AuditEvent.place.desc())
        last = self.session.execute(found.limit(1)).first()
        return last.actor_id if last is not None and last.actor_kind == "user" else None
