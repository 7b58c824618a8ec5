"""What was said in a meeting or on the telephone is written down for both sides, and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.hooks.moments import MomentError, parse_moment
from grantengine.lifecycle import APPLICANTS, DECIDERS, HANDLERS
from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.meetings import (
    check_may_meet,
    kept_away,
    local_minutes,
    meeting_round,
    parties,
    roles_in_call,
)
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.dialogue import Booking, MeetingLog, PitchPanel
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading, Work

KINDS = ("guidance", "pitch", "telephone", "other")
OF_THE_AUTHORITY = DECIDERS | {"assessor"}
LONGEST_SUMMARY = 10_000
MOST_PRESENT = 50


@dataclass(frozen=True, slots=True)
class MeetingSeen:
    """What was written down of a meeting. ``present`` are the names of those of the authority who were there.

    ``asked`` are the questions put at a pitch: those of the scheme, the same for all; each a text, or one by language.
    ``summary`` is None once it has been erased.
    """

    id: str
    kind: str
    held_at: datetime
    present: tuple[str, ...]
    summary: str | None
    application_id: str | None
    logged_by: str
    logged_at: datetime
    asked: tuple[str | Mapping[str, str], ...] = ()


def log_meeting(
    engine: Engine, by: By, *, call_id: str, organisation_id: str, kind: str, held_at: str, summary: str,
    application_id: str | None = None, booking_id: str | None = None, present: Sequence[str] = (),
) -> str:  # fmt: skip
    """Write down what was said, for both sides to read; the id. What is wrong is put right by another entry.

    :param kind: ``guidance``, ``pitch`` (of a booking; all questions of the scheme were put), ``telephone`` or ``other``.
    :param held_at: local time in Norway, such as ``2027-02-03T18:00``.
    :param present: users of the authority who were there; none: oneself. At a pitch it is the whole panel.
    :raises InputError: every field that does not fit; ``present-unknown`` for someone who has no role here.
    :raises NotFoundError: ``call-not-found``, ``organisation-not-found``, ``application-not-found``, ``booking-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``present-not-impartial``, ``panel-not-whole``, ``pitch-without-booking``, ``panel-not-set``.
    """
    checks = Checks()
    kind, held = checks.one_of(kind, KINDS, "kind"), _held(checks, held_at, by.at)
    said = checks.text(summary, "summary", LONGEST_SUMMARY)
    if said is None:
        checks.add("field-missing", "summary")
    present = checks.listed(present, "present")
    if len(present) > MOST_PRESENT:
        checks.add("list-too-long", "present", most=MOST_PRESENT)
    checks.done()
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS)
        user, organisation = user_of(work, by), _organisation(work, organisation_id)
        check_may_meet(work, by, call_id, organisation_id)
        booking = _booking(work, call_id, organisation_id, booking_id)
        application_id = _about(work, call_id, organisation_id, application_id, booking)
        there = list(dict.fromkeys(present)) or [user.id]
        if kind == "pitch":
            _check_pitch(engine, work, call, booking, there)
        _check_present(work, call, organisation_id, there)
        log = MeetingLog(
            id=work.new_id(), call_id=call_id, organisation_id=organisation_id, application_id=application_id,
            booking_id=booking_id, kind=kind, held_at=held, present=there, summary=said, logged_by=user.id, logged_at=by.at,
        )  # fmt: skip
        work.add(log)
        work.record("meeting-logged", log, log=log.id, kind=kind, organisation=organisation_id, present=there)
        _tell(engine, work, call, organisation, log)
        return log.id


def list_meetings(engine: Engine, by: By, call_id: str, organisation_id: str) -> list[MeetingSeen]:
    """What was written down of meetings with an organisation about a call, oldest first: for its people and handlers.

    :raises NotFoundError: ``call-not-found`` or ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        if not _acts_for(reading, by, organisation_id):
            call_for(reading, by, call_id, DECIDERS)
            _organisation(reading, organisation_id)
            check_may_meet(reading, by, call_id, organisation_id)
        call = reading.schemes.call(call_id)
        if call is None:
            raise NotFoundError("call-not-found")
        return list(seen_meetings(reading, plan_of_call(engine, reading, call), call_id, organisation_id))


