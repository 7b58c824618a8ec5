"""Proposals, decisions, and what they take of budgets."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.decisions import Allocation, AwardLine, BudgetPart, Decision, ProposedCase
from grantengine.store.tables.schemes import Call


class Decisions:
    """Queries about proposals and decisions."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def allocation(self, id: str, *, lock: bool = False) -> Allocation | None:
        """A proposal by id."""
        return self.session.get(Allocation, id, with_for_update=row_lock(lock))

    def allocations(self, call_id: str) -> list[Allocation]:
        """The proposals of a call, oldest first."""
        found = select(Allocation).where(Allocation.call_id == call_id)
        return list(self.session.scalars(found.order_by(Allocation.id)))

    def to_agree_to(self, call_ids: Collection[str], user_id: str, most: int) -> list[Allocation]:
        """Proposals in these calls that wait for a second person, of others than this user, oldest first."""
        found = select(Allocation).where(
            Allocation.call_id.in_(sorted(call_ids)), Allocation.status == "proposed", Allocation.made_by != user_id
        )
        return list(self.session.scalars(found.order_by(Allocation.id).limit(most)))

    def decided_calls(self) -> list[tuple[Call, int]]:
        """Calls with the number of their decided proposals, where there is one, in order of id."""
        found = (
            select(Call, func.count(Allocation.id))
            .join(Allocation, Allocation.call_id == Call.id)
            .where(Allocation.status == "decided")
            .group_by(Call.id)
            .order_by(Call.id)
        )
        return [(call, count) for call, count in self.session.execute(found)]

    def proposed(self, allocation_id: str) -> list[ProposedCase]:
        """The cases of a proposal, in order of application."""
        found = select(ProposedCase).where(ProposedCase.allocation_id == allocation_id)
        return list(self.session.scalars(found.order_by(ProposedCase.application_id)))

    def in_open_proposal(self, call_id: str) -> set[str]:
        """The cases of a call that are in a proposal that nobody has settled."""
        found = (
            select(ProposedCase.application_id)
            .join(Allocation, Allocation.id == ProposedCase.allocation_id)
            .where(Allocation.call_id == call_id, ProposedCase.settled_at.is_(None))
        )
        return set(self.session.scalars(found))

    def proposed_case(self, allocation_id: str, application_id: str) -> ProposedCase | None:
        """What a proposal says of one case."""
        found = select(ProposedCase).where(
            ProposedCase.allocation_id == allocation_id, ProposedCase.application_id == application_id
        )
        return self.session.scalar(found)

    def of_case(self, application_id: str) -> list[Decision]:
        """The decisions of a case, oldest first."""
        found = select(Decision).where(Decision.application_id == application_id)
        return list(self.session.scalars(found.order_by(Decision.place)))

    def of_allocation(self, allocation_id: str) -> list[Decision]:
        """The decisions that carried out a proposal, in order of application."""
        found = select(Decision).where(Decision.allocation_id == allocation_id)
        return list(self.session.scalars(found.order_by(Decision.application_id)))

    def newest(self, call_id: str) -> dict[str, Decision]:
        """The last decision of each case of a call, by application."""
        found = select(Decision).where(Decision.call_id == call_id).order_by(Decision.place)
        return {one.application_id: one for one in self.session.scalars(found)}

    def decision(self, id: str) -> Decision | None:
        """A decision by id."""
        return self.session.get(Decision, id)

    def begin_parts(self, call_id: str, budgets: Mapping[str, int]) -> None:
        """Have a row for each part of a call's budget, with this to give. What stands stays as it is, also where somebody
        else begins the same parts at this moment.
        """
        insert = (sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql).insert
        rows = [
            {"call_id": call_id, "part": name, "budget": budget, "used": 0} for name, budget in sorted(budgets.items())
        ]
        self.session.execute(insert(BudgetPart).values(rows).on_conflict_do_nothing())

    def budget_parts(self, call_id: str, *, lock: bool = False) -> dict[str, BudgetPart]:
        """The parts of a call's budget by name; ``lock`` keeps others from taking of them until the transaction ends."""
        found = select(BudgetPart).where(BudgetPart.call_id == call_id).order_by(BudgetPart.part)
        if lock:
            # The triggers change what this session has read: it is read anew.
            found = found.with_for_update(key_share=True).execution_options(populate_existing=True)
        return {one.part: one for one in self.session.scalars(found)}

    def lines_of(self, application_id: str, *, standing: bool = True) -> list[AwardLine]:
        """What a case has of budgets, in order; with what has been freed, unless ``standing``."""
        found = select(AwardLine).where(AwardLine.application_id == application_id)
        if standing:
            found = found.where(AwardLine.freed_at.is_(None))
        return list(self.session.scalars(found.order_by(AwardLine.id)))
