"""Who works in a call: what they have declared, what they have to do, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, Words
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.marks import criteria_of_round, rating_rounds
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_desk import CallDesk, call_desk_of
from grantengine.store.staffing import Standing

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.assessment import Interest
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading

WHO = frozenset({"handler", "leader", "administrator"})
SHOWN = ("leader", "handler", "assessor", "approver")


@dataclass(frozen=True, slots=True)
class Done:
    """Cases that someone has to rate in a round, and those of them that are delivered."""

    given: int
    delivered: int


@dataclass(frozen=True, slots=True)
class PersonHere:
    """Someone who works in a call. ``declared`` is ``no``, ``before`` (new applicants have come since) or ``yes``; ``ties``
    those that keep the person away, ``undecided`` those of them that nobody has decided about; ``away``: from every case.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    stands_in: bool
    declared: str
    ties: int
    undecided: int
    away: bool
    handles: int
    rates: Mapping[str, Done]


@dataclass(frozen=True, slots=True)
class StandInSeen:
    """Someone who stands in: in the case with this number, or in the whole call."""

    id: str
    name: str
    role: str
    number: str | None
    reason: str
    since: datetime
    appointed_by: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """``rounds`` are those in which marks are given, with their titles. ``gives``: whoever reads gives cases out;
    ``appoints``: stand-ins.
    """

    desk: CallDesk
    people: tuple[PersonHere, ...]
    rounds: tuple[tuple[str, Words | None], ...]
    stand_ins: tuple[StandInSeen, ...]
    gives: bool
    appoints: bool


def see_people(engine: Engine, by: By, call_id: str) -> PeoplePage:
    """The people of a call, in a fixed number of statements.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO)
        plan, desk = plan_of_call(engine, reading, call), call_desk_of(engine, reading, by, call)
        standing = reading.staffing.standing_in(call_id, by.at)
        people = _people(reading, by, call, standing)
    return PeoplePage(
        desk, tuple(people), rounds_of(plan),
        tuple(
            StandInSeen(one.row.id, one.name, one.row.role, one.number, one.row.reason, one.row.since, one.appointed_by)
            for one in standing
        ),
        bool(desk.roles & {"handler", "leader"}), bool(desk.roles & {"administrator", "leader"}),
    )  # fmt: skip


def rounds_of(plan: Plan) -> tuple[tuple[str, Words | None], ...]:
    """The rounds of a call in which marks are given, in a strand at least, with their titles."""
    found: dict[str, Words | None] = {}
    for part in plan.parts:
        for id in rating_rounds(part):
            if criteria_of_round(part, id):
                round = part.round(id)
                found.setdefault(id, round.title if round else None)
    return tuple(found.items())


def _people(reading: Reading, by: By, call: Call, standing: list[Standing]) -> list[PersonHere]:
    names: dict[str, str] = {}
    roles: dict[str, set[str]] = {}
    for id, name, role in reading.staffing.in_roles(call.authority_id, SHOWN, by.at):
        names[id] = name
        roles.setdefault(id, set()).add(role)
    for one in standing:
        names[one.row.user_id] = one.name
        roles.setdefault(one.row.user_id, set()).add(one.row.role)
    declared, newest = (
        reading.impartiality.declarations(call.id),
        max(reading.cases.came_in(call.id).values(), default=None),
    )
    ties: dict[str, list[Interest]] = {}
    for tie in reading.impartiality.keeping_away(call.id):
        ties.setdefault(tie.user_id, []).append(tie)
    rates: dict[str, dict[str, Done]] = {}
    for load in reading.staffing.load(call.id):
        rates.setdefault(load.user_id, {})[load.round_id] = Done(load.given, load.delivered)
    handles, stands_in = reading.staffing.handled(call.id), {one.row.user_id for one in standing}
    return [
        PersonHere(
            id, name, tuple(role for role in SHOWN if role in roles[id]), id in stands_in,
            _declared(declared.get(id), newest), len(ties.get(id, ())),
            sum(tie.status == "declared" for tie in ties.get(id, ())), any(tie.whole_call for tie in ties.get(id, ())),
            handles.get(id, 0), rates.get(id, {}),
        )
        for id, name in names.items()
    ]  # fmt: skip


def _declared(at: datetime | None, newest: datetime | None) -> str:
    if at is None:
        return "no"
    return "yes" if newest is None or at >= newest else "before"
