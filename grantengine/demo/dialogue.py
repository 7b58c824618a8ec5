"""After submission: what is lacking or unclear is asked for, and in a dialogue applications become better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grantengine.demo.answers import partner_row, some_partner
from grantengine.demo.applications import Draft, ask_partner
from grantengine.demo.invented_words import ADDED, ANSWERS, CHANGE, DONE, LACKS, MORE_PARTNERS, TALK, UNCLEAR
from grantengine.demo.timeline import Story, evening_between, working_hours
from grantengine.demo.world import DemoCall, Received, World
from grantengine.errors import NotPossibleError
from grantengine.services.answer_changes import answer_changes
from grantengine.services.ask_changes import ask_changes
from grantengine.services.list_rounds import RoundSeen
from grantengine.services.read_application import read_application
from grantengine.services.save_draft import save_draft
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread

EVERY, LATE = 3, 9
"""In the check of what came in every third is asked to be clearer, and every ninth of all answers too late."""
TALKED, FURTHER = 2, 4
"""Every second takes part in a dialogue, and every fourth is asked of its partners too."""
WAITS = 3
"""In a call that has just closed, every third has not answered yet."""


def completeness(world: World, call: DemoCall, at: datetime) -> Story:
    """A handler reads what came in, and asks for what is lacking or unclear; most answer in time."""
    yield at
    for one in list(world.received[call.id]):
        unclear = _unclear(call, one) if one.place % EVERY == 0 else []
        questions = list(one.later) or unclear
        if one.group.contact is None or not questions:
            continue
        yield world.now + timedelta(minutes=6)
        rng = world.chance(f"completeness/{call.scheme}/{call.stage}/{one.place}")
        ask_changes(
            world.engine, world.by(call.handler), one.id, questions=questions, reason=LACKS if one.later else UNCLEAR
        )  # fmt: skip
        world.timeline.tell(_answer(world, one, questions, rng, is_late=one.place % LATE == 0))


def talks(world: World, call: DemoCall, round: RoundSeen, at: datetime) -> Story:
    """In the round for it, handlers talk with every second applicant about a question that it may change."""
    yield at
    may = [field.id for field in call.plan.form.fields if round.editable is None or field.id in round.editable]
    for one in [one for one in world.received[call.id] if one.place % TALKED == 0 and one.group.contact]:
        yield world.now + timedelta(minutes=9)
        world.timeline.tell(_talk(world, call, one, round, may))


def _talk(world: World, call: DemoCall, one: Received, round: RoundSeen, may: Sequence[str]) -> Story:
    """A question, an answer, and a request to write it into the application; some are asked of their partners as well."""
    rng, handler = world.chance(f"talk/{call.scheme}/{call.stage}/{one.place}"), call.handler
    question = next((name for name in may if call.plan.form.by_id[name].question.kind != "partners"), may[0])
    thread = open_thread(world.engine, world.by(handler), one.id, rng.choice(TALK), question=question)
    yield world.soon(rng, 1, 3)
    answer_thread(world.engine, world.by(one.group.contact or ""), thread, rng.choice(ANSWERS))
    yield working_hours(rng, world.now + timedelta(days=1))
    is_open = not call.is_settled and one.place % WAITS == TALKED
    yield from _exchange(world, call, one, [question], CHANGE, rng, is_open=is_open)
    if (round.exchanges or 1) > 1 and "partners" in may and one.place % FURTHER == TALKED:
        yield working_hours(rng, world.now + timedelta(hours=20))
        yield from _exchange(world, call, one, ["partners"], MORE_PARTNERS, rng)
    if not is_open:
        yield working_hours(rng, world.now + timedelta(hours=20))
        resolve_thread(world.engine, world.by(handler), thread)


def _exchange(
    world: World, call: DemoCall, one: Received, questions: list[str], reason: str, rng: Random, *, is_open: bool = False
) -> Story:  # fmt: skip
    """Changes are asked for, and handed in some evenings later, if they are."""
    try:
        ask_changes(world.engine, world.by(call.handler), one.id, questions=questions, reason=reason)
    except NotPossibleError:
        return  # it has not answered what it was asked before, or the round has ended
    if not is_open:
        yield from _answer(world, one, questions, rng, is_late=False)


def _answer(world: World, one: Received, questions: Sequence[str], rng: Random, *, is_late: bool) -> Story:
    """The applicant mends what it was asked about, and hands it in; who is late has written it in vain."""
    seen = read_application(world.engine, world.by(one.group.contact or ""), one.id)
    assert seen.request is not None  # just asked
    assert seen.draft is not None  # read by the applicant
    due = seen.request.due_at
    yield evening_between(rng, world.now + timedelta(days=1), min(world.now + timedelta(days=5), due))
    draft = Draft(one.id, seen.draft.version, dict(seen.draft.answers), due)
    answers = {**draft.answers, **{name: _mended(one, name, draft.answers.get(name), rng) for name in questions}}
    if "partners" in questions:
        rows = draft.answers.get("partners") or ()
        others = {row["name"] for row in rows} | {partner.name for partner in seen.partners}
        partner = some_partner(world, rng, one.group, {"confirmed": True}, others)
        answers["partners"] = [*rows, partner_row(partner)]
        ask_partner(world, one.group, draft, partner, rng)
        yield world.soon(rng, 2, 3)
    by = world.by(one.group.contact or "")
    draft.version = save_draft(world.engine, by, one.id, draft.version, answers).version
    yield max(world.now, due) + timedelta(hours=7) if is_late else world.now + timedelta(minutes=12)
    try:
        answer_changes(world.engine, world.by(one.group.contact or ""), one.id, draft.version, message=rng.choice(DONE))
        one.later = {name: value for name, value in one.later.items() if name not in questions}
    except NotPossibleError:
        return  # too late: what was submitted counts


def _unclear(call: DemoCall, one: Received) -> list[str]:
    """A question with a number or a long text that has an answer."""
    kinds = ("long_text", "integer") if one.place % 2 else ("integer", "long_text")
    fields = [field for kind in kinds for field in call.plan.form.fields if field.question.kind == kind]
    may = [field.id for field in fields if (field.step is not None or field.question.changeable is None)]
    return [name for name in may if one.record["answers"].get(name)][:1]


def _mended(one: Received, name: str, value: Any, rng: Random) -> Any:
    """What was lacking; a text with a sentence more; a number that someone has counted once more."""
    if name in one.later:
        return one.later[name]
    if isinstance(value, str) and " " in value:
        return f"{value} {rng.choice(ADDED)}"
    if isinstance(value, int) and not isinstance(value, bool):
        return value - value // 20
    return value
