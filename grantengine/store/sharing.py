"""Where the sharing of a call's money stands: sums of proposals, the reserve, and whose letters have gone out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from grantengine.store.each import there_is_where
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Allocation, Decision, Letter, ProposedCase


class Sharing:
    """Queries about proposals and decisions of a call as a whole."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def sums(self, call_id: str) -> dict[str, tuple[int, int, int]]:
        """For each proposal of a call by id: its cases, those of them that get something, and how much in all."""
        found = (
            select(
                ProposedCase.allocation_id, func.count(), func.sum(case((ProposedCase.granted > 0, 1), else_=0)),
                func.sum(ProposedCase.granted),
            )
            .join(Allocation, Allocation.id == ProposedCase.allocation_id)
            .where(Allocation.call_id == call_id)
            .group_by(ProposedCase.allocation_id)
        )  # fmt: skip
        return {id: (count, int(funded), int(granted)) for id, count, funded, granted in self.session.execute(found)}

    def refused_for(self, call_id: str, grounds: Collection[str], status: str) -> int:
        """How many cases of a call have this status, and were last decided on one of these grounds."""
        later = aliased(Decision)
        is_last = ~there_is_where(later.application_id == Decision.application_id, later.place > Decision.place)
        found = (
            select(func.count())
            .select_from(Decision)
            .join(Application, Application.id == Decision.application_id)
            .where(
                Decision.call_id == call_id, Decision.ground.in_(sorted(grounds)), Application.status == status, is_last
            )
        )
        return int(self.session.scalar(found) or 0)

    def applications_of(self, allocation_id: str) -> list[Application]:
        """The cases that were decided by a proposal, in order of id."""
        found = select(Application).join(Decision, Decision.application_id == Application.id)
        return list(self.session.scalars(found.where(Decision.allocation_id == allocation_id).order_by(Application.id)))

    def told_of(self, allocation_id: str) -> set[str]:
        """The cases of a proposal whose letter of its decision has gone out."""
        found = select(Letter.application_id).join(Decision, Decision.id == Letter.decision_id)
        return set(
            self.session.scalars(found.where(Decision.allocation_id == allocation_id, Letter.kind == "decision"))
        )
