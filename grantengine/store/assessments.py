"""Who is to rate what, what they have found, and what handlers have judged."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.tables.assessment import Assessment, Assignment, Judgement


class Assessments:
    """Queries about assignments, assessors' sheets and judgements."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def is_assigned(self, application_id: str, user_id: str, role: str = "assessor") -> bool:
        """Whether a case is given to someone in this role now."""
        found = select(Assignment.id).where(
            Assignment.application_id == application_id, Assignment.user_id == user_id, Assignment.role == role,
            Assignment.ended_at.is_(None),
        )  # fmt: skip
        return self.session.scalar(found.limit(1)) is not None

    def assignments(self, application_id: str, *, standing: bool = True) -> list[Assignment]:
        """To whom a case is given, in that order; with those that have ended, unless ``standing``."""
        found = select(Assignment).where(Assignment.application_id == application_id)
        if standing:
            found = found.where(Assignment.ended_at.is_(None))
        return list(self.session.scalars(found.order_by(Assignment.id)))

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

    def judgements(self, application_id: str) -> list[Judgement]:
        """What handlers have said of the rules that ask them."""
        found = select(Judgement).where(Judgement.application_id == application_id)
        return list(self.session.scalars(found.order_by(Judgement.rule)))
