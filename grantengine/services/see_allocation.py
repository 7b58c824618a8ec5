"""A proposal as those see it who work on it: the cases in rank order, the budget, and who has done what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.budgets import budgets_of, used_of
from grantengine.services.proposals import allocation_for
from grantengine.store.tables.decisions import Allocation, ProposedCase

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

WHO = {"handler", "leader", "approver"}


@dataclass(frozen=True, slots=True)
class AllocationListed:
    """A proposal as lists show it; ``resolution`` is a committee's, ``reason`` why it was dropped."""

    id: str
    kind: str
    strand: str | None
    status: str
    made_by: str
    made_at: datetime
    approved_by: str | None
    decided_at: datetime | None
    resolution: Mapping[str, Any] | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ProposedSeen:
    """A case of a proposal. ``computed`` (what the rules give) and ``granted`` (what is proposed) are hundredths of the call's
    currency or unit. ``hand_reason`` is there where a handler has set it.
    """

    application_id: str
    number: str
    organisation: str
    rank: int | None
    total: float | None
    points: Mapping[str, float]
    computed: int
    granted: int
    ground: str
    reserve: int | None
    hand_reason: str | None


@dataclass(frozen=True, slots=True)
class AllocationSeen:
    """A proposal with its cases, best rank first and then those that have none. ``budget`` and ``used`` (by other decisions, or
    by this one once it is decided) are by part of the budget, ``granted`` is in all.
    """

    allocation: AllocationListed
    currency: str
    budget: Mapping[str, int]
    used: Mapping[str, int]
    granted: int
    cases: tuple[ProposedSeen, ...]


def list_allocations(engine: Engine, by: By, call_id: str) -> tuple[AllocationListed, ...]:
    """The proposals of a call, oldest first.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call_for(reading, by, call_id, WHO)
        rows = reading.decisions.allocations(call_id)
        names = reading.users.named(_people(rows))
    return tuple(_listed(one, names) for one in rows)


def see_allocation(engine: Engine, by: By, allocation_id: str) -> AllocationSeen:
    """A proposal with its cases, in a fixed number of statements.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        opened = allocation_for(engine, reading, by, allocation_id, WHO)
        people = reading.users.named(_people([opened.allocation]))
        organisations = reading.cases.names(opened.call.id)
        used = used_of(reading, opened.call.id)
    cases = [
        _seen(case, opened.applications[case.application_id].number, organisations.get(case.application_id, ""))
        for case in opened.cases
    ]
    cases.sort(key=lambda one: (one.rank is None, one.rank or 0, one.number))
    return AllocationSeen(
        _listed(opened.allocation, people), opened.plan.currency, budgets_of(opened.plan), used,
        sum(one.granted for one in cases), tuple(cases),
    )  # fmt: skip


def _people(rows: list[Allocation]) -> set[str]:
    return {id for row in rows for id in (row.made_by, row.approved_by) if id}


def _listed(row: Allocation, names: Mapping[str, str]) -> AllocationListed:
    approved = names.get(row.approved_by) if row.approved_by else None
    return AllocationListed(
        row.id, row.kind, row.strand, row.status, names.get(row.made_by, ""), row.made_at, approved, row.decided_at,
        row.resolution, row.reason,
    )  # fmt: skip


def _seen(case: ProposedCase, number: str, organisation: str) -> ProposedSeen:
    told = case.outcome
    return ProposedSeen(
        case.application_id, number, organisation, told.get("rank"), told.get("total"), told.get("points", {}),
        case.computed, case.granted, case.ground, told.get("reserve"), case.hand_reason,
    )  # fmt: skip
