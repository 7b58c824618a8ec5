"""What was written down of meetings."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.tables.dialogue import Booking, MeetingLog, MeetingSlot


class MeetingLogs:
    """Queries about logs of meetings."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, call_id: str, organisation_id: str) -> list[MeetingLog]:
        """What was said in meetings with an organisation about a call, oldest first."""
        found = select(MeetingLog).where(MeetingLog.call_id == call_id, MeetingLog.organisation_id == organisation_id)
        return list(self.session.scalars(found.order_by(MeetingLog.id)))

    def of_pitches(self, call_id: str, round_id: str) -> list[MeetingLog]:
        """What was written of the pitches of a round, oldest first."""
        found = (
            select(MeetingLog)
            .join(Booking, Booking.id == MeetingLog.booking_id)
            .join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
            .where(MeetingLog.kind == "pitch", MeetingSlot.call_id == call_id, MeetingSlot.round_id == round_id)
        )
        return list(self.session.scalars(found.order_by(MeetingLog.id)))

    def has_of(self, booking_id: str) -> bool:
        """Whether something is written down of the meeting that was booked."""
        found = select(MeetingLog.id).where(MeetingLog.booking_id == booking_id)
        return self.session.scalar(found.limit(1)) is not None

    def written(self, booking_ids: Collection[str]) -> frozenset[str]:
        """Those of these bookings of which something is written down."""
        found = select(MeetingLog.booking_id).where(MeetingLog.booking_id.in_(sorted(booking_ids)))
        return frozenset(id for id in self.session.scalars(found) if id)
