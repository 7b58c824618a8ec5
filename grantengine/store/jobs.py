"""Work that waits to be done in the background."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.tables.operations import Job


class Jobs:
    """Queries about background work."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def waiting(self, kind: str, key: str) -> Job | None:
        """The work of this kind about this, if it waits or is being done."""
        return self.session.scalar(select(Job).where(Job.kind == kind, Job.key == key))
