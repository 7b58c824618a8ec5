"""Scenes of what an applicant sees and does once an application is handed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from closed import sent
from stage import Call, Case, Stage, changes, reads

from grantengine.services.ask_changes import ask_changes
from grantengine.services.book_meeting import book_meeting
from grantengine.services.move_meeting import move_meeting
from grantengine.services.offer_slots import offer_slots
from grantengine.services.see_changes import see_changes
from grantengine.services.see_decision import see_decision
from grantengine.services.see_dialogue import see_dialogue
from grantengine.services.see_meetings import see_calendar, see_meetings
from grantengine.services.write_comment import open_thread

_HOURS = count(1)
_FIRST = datetime(2027, 2, 10, 6, 0)


def _slots(on: Stage) -> list[str]:
    """Two times that no scene has used."""
    starts = [(_FIRST + timedelta(hours=next(_HOURS))).isoformat(timespec="minutes") for _ in range(2)]
    return offer_slots(on.engine, on.handler, on.call, "guidance", starts=starts, place="Telefon")


def _booked(on: Stage) -> tuple[Case, str, str]:
    """An applicant with a booking; the booking, and a time that is free."""
    case, (first, second) = on.submitted(), _slots(on)
    return case, book_meeting(on.engine, case.by, first, organisation_id=case.organisation), second


@changes("move_meeting.move_meeting")
def _(on: Stage) -> Call:
    case, booking, other = _booked(on)
    return Call(case.by, lambda by: move_meeting(on.engine, by, booking, other), case)


@reads("see_meetings.see_meetings")
def _(on: Stage) -> Call:
    case, _, _ = _booked(on)
    return Call(case.by, lambda by: see_meetings(on.engine, by, on.call, case.organisation), case)


@reads("see_meetings.see_calendar")
def _(on: Stage) -> Call:
    case, booking, _ = _booked(on)
    return Call(case.by, lambda by: see_calendar(on.engine, by, booking), case)


@reads("see_dialogue.see_dialogue")
def _(on: Stage) -> Call:
    case = on.submitted()
    open_thread(on.engine, on.handler, case.id, "Hvor ofte er det?", question="summary")
    return Call(case.by, lambda by: see_dialogue(on.engine, by, case.id), case)


@reads("see_changes.see_changes")
def _(on: Stage) -> Call:
    case = on.submitted()
    ask_changes(on.engine, on.handler, case.id, questions=["summary"], reason="Hvor ofte er det?")
    return Call(case.by, lambda by: see_changes(on.engine, by, case.id), case)


@reads("see_decision.see_decision")
def _(on: Stage) -> Call:
    there = sent(on)
    return Call(there.first.by, lambda by: see_decision(on.engine, by, there.first.id), there.first)
