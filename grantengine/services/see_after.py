"""What happens to one's own application once it is handed in: what has been, what is now, what comes, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from grantengine.form.build import Field
from grantengine.lifecycle import LIFECYCLE, Status, told_status
from grantengine.records import By
from grantengine.services.case_clock import Clock, clock_of
from grantengine.services.case_rounds import times_of
from grantengine.services.interim_reply import promise_to
from grantengine.services.marks import part_of
from grantengine.services.read_application import RequestSeen, request_seen
from grantengine.services.see_dialogue import told_threads, waits
from grantengine.services.see_letter import LetterSeen, letter_seen

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan, Words
    from grantengine.stages.rounds import RoundTime
    from grantengine.store.tables.applications import Application
    from grantengine.store.tables.decisions import Letter
    from grantengine.store.tables.dialogue import ChangeRequest
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way. ``kind``: ``submitted``, ``closes`` (of the call), ``round`` (with its ``title``), ``decision``,
    ``appeal`` (its deadline), or ``ended``. ``state``: ``done``, ``now``, ``next``. ``ends`` is the first instant that is too
    late; ``expected`` when a decision was promised for. ``for_some``: by a rule of the scheme it may not be for this case.
    """

    kind: str
    state: str
    title: Words | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    expected: date | None = None
    for_some: bool = False


@dataclass(frozen=True, slots=True)
class ThreadWaiting:
    """A thread in which the authority has said the last word; ``field`` None: about the whole."""

    id: str
    field: Field | None
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MeetingAhead:
    """A meeting that is booked, in the round with this title."""

    booking_id: str
    title: Words | None
    starts: datetime
    ends: datetime
    place: str


@dataclass(frozen=True, slots=True)
class AfterSeen:
    """``request`` (with its ``questions``) waits for changes, ``waiting`` for an answer; ``threads`` counts all threads.
    ``letter`` is the last that told of a decision. ``meets``: there is a round of meetings that is not over. ``paused`` in
    the clock: the authority's time stands still. ``asked_before``: there was an earlier request for changes.
    """

    request: RequestSeen | None
    questions: tuple[Field, ...]
    asked_before: bool
    waiting: tuple[ThreadWaiting, ...]
    threads: int
    meetings: tuple[MeetingAhead, ...]
    meets: bool
    letter: LetterSeen | None
    steps: tuple[Step, ...]
    clock: Clock


def after_of(
    reading: Reading, by: By, one: Application, call: Call, plan: Plan, requests: Sequence[ChangeRequest]
) -> AfterSeen:
    """What happens to an application that has been handed in, of whose changes this was asked, oldest first."""
    plan = part_of(plan, one)
    times, letters = times_of(reading, plan, call, one), reading.letters.of_case(one.id)
    open_one = next((each for each in requests if each.status == "open"), None)
    by_id, threads = plan.form.by_id, told_threads(reading, one)
    return AfterSeen(
        request_seen(open_one) if open_one else None,
        tuple(by_id[name] for name in (open_one.questions if open_one else ()) if name in by_id),
        any(each.status != "open" for each in requests),
        tuple(
            ThreadWaiting(each.id, by_id.get(each.question or ""), each.comments[-1].author, each.comments[-1].at)
            for each in threads
            if waits(each)
        ),
        len(threads), _meetings(reading, by, one, plan), _meets(plan, times, by.at),
        next((letter_seen(each) for each in reversed(letters) if each.kind == "decision"), None),
        _steps(reading, by, one, call, plan, times, letters), clock_of(reading, by, one, call, requests),
    )  # fmt: skip


def _meets(plan: Plan, times: Sequence[RoundTime], at: datetime) -> bool:
    both = zip(plan.rounds, times, strict=True)
    return any("meet" in round.terms.allows and _state(time, at) != "done" for round, time in both)


def _meetings(reading: Reading, by: By, one: Application, plan: Plan) -> tuple[MeetingAhead, ...]:
    found = reading.own.meetings_ahead([one.organisation_id], by.at)
    rounds = {each.id: each.title for each in plan.rounds}
    return tuple(
        MeetingAhead(booking.id, rounds.get(slot.round_id), slot.starts_at, slot.ends_at, slot.place)
        for booking, slot, call in found
        if call.id == one.call_id and booking.application_id in (None, one.id)
    )


def _steps(
    reading: Reading, by: By, one: Application, call: Call, plan: Plan, times: Sequence[RoundTime],
    letters: Sequence[Letter],
) -> tuple[Step, ...]:  # fmt: skip
    steps, status = [Step("submitted", "done", starts=one.submitted_at)], told_status(one.status)
    told = next((each for each in letters if each.kind == "decision"), None)
    if status in (Status.WITHDRAWN, Status.LAPSED):
        return (*steps, Step("ended", "done"))
    deadline = _deadline(one, call, by.at)
    if told is None:
        rounds = [
            Step("round", _state(time, by.at), round.title, time.opens, time.closes, for_some=round.rule is not None)
            for round, time in zip(plan.rounds, times, strict=True)
        ]
        before = [step for step in rounds if deadline and step.ends and call.closes_at and step.ends <= call.closes_at]
        steps += [*before, *deadline, *(step for step in rounds if step not in before)]
        expected = promise_to(reading, plan, one, [each.mark for each in letters], by.at)
        over = all(step.state == "done" for step in steps)
        return (*steps, Step("decision", "now" if over else "next", expected=expected))
    last = next(each for each in reversed(letters) if each.kind == "decision")
    steps += deadline
    steps.append(Step("decision", "done", starts=last.made_at))
    if last.appeal_until is not None:
        steps.append(Step("appeal", "done" if by.at >= last.appeal_until else "now", ends=last.appeal_until))
    return (*steps, Step("ended", "done")) if status in LIFECYCLE.ends else tuple(steps)


def _deadline(one: Application, call: Call, at: datetime) -> list[Step]:
    """The end of the call, where the application came before it."""
    closes, came = call.closes_at, one.submitted_at
    if closes is None or came is None or came >= closes:
        return []
    return [Step("closes", "done" if at >= closes else "next", ends=closes)]


def _state(time: RoundTime, at: datetime) -> str:
    if time.opens is None or at < time.opens:
        return "next"
    return "done" if time.closes is not None and at >= time.closes else "now"
