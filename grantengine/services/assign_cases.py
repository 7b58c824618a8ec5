"""Cases are given to those who rate them: evenly, and never to someone with a tie to the applicant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import Message, NotAllowedError, NotFoundError
from grantengine.lifecycle import HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import call_for, came_in
from grantengine.services.marks import criteria_of_round, part_of, rating_rounds
from grantengine.services.messages import receiver_of, send
from grantengine.services.pinned import plan_of_call
from grantengine.stages.assigning import give_out
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assignment
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading, Work


@dataclass(frozen=True, slots=True)
class Given:
    """A case that was given to someone."""

    application_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """A case that has too few assessors: ``missing`` so many. ``conflicted`` and ``undeclared`` are those who could not
    have it, by user id; ``why`` says it in words.
    """

    application_id: str
    number: str
    missing: int
    conflicted: tuple[str, ...]
    undeclared: tuple[str, ...]
    why: Message


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was given to whom, and the cases that still have too few."""

    made: tuple[Given, ...]
    lacking: tuple[Lacking, ...]


@dataclass(frozen=True)
class People:
    """Who rates in a call: ``everywhere``, or as stand-ins ``only`` in single cases; when each has ``declared``; whom a tie
    keeps away from all cases (``away``), and from those of an organisation (``tied``).
    """

    everywhere: frozenset[str]
    only: Mapping[str, frozenset[str]]
    declared: Mapping[str, datetime]
    away: frozenset[str]
    tied: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def of(self, case: Application) -> frozenset[str]:
        """Who has the role in a case."""
        return self.everywhere | self.only.get(case.id, frozenset())

    def is_conflicted(self, user_id: str, case: Application) -> bool:
        """Whether a tie keeps a user away from a case; one that nobody has decided about does."""
        hosted = case.host_id is not None and (user_id, case.host_id) in self.tied
        return user_id in self.away or (user_id, case.organisation_id) in self.tied or hosted

    def has_declared(self, user_id: str, case: Application) -> bool:
        """Whether a user has declared interests since a case came in."""
        at, there = self.declared.get(user_id), came_in(case)
        return at is not None and there is not None and at >= there


def assign_cases(engine: Engine, by: By, call_id: str, round_id: str) -> Assigned:
    """Give every case that is in review as many assessors as the round says, the load as even as ties allow.

    Done again, it fills up what is lacking and moves nothing. Those who get cases are told. Cases that the one who does
    this has a tie to are left to somebody else.

    :raises NotFoundError: ``call-not-found``, or ``round-not-found``: there is none in which marks are given.
    :raises NotAllowedError: ``role-needed``, or ``conflict-of-interest`` with the whole call.
    """
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        plan = plan_of_call(engine, work, call)
        check_rates(plan, round_id)
        people = people_of(work, call, "assessor", by.at)
        if by.id in people.away:
            raise NotAllowedError("conflict-of-interest")
        cases = rated_cases(work, plan, call_id, round_id)
        work.cases.by_ids([one.id for one in cases], lock=True)
        made, lacking = _give(work, cases, people, round_id, wanted_of(plan, cases, round_id))
        if made:
            tell_given(engine, work, call, made)
        return Assigned(made, lacking)


def people_of(work: Reading, call: Call, role: str, at: datetime) -> People:
    """Who has a role in a call now, with what they have declared."""
    only: dict[str, set[str]] = {}
    everywhere = {id for id, held in work.users.held(call.authority_id, at) if held == role}
    for one in work.impartiality.standing_in(call.id, role, at):
        if one.application_id is None:
            everywhere.add(one.user_id)
        else:
            only.setdefault(one.application_id, set()).add(one.user_id)
    ties = work.impartiality.keeping_away(call.id)
    return People(
        frozenset(everywhere), {id: frozenset(users) for id, users in only.items()},
        work.impartiality.declarations(call.id), frozenset(one.user_id for one in ties if one.whole_call),
        frozenset((one.user_id, one.organisation_id) for one in ties),
    )  # fmt: skip


def check_rates(plan: Plan, round_id: str) -> None:
    """Marks are given in a round, in a strand at least.

    :raises NotFoundError: ``round-not-found``.
    """
    if not any(part.round(round_id) and round_id in rating_rounds(part) for part in plan.parts):
        raise NotFoundError("round-not-found")


def _wanted(plan: Plan, case: Application, round_id: str) -> int:
    """How many assessors a case has in a round."""
    round = part_of(plan, case).round(round_id)
    return round.terms.assessors_per_case if round else 0


