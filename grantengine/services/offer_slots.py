"""Times at which applicants can meet someone of the authority; in evenings and weekends too, if the scheme says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.call_off_meeting import call_off, check_ahead
from grantengine.services.meetings import MeetingRound, check_may_meet, check_timed, meeting_round, roles_in_call
from grantengine.services.people_input import Checks
from grantengine.services.slot_times import Time, check_times, read_starts
from grantengine.store.tables.dialogue import MeetingSlot

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

LONGEST_PLACE = 200


def offer_slots(
    engine: Engine,
    by: By,
    call_id: str,
    round_id: str,
    *,
    starts: Sequence[str],
    place: str,
    with_id: str | None = None,
) -> list[str]:
    """Offer meetings that begin at these local times in Norway (``2027-02-03T18:00``); the ids, in order of time.

    They are as long as the scheme says.

    :param place: where: a room, a telephone number, an address of a video meeting.
    :param with_id: the handler or leader whom applicants meet; None: oneself.
    :raises InputError: every time that does not exist or exists twice, has passed, is outside the round or office hours, or
        at which the person, or one of the panel, is in another meeting.
    :raises NotFoundError: ``call-not-found``, ``round-not-found``, or ``user-not-found``: no handler or leader here.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-without-meetings`` or ``round-not-timed``.
    """
    checks = Checks()
    place = read_place(checks, place)
    wanted = read_starts(checks, starts)
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        user = user_of(work, by)
        round = meeting_round(engine, work, call, round_id)
        check_timed(round)
        person = with_id or user.id
        if not roles_in_call(work, person, call, by.at) & HANDLERS:
            raise NotFoundError("user-not-found")
        people = keep_people(work, round, person)
        times = check_times(work, checks, round, wanted, people, by.at)
        checks.done()
        slots = add_slots(work, round, times, place, person)
        work.record("slots-offered", call, round=round_id, slots=[one.id for one in slots], with_=person)
        return [one.id for one in slots]


def read_place(checks: Checks, place: str) -> str:
    """Where meetings are, which must be said."""
    found = checks.text(place, "place", LONGEST_PLACE)
    if found is None and not checks.problems:
        checks.add("field-missing", "place")
    return found or ""


def keep_people(work: Work, round: MeetingRound, person: str) -> set[str]:
    """Those who would be in such a meeting, kept from being engaged elsewhere until the transaction ends."""
    panel = work.meetings.panel(round.call.id, round.round.id)
    people = {person, *(panel.members if panel else ())}
    for one in sorted(people):
        work.users.get(one, lock=True)
    return people


def add_slots(work: Work, round: MeetingRound, times: Sequence[Time], place: str, person: str) -> list[MeetingSlot]:
    """Slots of a round at these times."""
    made_by = user_of(work, work.by).id
    slots = [
        MeetingSlot(
            id=work.new_id(), call_id=round.call.id, round_id=round.round.id, starts_at=begins, ends_at=ends, place=place,
            with_id=person, made_by=made_by, made_at=work.by.at,
        )
        for begins, ends in times
    ]  # fmt: skip
    work.add(*slots)
    return slots


def remove_slot(engine: Engine, by: By, slot_id: str, *, reason: str = "", call_id: str | None = None) -> None:
    """Take a slot back. Where it is booked, the booking is cancelled, and everybody is told why.

    :param call_id: in this call; one of another is not found.
    :raises InputError: ``text-length``.
    :raises NotFoundError: ``slot-not-found``.
    :raises NotAllowedError: ``role-needed``; of a slot that is booked ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``slot-passed``: a meeting that has begun.
    """
    checks = Checks()
    why = checks.text(reason, "reason", 2000) or ""
    checks.done()
    with engine.store.work(by) as work:
        slot = work.meetings.slot(slot_id)
        if slot is None or call_id not in (None, slot.call_id):
            raise NotFoundError("slot-not-found")
        call = call_for(work, by, slot.call_id, HANDLERS)
        slot = work.meetings.slot(slot_id, lock=True)
        if slot is None or slot.removed_at is not None:
            raise NotFoundError("slot-not-found")
        booking = work.meetings.booking_of(slot_id, lock=True)
        if booking is not None:
            check_ahead(work, slot)
            if slot.with_id != by.id:  # one may always say that one can not come oneself
                check_may_meet(work, by, call.id, booking.organisation_id)
            call_off(engine, work, slot, booking, reason=why)
        slot.removed_at = by.at
        work.record("slot-removed", call, slot=slot_id)
