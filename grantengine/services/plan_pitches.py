"""Every application of a call gets a pitch of the same length, in an order that is drawn and that nobody chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from grantengine.errors import NotPossibleError
from grantengine.hooks.moments import MomentError, parse_moment
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import call_for, check_impartial, user_of
from grantengine.services.meetings import MeetingRound, check_timed, hearers, local_minutes, meeting_round
from grantengine.services.messages import receiver_of, send
from grantengine.services.offer_slots import add_slots, keep_people, read_place
from grantengine.services.people_input import Checks
from grantengine.services.set_panel import check_members, to_be_heard
from grantengine.services.slot_times import Time, check_times, engagements, in_office_hours, overlaps, read_start
from grantengine.services.tell_meeting import tell_booked
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import Booking, MeetingSlot
from grantengine.workdays import is_working_day

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

LONGEST_PAUSE = 240
MOST_A_DAY = 50
LONGEST_ROUND = 366
"""Days after the first in which times are looked for."""


def plan_pitches(
    engine: Engine, by: By, call_id: str, round_id: str, *, first: str, place: str, pause_minutes: int = 5,
    per_day: int = 8,
) -> int:  # fmt: skip
    """Give each application that has none a time for its pitch, from ``first`` on; how many got one.

    Times follow each other with the pause between, so many a day, each day from the same hour: on working days within
    office hours, or where the scheme says so in evenings, and on days off if the first is one. Where one of the panel is
    in another meeting, none is given. Who comes when is drawn with the id of the call, and kept. All are told the same:
    time, panel, and questions. Run again, it adds those that came later.

    :param first: local time in Norway, such as ``2027-04-05T09:00``.
    :raises InputError: every field that does not fit.
    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``round-without-pitches``, ``round-not-timed``, ``panel-not-set``, ``panel-not-impartial``, or
        ``pitches-do-not-fit`` within the round.
    """
    checks, start = Checks(), dict[str, datetime]()
    place = read_place(checks, place)
    read_start(checks, start, first, "first")
    _check_number(checks, "pause_minutes", pause_minutes, 0, LONGEST_PAUSE)
    _check_number(checks, "per_day", per_day, 1, MOST_A_DAY)
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        user = user_of(work, by)
        round = meeting_round(engine, work, call, round_id, allows="pitch")
        check_timed(round)
        check_times(work, checks, round, start, (), by.at)
        checks.done()
        _check_panel(work, round)
        waiting = [one for one, _ in to_be_heard(engine, work, round)]
        check_impartial(work, by, waiting)
        drawn = _drawn(work, round, waiting)
        people = keep_people(work, round, user.id)
        times = _free(work, round, list(_grid(round, start["first"], pause_minutes, per_day)), people, len(drawn))
        if len(times) < len(drawn):
            raise NotPossibleError("pitches-do-not-fit", wanted=len(drawn), fit=len(times))
        slots = add_slots(work, round, times, place, user.id)
        for application, slot in zip(drawn, slots, strict=True):
            _book(engine, work, round, application, slot)
        if slots:
            work.record("pitches-planned", call, round=round_id, seed=call_id, order=[one.id for one in drawn])
            _tell_panel(engine, work, round, slots)
        return len(slots)


def _check_number(checks: Checks, field: str, value: int, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        checks.add("field-form", field)
    elif value < least:
        checks.add("number-too-small", field, value=value, least=least)
    elif value > most:
        checks.add("number-too-large", field, value=value, most=most)


def _check_panel(work: Work, round: MeetingRound) -> None:
    """Whether those who were set may hear all who have applied since.

    :raises NotPossibleError: ``panel-not-set`` or ``panel-not-impartial``.
    """
    panel = work.meetings.panel(round.call.id, round.round.id)
    if panel is None:
        raise NotPossibleError("panel-not-set")
    checks = Checks()
    check_members(work, checks, round.call, panel.members)
    if checks.problems:
        raise NotPossibleError("panel-not-impartial")


def _drawn(work: Work, round: MeetingRound, waiting: Sequence[Application]) -> list[Application]:
    """Those without a time, in the order that the draw gives: the same however often, and for however many, it is drawn."""
    for id in sorted({one.organisation_id for one in waiting}):
        work.organisations.get(id, lock=True)  # who books by itself at this moment does not get two
    call_id, round_id = round.call.id, round.round.id
    have = {booking.application_id for booking, _ in work.meetings.booked(call_id, round_id)}
    lacking = [one for one in waiting if one.id not in have]
    return sorted(lacking, key=lambda one: sha256(f"{call_id} {round_id} {one.id}".encode()).digest())


def _grid(round: MeetingRound, first: datetime, pause: int, per_day: int) -> Iterator[Time]:
    """All times there could be, in order; on days off only where the first is one."""
    begins = first.astimezone(ZoneInfo("Europe/Oslo")).replace(tzinfo=None)
    terms = round.round.terms
    length, step = timedelta(minutes=terms.meeting_minutes), timedelta(minutes=terms.meeting_minutes + pause)
    for later in range(LONGEST_ROUND):
        day: date = begins.date() + timedelta(days=later)
        if is_working_day(begins.date()) and not is_working_day(day):
            continue
        for place in range(per_day):
            local = datetime.combine(day, begins.time()) + place * step
            try:
                start = parse_moment(local.isoformat(timespec="seconds")).opens_at
            except MomentError:
                continue  # the clock is put forward or back
            in_hours = terms.outside_office_hours or in_office_hours(start, start + length)
            if local.date() == day and in_hours and round.holds(start, start + length):
                yield start, start + length


def _free(work: Work, round: MeetingRound, grid: Sequence[Time], people: set[str], wanted: int) -> list[Time]:
    """The first times at which nobody of these is engaged."""
    engaged = engagements(work, people, grid)
    return list(islice((one for one in grid if not overlaps(engaged, *one)), wanted))


def _book(engine: Engine, work: Work, round: MeetingRound, application: Application, slot: MeetingSlot) -> None:
    booking = Booking(
        id=work.new_id(), call_id=round.call.id, slot_id=slot.id, organisation_id=application.organisation_id,
        application_id=application.id, booked_by=slot.made_by, booked_at=work.by.at,
    )  # fmt: skip
    work.add(booking)
    tell_booked(engine, work, round, slot, booking, authority=False)


def _tell_panel(engine: Engine, work: Work, round: MeetingRound, slots: Sequence[MeetingSlot]) -> None:
    """Those who hear them are told of all at once."""
    page = f"/calls/{round.call.id}/rounds/{round.round.id}/pitches"
    for id in sorted(hearers(work, slots[0])):
        user = work.users.get(id)
        if user is not None:
            send(
                engine, work, receiver_of(user), "pitches-planned", about=round.call.id, name=user.name,
                call=round.call.title, count=len(slots), first=local_minutes(slots[0].starts_at),
                last=local_minutes(slots[-1].starts_at), place=slots[0].place,
                url=f"{engine.settings.url}/office{page if id == slots[0].with_id else ''}",
            )  # fmt: skip
