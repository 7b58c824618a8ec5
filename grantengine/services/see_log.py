"""What a handler needs to write down a meeting: with whom it was, by which booking, and who can have been there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import application_for, call_for
from grantengine.services.log_meeting import OF_THE_AUTHORITY, MeetingSeen, seen_meetings
from grantengine.services.meetings import check_may_meet, kept_away, parties, people_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_desk import CallDesk, CaseDesk, call_desk_of, case_desk_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.dialogue import Booking
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class LogSeen:
    """A meeting to be written down, with an organisation. ``starts`` is when it was booked for; ``pitch``: it is heard by the
    ``panel`` (ids), and all are asked the same (``asked``). ``people`` (id and name) can have been there; ``held`` is what has
    been written down before.
    """

    desk: CallDesk | CaseDesk
    call_id: str
    organisation_id: str
    organisation: str
    application_id: str | None
    round_id: str | None
    starts: datetime | None
    pitch: bool
    asked: tuple[str | Mapping[str, str], ...]
    panel: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    held: tuple[MeetingSeen, ...]


def see_case_log(engine: Engine, by: By, application_id: str) -> LogSeen:
    """To write down a talk with the applicant of a case that nobody had booked. That what was said before is read is kept.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, HANDLERS)
        call, desk = reading.schemes.call_of(one), case_desk_of(engine, reading, by, one)
        seen = _seen(engine, reading, by, call, desk, one.organisation_id, desk.organisation, one.id)
        reader = reader_of(reading, by, one)
    if seen.held:
        keep_read(engine, by, reader, "application")
    return seen


def see_booking_log(engine: Engine, by: By, call_id: str, booking_id: str) -> LogSeen:
    """To write down a meeting that was booked. That what was said before is read is kept with what has been handed in.

    :raises NotFoundError: ``call-not-found``, or ``booking-not-found``: there is none, or it is cancelled.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        call, booking = call_for(reading, by, call_id, HANDLERS), reading.meetings.booking(booking_id)
        if booking is None or booking.call_id != call_id or booking.cancelled_at is not None:
            raise NotFoundError("booking-not-found")
        check_may_meet(reading, by, call_id, booking.organisation_id)
        organisation = reading.organisations.get(booking.organisation_id)
        name = organisation.name if organisation else ""
        desk = call_desk_of(engine, reading, by, call)
        seen = _seen(engine, reading, by, call, desk, booking.organisation_id, name, booking.application_id, booking)
        handed_in, _ = parties(reading, call_id, booking.organisation_id)
        readers = [reader_of(reading, by, one) for one in handed_in] if seen.held else []
    for reader in readers:
        keep_read(engine, by, reader, "application")
    return seen


def _seen(
    engine: Engine, reading: Reading, by: By, call: Call, desk: CallDesk | CaseDesk, organisation_id: str,
    organisation: str, application_id: str | None, booking: Booking | None = None,
) -> LogSeen:  # fmt: skip
    plan, slot = plan_of_call(engine, reading, call), reading.meetings.slot(booking.slot_id) if booking else None
    terms = {one.id: one.terms for part in (plan, *plan.parts) for one in part.rounds}
    mine = terms.get(slot.round_id) if slot else None
    is_pitch = mine is not None and "pitch" in mine.allows
    panel = reading.meetings.panel(call.id, slot.round_id) if slot and is_pitch else None
    _, touched = parties(reading, call.id, organisation_id)
    away = kept_away(reading, call.id, touched)
    people = people_of(reading, call, OF_THE_AUTHORITY, by.at)
    return LogSeen(
        desk, call.id, organisation_id, organisation, application_id, slot.round_id if slot else None,
        slot.starts_at if slot else None, is_pitch, mine.asked if mine and is_pitch else (),
        tuple(panel.members) if panel else (), tuple((id, name) for id, name in people.items() if id not in away),
        seen_meetings(reading, plan, call.id, organisation_id),
    )  # fmt: skip
