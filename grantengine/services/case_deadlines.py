"""When an answer to a case is due: as the call promised, or a later letter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.services.case_clock import Pause, clock_at
from grantengine.store.late import NEW, OSLO, SLIPPED, Promise
from grantengine.store.queues import Today

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.services.call_cards import Shown
    from grantengine.store.tables.dialogue import ChangeRequest


def today(at: datetime) -> Today:
    """An instant, and the day that it is in Norway."""
    return Today(at, at.astimezone(OSLO).date())


def promise_of_plan(plan: Plan) -> Promise:
    """What a call promises."""
    days = plan.scheme.call.answer_days if plan.intake.kind == "rolling" else None
    return Promise(plan.scheme.call.decided_by, days)


def promise_of_card(shown: Shown) -> Promise:
    """The same as its card says it."""
    return Promise(shown.decided_by, shown.answer_days)


def due_of(
    promise: Promise, submitted: datetime | None, requests: Iterable[ChangeRequest], marks: Iterable[str], at: datetime
) -> date | None:
    """The day for which an applicant was promised an answer; None: none was.

    Days that are counted from the application stand still while the applicant is asked for something.
    """
    days = [promise.by]
    if promise.days is not None and submitted is not None:
        waited = clock_at(at, submitted, [Pause(one.asked_at, one.closed_at) for one in requests]).waited
        days.append(submitted.astimezone(OSLO).date() + timedelta(days=promise.days + waited))
    told = (mark.removeprefix(NEW) for mark in marks if mark.startswith(NEW) and not mark.endswith(SLIPPED))
    return max((day for day in (*days, *map(date.fromisoformat, told)) if day is not None), default=None)
