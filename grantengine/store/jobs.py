"""Work that waits to be done in the background."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from grantengine.store.tables.applications import Fact
from grantengine.store.tables.operations import Job


class Jobs:
    """Queries about background work, and the little that changes it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(
        self, id: str, kind: str, key: str, at: datetime, *, due_at: datetime | None = None,
        params: Mapping[str, Any] | None = None, steps: int = 0,
    ) -> None:  # fmt: skip
        """Queue work, due now or at ``due_at``. The same work is never queued twice.

        What waits already is due at the earlier of both times and takes the new ``params``. What is being done is done
        once more afterwards: nobody knows how much of the news it has seen.
        """
        insert = (sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql).insert
        new = insert(Job).values(
            id=id, kind=kind, key=key, params=dict(params or {}), made_at=at, due_at=due_at or at, attempts=0,
            claimed_until=None, steps=steps, done=0, cancelled_at=None, failure=None,
        )  # fmt: skip
        earlier = or_(Job.due_at.is_(None), new.excluded.due_at < Job.due_at)
        self.session.execute(
            new.on_conflict_do_update(
                index_elements=[Job.kind, Job.key],
                # No attempts: this is how whoever does it now sees, when it ends, that it has been asked for again.
                set_={
                    "due_at": case((earlier, new.excluded.due_at), else_=Job.due_at), "params": new.excluded.params,
                    "steps": new.excluded.steps, "attempts": 0, "cancelled_at": None, "failure": None,
                },
            )
        )  # fmt: skip

    def get(self, id: str, *, lock: bool = False) -> Job | None:
        """Work by id."""
        return self.session.get(Job, id, with_for_update=lock or None)

    def waiting(self, kind: str, key: str) -> Job | None:
        """The work of this kind about this, if it waits or is being done."""
        return self.session.scalar(select(Job).where(Job.kind == kind, Job.key == key))

    def claim(self, at: datetime, lease: timedelta) -> Job | None:
        """The work that has been due for longest and nobody does; it is this worker's until the lease ends."""
        due = (
            select(Job)
            .where(Job.due_at <= at, or_(Job.claimed_until.is_(None), Job.claimed_until <= at))
            .order_by(Job.due_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job = self.session.scalar(due)
        if job is not None:
            job.claimed_until = at + lease
            job.attempts += 1
        return job

    def finish(self, claimed: Job, at: datetime) -> None:
        """Remove work that is done, or have it done once more where it was asked for in the meantime."""
        job = self._held(claimed)
        if job is None:
            return
        if job.attempts == 0 and job.cancelled_at is None:
            job.claimed_until, job.due_at = None, at
        else:
            self.session.delete(job)

    def fail(self, claimed: Job, failure: str, due_at: datetime | None) -> None:
        """Keep why it failed and when it is tried again; None: it is not, until someone asks for it anew."""
        job = self._held(claimed)
        if job is None:
            return
        if job.cancelled_at is not None:
            self.session.delete(job)
            return
        job.claimed_until, job.failure, job.due_at = None, failure, due_at

    def cancel(self, id: str, at: datetime) -> bool:
        """Have work not done. What is being done stops at its next step. Returns whether there was such work."""
        job = self.get(id, lock=True)
        if job is None:
            return False
        if job.claimed_until is not None and job.claimed_until > at:
            job.cancelled_at = at
        else:
            self.session.delete(job)
        return True

    def applications_to_ask_for(self, at: datetime, kinds: Collection[str], limit: int) -> list[str]:
        """Applications with facts to ask for again now, longest due first, but for those with work of ``kinds``."""
        queued = select(Job.id).where(Job.kind.in_(sorted(kinds)), Job.key == Fact.application_id).exists()
        due = (
            select(Fact.application_id, Fact.retry_at)
            .where(Fact.retry_at <= at, ~queued)
            .order_by(Fact.retry_at, Fact.application_id)
            .limit(limit)
        )
        return list(dict.fromkeys(row.application_id for row in self.session.execute(due)))

    def still_to_ask(self, application_id: str, at: datetime) -> bool:
        """Whether this application has facts to ask for again now."""
        due = select(Fact.id).where(Fact.application_id == application_id, Fact.retry_at <= at).limit(1)
        return self.session.scalar(due) is not None

    def _held(self, claimed: Job) -> Job | None:
        """The row as it is now, locked; None where another worker has it, as this one's lease ended."""
        job = self.get(claimed.id, lock=True)
        return job if job is not None and job.claimed_until == claimed.claimed_until else None
