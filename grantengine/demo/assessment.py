"""How applications are judged: rules that ask someone, figures that are corrected, marks, and talks about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grantengine.compile.plan import CriterionPlan
from grantengine.demo.invented_words import APART, EXPLAINED, JUDGED, LOWERED, MOVED, NOTES
from grantengine.demo.timeline import Story, working_hours
from grantengine.demo.world import DemoCall, Received, World
from grantengine.money import format_ore, parse_ore
from grantengine.services.assess import deliver_assessment, revise_assessment, save_assessment
from grantengine.services.assign_cases import assign_cases
from grantengine.services.judge_rule import judge_rule
from grantengine.services.list_disagreements import Apart, list_disagreements
from grantengine.services.list_rounds import RoundSeen
from grantengine.services.read_application import read_application
from grantengine.services.read_assessments import SheetSeen, read_assessments
from grantengine.services.set_checked_value import set_checked_value
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread

LOWERS, LOWERED_ON = 4, 1
"""Of every fourth application a figure is lowered: that of the second, the sixth, and so on."""
DIFFERS, DRAWN = 5, 0.15
"""About every fifth assessors disagree; how often one sees an application otherwise than it is like."""
UNDECIDED, STAYS = 3, 4
"""In a call that has just closed every third has only been begun; every fourth who disagrees stays with its marks."""


def checks(world: World, call: DemoCall, at: datetime) -> Story:
    """A handler goes through what rules ask about, and the figures that may be corrected."""
    yield at
    asking = [rule.id for rule in call.plan.all_rules if rule.asks]
    figures = call.plan.scheme.checked
    for one in world.received[call.id] if asking or figures else ():
        rng = world.chance(f"checks/{call.scheme}/{call.stage}/{one.place}")
        yield world.now + timedelta(minutes=4)
        for rule in asking:
            answer = bool(one.record.get("judged", {}).get(rule, True))
            judge_rule(
                world.engine, world.by(call.handler), one.id, rule, answer=answer, reason=rng.choice(JUDGED[answer])
            )  # fmt: skip
        if figures and one.place % LOWERS == LOWERED_ON:
            seen = read_application(world.engine, world.by(call.handler), one.id)
            answers = seen.answers or {}
            lowered = {figure.id: _lowered(answers.get(figure.from_ or "requested"), rng) for figure in figures}
            for name, value in [(name, value) for name, value in lowered.items() if value is not None][:1]:
                set_checked_value(world.engine, world.by(call.handler), one.id, name, value, reason=LOWERED)


def _lowered(value: Any, rng: Random) -> Any:
    """A tenth or two less than what was answered; sums in whole thousands of kroner."""
    share = rng.uniform(0.75, 0.95)
    if isinstance(value, str):
        return format_ore(int(parse_ore(value) * share) // 100_000 * 100_000)
    return int(value * share) if isinstance(value, int) and value else None


def assessment(world: World, call: DemoCall, round: RoundSeen, at: datetime) -> Story:
    """Cases are given out, rated by each on its own, and talked about where the marks are far apart."""
    yield at
    rng = world.chance(f"assessment/{call.scheme}/{call.stage}")
    cases, seats = {one.id: one for one in world.received[call.id]}, dict.fromkeys(cases_of(world, call), 0)
    for given in assign_cases(world.engine, world.by(call.handler), call.id, round.id).made:
        if given.application_id in cases:
            world.timeline.tell(
                _rates(world, call, cases[given.application_id], given.user_id, seats[given.application_id])
            )
            seats[given.application_id] += 1
    assert round.closes is not None  # it has an end of its own
    yield working_hours(rng, round.closes + timedelta(hours=8))
    for apart in list_disagreements(world.engine, world.by(call.handler), call.id):
        yield world.now + timedelta(minutes=3)
        world.timeline.tell(_talk(world, call, cases[apart.application_id], apart))


def cases_of(world: World, call: DemoCall) -> list[str]:
    """The ids of what was handed in, in the order that it came."""
    return [one.id for one in world.received[call.id]]


def _rates(world: World, call: DemoCall, one: Received, user: str, seat: int) -> Story:
    """One assessor reads one application, writes it down, and delivers some days later."""
    rng = world.chance(f"marks/{call.scheme}/{call.stage}/{one.place}/{seat}")
    yield working_hours(rng, world.now + timedelta(days=rng.uniform(0.5, 7)))
    rated = [criterion for criterion in call.plan.all_criteria if criterion.rated]
    marks = {criterion.id: _mark(criterion, one, seat, rng) for criterion in rated}
    if rated and one.place % DIFFERS == 0 and seat == 1:
        first = world.chance(f"marks/{call.scheme}/{call.stage}/{one.place}/0")
        first.uniform(0.5, 7), first.randrange(6 * 60 * 60)  # as drawn above by the one who sat first
        low, high = _scale(rated[0])
        marks[rated[0].id] = high if _mark(rated[0], one, 0, first) <= (low + high) / 2 else low
    notes = {criterion.id: rng.choice(NOTES[_level(criterion, marks[criterion.id])]) for criterion in rated}
    version = save_assessment(world.engine, world.by(user), one.id, 0, marks=marks, notes=notes).version
    if not call.is_settled and one.place % UNDECIDED == 2:
        return
    yield working_hours(rng, world.now + timedelta(days=rng.uniform(0.2, 4)))
    deliver_assessment(world.engine, world.by(user), one.id, version)


def _scale(criterion: CriterionPlan) -> tuple[float, float]:
    return float(criterion.mark_schema.get("minimum", 1)), float(criterion.mark_schema.get("maximum", 6))


def _mark(criterion: CriterionPlan, one: Received, seat: int, rng: Random) -> float:
    """As the synthetic case says, give or take one."""
    marks: list[float] = one.record["ratings"][criterion.id]
    low, high = _scale(criterion)
    return min(high, max(low, marks[seat % len(marks)] + rng.choice((-1, 1)) * (rng.random() < DRAWN)))


def _level(criterion: CriterionPlan, mark: float) -> str:
    low, high = _scale(criterion)
    return ("low", "middle", "high")[min(2, int(3 * (mark - low) / (high - low + 1)))]


def _talk(world: World, call: DemoCall, one: Received, apart: Apart) -> Story:
    """The handler asks, one explains, and mostly one moves; then that is settled."""
    rng, engine = world.chance(f"apart/{one.place}/{apart.criterion}"), world.engine
    thread = open_thread(
        engine, world.by(call.handler), one.id, APART, criterion=apart.criterion, audience="assessors"
    )  # fmt: skip
    yield working_hours(rng, world.now + timedelta(hours=20))
    sheets = read_assessments(engine, world.by(call.handler), one.id).others
    lowest = _lowest(sheets, apart.criterion)
    answer_thread(engine, world.by(lowest.assessor_id), thread, EXPLAINED)
    if one.place % STAYS != STAYS - 1:
        yield world.now + timedelta(minutes=50)
        marks = {apart.criterion: max(apart.marks) - apart.limit}
        revise_assessment(
            engine, world.by(lowest.assessor_id), one.id, marks=marks, notes={apart.criterion: MOVED}, reason=MOVED,
            round_id=apart.round_id,
        )  # fmt: skip
    yield world.now + timedelta(hours=1)
    resolve_thread(engine, world.by(call.handler), thread)


def _lowest(sheets: Sequence[SheetSeen], criterion: str) -> SheetSeen:
    return min(
        (one for one in sheets if one.counts and criterion in one.marks), key=lambda one: float(one.marks[criterion])
    )
