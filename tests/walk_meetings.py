"""Scenes of guidance and pitch meetings."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from stage import Call, Case, Stage, changes, reads

from grantengine.records import By
from grantengine.services.book_meeting import book_meeting, cancel_booking
from grantengine.services.list_slots import list_slots
from grantengine.services.log_meeting import list_meetings, log_meeting
from grantengine.services.offer_slots import offer_slots, remove_slot
from grantengine.services.pitch_overview import pitch_overview
from grantengine.services.plan_pitches import plan_pitches
from grantengine.services.set_panel import set_panel

_HOURS = count(1)
_FIRST = datetime(2027, 1, 21, 6, 0)


def _time() -> str:
    """A time that no scene has used."""
    return (_FIRST + timedelta(hours=next(_HOURS))).isoformat(timespec="minutes")


def _slot(on: Stage) -> str:
    [slot] = offer_slots(on.engine, on.handler, on.call, "guidance", starts=[_time()], place="Telefon")
    return slot


def _booked(on: Stage) -> tuple[Case, str, str]:
    """An applicant that has booked a slot; the slot and the booking."""
    case, slot = on.submitted(), _slot(on)
    return case, slot, book_meeting(on.engine, case.by, slot, organisation_id=case.organisation)


def _panel(on: Stage) -> list[str]:
    """Two who have declared since the last application came in, and are the panel now."""
    members = [on.staff("assessor").id or "", on.staff("handler").id or ""]
    set_panel(on.engine, on.handler, on.call, "pitch", members)
    return members


@changes("offer_slots.offer_slots")
def _(on: Stage) -> Call:
    start = _time()

    def offer(by: By) -> list[str]:
        return offer_slots(
            on.engine, by, on.call, "guidance", starts=[start], place="Telefon", with_id=on.world.made["handler"]
        )

    return Call(on.handler, offer)


@changes("offer_slots.remove_slot")
def _(on: Stage) -> Call:
    case, slot, _ = _booked(on)
    return Call(on.handler, lambda by: remove_slot(on.engine, by, slot, reason="Sykdom"), case)


@changes("book_meeting.book_meeting")
def _(on: Stage) -> Call:
    case, slot = on.submitted(), _slot(on)
    return Call(case.by, lambda by: book_meeting(on.engine, by, slot, organisation_id=case.organisation), case)


@changes("book_meeting.cancel_booking")
def _(on: Stage) -> Call:
    case, _, booking = _booked(on)
    return Call(case.by, lambda by: cancel_booking(on.engine, by, booking), case)


@reads("list_slots.list_slots")
def _(on: Stage) -> Call:
    case, _, _ = _booked(on)
    return Call(
        case.by, lambda by: list_slots(on.engine, by, on.call, "guidance", organisation_id=case.organisation), case
    )


@changes("log_meeting.log_meeting")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(
        on.handler,
        lambda by: log_meeting(
            on.engine, by, call_id=on.call, organisation_id=case.organisation, kind="telephone",
            held_at="2027-01-20T10:00", summary="Spurte om frist", application_id=case.id,
        ),
        case,
    )  # fmt: skip


@reads("log_meeting.list_meetings")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: list_meetings(on.engine, by, on.call, case.organisation), case)


@changes("set_panel.set_panel")
def _(on: Stage) -> Call:
    members = [on.staff("assessor").id or "", on.staff("handler").id or ""]
    return Call(on.handler, lambda by: set_panel(on.engine, by, on.call, "pitch", members))


@changes("plan_pitches.plan_pitches")
def _(on: Stage) -> Call:
    on.submitted()
    _panel(on)
    return Call(
        on.handler,
        lambda by: plan_pitches(
            on.engine, by, on.call, "pitch", first="2027-01-21T08:00", place="Rom 1", pause_minutes=0, per_day=50
        ),
    )


@reads("pitch_overview.pitch_overview")
def _(on: Stage) -> Call:
    on.submitted()
    return Call(on.handler, lambda by: pitch_overview(on.engine, by, on.call, "pitch"))
