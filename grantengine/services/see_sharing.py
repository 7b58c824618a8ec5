"""How the cases of a round would be given to assessors, before they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.compile.plan import Words
from grantengine.errors import NotAllowedError
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.assign_cases import (
    Lacking,
    People,
    check_rates,
    people_of,
    rated_cases,
    share,
    wanted_of,
)
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_desk import CallDesk, call_desk_of
from grantengine.services.see_people import rounds_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class WouldRate:
    """An assessor with the cases of the round now, and how many more there would be. ``state`` is ``away`` (a tie touches
    every case), ``undeclared`` (nothing declared), ``before`` (new applicants have come since), or empty.
    """

    id: str
    name: str
    now: int
    more: int
    state: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """A round: how many cases are rated in it, how many of them would get someone, who would get how many, and which cases
    would still have too few.
    """

    desk: CallDesk
    round_id: str
    round: Words | None
    cases: int
    given: int
    people: tuple[WouldRate, ...]
    lacking: tuple[Lacking, ...]


def see_sharing(engine: Engine, by: By, call_id: str, round_id: str) -> Sharing:
    """What :func:`assign_cases` would do now; nothing is changed.

    :raises NotFoundError: ``call-not-found``, or ``round-not-found``: there is none in which marks are given.
    :raises NotAllowedError: ``role-needed``, or ``conflict-of-interest`` with the whole call.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, HANDLERS)
        plan, desk = plan_of_call(engine, reading, call), call_desk_of(engine, reading, by, call)
        check_rates(plan, round_id)
        people = people_of(reading, call, "assessor", by.at)
        if by.id in people.away:
            raise NotAllowedError("conflict-of-interest")
        cases = rated_cases(reading, plan, call_id, round_id)
        made, lacking = share(reading, by, cases, people, round_id, wanted_of(plan, cases, round_id))
        now = Counter({one.user_id: one.given for one in reading.staffing.load(call_id) if one.round_id == round_id})
        everyone = people.everywhere | {id for some in people.only.values() for id in some} | now.keys()
        names, newest = reading.users.named(everyone), max(reading.cases.came_in(call_id).values(), default=None)
    more = Counter(one.user_id for one in made)
    behind = {id for id, at in people.declared.items() if newest is not None and at < newest}
    found = [WouldRate(id, name, now[id], more[id], _state(people, behind, id)) for id, name in names.items()]
    found.sort(key=lambda one: (one.name, one.id))
    return Sharing(
        desk, round_id, dict(rounds_of(plan)).get(round_id), len(cases), len({one.application_id for one in made}),
        tuple(found), lacking,
    )  # fmt: skip


def _state(people: People, behind: set[str], id: str) -> str:
    if id in people.away:
        return "away"
    return "undeclared" if id not in people.declared else "before" if id in behind else ""
