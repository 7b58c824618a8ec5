"""The calls of the demo: the bundled schemes, published, and opened so that some call stands at every stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from grantengine.compile.plan import Plan
from grantengine.demo.applications import applications
from grantengine.demo.guidance import guidance
from grantengine.demo.review import review
from grantengine.demo.timeline import Story, office_hours
from grantengine.demo.world import DemoCall, World
from grantengine.hooks.moments import parse_moment
from grantengine.services.change_call import change_call
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.invite_to_call import invite_to_call
from grantengine.services.open_call import open_call
from grantengine.services.pinned import plan_of_call
from grantengine.services.publish_scheme import publish_scheme

STAGES = {
    "long-closed": (-285, -270, -225, -150),
    "waiting": (-130, -117, -77, -4),
    "just-closed": (-96, -80, -24, 50),
    "open": (-40, -25, 20, 80),
    "coming": (-6, 21, 66, 120),
}
"""In days from the day of the demo: announced, opens, closes, decided by. One that is ``waiting`` has all but the agreement of
the second person, and should have been decided by now."""

ROUNDABOUT = (
    ("long-closed", "waiting", "open"), ("long-closed", "just-closed", "coming"),
    ("long-closed", "just-closed"), ("long-closed", "open")
)  # fmt: skip
"""The stages of the first scheme's calls, the second's, and so on, and over again."""
WEIGHTS = {"long-closed": 14, "waiting": 8, "just-closed": 12, "open": 16, "coming": 1}
RANKED = 2.4
"""So many times as many in a call that is decided by rank: enough for a list of those who are next."""
INVITED = 14
LATER = timedelta(days=2)
"""How much more time all get in a call that has just closed."""
EXTENDED = timedelta(days=7)
"""And how much more than that one of them gets."""


@dataclass(frozen=True)
class Planned:
    """A call that is to be: a scheme (its text and plan), a stage, and how many applications it will have."""

    source: str
    plan: Plan
    stage: str
    applications: int


def planned(sources: Sequence[tuple[str, Plan]], applications: int) -> list[Planned]:
    """Every call of the demo; the applications are divided by the weights of the stages."""
    found = [
        (source, plan, stage)
        for place, (source, plan) in enumerate(sources)
        for stage in ROUNDABOUT[place % len(ROUNDABOUT)]
    ]
    weights = [_weight(plan, stage) for _, plan, stage in found]
    passed, given, plans = 0.0, 0, []
    for (source, plan, stage), weight in zip(found, weights, strict=True):
        passed += weight
        share = round(applications * passed / sum(weights)) - given
        given += share
        plans.append(Planned(source, plan, stage, share))
    return plans


def _weight(plan: Plan, stage: str) -> float:
    is_ranked = stage == "long-closed" and plan.scheme.allocation.method == "ranked"
    return WEIGHTS[stage] * (RANKED if is_ranked else 1)


def announce(world: World, call: Planned, begun: Callable[[int], object]) -> Story:
    """A call is announced, changed once where its deadline is near, and applied to."""
    scheme, stage = call.plan.scheme, call.stage
    announced, opens, closes, decided = (world.day + timedelta(days=days) for days in STAGES[stage])
    rng = world.chance(f"call/{scheme.id}/{stage}")
    yield office_hours(rng, announced)
    handler = world.staff[f"{scheme.authority}/handler/{rng.randrange(2)}"]
    if scheme.id not in world.versions:
        world.versions[scheme.id] = publish_scheme(world.engine, world.by(handler), call.source)
    version = world.versions[scheme.id]
    first = closes - LATER if stage == "just-closed" else closes
    id = open_call(world.engine, world.by(handler), version, patch=_dates(call.plan, opens, first, decided))
    made = _made(world, call, id, handler)
    world.calls.append(made)
    if made.plan.scheme.call.invited_only:
        yield world.now + timedelta(hours=1)
        _invite(world, made)
    for story in applications(world, made, call.applications):
        world.timeline.tell(story)
        begun(1)
    if stage != "coming":
        world.timeline.tell(guidance(world, made))
        world.timeline.tell(review(world, made))
    if first != closes and scheme.call.intake == "window":
        yield office_hours(rng, closes - timedelta(days=8))
        change = [{"op": "replace", "path": "/call/closes", "value": f"{closes}T23:59"}]
        change_call(world.engine, world.by(handler), id, change, reason="Mange har bedt om to dager til.")
        yield office_hours(rng, closes - timedelta(days=1))
        if waiting := next((one for one in world.groups if one.contact and one.may_receive), None):
            extend_deadline(
                world.engine, world.by(handler), call_id=id, organisation_id=waiting.id,
                closes=f"{closes + EXTENDED}T12:00", reason="Lederen er på sykehus.",
            )  # fmt: skip


def _made(world: World, call: Planned, id: str, handler: str) -> DemoCall:
    with world.engine.store.read() as reading:
        row = reading.schemes.call(id)
        assert row is not None  # just made
        plan = plan_of_call(world.engine, reading, row)
    _, opens, closes, _ = (world.day + timedelta(days=days) for days in STAGES[call.stage])
    begins, ends = parse_moment(f"{opens}T09:00").opens_at, parse_moment(f"{closes}T23:59").closes_at
    return DemoCall(id, call.plan.scheme.id, plan, call.stage, begins, ends, handler)


def _invite(world: World, call: DemoCall) -> None:
    """Those who are small and have no number first."""
    small = sorted(world.groups, key=lambda group: (group.number is not None, group.members))
    for group in small[:INVITED]:
        invite_to_call(world.engine, world.by(call.handler), call_id=call.id, organisation_id=group.id)
        world.invited.add((call.id, group.id))


def _dates(plan: Plan, opens: date, closes: date, decided: date) -> list[dict[str, Any]]:
    """The patch of ``/call`` that moves its dates there; ``add`` sets what stands there, or what does not."""
    call = plan.scheme.call
    patch = [{"op": "add", "path": "/call/opens", "value": f"{opens}T09:00"}]
    if call.intake == "window":
        patch.append({"op": "add", "path": "/call/closes", "value": f"{closes}T23:59"})
    for place in range(len(call.deadlines)):
        later = closes + timedelta(days=60 * place)
        patch.append({"op": "replace", "path": f"/call/deadlines/{place}/closes", "value": f"{later}T23:59"})
    if call.decided_by is not None:
        patch.append({"op": "add", "path": "/call/decided_by", "value": str(decided)})
    return patch