def seen_meetings(reading: Reading, plan: Plan, call_id: str, organisation_id: str) -> tuple[MeetingSeen, ...]:
    """What was written down of meetings with an organisation about a call, oldest first."""
    logs = reading.meeting_logs.of(call_id, organisation_id)
    if not logs:
        return ()
    names = reading.users.named({id for one in logs for id in (*one.present, one.logged_by)})
    asked = {round.id: round.terms.asked for round in plan.rounds if "pitch" in round.terms.allows}
    rounds = reading.meetings.rounds_of({one.booking_id for one in logs if one.booking_id})
    return tuple(
        MeetingSeen(
            one.id, one.kind, one.held_at, tuple(names.get(id, "") for id in one.present), one.summary, one.application_id,
            names.get(one.logged_by, ""), one.logged_at,
            asked.get(rounds.get(one.booking_id or "", ""), ()) if one.kind == "pitch" else (),
        )
        for one in logs
    )  # fmt: skip


def _acts_for(reading: Reading, by: By, organisation_id: str) -> bool:
    if by.kind == "system":
        return False
    mine = reading.users.roles_in_organisation(user_of(reading, by).id, organisation_id, by.at)
    return not mine.isdisjoint(APPLICANTS)


def _held(checks: Checks, text: str, at: datetime) -> datetime:
    try:
        held = parse_moment(str(text)).opens_at
    except MomentError as error:
        checks.add(error.code, "held_at", text=error.text[:40])
        return at
    if held > at:
        checks.add("meeting-not-held-yet", "held_at", when=local_minutes(held))
    return held


def _organisation(work: Reading, id: str) -> Organisation:
    found = work.organisations.get(id)
    if found is None:
        raise NotFoundError("organisation-not-found")
    return found


def _booking(work: Work, call_id: str, organisation_id: str, id: str | None) -> Booking | None:
    """The booking that the meeting was held by, if any."""
    if id is None:
        return None
    found = work.meetings.booking(id, lock=True)  # nobody says meanwhile that it was not held
    if found is None or found.cancelled_at or (found.call_id, found.organisation_id) != (call_id, organisation_id):
        raise NotFoundError("booking-not-found")
    return found


def _about(work: Reading, call_id: str, organisation_id: str, id: str | None, booking: Booking | None) -> str | None:
    """The application that it was about: the one named, or that of the booking."""
    if id is None:
        return booking.application_id if booking else None
    if not any(one.id == id for one in work.applications.begun(call_id, organisation_id)):
        raise NotFoundError("application-not-found")
    return id


def _check_pitch(engine: Engine, work: Reading, call: Call, booking: Booking | None, present: Sequence[str]) -> None:
    """Whether a pitch was heard by those who hear all of them.

    :raises NotPossibleError: it was not, or nobody had booked it.
    """
    slot = work.meetings.slot(booking.slot_id) if booking else None
    if slot is None:
        raise NotPossibleError("pitch-without-booking")
    round = meeting_round(engine, work, call, slot.round_id, allows="pitch")
    panel = work.meetings.panel(call.id, round.round.id)
    if panel is None:
        raise NotPossibleError("panel-not-set")
    if set(panel.members) != set(present):
        raise NotPossibleError("panel-not-whole", panel=_names(work, panel))


def _names(work: Reading, panel: PitchPanel) -> list[str]:
    names = work.users.named(panel.members)
    return [names[id] for id in panel.members if id in names]


def _check_present(work: Work, call: Call, organisation_id: str, present: Sequence[str]) -> None:
    """Those who were there work here, and no tie keeps them away.

    :raises InputError: ``present-unknown``.
    :raises NotPossibleError: ``present-not-impartial``.
    """
    checks = Checks()
    for place, id in enumerate(present):
        if not roles_in_call(work, str(id), call, work.by.at) & OF_THE_AUTHORITY:
            checks.add("present-unknown", f"present/{place}")
    checks.done()
    _, touched = parties(work, call.id, organisation_id)
    if kept_away(work, call.id, touched) & set(present):
        raise NotPossibleError("present-not-impartial")


def _tell(engine: Engine, work: Work, call: Call, organisation: Organisation, log: MeetingLog) -> None:
    """The contacts are told that there is something to read, and to put right if it is wrong."""
    for role, user in work.organisations.people(organisation.id, work.by.at):
        if role.role == "contact":
            send(
                engine, work, receiver_of(user), "meeting-logged", about=log.id, name=user.name, call=call.title,
                organisation=organisation.name, when=local_minutes(log.held_at),
                url=f"{engine.settings.url}/calls/{call.id}/meetings",
            )  # fmt: skip
