"""Before cases are opened: who works with a call says which ties there are, and a leader decides about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from grantengine.demo.invented_words import CLOSE_TIE, OLD_TIE, STAND_IN, TIE_REASONS
from grantengine.demo.timeline import Story, working_hours
from grantengine.demo.world import DemoCall, World
from grantengine.services.decide_interest import decide_interest, list_interests
from grantengine.services.declare_interests import declare_interests
from grantengine.services.stand_in import appoint_stand_in

ROLES = ("handler", "leader", "approver", "assessor")
NEIGHBOUR = "vestland/handler/0"
"""Who stands in, from another authority."""


def interests(world: World, call: DemoCall, rng: Random) -> Story:
    """All declare on one day; what they have declared is decided the next, and someone stands in for who may not go on."""
    ties = dict(_ties(world, call))
    for user in dict.fromkeys(world.staff[key] for key in _keys(world, call)):
        yield world.now + timedelta(minutes=rng.randint(3, 25))
        declare_interests(world.engine, world.by(user), call.id, ties.get(user))
    yield working_hours(rng, world.now + timedelta(days=1))
    leader, away = world.worker(call, "leader"), False
    for tie in list_interests(world.engine, leader, call.id):
        conflict = tie.description == CLOSE_TIE
        decide_interest(world.engine, leader, tie.id, conflict=conflict, reason=TIE_REASONS[conflict])
        away |= conflict and tie.whole_call
    if away and NEIGHBOUR in world.staff:
        yield world.now + timedelta(hours=1)
        neighbour = world.staff[NEIGHBOUR]
        appoint_stand_in(
            world.engine, world.worker(call, "leader"), call.id, user_id=neighbour, role="assessor", reason=STAND_IN
        )  # fmt: skip
        yield working_hours(rng, world.now + timedelta(days=1))
        declare_interests(world.engine, world.by(neighbour), call.id)


def _keys(world: World, call: DemoCall) -> list[str]:
    return [key for key in world.staff if key.startswith(tuple(f"{call.authority}/{role}/" for role in ROLES))]


def _ties(world: World, call: DemoCall) -> Iterator[tuple[str, dict[str, str]]]:
    """One is close, and one is long ago: of assessors, or where there are none of a handler who has not the call."""
    groups = list(dict.fromkeys(one.group.id for one in world.received[call.id]))
    if any(one.kind == "assessment" for one in call.plan.rounds):
        yield world.staff[f"{call.authority}/assessor/1"], {groups[0]: CLOSE_TIE}
        yield world.staff[f"{call.authority}/assessor/2"], {groups[-1]: OLD_TIE}
    else:
        handlers = [world.staff[f"{call.authority}/handler/{place}"] for place in range(2)]
        yield next(one for one in handlers if one != call.handler), {groups[0]: CLOSE_TIE}
