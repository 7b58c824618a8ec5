"""What organisations answer: a synthetic case that fits the form, made to hang together with who applies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from grantengine.demo.invented import (
    ACTIVITIES,
    DOMAIN,
    FIRST_NAMES,
    LAST_NAMES,
    OTHER_PARTNERS,
    PLANS,
    PROPER,
    PUBLIC_PARTNERS,
    TARGETS,
    TASKS,
)
from grantengine.demo.world import DemoCall, Group, World
from grantengine.errors import AnswersError
from grantengine.form.answers import check_answers
from grantengine.simulation.population import population

MOST_PARTNERS = 3
LEFT_FOR_LATER = 0.35
"""Share of answers needed to decide that are not there when it is submitted."""


@dataclass(frozen=True)
class Asked:
    """A partner that an applicant asks, and what it will answer; None: nothing."""

    name: str
    number: str
    email: str
    task: str | None
    amount: str | None
    answer: str | None
    person: str


@dataclass(frozen=True)
class Case:
    """What one application will say. ``later`` are answers that are only needed to decide."""

    answers: dict[str, Any]
    later: dict[str, Any]
    partners: tuple[Asked, ...]
    files: tuple[str, ...]


def records(world: World, call: DemoCall, count: int) -> Iterator[dict[str, Any]]:
    """Synthetic cases for a call."""
    seed = world.chance(f"answers/{call.scheme}/{call.stage}").randrange(2**32)
    return population(call.plan, world.engine.registry, count, seed)


def case_of(
    world: World, call: DemoCall, group: Group, record: dict[str, Any], rng: Random, *, leaves: bool = False
) -> Case:
    """The answers of one organisation, without what an applicant may not say. ``leaves``: what is only needed to decide
    is left for later, as it may be otherwise too.
    """
    drawn, form = record["answers"], call.plan.form
    kinds = {field.id: field.question.kind for field in form.fields}
    own = {"members": group.members, "employees": group.employees, "founded": group.founded}
    partners: tuple[Asked, ...] = ()
    answers: dict[str, Any] = {}
    for name, value in drawn.items():
        match kinds[name]:
            case "attachment":
                continue
            case "municipality":
                answers[name] = group.place[0]
            case "organisation_number":
                answers[name] = group.number
            case "long_text":
                answers[name] = _sentence(rng, group)
            case "activities":
                answers[name] = [{**row, "municipality": group.place[0]} for row in value]
            case "partners":
                for row in value[:MOST_PARTNERS]:
                    partners += (some_partner(world, rng, group, row, {one.name for one in partners}),)
                answers[name] = [partner_row(one) for one in partners]
            case _:
                answers[name] = value
    answers = {name: value for name, value in answers.items() if value is not None}
    answers = _with_own(call, answers, own)
    later = {
        field.id for field in form.fields if field.needed == "to_decide" and (rng.random() < LEFT_FOR_LATER or leaves)
    }
    return Case(
        {name: value for name, value in answers.items() if name not in later},
        {name: value for name, value in answers.items() if name in later},
        partners,
        tuple(name for name, kind in kinds.items() if kind == "attachment"),
    )  # fmt: skip


def _with_own(call: DemoCall, answers: dict[str, Any], own: dict[str, int]) -> dict[str, Any]:
    """With the organisation's own figures where the form takes them; they may open questions that have no answer."""
    said = {**answers, **{name: value for name, value in own.items() if name in answers}}
    try:
        check_answers(call.plan.form, said)
    except AnswersError:
        return answers
    return said


def _sentence(rng: Random, group: Group) -> str:
    text = rng.choice(PLANS).format(
        activity=rng.choice(ACTIVITIES), place=group.place[1], target=rng.choice(TARGETS)
    )  # fmt: skip
    return text[0].upper() + text[1:]


def some_partner(world: World, rng: Random, group: Group, row: Mapping[str, Any], others: Collection[str]) -> Asked:
    """A partner for this row of a case, by another name than those who are asked already."""
    public = bool(row.get("public"))
    names = (
        name.format(place=group.place[1], proper=proper)
        for name in _shuffled(rng, PUBLIC_PARTNERS if public else OTHER_PARTNERS)
        for proper in _shuffled(rng, PROPER)
    )
    name = next(name for name in names if name not in others)
    if name not in world.bodies:
        world.bodies[name] = next(world.numbers)
        world.register.add(
            world.bodies[name], name, form="ORGL" if public else "FLI", municipality=group.place[0], founded=1998
        )
    answer = "confirmed" if row.get("confirmed") else rng.choice(["declined", None])
    person = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    email = f"post@partner{list(world.bodies).index(name) + 1:02d}.{DOMAIN}"
    return Asked(name, world.bodies[name], email, rng.choice(TASKS), row.get("amount"), answer, person)


def _shuffled(rng: Random, words: Sequence[str]) -> list[str]:
    return rng.sample(words, len(words))


def partner_row(partner: Asked) -> dict[str, Any]:
    """A partner as the applicant writes it."""
    row = {"name": partner.name, "organisation_number": partner.number, "task": partner.task}
    return {name: value for name, value in row.items() if value is not None}
