"""An organisation takes a time for guidance, also before it has begun an application, or for its pitch; and gives it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import DuplicateError, NotFoundError, NotPossibleError
from grantengine.lifecycle import APPLICANTS, HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.call_off_meeting import call_off, check_ahead
from grantengine.services.case_rounds import check_offered
from grantengine.services.meetings import (
    MeetingRound,
    check_may_meet,
    hearers,
    kept_away,
    local_minutes,
    meeting_round,
    parties,
    roles_in_call,
    who_meets,
)
from grantengine.services.people_input import Checks
from grantengine.services.start_draft import check_invited
from grantengine.services.tell_meeting import tell_booked
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import Booking, MeetingSlot
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

LONGEST_WISH = 2000


def book_meeting(
    engine: Engine, by: By, slot_id: str, *, organisation_id: str, application_id: str | None = None, wish: str = "",
    call_id: str | None = None,
) -> str:  # fmt: skip
    """Take a slot for an organisation; the id of the booking. Both sides are told, with a file for the calendar.

    A pitch is of an application that is handed in (with None, the newest one). An organisation has one guidance meeting
    ahead in a round at most, and an application one pitch.

    :param wish: what the organisation would like to talk about.
    :param call_id: in this call; a slot of another is not found.
    :raises InputError: ``text-length``.
    :raises NotFoundError: ``slot-not-found``, ``organisation-not-found``, ``application-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``slot-taken``, ``slot-passed``, ``slot-not-for-you``, ``slot-outside-round`` (the round has been
        closed since), ``meeting-booked-already``, ``pitch-needs-application``, ``panel-not-set``, ``invited-only``;
        where the scheme says whom the round is for, ``meeting-needs-application``, ``round-not-offered`` or
        ``round-offer-unknown``.
    """
    checks = Checks()
    wished = checks.text(wish, "wish", LONGEST_WISH)
    checks.done()
    try:
        with engine.store.work(by) as work:
            return take_slot(engine, work, slot_id, organisation_id, application_id, wished, call_id)
    except DuplicateError as error:  # another was first, at the same moment
        raise NotPossibleError("slot-taken") from error


def take_slot(
    engine: Engine, work: Work, slot_id: str, organisation_id: str, application_id: str | None, wished: str | None,
    call_id: str | None = None,
) -> str:  # fmt: skip
    """Take a slot within a transaction, as :func:`book_meeting` does.

    :raises DuplicateError: another was first.
    """
    by, slot = work.by, _slot(work, slot_id, call_id)
    organisation_for(work, by, organisation_id, APPLICANTS, lock=True)  # of its bookings one stands
    application = _application(work, slot, organisation_id, application_id)
    round = _round(engine, work, slot, application)
    if round.is_pitch and application is None:
        application = _handed_in(work, slot.call_id, organisation_id)
    check_invited(work, round.plan, slot.call_id, organisation_id)
    _check_offered(engine, work, round, application)
    _check_free(work, round, slot, organisation_id, application)
    booking = Booking(
        id=work.new_id(), call_id=slot.call_id, slot_id=slot_id, organisation_id=organisation_id,
        application_id=application.id if application else None, wish=wished, booked_by=user_of(work, by).id,
        booked_at=by.at,
    )  # fmt: skip
    work.add(booking)
    work.record("meeting-booked", booking, booking=booking.id, slot=slot_id, organisation=organisation_id)
    tell_booked(engine, work, round, slot, booking)
    return booking.id


def cancel_booking(engine: Engine, by: By, booking_id: str, *, call_id: str | None = None) -> None:
    """Give a slot back, by those who act for the organisation or by a handler; both sides are told. Done twice, it is once.

    Once it has begun, a handler only may say that it was not held, as long as nothing is logged of it: then another time
    can be booked.

    :param call_id: in this call; one of another is not found.
    :raises NotFoundError: ``booking-not-found``: there is none, or the user has nothing to do with it.
    :raises NotAllowedError: ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``slot-passed``: the meeting has begun.
    """
    with engine.store.work(by) as work:
        booking = work.meetings.booking(booking_id, lock=True)
        slot = work.meetings.slot(booking.slot_id) if booking else None
        call = work.schemes.call(booking.call_id) if booking else None
        if booking is None or slot is None or call is None or call_id not in (None, call.id):
            raise NotFoundError("booking-not-found")
        is_ours = _is_of_the_authority(work, by, call, slot, booking)
        if booking.cancelled_at is not None:
            return
        if not is_ours or work.meeting_logs.has_of(booking_id):
            check_ahead(work, slot)
        call_off(engine, work, slot, booking)


def _is_of_the_authority(work: Reading, by: By, call: Call, slot: MeetingSlot, booking: Booking) -> bool:
    """Whether it is the authority's side that calls it off.

    :raises NotFoundError: it is neither side.
    """
    if by.kind == "system":
        return True
    user = user_of(work, by)
    if work.users.roles_in_organisation(user.id, booking.organisation_id, by.at) & APPLICANTS:
        return False
    if not roles_in_call(work, user.id, call, by.at) & HANDLERS:
        raise NotFoundError("booking-not-found")
    if slot.with_id != user.id:  # one may always say that one can not come oneself
        check_may_meet(work, by, call.id, booking.organisation_id)
    return True


def _slot(work: Work, id: str, call_id: str | None) -> MeetingSlot:
    slot = work.meetings.slot_to_book(id)
    if slot is None or slot.removed_at is not None or call_id not in (None, slot.call_id):
        raise NotFoundError("slot-not-found")
    return slot


def _application(work: Reading, slot: MeetingSlot, organisation_id: str, id: str | None) -> Application | None:
    """The application that the meeting is to be about, one of the organisation's in this call."""
    if id is None:
        return None
    found = next((one for one in work.applications.begun(slot.call_id, organisation_id) if one.id == id), None)
    if found is None:
        raise NotFoundError("application-not-found")
    return found


