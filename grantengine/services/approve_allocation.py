"""A second person agrees to a proposal, and it becomes decisions; or it goes on to a committee, which decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotAllowedError, NotPossibleError
from grantengine.lifecycle import LIFECYCLE
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.budgets import keep_budgets
from grantengine.services.pinned import plan_of_call
from grantengine.services.proposals import Opened, allocation_for, check_open, check_seen
from grantengine.services.stored_cases import stored_cases
from grantengine.services.tell_proposal import tell_settled
from grantengine.services.transitions import change_status
from grantengine.store.tables.decisions import AwardLine, Decision, ProposedCase

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.lifecycle import Transition
    from grantengine.store.unit_of_work import Reading, Work

DECIDE, MOVE_UP = LIFECYCLE.find("decide"), LIFECYCLE.find("move-up")
DECIDERS = {"handler", "leader", "approver"}


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a proposal: its status, and how many cases were decided with how much in all, in hundredths."""

    allocation_id: str
    status: str
    cases: int = 0
    granted: int = 0


def approve_allocation(engine: Engine, by: By, allocation_id: str, *, seen: str | None = None) -> Decided:
    """Agree to a proposal as the second person that the scheme asks for. All its cases are decided at once, or none is.

    Where a committee decides, the proposal is then ready for it (:func:`record_resolution`). Approved twice, it is the
    same approval.

    :param seen: the mark of the proposal as it was looked at, such as on a page; one agrees to nothing else.
    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``, ``second-person-needed``
        (one may not agree to what one has proposed or set by hand), ``leader-needed``.
    :raises NotPossibleError: ``allocation-settled``; ``proposal-changed``: somebody gets something else than was seen;
        ``proposal-outdated``: cases have changed since, they are named;
        ``proposal-of-other-call``: the call has;
        ``budget-exceeded``: someone else has used the money; ``vetoed`` by a plugin.
    """
    with engine.store.work(by) as work:
        opened = allocation_for(engine, work, by, allocation_id, DECIDERS, lock=True)
        allocation = opened.allocation
        user = user_of(work, by)
        if allocation.status in ("approved", "decided") and allocation.approved_by == user.id:
            return decided_as(opened)
        check_open(allocation, "proposed")
        lacking = second_person_lacking(work, by, opened, user.id)
        if lacking:
            raise lacking
        check_seen(opened, seen)
        check_current(engine, work, opened)
        allocation.approved_by, allocation.approved_at = user.id, by.at
        if opened.plan.scheme.decision.by == "committee":
            allocation.status = "approved"
            work.record("allocation-approved", opened.call, allocation=allocation_id)
            tell_settled(engine, work, opened.call, opened.plan, allocation, sum(one.granted for one in opened.cases))
            return decided_as(opened)
        return decide(engine, work, opened, user.id)


def decided_as(opened: Opened) -> Decided:
    """How a proposal stands."""
    is_decided = opened.allocation.status == "decided"
    granted = sum(case.granted for case in opened.cases) if is_decided else 0
    return Decided(opened.allocation.id, opened.allocation.status, len(opened.cases) if is_decided else 0, granted)


def second_person_lacking(work: Reading, by: By, opened: Opened, user_id: str) -> NotAllowedError | None:
    """Why someone may not agree, as the scheme says: ``leader-needed`` or ``second-person-needed``; None: one may."""
    wanted = opened.plan.scheme.decision.second_person
    if wanted == "none":
        return None
    had_a_hand = {opened.allocation.made_by, *(case.hand_by for case in opened.cases if case.hand_by)}
    if user_id in had_a_hand:
        return NotAllowedError("second-person-needed")
    if wanted == "leader":
        call = opened.call
        roles = work.users.roles_in_authority(user_id, call.authority_id, by.at)
        if "leader" not in roles | work.impartiality.stand_in_roles(call.id, user_id, by.at, None):
            return NotAllowedError("leader-needed")
    return None


def check_current(engine: Engine, work: Work, opened: Opened) -> None:
    """The call and every case are still as they were when it was proposed.

    :raises NotPossibleError: ``proposal-of-other-call``, or ``proposal-outdated`` with the numbers of cases that are not.
    """
    if opened.allocation.patch != opened.call.patch:
        raise NotPossibleError("proposal-of-other-call")
    plan = plan_of_call(engine, work, opened.call)
    now = {
        case.application.id: case.record
        for case in stored_cases(engine, work, plan, opened.call.id, _transition(opened).sources)
        if case.application.id in opened.applications
    }
    outdated = [
        opened.applications[case.application_id].number
        for case in opened.cases
        if now.get(case.application_id) != _without_hand(case.record or {})
    ]
    if outdated:
        raise NotPossibleError("proposal-outdated", count=len(outdated), numbers=outdated[:10])


def _transition(opened: Opened) -> Transition:
    """What a decision makes of the cases: those of the reserve have been told of an earlier one."""
    return MOVE_UP if opened.allocation.kind == "reserve" else DECIDE


def _without_hand(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "set_by_hand"}


def decide(engine: Engine, work: Work, opened: Opened, user_id: str) -> Decided:
    """Make decisions of a proposal; they take of the budget, which the database keeps.

    :raises NotPossibleError: ``budget-exceeded``, or ``vetoed`` by a plugin.
    """
    allocation, call = opened.allocation, opened.call
    keep_budgets(work, plan_of_call(engine, work, call), call.id)
    earlier = work.decisions.newest(call.id)
    for case in opened.cases:
        application = opened.applications[case.application_id]
        place = earlier[application.id].place + 1 if application.id in earlier else 1
        decision = _decision(work, opened, case, place, user_id)
        work.add(decision, *_lines(work, decision, case))
        case.settled_at = work.by.at
        answers = (case.record or {}).get("answers", {})
        change_status(
            engine,
            work,
            application,
            _transition(opened),
            answers,
            decision=decision.id,
            granted=case.granted,
            ground=case.ground,
        )
    allocation.status, allocation.decided_by, allocation.decided_at = "decided", user_id, work.by.at
    granted = sum(case.granted for case in opened.cases)
    work.record("decided", call, allocation=allocation.id, cases=len(opened.cases), granted=granted)
    tell_settled(engine, work, call, opened.plan, allocation, granted)
    work.session.flush()
    return Decided(allocation.id, "decided", len(opened.cases), granted)


def _decision(work: Work, opened: Opened, case: ProposedCase, place: int, user_id: str) -> Decision:
    return Decision(
        id=work.new_id(), application_id=case.application_id, call_id=opened.call.id, allocation_id=opened.allocation.id,
        place=place, granted=case.granted, ground=case.ground, outcome=case.outcome, decided_by=user_id,
        decided_at=work.by.at, content={"record": case.record, "hand_reason": case.hand_reason},
    )  # fmt: skip


def _lines(work: Work, decision: Decision, case: ProposedCase) -> list[AwardLine]:
    return [
        AwardLine(
            id=work.new_id(), decision_id=decision.id, application_id=case.application_id, call_id=decision.call_id,
            part=line["part"], year=line["year"], unit=line["unit"], amount=line["amount"],
        )
        for line in case.lines
    ]  # fmt: skip
