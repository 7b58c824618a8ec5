"""The rounds of a call as a board: what each is for, how long it lasts, and what waits in it for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, RoundPlan
from grantengine.lifecycle import DECIDERS
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.case_rounds import times_of
from grantengine.services.list_rounds import RoundSeen, round_seen
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_desk import CallDesk, call_desk_of
from grantengine.store.round_counts import Met

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.stages.rounds import RoundTime
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class RoundOnBoard:
    """A round with what is counted in it, of cases that are not decided.

    ``asked`` are cases by the status of their requests for changes (``open``: it waits for the applicant), ``talking`` those in
    which an applicant waits for a word from us; of ``given`` sheets ``delivered`` are there. ``of_each_case``: it counts from
    when a case comes in. ``may_close``: it is open until it is closed by hand, and nobody is asked in it.
    """

    seen: RoundSeen
    minutes: int
    evenings: bool
    of_each_case: bool
    may_close: bool
    asked: Mapping[str, int]
    talking: int
    given: int
    delivered: int
    met: Met


@dataclass(frozen=True, slots=True)
class RoundsBoard:
    """The rounds of a call in the order of the scheme, and how many ``cases`` are not decided."""

    desk: CallDesk
    at: datetime
    cases: int
    rounds: tuple[RoundOnBoard, ...]

    def round(self, id: str) -> RoundOnBoard | None:
        """The round with this id."""
        return next((one for one in self.rounds if one.seen.id == id), None)


def see_rounds(engine: Engine, by: By, call_id: str) -> RoundsBoard:
    """The board of a call, in a fixed number of statements, for those who decide its cases.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, DECIDERS)
        plan, counts = plan_of_call(engine, reading, call), reading.round_counts
        asked, talking = counts.asked(call_id), counts.talking(call_id)
        rated, met = counts.rated(call_id), counts.met(call_id, by.at)
        rounds = [
            _round(part, one, time, by.at, asked, talking.get(one.id, 0), rated.get(one.id, (0, 0)), met.get(one.id, Met()))
            for part, one, time in rounds_of(reading, plan, call)
        ]  # fmt: skip
        return RoundsBoard(
            call_desk_of(engine, reading, by, call, plan), by.at, counts.in_review(call_id), tuple(rounds)
        )  # fmt: skip


def rounds_of(reading: Reading, plan: Plan, call: Call) -> Iterator[tuple[Plan, RoundPlan, RoundTime]]:
    """Every round of a call and of its strands once, with the plan that it is of, and its time."""
    told: set[str] = set()
    for part in (plan, *plan.parts):
        if {one.id for one in part.rounds} <= told:
            continue
        for one, time in zip(part.rounds, times_of(reading, part, call), strict=True):
            if one.id not in told:
                told.add(one.id)
                yield part, one, time


def _round(
    part: Plan, one: RoundPlan, time: RoundTime, at: datetime, asked: Mapping[tuple[str, str], int], talking: int,
    rated: tuple[int, int], met: Met,
) -> RoundOnBoard:  # fmt: skip
    seen = round_seen(one, time, at)
    of_each_case = part.intake.kind == "rolling" and one.opens is None
    mine = {status: count for (round, status), count in asked.items() if round == one.id}
    endless = one.closes is None and one.days is None
    return RoundOnBoard(
        seen, one.terms.meeting_minutes, one.terms.outside_office_hours, of_each_case,
        endless and (of_each_case or seen.state == "open") and not mine.get("open"), mine, talking, *rated, met,
    )  # fmt: skip
