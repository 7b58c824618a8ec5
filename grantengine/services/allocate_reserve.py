"""Money that is free again, or added, goes to those who are next: the same rules, over those who got nothing for want of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import DuplicateError, NotPossibleError
from grantengine.lifecycle import Status
from grantengine.records import GROUNDS, By
from grantengine.services.access import call_for, check_impartial, user_of
from grantengine.services.allocate_call import PROPOSERS
from grantengine.services.budgets import keep_budgets, used_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.proposals import evaluated, new_allocation, propose
from grantengine.services.stored_cases import StoredCase, stored_cases
from grantengine.services.tell_proposal import tell_proposed
from grantengine.stages.allocation import RESERVE

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading

IN_RESERVE = frozenset(str(GROUNDS[code]) for code in RESERVE)


def allocate_reserve(engine: Engine, by: By, call_id: str) -> str:
    """Propose grants to those on the reserve list, as far as the budget goes; returns the proposal's id.

    Those for whom there is still nothing are not in it: what was decided of them stands.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``reserve-empty``; ``reserve-nothing``: the money does not reach for the next;
        ``reserve-not-by-method``: the method of the call shares among all, and knows no next; ``case-in-other-proposal``.
    :raises EvaluationError: a rule can not be computed.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, PROPOSERS)
        plan = plan_of_call(engine, reading, call)
        waiting = _waiting(engine, reading, by, plan, call_id)
        committed, as_of = used_of(reading, call_id), engine.today()
    outcome = evaluated(engine, plan, [case.record for case in waiting], as_of=as_of, committed=committed)
    next_ones = [case for position, case in enumerate(waiting) if outcome.granted[position] > 0]
    if outcome.blocked or not next_ones:
        raise NotPossibleError("reserve-nothing")
    amounts = [int(one) for one in outcome.granted if one > 0]
    records = [case.record for case in next_ones]
    outcome = evaluated(engine, plan, records, as_of=as_of, committed=committed)
    if [int(one) for one in outcome.granted] != amounts:
        raise NotPossibleError("reserve-not-by-method")
    try:
        with engine.store.work(by) as work:
            call = call_for(work, by, call_id, PROPOSERS)
            applications = work.cases.by_ids([case.application.id for case in next_ones], lock=True)
            check_impartial(work, by, applications.values())
            keep_budgets(work, plan, call_id)
            allocation = new_allocation(
                engine, work, call, plan, kind="reserve", as_of=as_of, committed=committed, made_by=user_of(work, by).id
            )  # fmt: skip
            kept = [applications[case.application.id] for case in next_ones]
            propose(work, allocation, outcome, records, kept)
            work.record("reserve-allocated", call, allocation=allocation.id, cases=len(next_ones))
            tell_proposed(engine, work, call, plan, allocation, kept, outcome.granted_in_all)
            return allocation.id
    except DuplicateError as error:
        raise NotPossibleError("case-in-other-proposal") from error


def _waiting(engine: Engine, work: Reading, by: By, plan: Plan, call_id: str) -> list[StoredCase]:
    """The cases that got nothing for want of money, and whose letters have gone out.

    :raises NotPossibleError: ``reserve-empty`` or ``case-in-other-proposal``.
    """
    decided, proposed = work.decisions.newest(call_id), work.decisions.in_open_proposal(call_id)
    waiting = [
        case
        for case in stored_cases(engine, work, plan, call_id, {Status.REFUSED})
        if case.application.id in decided and decided[case.application.id].ground in IN_RESERVE
    ]
    if not waiting:
        raise NotPossibleError("reserve-empty")
    check_impartial(work, by, [case.application for case in waiting])
    if proposed & {case.application.id for case in waiting}:
        raise NotPossibleError("case-in-other-proposal")
    return waiting
