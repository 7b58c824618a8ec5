"""What is said after submission: threads, requests for changes, rounds closed by hand, answers to all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.once import once
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import ChangeRequest, ClosedRound, Comment, PublishedAnswer, Thread


class Dialogue:
    """Queries about the dialogue."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def thread(self, id: str, *, lock: bool = False) -> Thread | None:
        """A thread by id."""
        return self.session.get(Thread, id, with_for_update=row_lock(lock))

    def application_of(self, thread_id: str) -> str | None:
        """The application that a thread is about. The thread is not read itself: others may change it until that
        application is locked.
        """
        return self.session.scalar(select(Thread.application_id).where(Thread.id == thread_id))

    def comment(self, id: str) -> tuple[Comment, Thread] | None:
        """Something that was said, and where."""
        found = select(Comment, Thread).join(Thread, Thread.id == Comment.thread_id).where(Comment.id == id)
        row = self.session.execute(found).first()
        return (row[0], row[1]) if row else None

    @once
    def threads(self, application_id: str) -> list[Thread]:
        """The threads of an application, in the order they were opened."""
        found = select(Thread).where(Thread.application_id == application_id)
        return list(self.session.scalars(found.order_by(Thread.id)))

    @once
    def comments(self, application_id: str) -> list[Comment]:
        """Everything said in the threads of an application, oldest first."""
        found = select(Comment).where(Comment.application_id == application_id)
        return list(self.session.scalars(found.order_by(Comment.id)))

    @once
    def requests(self, application_id: str) -> list[ChangeRequest]:
        """The requests for changes of an application, oldest first."""
        found = select(ChangeRequest).where(ChangeRequest.application_id == application_id)
        return list(self.session.scalars(found.order_by(ChangeRequest.id)))

    @once
    def open_request(self, application_id: str) -> ChangeRequest | None:
        """The request that waits for an answer."""
        found = select(ChangeRequest).where(
            ChangeRequest.application_id == application_id, ChangeRequest.status == "open"
        )
        return self.session.scalar(found)

    def answered_by(self, revision_id: str) -> ChangeRequest | None:
        """The request that this kept state answered."""
        return self.session.scalar(select(ChangeRequest).where(ChangeRequest.answered_revision_id == revision_id))

    def last_request(self, application_id: str) -> ChangeRequest | None:
        """The newest request of an application."""
        found = select(ChangeRequest).where(ChangeRequest.application_id == application_id)
        return self.session.scalar(found.order_by(ChangeRequest.id.desc()).limit(1))

    def waiting_in(self, call_id: str, round_id: str) -> int:
        """How many requests of a round wait for an answer."""
        found = (
            select(func.count())
            .select_from(ChangeRequest)
            .join(Application, Application.id == ChangeRequest.application_id)
            .where(Application.call_id == call_id, ChangeRequest.round_id == round_id, ChangeRequest.status == "open")
        )
        return self.session.scalar(found) or 0

    def overdue(self, at: datetime, *, after: str = "", limit: int = 200) -> list[str]:
        """The ids of applications whose request was to be answered before this time, in order, after this one."""
        found = select(ChangeRequest.application_id).where(
            ChangeRequest.status == "open", ChangeRequest.due_at <= at, ChangeRequest.application_id > after
        )
        return list(self.session.scalars(found.order_by(ChangeRequest.application_id).limit(limit)))

    def closed_round(self, call_id: str, round_id: str) -> ClosedRound | None:
        """That a round of a call was closed by hand."""
        return self.session.get(ClosedRound, (call_id, round_id))

    @once
    def closed_rounds(self, call_id: str) -> dict[str, datetime]:
        """The rounds of a call that were closed by hand, and when."""
        found = self.session.scalars(select(ClosedRound).where(ClosedRound.call_id == call_id))
        return {one.round_id: one.closed_at for one in found}

    def answers(self, call_id: str, *, after: str = "", limit: int = 50) -> list[PublishedAnswer]:
        """The answers published to all who apply to a call, oldest first, after this one."""
        found = select(PublishedAnswer).where(PublishedAnswer.call_id == call_id, PublishedAnswer.id > after)
        return list(self.session.scalars(found.order_by(PublishedAnswer.id).limit(limit)))
