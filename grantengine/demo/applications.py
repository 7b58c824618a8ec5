"""The applications of the demo: written on evenings by one or two, with partners, submitted, withdrawn, told orally, left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from grantengine.demo.answers import Asked, Case, case_of, records
from grantengine.demo.timeline import Story, evening_between, office_hours
from grantengine.demo.world import DemoCall, Group, Received, World, may_apply
from grantengine.errors import NotPossibleError
from grantengine.services.attach_file import attach_file
from grantengine.services.complete_application import complete_application
from grantengine.services.copy_application import copy_application
from grantengine.services.invite_partner import answer_as_partner, invite_partner, remind_partner
from grantengine.services.register_on_behalf import confirm_registered, register_on_behalf
from grantengine.services.save_draft import save_draft
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application

FATES = {
    "long-closed": "submitted submitted submitted told left submitted submitted withdrawn submitted submitted",
    "waiting": "submitted told submitted submitted left submitted submitted submitted withdrawn submitted",
    "just-closed": "submitted unconfirmed submitted submitted left submitted told submitted withdrawn submitted left",
    "open": "submitted left tonight withdrawn submitted unconfirmed left submitted left left submitted told left",
    "coming": "left",
}
"""What becomes of a call's applications, one after the other and over again. ``tonight``: submitted the last evening."""
A_FILE = b"%PDF-1.4\n% Oppdiktet vedlegg i en demo.\n%%EOF\n"


@dataclass
class Draft:
    """An application while it is written, by those in ``writers``; nothing may happen after ``last``."""

    id: str
    version: int
    answers: dict[str, Any]
    last: datetime


def applications(world: World, call: DemoCall, count: int) -> Iterator[Story]:
    """The stories of all applications in a call; none where nobody may apply."""
    rng = world.chance(f"applications/{call.scheme}/{call.stage}")
    may = [group for group in world.groups if may_apply(world, call, group)]
    rng.shuffle(may)
    writing, told = [one for one in may if one.contact], [one for one in may if not one.contact]
    turns, told_turns = cycle(writing or told), cycle(told or writing)
    if not may:
        return
    for place, (fate, record) in enumerate(zip(cycle(FATES[call.stage].split()), records(world, call, count))):
        own = world.chance(f"application/{call.scheme}/{call.stage}/{place}")
        by_handler = fate in ("told", "unconfirmed") or not writing
        group = next(told_turns if by_handler else turns)
        case = case_of(world, call, group, record, own, leaves=place % 4 == 1)
        one = Received("", place, group, record, dict(case.later))
        if by_handler:
            yield _told(world, call, one, case, own, is_confirmed=fate != "unconfirmed")
        else:
            yield _written(world, call, one, case, own, fate)


def _written(world: World, call: DemoCall, one: Received, case: Case, rng: Random, fate: str) -> Story:
    """One evening it is begun, on others it is gone on with, and in the end it is submitted, or not."""
    group = one.group
    last = min(call.closes, world.until) - timedelta(minutes=2)
    opens = world.now if call.stage == "coming" else call.opens
    yield evening_between(rng, opens, opens + (last - opens) * 0.7)
    draft = _begin(world, call, group, case, rng, last)
    yield world.now + timedelta(minutes=rng.randint(12, 50))
    is_half = fate == "left" and one.place % 2  # half of those that are left lack answers
    _save(world, group.contact or "", draft, known_at_once(case) if is_half else case.answers)
    if is_half:
        return
    if len(group.writers()) > 1 and rng.random() < 0.5:
        yield world.soon(rng, 0.5, 4, last)
        _save(world, rng.choice(group.writers()[1:]), draft, reworded(case.answers, rng), keep=rng.random() < 0.3)
    for partner in case.partners:
        yield world.now + timedelta(minutes=2)
        ask_partner(world, group, draft, partner, rng)
    if fate == "left":
        return
    if case.files and rng.random() < 0.6:
        yield world.now + timedelta(minutes=3)
        _attach(world, group, draft, case.files[0])
    evening = world.until - timedelta(hours=5)
    yield max(world.now, evening) if fate == "tonight" else evening_between(rng, world.now, min(last, evening), 4)
    receipt = submit_application(world.engine, world.by(group.contact or ""), draft.id, draft.version)
    world.submitted.setdefault((call.scheme, group.id), []).append(draft.id)
    one.id, one.later = draft.id, {name: one.later[name] for name in receipt.to_complete if name in one.later}
    if fate == "withdrawn":
        yield world.soon(rng, 1, 8, last)
        withdraw_application(
            world.engine, world.by(group.contact or ""), draft.id, reason="Vi fikk penger et annet sted."
        )
        return
    world.received.setdefault(call.id, []).append(one)
    if one.later and one.place % 2:
        yield world.soon(rng, 1, 9, last)
        complete_application(world.engine, world.by(group.contact or ""), draft.id, one.later)
        one.later = {}