def rated_cases(work: Reading, plan: Plan, call_id: str, round_id: str) -> list[Application]:
    """The cases in review that are marked in a round."""
    return [one for one in work.assignments.to_rate(call_id, IN_REVIEW) if _is_rated(plan, one, round_id)]


def wanted_of(plan: Plan, cases: Sequence[Application], round_id: str) -> dict[str, int]:
    """How many assessors each case has in a round."""
    return {one.id: _wanted(plan, one, round_id) for one in cases}


def _is_rated(plan: Plan, case: Application, round_id: str) -> bool:
    """Whether the rules of a case's strand have a criterion that is marked in the round."""
    part = part_of(plan, case)
    return part.round(round_id) is not None and bool(criteria_of_round(part, round_id))


def _give(
    work: Work, cases: Sequence[Application], people: People, round_id: str, wanted: Mapping[str, int]
) -> tuple[tuple[Given, ...], tuple[Lacking, ...]]:
    """Give what is shared out."""
    given, lacking = share(work, work.by, cases, people, round_id, wanted)
    for one in given:
        make_assignment(work, one.application_id, one.user_id, "assessor", round_id)
    return given, lacking


def share(
    work: Reading, by: By, cases: Sequence[Application], people: People, round_id: str, wanted: Mapping[str, int]
) -> tuple[tuple[Given, ...], tuple[Lacking, ...]]:  # fmt: skip
    """How cases would be filled up; who has left, and has delivered nothing, does not count as one who rates the case."""
    has: dict[str, set[str]] = {one.id: set() for one in cases}
    counted: dict[str, int] = {one.id: 0 for one in cases}
    load: dict[str, int] = {}
    by_id = {one.id: one for one in cases}
    for one, delivered in work.assignments.of_round(cases[0].call_id, round_id) if cases else ():
        load[one.user_id] = load.get(one.user_id, 0) + 1
        if one.application_id in by_id:
            has[one.application_id].add(one.user_id)
            counted[one.application_id] += delivered or one.user_id in people.of(by_id[one.application_id])
    mine = [one for one in cases if not (by.id and people.is_conflicted(by.id, one))]
    missing = {one.id: wanted[one.id] - counted[one.id] for one in mine}
    given = give_out(missing, {one.id: _may(people, one) - has[one.id] for one in mine}, load)
    made = tuple(Given(id, user) for id, users in given.items() for user in users)
    short = [(one, wanted[one.id] - counted[one.id] - len(given.get(one.id, ()))) for one in cases]
    others = {*by_id} - {*missing}
    return made, tuple(_lacking(people, one, number, one.id in others) for one, number in short if number > 0)


def _may(people: People, case: Application) -> set[str]:
    return {
        one for one in people.of(case) if people.has_declared(one, case) and not people.is_conflicted(one, case)
    }  # fmt: skip


def _lacking(people: People, case: Application, missing: int, for_others: bool) -> Lacking:
    conflicted = sorted(one for one in people.of(case) if people.is_conflicted(one, case))
    undeclared = sorted(people.of(case) - {*conflicted} - _may(people, case))
    counts = {"missing": missing, "conflicted": len(conflicted), "undeclared": len(undeclared)}
    why = Message("assignment.for-others") if for_others else Message("assignment.lacking", counts)
    return Lacking(case.id, case.number, missing, tuple(conflicted), tuple(undeclared), why)


def make_assignment(work: Work, application_id: str, user_id: str, role: str, round_id: str) -> str:
    """Give a case to someone; the id."""
    row = Assignment(
        id=work.new_id(), application_id=application_id, round_id=round_id, user_id=user_id, role=role,
        assigned_by=work.by.id if work.by.kind == "user" else None, assigned_at=work.by.at,
    )  # fmt: skip
    work.add(row)
    work.record("case-assigned", row, user=user_id, role=role, round=round_id)
    return row.id


def tell_given(engine: Engine, work: Work, call: Call, made: Sequence[Given]) -> None:
    """One message to each who has been given cases, however many."""
    for id in sorted({one.user_id for one in made}):
        user, count = work.users.get(id), sum(one.user_id == id for one in made)
        assert user is not None  # held by a foreign key
        send(
            engine, work, receiver_of(user), "cases-assigned", about=call.id, name=user.name, count=count,
            call=call.title, url=f"{engine.settings.url}/office/calls/{call.id}/mine",
        )  # fmt: skip
