"""A meeting that is not to be: its time is free again, and both sides are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.services.meetings import local_minutes, meeting_round
from grantengine.services.tell_meeting import tell_cancelled
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import Booking, MeetingSlot

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def call_off(engine: Engine, work: Work, slot: MeetingSlot, booking: Booking, *, reason: str = "") -> None:
    """Cancel a booking that is locked, and tell both sides."""
    call = work.schemes.call(slot.call_id)
    assert call is not None  # held by a foreign key
    booking.cancelled_at, booking.cancelled_by = work.by.at, work.by.id
    work.record("booking-cancelled", booking, booking=booking.id)
    tell_cancelled(engine, work, meeting_round(engine, work, call, slot.round_id), slot, booking, reason)


def check_ahead(work: Work, slot: MeetingSlot) -> None:
    """Whether a meeting has not begun.

    :raises NotPossibleError: ``slot-passed``.
    """
    if slot.starts_at <= work.by.at:
        raise NotPossibleError("slot-passed", when=local_minutes(slot.starts_at, slot.ends_at))


def call_off_pitches(engine: Engine, work: Work, application: Application) -> None:
    """Give back the times for pitches of an application that is not to be heard any more."""
    call = work.schemes.call_of(application)
    for booking, slot in work.meetings.ahead(application, work.by.at):
        if "pitch" in meeting_round(engine, work, call, slot.round_id).round.terms.allows:
            call_off(engine, work, slot, booking)
