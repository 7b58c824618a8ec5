"""Review rounds in time: when each of them opens and closes, for a call and for a case.

A round opens when the one before closes, unless the scheme says when; one without a moment of its own never opens
before the call is closed, so that what is reviewed is what was submitted in time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from grantengine.compile.plan import Plan, RoundPlan
from grantengine.hooks.moments import LocalMoment
from grantengine.scheme.opening import opening

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""Where days are counted beyond the calendar."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RoundTime:
    """When a round is open, in UTC: ``closes`` is the first instant that is too late.

    ``opens`` is None as long as it is not known, which is until the round before has been closed by hand; ``closes`` is
    then None too. ``closes`` alone is None where the round is open until it is closed by hand.
    """

    id: str
    opens: datetime | None
    closes: datetime | None


def timetable(
    plan: Plan, *, opens: datetime | None, closes: datetime | None, closed: Mapping[str, datetime] = _NONE
) -> tuple[RoundTime, ...]:
    """When the rounds of a call are open, in the order of the scheme.

    In a rolling call rounds count for each case: those without a moment of their own have none here.

    :param opens: when the call opens, and ``closes`` when it closes, as ``scheme.opening`` gives them.
    :param closed: round id to the instant at which it was closed by hand; before the round opened it means nothing.
    """
    start = None if plan.intake.kind == "rolling" else closes
    return _walk(plan, opens, closes, start, closed)


def case_timetable(
    plan: Plan,
    submitted_at: datetime,
    *,
    opens: datetime | None = None,
    closes: datetime | None = None,
    closed: Mapping[str, datetime] = _NONE,
) -> tuple[RoundTime, ...]:
    """When the rounds are open for a case that was submitted at an instant.

    In a rolling call they count from the submission; of several deadlines, from the one that the case was in time for.

    :param opens: of the call, as ``closes``; None for those that the plan's own call says.
    :param closed: as for :func:`timetable`; those of the case, where rounds are closed case by case.
    """
    call = opening(plan.scheme.call)
    opens, closes = opens or call.opens, closes or call.closes
    return _walk(plan, opens, closes, _start_of(plan, submitted_at, closes), closed)


def is_open(time: RoundTime, at: datetime) -> bool:
    """Whether the round is open at an instant."""
    return time.opens is not None and time.opens <= at and (time.closes is None or at < time.closes)


def open_rounds(plan: Plan, times: Sequence[RoundTime], at: datetime) -> tuple[RoundPlan, ...]:
    """The rounds of the plan that are open at an instant, in the order of the scheme."""
    ids = {time.id for time in times if is_open(time, at)}
    return tuple(one for one in plan.rounds if one.id in ids)


def _start_of(plan: Plan, submitted_at: datetime, closes: datetime | None) -> datetime | None:
    """When there is something to review: the instant before which no round opens by itself."""
    if plan.intake.kind == "rolling":
        return submitted_at
    if plan.intake.kind == "deadlines":
        ends = [_EPOCH + timedelta(microseconds=one.closes) for one in plan.intake.deadlines]
        # One that was let in after the last deadline belongs to the last, as in the allocation.
        return ends[min(bisect_right(ends, submitted_at), len(ends) - 1)]
    return closes


def _walk(
    plan: Plan,
    call_opens: datetime | None,
    call_closes: datetime | None,
    start: datetime | None,
    closed: Mapping[str, datetime],
) -> tuple[RoundTime, ...]:
    moments = {"call.opens": call_opens, "call.closes": call_closes}
    times: list[RoundTime] = []
    before = start
    for one in plan.rounds:
        if one.opens is None:
            opens = None if before is None or start is None else max(before, start)
        else:
            opens = one.opens.opens_at if isinstance(one.opens, LocalMoment) else moments[one.opens]
        closes = None if opens is None else _closes(one, opens, moments, closed.get(one.id))
        times.append(RoundTime(one.id, opens, closes))
        before = closes
    return tuple(times)


def _closes(
    round: RoundPlan, opens: datetime, moments: Mapping[str, datetime | None], by_hand: datetime | None
) -> datetime | None:
    """When a round that opens at ``opens`` closes; one whose moment has passed by then closes as it opens."""
    ends = []
    if round.closes is not None:
        said = round.closes.closes_at if isinstance(round.closes, LocalMoment) else moments[round.closes]
        ends += [] if said is None else [max(said, opens)]
    elif round.days is not None:
        ends += [after_days(opens, round.days)]
    if by_hand is not None and by_hand >= opens:
        ends += [by_hand]
    return min(ends, default=None)


def after_days(opens: datetime, days: int) -> datetime:
    """The end of the last of so many whole days, local time in Norway.

    The first day is the one after the day it opened in. One that opens at midnight, as the day before ends, opened
    with that day: a call that closes at 23:59 on the 1st and one that closes at noon have the same 10 days to the 11th.
    """
    oslo = ZoneInfo("Europe/Oslo")
    try:
        local = opens.astimezone(oslo)
        part = timedelta() if local.time() == time() else timedelta(days=1)
        end = datetime.combine(local.date() + part + timedelta(days=days), time(), oslo)
        return max(end.astimezone(UTC), opens)
    except OverflowError:
        return END_OF_TIME
