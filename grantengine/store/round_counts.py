"""How far the rounds of a call have come: what is counted, by round, each in one statement."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from grantengine.store.assessments import sheet_of
from grantengine.store.each import there_is_where
from grantengine.store.queues import UNDECIDED
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment
from grantengine.store.tables.dialogue import Booking, ChangeRequest, Comment, MeetingLog, MeetingSlot, Thread


class Met(NamedTuple):
    """Times of a round: ``free`` and ``booked`` ones that are ahead, and of those that were booked and have passed how many
    are ``written`` down, and how many are not (``unwritten``).
    """

    free: int = 0
    booked: int = 0
    unwritten: int = 0
    written: int = 0


class RoundCounts:
    """Queries about the rounds of a call."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def in_review(self, call_id: str) -> int:
        """How many cases of a call are not decided."""
        found = select(func.count()).where(Application.call_id == call_id, Application.status.in_(UNDECIDED))
        return self.session.scalar(found) or 0

    def asked(self, call_id: str) -> dict[tuple[str, str], int]:
        """How many cases were asked for changes, by round and by the status of the request."""
        found = (
            select(ChangeRequest.round_id, ChangeRequest.status, func.count(ChangeRequest.application_id.distinct()))
            .join(Application, Application.id == ChangeRequest.application_id)
            .where(Application.call_id == call_id)
            .group_by(ChangeRequest.round_id, ChangeRequest.status)
        )
        return {(round, status): count for round, status, count in self.session.execute(found)}

    def talking(self, call_id: str) -> dict[str, int]:
        """In how many cases the applicant has spoken last in a thread that is not settled, by round; those without one are
        left out.
        """
        said = aliased(Comment)
        last = (
            select(func.max(said.id))
            .where(said.application_id == Thread.application_id, said.thread_id == Thread.id)
            .correlate(Thread)
            .scalar_subquery()
        )
        found = (
            select(Thread.round_id, func.count(Thread.application_id.distinct()))
            .join(Application, Application.id == Thread.application_id)
            .join(Comment, Comment.id == last)
            .where(
                Application.call_id == call_id, Application.status.in_(UNDECIDED), Thread.audience == "applicant",
                Thread.resolved_at.is_(None), Comment.side == "applicant", Thread.round_id.is_not(None),
            )
            .group_by(Thread.round_id)
        )  # fmt: skip
        return {round: count for round, count in self.session.execute(found) if round}

    def rated(self, call_id: str) -> dict[str, tuple[int, int]]:
        """How many sheets are to be delivered in each round, and how many of them are."""
        delivered = there_is_where(sheet_of(Assignment), Assessment.delivered_at.is_not(None))
        found = (
            select(Assignment.round_id, func.count(), func.sum(case((delivered, 1), else_=0)))
            .join(Application, Application.id == Assignment.application_id)
            .where(
                Application.call_id == call_id, Application.status.in_(UNDECIDED), Assignment.role == "assessor",
                Assignment.ended_at.is_(None),
            )
            .group_by(Assignment.round_id)
        )  # fmt: skip
        return {round: (given, done or 0) for round, given, done in self.session.execute(found)}

    def met(self, call_id: str, at: datetime) -> dict[str, Met]:
        """How the times of each round stand at an instant."""
        ahead, has = MeetingSlot.starts_at > at, Booking.id.is_not(None)
        written = there_is_where(MeetingLog.booking_id == Booking.id)
        kinds = (and_(ahead, ~has), and_(ahead, has), and_(~ahead, has, ~written), and_(~ahead, has, written))
        found = (
            select(MeetingSlot.round_id, *(func.sum(case((kind, 1), else_=0)) for kind in kinds))
            .outerjoin(Booking, and_(Booking.slot_id == MeetingSlot.id, Booking.cancelled_at.is_(None)))
            .where(MeetingSlot.call_id == call_id, MeetingSlot.removed_at.is_(None))
            .group_by(MeetingSlot.round_id)
        )
        return {round: Met(*counts) for round, *counts in self.session.execute(found)}
