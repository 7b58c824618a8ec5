"""Slots, bookings, logs of meetings, and who hears pitches."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.dialogue import Booking, MeetingLog, MeetingSlot, PitchPanel


class Meetings:
    """Queries about meetings."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def slot(self, id: str, *, lock: bool = False) -> MeetingSlot | None:
        """A slot by id."""
        return self.session.get(MeetingSlot, id, with_for_update=row_lock(lock))

    def booking(self, id: str, *, lock: bool = False) -> Booking | None:
        """A booking by id."""
        return self.session.get(Booking, id, with_for_update=row_lock(lock))

    def booking_of(self, slot_id: str) -> Booking | None:
        """Who has a slot now."""
        return self.session.scalar(select(Booking).where(Booking.slot_id == slot_id, Booking.cancelled_at.is_(None)))

    def panel(self, call_id: str, round_id: str) -> PitchPanel | None:
        """Who hears the pitches of a round."""
        return self.session.get(PitchPanel, (call_id, round_id))

    def logs(self, call_id: str, organisation_id: str) -> list[MeetingLog]:
        """What was said in meetings with an organisation about a call, oldest first."""
        found = select(MeetingLog).where(MeetingLog.call_id == call_id, MeetingLog.organisation_id == organisation_id)
        return list(self.session.scalars(found.order_by(MeetingLog.id)))