def _handed_in(work: Reading, call_id: str, organisation_id: str) -> Application | None:
    """The newest application of an organisation that waits for a decision."""
    begun = work.applications.begun(call_id, organisation_id)
    return next((one for one in begun if one.status in IN_REVIEW), None)


def _round(engine: Engine, work: Reading, slot: MeetingSlot, application: Application | None) -> MeetingRound:
    call = work.schemes.call(slot.call_id)
    assert call is not None  # held by a foreign key
    return meeting_round(engine, work, call, slot.round_id, application=application)


def _check_offered(engine: Engine, work: Reading, round: MeetingRound, application: Application | None) -> None:
    """Whether the scheme's rule of whom the round is for, if it has one, lets this application meet."""
    if round.round.rule is None:
        return
    if application is None or application.submitted_at is None:
        raise NotPossibleError("meeting-needs-application")
    check_offered(engine, work, round.plan, round.round, application)


def _check_free(
    work: Work, round: MeetingRound, slot: MeetingSlot, organisation_id: str, application: Application | None
) -> None:
    """Whether this organisation may have this slot. Of a tie nothing is told: the time is not available, and that is all; nor
    is one with somebody who does not work here any more.
    """
    check_ahead(work, slot)
    if not round.holds(slot.starts_at, slot.ends_at):
        raise NotPossibleError("slot-outside-round", when=local_minutes(slot.starts_at, slot.ends_at))
    if round.is_pitch:
        _check_pitch(work, round, application)
    if work.meetings.booking_of(slot.id) is not None:
        raise NotPossibleError("slot-taken")
    for booking, other in work.meetings.booked(slot.call_id, slot.round_id, organisation_id):
        same = (
            booking.application_id == application.id if round.is_pitch and application else other.ends_at > work.by.at
        )
        if same:
            raise NotPossibleError("meeting-booked-already", when=local_minutes(other.starts_at, other.ends_at))
    _, touched = parties(work, slot.call_id, organisation_id)
    gone = slot.with_id not in who_meets(work, round.call, work.by.at)
    if gone or hearers(work, slot) & kept_away(work, slot.call_id, touched):
        raise NotPossibleError("slot-not-for-you")


def _check_pitch(work: Reading, round: MeetingRound, application: Application | None) -> None:
    if application is None or application.status not in IN_REVIEW:
        raise NotPossibleError("pitch-needs-application")
    if work.meetings.panel(round.call.id, round.round.id) is None:
        raise NotPossibleError("panel-not-set")