def _begin(world: World, call: DemoCall, group: Group, case: Case, rng: Random, last: datetime) -> Draft:
    """From nothing, with what one knows at once; or from the application of last time."""
    by = world.by(group.contact or "")
    earlier = world.submitted.get((call.scheme, group.id), [])
    if earlier and call.stage != "long-closed" and rng.random() < 0.5:
        copied = copy_application(world.engine, by, earlier[-1], call_id=call.id)
        return Draft(copied.application_id, 1, {}, last)
    known = known_at_once(case)
    id = start_draft(world.engine, by, call_id=call.id, organisation_id=group.id, answers=known)
    return Draft(id, 1, known, last)


def known_at_once(case: Case) -> dict[str, Any]:
    """The first half of the answers."""
    return dict(list(case.answers.items())[: max(1, len(case.answers) // 2)])


def _save(world: World, user: str, draft: Draft, answers: dict[str, Any], *, keep: bool = False) -> None:
    draft.version = save_draft(world.engine, world.by(user), draft.id, draft.version, answers, keep=keep).version
    draft.answers = answers


def reworded(answers: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The co-writer adds a sentence to the longest text."""
    texts = {name: value for name, value in answers.items() if isinstance(value, str) and len(value) > 60}
    if not texts:
        return answers
    name = max(texts, key=lambda one: len(texts[one]))
    return {**answers, name: f"{texts[name]} {rng.choice(['Vi har lokale.', 'Fire frivillige er med.'])}"}


def _attach(world: World, group: Group, draft: Draft, question: str) -> None:
    by = world.by(group.contact or "")
    file = attach_file(
        world.engine, by, application_id=draft.id, question=question, file_name=f"{question}.pdf", content=A_FILE
    )
    _save(world, group.contact or "", draft, {**draft.answers, question: file.id})


def ask_partner(world: World, group: Group, draft: Draft, partner: Asked, rng: Random) -> None:
    """Ask a partner, which answers in its own time, or does not."""
    id = invite_partner(
        world.engine, world.by(group.contact or ""), application_id=draft.id, name=partner.name, email=partner.email,
        organisation_number=partner.number, task=partner.task,
    )  # fmt: skip
    world.timeline.tell(_answer(world, group, draft, id, partner, rng))


def _answer(world: World, group: Group, draft: Draft, id: str, partner: Asked, rng: Random) -> Story:
    """A partner answers by its link; some must be reminded first, some never answer, some come too late."""
    own = Random(rng.random())
    if partner.answer is None or own.random() < 0.15:
        yield world.soon(own, 4, 8, draft.last)
        try:
            remind_partner(world.engine, world.by(group.contact or ""), id)
        except NotPossibleError:
            return
    if partner.answer is None:
        return
    yield world.soon(own, 0.5, 7, draft.last)
    try:
        answer_as_partner(
            world.engine, world.anyone, world.link(id), partner.answer, person=partner.person, task=partner.task,
            amount=partner.amount if partner.answer == "confirmed" else None,
        )  # fmt: skip
    except NotPossibleError:
        return  # the application has been withdrawn meanwhile


def _told(world: World, call: DemoCall, one: Received, case: Case, rng: Random, *, is_confirmed: bool) -> Story:
    """A handler writes down what someone tells, and the link to confirm it goes out."""
    group = one.group
    last = min(call.closes, world.until) - timedelta(minutes=2)
    day = evening_between(rng, call.opens + timedelta(days=3), last).date()
    yield min(max(office_hours(rng, day), call.opens + timedelta(hours=1)), last)
    one.id = register_on_behalf(
        world.engine, world.by(call.handler), call_id=call.id, organisation_id=group.id,
        channel=rng.choice(["oral", "paper"]), answers=case.answers, email=None if group.contact else group.email,
    )  # fmt: skip
    if is_confirmed:
        yield world.soon(rng, 0.5, 5)
        confirm_registered(world.engine, world.anyone, secret=world.link(one.id))
        world.received.setdefault(call.id, []).append(one)
