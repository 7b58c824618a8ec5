"""What may change in a call that is announced: dates, budget, extensions; with a reason that everyone may read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.scheme.opening import Opening, opening
from grantengine.services.access import call_for, user_of
from grantengine.services.budgets import keep_budgets
from grantengine.services.interim_reply import REPLIES, change_params
from grantengine.services.messages import local_time, receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import compiled_call, plan_of_call
from grantengine.services.tell_alerts import queue_alerts
from grantengine.store.tables.schemes import Call, CallPatch

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Work


def change_call(engine: Engine, by: By, call_id: str, operations: Sequence[dict[str, Any]], *, reason: str) -> None:
    """Change a call by a recorded patch of ``/call``, such as a later deadline for all.

    Once a call is open, nobody's time is cut short: it does not open later, and its deadline does not come earlier. Those
    who are writing are told of another deadline.

    :raises SchemeError: the patch goes beyond ``/call`` or leads to a scheme with problems.
    :raises InputError: ``reason-missing``, ``text-length`` or ``field-form``.
    :raises NotPossibleError: ``call-opens-later``, ``call-closes-earlier``; ``budget-below-used`` by decisions, or
        ``call-other-unit`` than they were made in.
    """
    told = _told(operations, reason)
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, {"handler", "leader"}, lock=True)
        version = work.schemes.version_by_id(call.version_id)
        assert version is not None  # held by a foreign key
        whole = [*call.patch, *operations]
        before, changed = plan_of_call(engine, work, call), compiled_call(engine, version, whole)
        promised = before.scheme.call.decided_by
        expected, when = changed.scheme.call.decided_by, opening(changed.scheme.call)
        _nothing_is_cut_short(call, when, by)
        _same_unit(work, call, before, changed)
        moved, opens_anew = when.closes != call.closes_at, when.opens != call.opens_at
        call.patch, call.opens_at, call.closes_at = whole, when.opens, when.closes
        made_by = user_of(work, by)
        work.add(
            CallPatch(
                id=work.new_id(), call_id=call_id, operations=list(operations), reason=told, made_by=made_by.id,
                made_at=by.at,
            )
        )  # fmt: skip
        if work.decisions.budget_parts(call_id):
            keep_budgets(work, changed, call_id)
        work.record("call-changed", call, reason=told, operations=list(operations))
        if promised is not None and (expected is None or expected > promised):
            params = change_params(expected, promised, told)
            work.jobs.add(work.new_id(), REPLIES, call_id, by.at, params=params)
        if opens_anew:
            queue_alerts(work, call)
        if moved and when.closes is not None:
            _tell_writers(engine, work, call, when.closes, told)


def _told(operations: object, reason: str) -> str:
    """The reason, where both are what they should be.

    :raises InputError: ``reason-missing``, ``text-length`` or ``field-form``.
    """
    checks = Checks()
    told = checks.reason(reason)
    try:
        json.dumps(operations, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError):  # what a patch can not say
        checks.add("field-form", "operations")
    if not isinstance(operations, list | tuple):
        checks.add("field-form", "operations")
    checks.done()
    return told


def _same_unit(work: Work, call: Call, before: Plan, changed: Plan) -> None:
    """What has been given is counted in what the call gives.

    :raises NotPossibleError: ``call-other-unit``.
    """
    given = any(part.used for part in work.decisions.budget_parts(call.id).values())
    if given and before.currency != changed.currency:
        raise NotPossibleError("call-other-unit", before=before.currency, now=changed.currency)


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
