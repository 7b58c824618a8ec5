"""What may change in a call that is announced: dates, budget, extensions; with a reason that everyone may read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.records import By
from grantengine.scheme.opening import Opening, opening
from grantengine.services.access import call_for, user_of
from grantengine.services.budgets import keep_budgets
from grantengine.services.interim_reply import REPLIES, change_params
from grantengine.services.messages import local_time, receiver_of, send
from grantengine.services.pinned import compiled_call, plan_of_call
from grantengine.store.tables.schemes import Call, CallPatch

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def change_call(engine: Engine, by: By, call_id: str, operations: Sequence[dict[str, Any]], *, reason: str) -> None:
    """Change a call by a recorded patch of ``/call``, such as a later deadline for all.

    Once a call is open, nobody's time is cut short: it does not open later, and its deadline does not come earlier. Those
    who are writing are told of another deadline.

    :raises SchemeError: the patch goes beyond ``/call`` or leads to a scheme with problems.
    :raises InputError: ``reason-missing``.
    :raises NotPossibleError: ``call-opens-later``, ``call-closes-earlier``, or ``budget-below-used`` by decisions.
    """
    if not reason.strip():
        raise InputError([Problem("reason-missing", Where(pointer="/reason"))])
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, {"handler", "leader"}, lock=True)
        version = work.schemes.version_by_id(call.version_id)
        assert version is not None  # held by a foreign key
        whole = [*call.patch, *operations]
        promised, changed = (
            plan_of_call(engine, work, call).scheme.call.decided_by,
            compiled_call(engine, version, whole),
        )
        expected, when = changed.scheme.call.decided_by, opening(changed.scheme.call)
        _nothing_is_cut_short(call, when, by)
        moved = when.closes != call.closes_at
        call.patch, call.opens_at, call.closes_at = whole, when.opens, when.closes
        made_by = user_of(work, by)
        work.add(
            CallPatch(
                id=work.new_id(), call_id=call_id, operations=list(operations), reason=reason.strip(), made_by=made_by.id,
                made_at=by.at,
            )
        )  # fmt: skip
        if work.decisions.budget_parts(call_id):
            keep_budgets(work, changed, call_id)
        work.record("call-changed", call, reason=reason.strip(), operations=list(operations))
        if promised is not None and (expected is None or expected > promised):
            params = change_params(expected, promised, reason.strip())
            work.jobs.add(work.new_id(), REPLIES, call_id, by.at, params=params)
        if moved and when.closes is not None:
            _tell_writers(engine, work, call, when.closes, reason.strip())


def _tell_writers(engine: Engine, work: Work, call: Call, closes: datetime, reason: str) -> None:
    """Tell every contact of those who have a draft; the last minute that is in time is what people know as a deadline."""
    last = local_time(closes - timedelta(seconds=1))
    for user in work.organisations.contacts_writing(call.id, work.by.at):
        send(
            engine, work, receiver_of(user), "deadline-moved", about=call.id, name=user.name, call=call.title,
            closes=last, reason=reason, url=f"{engine.settings.url}/calls/{call.id}",
        )  # fmt: skip


def _nothing_is_cut_short(call: Call, when: Opening, by: By) -> None:
    if Opening(call.opens_at, call.closes_at).is_early(by.at):
        return
    if when.is_early(by.at):
        raise NotPossibleError("call-opens-later")
    was = call.closes_at
    if when.closes is not None and (was is None or when.closes < was):
        raise NotPossibleError("call-closes-earlier")
