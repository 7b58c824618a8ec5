"""An organisation takes another time for a meeting that it has booked, and keeps the old one if it does not get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import DuplicateError, NotFoundError, NotPossibleError
from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.book_meeting import take_slot
from grantengine.services.call_off_meeting import call_off, check_ahead

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def move_meeting(engine: Engine, by: By, booking_id: str, slot_id: str, *, call_id: str | None = None) -> str:
    """Take another time of the same round for a booked meeting; the id of the new booking. Both sides are told of both.

    :param call_id: in this call; one of another is not found.
    :raises NotFoundError: ``booking-not-found`` (it is not of an organisation that the user acts for, or has been cancelled),
        ``slot-not-found`` (there is none in that round).
    :raises NotPossibleError: ``slot-passed``: the meeting has begun; and all that book_meeting says.
    """
    try:
        with engine.store.work(by) as work:
            booking = work.meetings.booking(booking_id, lock=True)
            slot = work.meetings.slot(booking.slot_id) if booking else None
            if booking is None or slot is None or booking.cancelled_at is not None:
                raise NotFoundError("booking-not-found")
            if call_id not in (None, booking.call_id):
                raise NotFoundError("booking-not-found")
            mine = work.users.roles_in_organisation(user_of(work, by).id, booking.organisation_id, by.at)
            if not mine & APPLICANTS:
                raise NotFoundError("booking-not-found")
            check_ahead(work, slot)
            if slot_id == slot.id:
                return booking.id
            other = work.meetings.slot(slot_id)
            if other is None or (other.call_id, other.round_id) != (slot.call_id, slot.round_id):
                raise NotFoundError("slot-not-found")
            call_off(engine, work, slot, booking)
            work.session.flush()
            return take_slot(
                engine, work, slot_id, booking.organisation_id, booking.application_id, booking.wish
            )  # fmt: skip
    except DuplicateError as error:  # another was first, at the same moment
        raise NotPossibleError("slot-taken") from error
