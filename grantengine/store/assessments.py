"""Who is to rate what, what they have found, and what handlers have judged."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grantengine.store.once import once
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment, Interest, Judgement
from grantengine.store.tables.dialogue import Thread


class Marked(NamedTuple):
    """A delivered sheet: what was marked, by criterion."""

    application_id: str
    round_id: str
    assessor_id: str
    marks: dict[str, Any]


class Waited(NamedTuple):
    """Someone whose marks for a case are still to come."""

    application_id: str
    round_id: str
    user_id: str


class Assessments:
    """Queries about assignments, assessors' sheets and judgements."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @once
    def is_assigned(self, application_id: str, user_id: str, role: str = "assessor") -> bool:
        """Whether a case is given to someone in this role now."""
        found = select(Assignment.id).where(
            Assignment.application_id == application_id, Assignment.user_id == user_id, Assignment.role == role,
            Assignment.ended_at.is_(None),
        )  # fmt: skip
        return self.session.scalar(found.limit(1)) is not None

    @once
    def assignments(self, application_id: str, *, standing: bool = True) -> list[Assignment]:
        """To whom a case is given, in that order; with those that have ended, unless ``standing``."""
        found = select(Assignment).where(Assignment.application_id == application_id)
        if standing:
            found = found.where(Assignment.ended_at.is_(None))
        return list(self.session.scalars(found.order_by(Assignment.id)))

    @once
    def sheets(self, application_id: str, round_id: str | None = None) -> list[Assessment]:
        """The sheets of a case, drafts too, in the order they were begun."""
        found = select(Assessment).where(Assessment.application_id == application_id)
        if round_id is not None:
            found = found.where(Assessment.round_id == round_id)
        return list(self.session.scalars(found.order_by(Assessment.id)))

    def sheet(self, application_id: str, round_id: str, assessor_id: str) -> Assessment | None:
        """One assessor's sheet for a case in a round."""
        found = select(Assessment).where(
            Assessment.application_id == application_id, Assessment.round_id == round_id,
            Assessment.assessor_id == assessor_id,
        )  # fmt: skip
        return self.session.scalar(found)

    @once
    def counting(self, call_id: str, ids: Collection[str] | None = None) -> list[Marked]:
        """The delivered sheets of a call (of these cases of it) that count, in the order they were begun: those of
        assessors whom no tie keeps away from the case.
        """
        found = (
            select(Assessment.application_id, Assessment.round_id, Assessment.assessor_id, Assessment.marks)
            .join(Application, Application.id == Assessment.application_id)
            .where(
                Application.call_id == call_id, Assessment.delivered_at.is_not(None),
                ~tied(Assessment.assessor_id, ("declared", "conflict")),
            )
        )  # fmt: skip
        if ids is not None:
            found = found.where(Assessment.application_id.in_(sorted(ids)))
        return [Marked(*row) for row in self.session.execute(found.order_by(Assessment.id))]

    @once
    def waited_for(self, call_id: str, ids: Collection[str] | None = None) -> list[Waited]:
        """Those to whom cases of a call (these of them) are given to rate, and who have not delivered, or of whom it is
        not decided yet whether what they have delivered counts.
        """
        delivered = exists().where(sheet_of(Assignment), Assessment.delivered_at.is_not(None))
        found = (
            select(Assignment.application_id, Assignment.round_id, Assignment.user_id)
            .join(Application, Application.id == Assignment.application_id)
            .where(
                Application.call_id == call_id, Assignment.role == "assessor", Assignment.ended_at.is_(None),
                or_(~delivered, tied(Assignment.user_id, ("declared",))),
            )
        )  # fmt: skip
        if ids is not None:
            found = found.where(Assignment.application_id.in_(sorted(ids)))
        return [Waited(*row) for row in self.session.execute(found.order_by(Assignment.id))]

    @once
    def discussed(self, call_id: str, ids: Collection[str] | None = None) -> dict[str, frozenset[str]]:
        """The criteria that assessors have talked about until it was settled, by case of a call (of these cases of it)."""
        found = (
            select(Thread.application_id, Thread.criterion)
            .join(Application, Application.id == Thread.application_id)
            .where(
                Application.call_id == call_id, Thread.audience == "assessors", Thread.criterion.is_not(None),
                Thread.resolved_at.is_not(None),
            )
        )  # fmt: skip
        if ids is not None:
            found = found.where(Thread.application_id.in_(sorted(ids)))
        settled: dict[str, set[str]] = {}
        for id, criterion in self.session.execute(found):
            settled.setdefault(id, set()).add(criterion or "")
        return {id: frozenset(criteria) for id, criteria in settled.items()}

    @once
    def judgements(self, application_id: str) -> list[Judgement]:
        """What handlers have said of the rules that ask them."""
        found = select(Judgement).where(Judgement.application_id == application_id)
        return list(self.session.scalars(found.order_by(Judgement.rule)))


def sheet_of(given: type[Assignment]) -> ColumnElement[bool]:
    """Which sheet goes with an assignment."""
    return and_(
        Assessment.application_id == given.application_id, Assessment.round_id == given.round_id,
        Assessment.assessor_id == given.user_id,
    )  # fmt: skip


def tied(user: InstrumentedAttribute[str], statuses: Collection[str]) -> ColumnElement[bool]:
    """Whether a user has a tie in one of these statuses that touches the application that is joined."""
    whose = or_(
        Interest.whole_call, Interest.organisation_id == Application.organisation_id,
        Interest.organisation_id == Application.host_id,
    )  # fmt: skip
    mine = and_(Interest.call_id == Application.call_id, Interest.user_id == user)
    return exists().where(mine, whose, Interest.status.in_(sorted(statuses)))
