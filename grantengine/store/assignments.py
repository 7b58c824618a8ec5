"""To whom cases are given: over a call, in a round, and one by one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from grantengine.store.assessments import sheet_of, tied
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment
from grantengine.store.tables.people import Organisation


class Assignments:
    """Queries about who has which case."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def standing_of(self, call_id: str, user_id: str, organisation_id: str | None = None) -> list[Assignment]:
        """What is given to someone in a call now, in order of the cases; with an organisation, of its cases and of those
        whose money it would receive.
        """
        found = (
            select(Assignment)
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.call_id == call_id, Assignment.user_id == user_id, Assignment.ended_at.is_(None))
        )
        if organisation_id is not None:
            mine = or_(Application.organisation_id == organisation_id, Application.host_id == organisation_id)
            found = found.where(mine)
        return list(self.session.scalars(found.order_by(Assignment.application_id, Assignment.id)))

    def to_rate(self, call_id: str, statuses: Collection[str]) -> list[Application]:
        """What was handed in in a call and is in one of these statuses, in order of id."""
        found = select(Application).where(
            Application.call_id == call_id, Application.submitted_at.is_not(None),
            Application.status.in_(sorted(statuses)),
        )  # fmt: skip
        return list(self.session.scalars(found.order_by(Application.id)))

    def of_round(self, call_id: str, round_id: str) -> list[tuple[Assignment, bool]]:
        """To whom cases of a call are given to rate in a round now, and whether they have delivered."""
        found = (
            select(Assignment, Assessment.delivered_at)
            .join(Application, Application.id == Assignment.application_id)
            .outerjoin(Assessment, sheet_of(Assignment))
            .where(
                Application.call_id == call_id, Assignment.round_id == round_id, Assignment.role == "assessor",
                Assignment.ended_at.is_(None),
            )
        )  # fmt: skip
        return [(one, at is not None) for one, at in self.session.execute(found.order_by(Assignment.id))]

    def given_to(
        self, call_id: str, user_id: str, *, after: str = "", limit: int = 50, delivered: bool | None = None
    ) -> list[tuple[Assignment, Application, str, int | None, datetime | None]]:
        """What is given to someone in a call now, in that order, after this one: with the case, the applicant's name, and the
        version of the sheet and its delivery. None that the user has a tie to; ``delivered``: only what is, or is not.
        """
        found = (
            select(Assignment, Application, Organisation.name, Assessment.version, Assessment.delivered_at)
            .join(Application, Application.id == Assignment.application_id)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .outerjoin(Assessment, sheet_of(Assignment))
            .where(*_mine(call_id, user_id), Assignment.id > after)
            .order_by(Assignment.id)
            .limit(limit)
        )
        if delivered is not None:
            at = Assessment.delivered_at
            found = found.where(at.is_not(None) if delivered else at.is_(None))
        return [(one, case, name, version, at) for one, case, name, version, at in self.session.execute(found)]

    def counts(self, call_id: str, user_id: str, role: str = "assessor") -> tuple[int, int]:
        """How many cases of a call are given to someone in a role now, and how many of them are not delivered."""
        found = (
            select(func.count(), func.count().filter(Assessment.delivered_at.is_(None)))
            .select_from(Assignment)
            .join(Application, Application.id == Assignment.application_id)
            .outerjoin(Assessment, sheet_of(Assignment))
            .where(*_mine(call_id, user_id), Assignment.role == role)
        )
        total, left = self.session.execute(found).one()
        return total, left

    def beside(self, call_id: str, user_id: str, given: Assignment) -> tuple[str | None, str | None]:
        """The cases that were given to someone to rate in the same round just before this one, and just after it."""
        mine = (*_mine(call_id, user_id), Assignment.role == given.role, Assignment.round_id == given.round_id)
        found = select(Assignment.application_id).join(Application, Application.id == Assignment.application_id)
        before = found.where(*mine, Assignment.id < given.id).order_by(Assignment.id.desc())
        after = found.where(*mine, Assignment.id > given.id).order_by(Assignment.id)
        return self.session.scalar(before.limit(1)), self.session.scalar(after.limit(1))

    def call_of(self, application_id: str) -> str | None:
        """The call of a case, which is not read itself."""
        return self.session.scalar(select(Application.call_id).where(Application.id == application_id))

    def application_of(self, assignment_id: str) -> str | None:
        """The case that an assignment is of."""
        return self.session.scalar(select(Assignment.application_id).where(Assignment.id == assignment_id))

    def assignment(self, id: str) -> Assignment | None:
        """An assignment by id."""
        return self.session.get(Assignment, id)


def _mine(call_id: str, user_id: str) -> tuple[ColumnElement[bool], ...]:
    """What is given to someone in a call now, but for cases that the user has a tie to."""
    return (
        Application.call_id == call_id, Assignment.user_id == user_id, Assignment.ended_at.is_(None),
        ~tied(Assignment.user_id, ("declared", "conflict")),
    )  # fmt: skip
