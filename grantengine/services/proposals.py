"""Proposals: cases evaluated with what is needed to repeat it, written down case by case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotAllowedError, NotFoundError, NotPossibleError
from grantengine.evaluate import committed_names, evaluate
from grantengine.outcome_json import case_json
from grantengine.records import By
from grantengine.rules.tables import cases_from_records
from grantengine.services.access import call_for, check_impartial, roles_in_call, user_of
from grantengine.services.pinned import compiled_call
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Allocation, ProposedCase
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.outcome import Outcome
    from grantengine.store.unit_of_work import Reading, Work

Record = dict[str, Any]
OPEN = ("proposed", "approved")


def evaluated(
    engine: Engine, plan: Plan, records: Sequence[Record], *, as_of: date, committed: Mapping[str, int]
) -> Outcome:
    """The outcome of these cases, by the very path that simulations go.

    :raises EvaluationError: a rule can not be computed, or what is set by hand does not fit.
    """
    cases = cases_from_records(records, plan)
    return evaluate(plan, cases, engine=engine.rules, as_of=as_of, committed=dict(committed))


def lines_of(outcome: Outcome, position: int) -> list[dict[str, Any]]:
    """What a case would take: ``part`` of the budget, ``year``, ``unit``, ``amount`` in hundredths."""
    part, row = outcome.part_of(position)
    if part is None:
        return []
    names = committed_names(outcome.plan)[outcome.parts.index(part)]
    return [
        {"part": name, "year": outcome.year_of(year), "unit": outcome.unit, "amount": int(granted[row])}
        for name, year, granted in zip(names, part.plan.years, part.by_year, strict=True)
        if granted[row]
    ]


def new_allocation(
    engine: Engine, work: Work, call: Call, plan: Plan, *, kind: str, as_of: date, committed: Mapping[str, int],
    made_by: str, strand: str | None = None,
) -> Allocation:  # fmt: skip
    """A proposal without its cases yet."""
    row = Allocation(
        id=work.new_id(), call_id=call.id, kind=kind, strand=strand, as_of=as_of.isoformat(), committed=dict(committed),
        digest=work.schemes.digest_of(call.version_id) or "", patch=list(call.patch), plugins=plugins_of(plan),
        made_by=made_by, made_at=work.by.at,
    )  # fmt: skip
    work.add(row)
    return row


def plugins_of(plan: Plan) -> dict[str, Any]:
    """The versions of the plugins that a plan is made with."""
    return {one.name: one.version for one in plan.plugins}


def propose(
    work: Work, allocation: Allocation, outcome: Outcome, records: Sequence[Record], applications: Sequence[Application]
) -> None:
    """Write down what is proposed for each case, told in its own trail."""
    for position, (record, application) in enumerate(zip(records, applications, strict=True)):
        granted = int(outcome.granted[position])
        work.add(
            ProposedCase(
                id=work.new_id(), allocation_id=allocation.id, application_id=application.id, record=record,
                outcome=case_json(outcome, position), computed=granted, granted=granted,
                ground=outcome.ground(position) or "", lines=lines_of(outcome, position),
            )
        )  # fmt: skip
        work.record("proposed", application, allocation=allocation.id, granted=granted)


@dataclass(frozen=True, slots=True)
class Opened:
    """A proposal that someone works on, with its call, plan and cases."""

    allocation: Allocation
    call: Call
    plan: Plan
    cases: tuple[ProposedCase, ...]
    applications: Mapping[str, Application]


def allocation_for(
    engine: Engine, work: Reading, by: By, allocation_id: str, roles: set[str], *, lock: bool = False
) -> Opened:
    """A proposal for someone with one of these roles in its call, who has no tie to anyone in it.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    allocation = work.decisions.allocation(allocation_id, lock=lock)
    if allocation is None:
        raise NotFoundError("allocation-not-found")
    call = call_of(work, by, allocation, roles)
    cases = work.decisions.proposed(allocation_id)
    ids = [one.application_id for one in cases]
    applications = work.cases.by_ids(ids, lock=lock)
    check_impartial(work, by, applications.values())
    version = work.schemes.version_by_id(call.version_id)
    assert version is not None  # held by a foreign key
    return Opened(allocation, call, compiled_call(engine, version, allocation.patch), tuple(cases), applications)


def call_of(work: Reading, by: By, allocation: Allocation, roles: set[str]) -> Call:
    """The call of a proposal, for someone with one of these roles in it; who has none there learns of no proposal.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    try:
        return call_for(work, by, allocation.call_id, roles)
    except NotAllowedError as error:
        call = work.schemes.call(allocation.call_id)
        if error.code == "role-needed" and call and not roles_in_call(work, user_of(work, by), call, by, one_case=True):
            raise NotFoundError("allocation-not-found") from None
        raise


def mark_of(cases: Iterable[ProposedCase]) -> str:
    """A short mark of what a proposal says: another one where somebody gets something else, or for another reason."""
    told = sorted([one.application_id, one.granted, one.ground, one.hand_reason or ""] for one in cases)
    return sha256(json.dumps(told).encode()).hexdigest()[:20]


def check_seen(opened: Opened, seen: str | None) -> None:
    """What a proposal says is what someone has seen, by its mark; None: nobody has to have seen it.

    :raises NotPossibleError: ``proposal-changed``.
    """
    if seen is not None and seen != mark_of(opened.cases):
        raise NotPossibleError("proposal-changed")


def check_open(allocation: Allocation, *statuses: str) -> None:
    """A proposal that can still be worked on.

    :raises NotPossibleError: ``allocation-settled``.
    """
    if allocation.status not in (statuses or OPEN):
        raise NotPossibleError("allocation-settled")
