"""A proposal as those see it who work on it: the cases in rank order, the budget, and who has done what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan, Words
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.approve_allocation import second_person_lacking
from grantengine.services.budgets import budgets_of, used_of
from grantengine.services.decision_letter import requested_of
from grantengine.services.proposals import Opened, allocation_for, mark_of
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
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProposedSeen:
    """A case of a proposal. ``computed`` (what the rules give) and ``granted`` (what is proposed) are hundredths of the call's
    currency or unit, and so is what is ``requested``, where that is one sum. ``hand_reason`` is there where a handler has set
    it, ``hand_by`` says who. ``failed`` says which conditions are not met, ``by_part`` what is given of each budget part.
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
    hand_by: str | None = None
    requested: int | None = None
    strand: str | None = None
    failed: tuple[Words, ...] = ()
    by_part: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the scheme says of a proposal: its criteria and strands by id, how many years there is money for, who decides, and
    whether a second person must agree (``required``, ``leader``, ``none``). ``by_rank``: the method goes down the ranking
    until the money ends.
    """

    criteria: tuple[tuple[str, Words], ...]
    strands: Mapping[str, Mapping[str, str]]
    years: int
    decided_by: str
    second_person: str
    by_rank: bool


@dataclass(frozen=True, slots=True)
class AllocationSeen:
    """A proposal with its cases, best rank first and then those that have none. ``budget`` and ``used`` (by other decisions, or
    by this one once it is decided) are by part of the budget, and so is ``shared``, what is proposed; ``granted`` is in all.
    ``before`` is what was used of each part when it was proposed. ``lacking`` is why whoever asks may not agree to it, None
    where nothing is in the way. ``mark`` is another one once the proposal says something else.
    """

    allocation: AllocationListed
    currency: str
    budget: Mapping[str, int]
    used: Mapping[str, int]
    granted: int
    cases: tuple[ProposedSeen, ...]
    call_id: str
    shared: Mapping[str, int]
    before: Mapping[str, int]
    rules: Rules
    lacking: str | None
    mark: str


def list_allocations(engine: Engine, by: By, call_id: str) -> tuple[AllocationListed, ...]:
    """The proposals of a call, oldest first.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call_for(reading, by, call_id, WHO)
        rows = reading.decisions.allocations(call_id)
        names = reading.users.named(people_of(rows))
    return tuple(allocation_listed(one, names) for one in rows)


def see_allocation(engine: Engine, by: By, allocation_id: str) -> AllocationSeen:
    """A proposal with its cases, in a fixed number of statements.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        opened = allocation_for(engine, reading, by, allocation_id, WHO)
        hands = {case.hand_by for case in opened.cases if case.hand_by}
        people = reading.users.named(people_of([opened.allocation]) | hands)
        organisations = reading.cases.names(opened.call.id)
        used = used_of(reading, opened.call.id)
        lacking = second_person_lacking(reading, by, opened, by.id) if by.id else None
    because = {rule.id: rule.because for rule in opened.plan.all_rules}
    cases = [_seen(opened, case, organisations, people, because) for case in opened.cases]
    strands = [one.id for one in opened.plan.strands]
    place = {id: number for number, id in enumerate(strands)}
    cases.sort(key=lambda one: (place.get(one.strand or "", 0), one.rank is None, one.rank or 0, one.number))
    return AllocationSeen(
        allocation_listed(opened.allocation, people), opened.plan.currency, budgets_of(opened.plan), used,
        sum(one.granted for one in cases), tuple(cases), opened.call.id, _shared(opened.cases),
        opened.allocation.committed, _rules(opened.plan),
        lacking.code if lacking else None, mark_of(opened.cases),
    )  # fmt: skip


def people_of(rows: Iterable[Allocation]) -> set[str]:
    """Those who have made or approved proposals."""
    return {id for row in rows for id in (row.made_by, row.approved_by) if id}


def allocation_listed(row: Allocation, names: Mapping[str, str]) -> AllocationListed:
    """A proposal as lists show it, with the names of people by id."""
    approved = names.get(row.approved_by) if row.approved_by else None
    return AllocationListed(
        row.id, row.kind, row.strand, row.status, names.get(row.made_by, ""), row.made_at, approved, row.decided_at,
        row.resolution, row.reason, row.approved_at,
    )  # fmt: skip


def _shared(cases: Iterable[ProposedCase]) -> dict[str, int]:
    """What is proposed of each part of the budget."""
    found: Counter[str] = Counter()
    for case in cases:
        for line in case.lines:
            found[line["part"]] += line["amount"]
    return dict(found)


def _rules(plan: Plan) -> Rules:
    decision = plan.scheme.decision
    allocations = [part.allocation for part in plan.parts]
    return Rules(
        tuple((one.id, one.title) for one in plan.all_criteria),
        {one.id: one.title or {"": one.id} for one in plan.scheme.call.strands}, len(plan.parts[0].years),
        decision.by, decision.second_person, all(one.method.by_rank(one.options) for one in allocations),
    )  # fmt: skip


def _seen(
    opened: Opened, case: ProposedCase, organisations: Mapping[str, str], people: Mapping[str, str],
    because: Mapping[str, Words],
) -> ProposedSeen:  # fmt: skip
    told, application = case.outcome, opened.applications[case.application_id]
    return ProposedSeen(
        case.application_id, application.number, organisations.get(case.application_id, ""), told.get("rank"),
        told.get("total"), told.get("points", {}), case.computed, case.granted, case.ground, told.get("reserve"),
        case.hand_reason, people.get(case.hand_by or ""), requested_of(opened.plan, case.record), application.strand,
        tuple(because[id] for id in told.get("failed", ()) if id in because), _shared([case]),
    )  # fmt: skip
