"""Slots, bookings, and who hears pitches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import Booking, MeetingSlot, PitchPanel
from grantengine.store.tables.people import Organisation


class Meetings:
    """Queries about meetings."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def slot(self, id: str, *, lock: bool = False) -> MeetingSlot | None:
        """A slot by id."""
        return self.session.get(MeetingSlot, id, with_for_update=row_lock(lock))

    def slot_to_book(self, id: str) -> MeetingSlot | None:
        """A slot that nobody removes until the transaction ends. Others may be about to book it too: the first gets it."""
        return self.session.get(MeetingSlot, id, with_for_update={"read": True})

    def booking(self, id: str, *, lock: bool = False) -> Booking | None:
        """A booking by id."""
        return self.session.get(Booking, id, with_for_update=row_lock(lock))

    def booking_of(self, slot_id: str, *, lock: bool = False) -> Booking | None:
        """Who has a slot now."""
        found = select(Booking).where(Booking.slot_id == slot_id, Booking.cancelled_at.is_(None))
        return self.session.scalar(found.with_for_update(key_share=True) if lock else found)

    def slots(
        self, call_id: str, round_id: str, *where: ColumnElement[bool], after: str = "", limit: int = 50
    ) -> list[tuple[MeetingSlot, Booking | None, str | None]]:
        """The slots of a round in order of time, after this one, each with its booking and the name of who has it."""
        found = (
            select(MeetingSlot, Booking, Organisation.name)
            .outerjoin(Booking, (Booking.slot_id == MeetingSlot.id) & Booking.cancelled_at.is_(None))
            .outerjoin(Organisation, Organisation.id == Booking.organisation_id)
            .where(*_of(call_id, round_id), *where)
            .order_by(MeetingSlot.starts_at, MeetingSlot.id)
            .limit(limit)
        )
        if after:
            last = select(MeetingSlot.starts_at).where(MeetingSlot.id == after).scalar_subquery()
            same = and_(MeetingSlot.starts_at == last, MeetingSlot.id > after)
            found = found.where(or_(MeetingSlot.starts_at > last, same))
        return [(slot, booking, name) for slot, booking, name in self.session.execute(found)]

    def slots_on_side(
        self, call_id: str, round_id: str, at: datetime, *, past: bool, after: str = "", limit: int = 50
    ) -> list[tuple[MeetingSlot, Booking | None, str | None]]:
        """Those of :meth:`slots` that have not ended at an instant, or (``past``) that were booked and have."""
        side = and_(MeetingSlot.ends_at <= at, Booking.id.is_not(None)) if past else MeetingSlot.ends_at > at
        return self.slots(call_id, round_id, side, after=after, limit=limit)

    def slots_open_to(
        self, call_id: str, round_id: str, organisation_id: str, *, ahead_of: datetime | None, only_with: Collection[str],
        after: str, limit: int,
    ) -> list[tuple[MeetingSlot, Booking | None, str | None]]:  # fmt: skip
        """Those of :meth:`slots` that an organisation has, and the free ones from a time on (None: none of them) that are
        with one of these.
        """
        mine = Booking.organisation_id == organisation_id
        if ahead_of is None:
            return self.slots(call_id, round_id, mine, after=after, limit=limit)
        ahead = Booking.id.is_(None) & (MeetingSlot.starts_at > ahead_of)
        free = ahead & MeetingSlot.with_id.in_(sorted(only_with))
        return self.slots(call_id, round_id, or_(mine, free), after=after, limit=limit)

    def booked(
        self, call_id: str, round_id: str, organisation_id: str | None = None
    ) -> list[tuple[Booking, MeetingSlot]]:
        """The bookings of a round that stand, by all or by one organisation, in order of time."""
        found = (
            select(Booking, MeetingSlot)
            .join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
            .where(*_of(call_id, round_id), Booking.cancelled_at.is_(None))
            .order_by(MeetingSlot.starts_at, MeetingSlot.id)
        )
        if organisation_id is not None:
            found = found.where(Booking.organisation_id == organisation_id)
        return [(booking, slot) for booking, slot in self.session.execute(found)]

    def of_organisation(self, call_id: str, organisation_id: str) -> list[tuple[Booking, MeetingSlot]]:
        """The bookings of an organisation in a call that stand, in order of time."""
        found = (
            select(Booking, MeetingSlot)
            .join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
            .where(
                Booking.call_id == call_id, Booking.organisation_id == organisation_id, Booking.cancelled_at.is_(None)
            )
            .order_by(MeetingSlot.starts_at, MeetingSlot.id)
        )
        return [(booking, slot) for booking, slot in self.session.execute(found)]

    def ahead(self, application: Application, at: datetime) -> list[tuple[Booking, MeetingSlot]]:
        """The bookings about an application that are still to come, locked."""
        found = (
            select(Booking, MeetingSlot)
            .join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
            .where(
                Booking.call_id == application.call_id,
                Booking.organisation_id == application.organisation_id,
                Booking.application_id == application.id,
                Booking.cancelled_at.is_(None),
                MeetingSlot.starts_at > at,
            )
            .order_by(Booking.id)
            .with_for_update(key_share=True, of=Booking)
        )
        return [(booking, slot) for booking, slot in self.session.execute(found)]

    def rounds_of(self, booking_ids: Collection[str]) -> dict[str, str]:
        """The rounds in which bookings were made, by booking."""
        found = select(Booking.id, MeetingSlot.round_id).join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
        rows = self.session.execute(found.where(Booking.id.in_(sorted(booking_ids))))
        return {booking: round for booking, round in rows}  # noqa: C416 - rows have a method `keys` of their own

    def engagements(self, users: Collection[str], starts: datetime, ends: datetime) -> list[MeetingSlot]:
        """The slots, of any call, in this time that one of these has: as the one who is met, or in the panel."""
        found = (
            select(MeetingSlot, PitchPanel.members)
            .outerjoin(
                PitchPanel,
                (PitchPanel.call_id == MeetingSlot.call_id) & (PitchPanel.round_id == MeetingSlot.round_id),
            )
            .where(MeetingSlot.removed_at.is_(None), MeetingSlot.starts_at < ends, MeetingSlot.ends_at > starts)
        )
        wanted = set(users)
        return [slot for slot, members in self.session.execute(found) if wanted & {slot.with_id, *(members or ())}]

    def has_begun(self, call_id: str, round_id: str, at: datetime) -> bool:
        """Whether the first booked meeting of a round has begun."""
        found = (
            select(Booking.id)
            .join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
            .where(*_of(call_id, round_id), Booking.cancelled_at.is_(None), MeetingSlot.starts_at <= at)
        )
        return self.session.scalar(found.limit(1)) is not None

    def panel(self, call_id: str, round_id: str) -> PitchPanel | None:
        """Who hears the pitches of a round."""
        return self.session.get(PitchPanel, (call_id, round_id))


def _of(call_id: str, round_id: str) -> tuple[ColumnElement[bool], ...]:
    return MeetingSlot.call_id == call_id, MeetingSlot.round_id == round_id, MeetingSlot.removed_at.is_(None)
