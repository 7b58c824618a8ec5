"""After the letters: some decline, one loses what it got, the next in line moves up, and some appeal."""

from __future__ import annotations

from datetime import datetime, timedelta

from grantengine.demo.invented_words import APPEALS, NO_TIME, NOT_TAKEN
from grantengine.demo.letters import publish
from grantengine.demo.timeline import Story, working_hours
from grantengine.demo.world import DemoCall, Received, World
from grantengine.errors import NotPossibleError
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.give_back import decline_grant, forfeit_grant
from grantengine.services.submit_appeal import submit_appeal

DECLINES = 20
"""Of so many grants one is declined, and of one more than that two."""


def aftermath(world: World, call: DemoCall, at: datetime) -> Story:
    """Who declines says so within two weeks; what is free goes to the next where the method knows one."""
    rng = world.chance(f"aftermath/{call.scheme}")
    yield at + timedelta(days=2)
    granted = [one for one in world.received[call.id] if one.is_granted]
    refused = [one for one in world.received[call.id] if one.is_granted is False]
    for told in _appealing(refused):
        world.timeline.tell(_appeals(world, call, told))
    declining = [one for one in granted if one.group.contact]
    count = -(-len(declining) // DECLINES) if len(granted) > 1 and call.plan.scheme.allocation.method != "equal" else 0
    for one in declining[:count]:
        yield world.soon(rng, 1, 4)
        decline_grant(world.engine, world.by(one.group.contact or ""), one.id, reason=NO_TIME)
    if call.plan.scheme.allocation.method == "equal" and granted:
        yield working_hours(rng, world.now + timedelta(days=20))
        forfeit_grant(world.engine, world.by(call.handler), granted[-1].id, reason=NOT_TAKEN)
    yield working_hours(rng, world.now + timedelta(days=1))
    yield from _moves_up(world, call)


def _moves_up(world: World, call: DemoCall) -> Story:
    """Those who are next get what is free; where nobody is, or it does not reach, nothing comes of it."""
    try:
        allocation = allocate_reserve(world.engine, world.by(call.handler), call.id)
    except NotPossibleError:
        return
    yield world.now + timedelta(hours=3)
    approve_allocation(world.engine, world.worker(call, "approver"), allocation)
    yield world.now + timedelta(hours=1)
    yield from publish(world, call, allocation)


def _appealing(refused: list[Received]) -> list[Received]:
    """The first who writes itself, and the first who must be helped."""
    return [
        *[one for one in refused if one.group.contact][:1],
        *[one for one in refused if one.group.contact is None][:1],
    ]  # fmt: skip


def _appeals(world: World, call: DemoCall, one: Received) -> Story:
    rng = world.chance(f"appeal/{call.scheme}/{one.place}")
    yield world.soon(rng, 3, 12)
    if one.group.contact:
        submit_appeal(world.engine, world.by(one.group.contact), one.id, APPEALS[0])
    else:
        submit_appeal(world.engine, world.by(call.handler), one.id, APPEALS[1], channel="oral")
