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
from grantengine.services.see_allocation import list_allocations, see_allocation
from grantengine.services.submit_appeal import submit_appeal

DECLINES = 20
"""Of so many grants one is declined, and of one more than that two."""


def aftermath(world: World, call: DemoCall, at: datetime) -> Story:
    """Who declines says so within two weeks; what is free goes to the next where the method knows one."""
    rng = world.chance(f"aftermath/{call.scheme}")
    yield at + timedelta(days=2)
    granted = [one for one in world.received[call.id] if one.is_granted]
    refused = [one for one in world.received[call.id] if one.is_granted is False]
    writing = [one for one in refused if one.group.contact][:1]
    for one in [*writing, *[one for one in refused if one not in writing][:1]]:
        world.timeline.tell(_appeals(world, call, one, writes=one in writing))
    sums = _sums(world, call)
    declining = sorted((one for one in granted if one.group.contact), key=lambda one: -sums.get(one.id, 0))
    count = -(-len(declining) // DECLINES) if len(granted) > 1 and call.plan.scheme.allocation.method != "equal" else 0
    for one in declining[:count]:
        yield world.soon(rng, 1, 4)
        decline_grant(world.engine, world.by(one.group.contact or ""), one.id, reason=NO_TIME)
    if call.plan.scheme.allocation.method == "equal" and granted:
        yield working_hours(rng, world.now + timedelta(days=20))
        forfeit_grant(world.engine, world.by(call.handler), granted[-1].id, reason=NOT_TAKEN)
    yield working_hours(rng, world.now + timedelta(days=1))
    if call.plan.scheme.decision.by == "administration":
        yield from _moves_up(world, call)


def _moves_up(world: World, call: DemoCall) -> Story:
    """Those who are next get what is free; where nobody is, or it does not reach, nothing comes of it."""
    try:
        allocation = allocate_reserve(world.engine, world.by(call.handler), call.id)
    except NotPossibleError:
        return
    yield world.now + timedelta(hours=3)
    approve_allocation(world.engine, world.second(call), allocation)
    yield world.now + timedelta(hours=1)
    yield from publish(world, call, allocation)


def _sums(world: World, call: DemoCall) -> dict[str, int]:
    """What each was granted, in øre."""
    decided = [
        one.id for one in list_allocations(world.engine, world.by(call.handler), call.id) if one.status == "decided"
    ]
    seen = [see_allocation(world.engine, world.by(call.handler), id) for id in decided]
    return {case.application_id: case.granted for one in seen for case in one.cases}


def _appeals(world: World, call: DemoCall, one: Received, *, writes: bool) -> Story:
    """Someone writes an appeal, or tells it on the telephone to a handler who writes it down."""
    rng = world.chance(f"appeal/{call.scheme}/{one.place}")
    yield working_hours(rng, world.now + timedelta(days=rng.uniform(3, 11)))
    if writes:
        submit_appeal(world.engine, world.by(one.group.contact or ""), one.id, APPEALS[0])
    else:
        submit_appeal(world.engine, world.by(call.handler), one.id, APPEALS[1], channel="oral")
