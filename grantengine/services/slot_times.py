"""Times that may become slots: they exist, lie ahead, within the round and office hours, and nobody is in two at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from grantengine.hooks.moments import MomentError, parse_moment
from grantengine.services.meetings import MeetingRound, local_minutes
from grantengine.services.people_input import Checks
from grantengine.workdays import is_working_day

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Reading

OFFICE_OPENS, OFFICE_CLOSES = time(8), time(16)
MOST_SLOTS = 200
"""Slots that are made at once."""

Time = tuple[datetime, datetime]


def read_starts(checks: Checks, starts: Sequence[str], field: str = "starts") -> dict[str, datetime]:
    """The instants of local times in Norway, by the field that each came in; each that is none is noted."""
    found: dict[str, datetime] = {}
    if not isinstance(starts, list | tuple):
        checks.add("field-form", field)
        return found
    if not starts:
        checks.add("list-empty", field, least=1)
    if len(starts) > MOST_SLOTS:
        checks.add("list-too-long", field, most=MOST_SLOTS)
        return found
    for place, text in enumerate(starts):
        read_start(checks, found, text, f"{field}/{place}")
    return found


def read_start(checks: Checks, found: dict[str, datetime], text: str, field: str) -> None:
    """Keep the instant of a local time in Norway, such as ``2027-02-03T18:00``, or note what is wrong with it."""
    try:
        found[field] = parse_moment(str(text)).opens_at
    except MomentError as error:
        checks.add(error.code, field, text=error.text[:40])


def check_times(
    work: Reading,
    checks: Checks,
    round: MeetingRound,
    starts: dict[str, datetime],
    people: Collection[str],
    at: datetime,
) -> list[Time]:
    """When meetings that begin then begin and end, in order; each that can not be is noted with the field it came in."""
    length = timedelta(minutes=round.round.terms.meeting_minutes)
    times = {field: (start, start + length) for field, start in starts.items()}
    engaged = engagements(work, people, list(times.values()))
    for field, (begins, ends) in times.items():
        when = local_minutes(begins, ends)
        if begins <= at:
            checks.add("slot-passed", field, when=when)
        elif not round.holds(begins, ends):
            checks.add("slot-outside-round", field, when=when)
        elif not (round.round.terms.outside_office_hours or in_office_hours(begins, ends)):
            checks.add("slot-outside-office-hours", field, when=when)
        elif overlaps(engaged, begins, ends):
            checks.add("slot-overlaps", field, when=when)
        else:
            engaged.append((begins, ends))
    return sorted(times.values())


def engagements(work: Reading, people: Collection[str], times: Sequence[Time]) -> list[Time]:
    """When these people are in meetings already, from the first of these times to the last."""
    if not times:
        return []
    first, last = min(begins for begins, _ in times), max(ends for _, ends in times)
    return [(one.starts_at, one.ends_at) for one in work.meetings.engagements(people, first, last)]


def overlaps(engaged: Sequence[Time], begins: datetime, ends: datetime) -> bool:
    """Whether something else is on then; what ends as this begins is not."""
    return any(begins < other_ends and other_begins < ends for other_begins, other_ends in engaged)


def in_office_hours(begins: datetime, ends: datetime) -> bool:
    """From 8 to 16 on a working day, in Norway."""
    oslo = ZoneInfo("Europe/Oslo")
    first, last = begins.astimezone(oslo), ends.astimezone(oslo)
    same = first.date() == last.date() and is_working_day(first.date())
    return same and first.time() >= OFFICE_OPENS and last.time() <= OFFICE_CLOSES
