"""Reading the audit trail of one aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grantengine.store.audit import details_of, events_of


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
