"""The meetings of a call as an organisation sees them: what it may book, what it has booked, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import APPLICANTS, IN_REVIEW, told_status
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.case_rounds import times_of
from grantengine.services.list_slots import Found, SlotSeen, seen_slots, slots_open_to
from grantengine.services.log_meeting import MeetingSeen, seen_meetings
from grantengine.services.meetings import meeting_round
from grantengine.services.pinned import plan_of_call
from grantengine.services.tell_meeting import calendar_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan, RoundPlan, Words
    from grantengine.stages.rounds import RoundTime
    from grantengine.store.tables.applications import Application
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading

MOST = 100
"""Times of a round that are shown."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An application of the organisation in the call, that a meeting can be about. ``in_review``: it can be pitched."""

    id: str
    number: str
    status: str
    in_review: bool


@dataclass(frozen=True, slots=True)
class RoundOfMeetings:
    """A round in which people meet. ``booked`` are the organisation's own times, ``free`` those that it may book. ``pitch``:
    everybody presents in the same way, and is asked the same (``asked``). ``one_ahead``: a meeting of the organisation is still
    to come, which is as many as there may be. ``panel``: those who hear pitches are not set yet where it is None.
    """

    id: str
    title: Words
    pitch: bool
    minutes: int
    opens: datetime | None
    closes: datetime | None
    outside_office_hours: bool
    asked: tuple[str | Words, ...]
    panel: tuple[str, ...] | None
    needs_application: bool
    booked: tuple[SlotSeen, ...]
    free: tuple[SlotSeen, ...]
    one_ahead: bool


@dataclass(frozen=True, slots=True)
class MeetingsSeen:
    """The meetings of a call for one organisation (``chosen``) of those that the person acts for (id and name).

    Where the person acts for several and has chosen none, ``chosen`` is None and there are no rounds.
    """

    call_id: str
    call: Mapping[str, str]
    authority: Mapping[str, str]
    at: datetime
    organisations: tuple[tuple[str, str], ...]
    chosen: str | None
    applications: tuple[Begun, ...]
    rounds: tuple[RoundOfMeetings, ...]
    held: tuple[MeetingSeen, ...]


def see_meetings(engine: Engine, by: By, call_id: str, organisation_id: str | None = None) -> MeetingsSeen:
    """The meetings of a call, for someone who acts for organisations.

    :raises NotFoundError: ``call-not-found``, or ``organisation-not-found``: the person does not act for it.
    """
    with engine.store.read() as reading:
        user, call = user_of(reading, by), reading.schemes.call(call_id)
        if call is None or call.announced_at > by.at:
            raise NotFoundError("call-not-found")
        found = reading.organisations.of_user(user.id, by.at)
        mine = {one.id: one.name for one, role in found if role in APPLICANTS}
        if organisation_id is not None and organisation_id not in mine:
            raise NotFoundError("organisation-not-found")
        chosen = organisation_id or (next(iter(mine)) if len(mine) == 1 else None)
        authority, plan = reading.authorities.get(call.authority_id), plan_of_call(engine, reading, call)
        begun = reading.applications.begun(call_id, chosen) if chosen else []
        return MeetingsSeen(
            call_id, call.title, authority.name if authority else {}, by.at, tuple(mine.items()), chosen,
            tuple(_begun(one) for one in begun), _rounds(reading, by, call, plan, chosen),
            seen_meetings(reading, plan, call_id, chosen) if chosen else (),
        )  # fmt: skip


def see_calendar(engine: Engine, by: By, booking_id: str, *, call_id: str | None = None) -> bytes:
    """A meeting as an iCalendar file, for those who act for the organisation that has booked it.

    :param call_id: in this call; one of another is not found.
    :raises NotFoundError: ``booking-not-found``: there is none, it is another's, or it is cancelled.
    """
    with engine.store.read() as reading:
        user, booking = user_of(reading, by), reading.meetings.booking(booking_id)
        slot = reading.meetings.slot(booking.slot_id) if booking else None
        if booking is None or slot is None or booking.cancelled_at is not None:
            raise NotFoundError("booking-not-found")
        is_ours = reading.users.roles_in_organisation(user.id, booking.organisation_id, by.at) & APPLICANTS
        if not is_ours or call_id not in (None, booking.call_id):
            raise NotFoundError("booking-not-found")
        call = reading.schemes.call(booking.call_id)
        assert call is not None  # held by a foreign key
        round = meeting_round(engine, reading, call, slot.round_id)
        return calendar_of(engine, reading, round, slot, booking, user, made=booking.booked_at)


def _begun(one: Application) -> Begun:
    status = told_status(one.status)
    return Begun(one.id, one.number, str(status), status in IN_REVIEW)


def _rounds(reading: Reading, by: By, call: Call, plan: Plan, chosen: str | None) -> tuple[RoundOfMeetings, ...]:
    if chosen is None:
        return ()
    times = {one.id: one for one in times_of(reading, plan, call)}
    rounds = [one for one in plan.rounds if "meet" in one.terms.allows]
    found = {one.id: slots_open_to(reading, by, call, one.id, chosen, "", MOST) for one in rounds}
    return tuple(_round(reading, by, call, one, times[one.id], found[one.id]) for one in rounds)


def _round(
    reading: Reading, by: By, call: Call, one: RoundPlan, time: RoundTime, found: Sequence[Found]
) -> RoundOfMeetings:
    is_pitch, slots = "pitch" in one.terms.allows, seen_slots(reading, list(found))
    panel = reading.meetings.panel(call.id, one.id) if is_pitch else None
    names = reading.users.named(panel.members) if panel else {}
    booked = tuple(slot for slot in slots if slot.booking_id is not None)
    return RoundOfMeetings(
        one.id, one.title, is_pitch, one.terms.meeting_minutes, time.opens, time.closes, one.terms.outside_office_hours,
        tuple(one.terms.asked), tuple(names.values()) if panel else None, needs_application=is_pitch or one.rule is not None,
        booked=booked, free=tuple(slot for slot in slots if slot.booking_id is None),
        one_ahead=not is_pitch and any(slot.ends > by.at for slot in booked),
    )  # fmt: skip
