"""A round that has no end of its own is closed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, RoundPlan
from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.case_rounds import times_of
from grantengine.services.pinned import plan_of_call
from grantengine.stages.rounds import is_open
from grantengine.store.tables.dialogue import ClosedRound
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def close_round(engine: Engine, by: By, call_id: str, round_id: str) -> None:
    """Close a round that is open and has no end of its own; the next one may open then.

    In a rolling call a round that counts for each case is closed for all who have been in it so far; it may be closed again
    for those who come later.

    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-not-open``, ``round-ends-itself``: nobody's time is cut short; or
        ``round-has-requests``: applicants have been asked and have not answered.
    """
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        plan = plan_of_call(engine, work, call)
        round = _open_round(work, plan, call, round_id)
        waiting = work.dialogue.waiting_in(call_id, round_id)
        if waiting:
            raise NotPossibleError("round-has-requests", round=round.title, count=waiting)
        closed, user = work.dialogue.closed_round(call_id, round_id), user_of(work, by)
        if closed is None:
            work.add(ClosedRound(call_id=call_id, round_id=round_id, closed_by=user.id, closed_at=by.at))
        else:
            closed.closed_by, closed.closed_at = user.id, by.at
        work.record("round-closed", call, round=round_id)


def _open_round(work: Work, plan: Plan, call: Call, round_id: str) -> RoundPlan:
    """A round that is open until someone closes it, in the call or, where strands have rounds of their own, in one of them.

    :raises NotFoundError: ``round-not-found``.
    :raises NotPossibleError: ``round-ends-itself`` or ``round-not-open``.
    """
    found = [(part, round) for part in plan.parts if (round := part.round(round_id)) is not None]
    if not found:
        raise NotFoundError("round-not-found")
    by_hand = [(part, round) for part, round in found if round.closes is None and round.days is None]
    if not by_hand:
        raise NotPossibleError("round-ends-itself", round=found[0][1].title)
    for part, round in by_hand:
        time = next(one for one in times_of(work, part, call) if one.id == round_id)
        of_each_case = part.intake.kind == "rolling" and round.opens is None
        if of_each_case or is_open(time, work.by.at):
            return round
    raise NotPossibleError("round-not-open", round=by_hand[0][1].title)
