"""What happens to a call's applications after it has closed: the order of it, and when; each part has a module of its own."""

from __future__ import annotations

from datetime import timedelta

from grantengine.demo.assessment import assessment, checks
from grantengine.demo.decisions import decision
from grantengine.demo.dialogue import completeness, talks
from grantengine.demo.impartiality import interests
from grantengine.demo.pitches import pitches
from grantengine.demo.sharing import sharing
from grantengine.demo.timeline import Story, working_hours
from grantengine.demo.world import DemoCall, World
from grantengine.services.list_rounds import list_rounds

CHECKED = timedelta(days=3)
"""When the applications of a call that has closed are gone through."""
AFTER = timedelta(days=1)
DECIDED = timedelta(days=16)
"""How long after the last round it is decided."""


def review(world: World, call: DemoCall) -> Story:
    """Interests are declared the day after, and handlers get their cases; then come the rounds that the scheme has, and in the
    end the decision.
    """
    rng = world.chance(f"review/{call.scheme}/{call.stage}")
    yield working_hours(rng, call.closes + timedelta(hours=8))
    if not world.received.get(call.id):
        return
    world.timeline.tell(interests(world, call, rng))
    ready = world.now + AFTER
    world.timeline.tell(sharing(world, call, working_hours(rng, ready)))
    rounds = list_rounds(world.engine, world.by(call.handler), call.id)
    last = max([one.closes for one in rounds if one.closes] or [call.closes])
    for one in rounds:
        if one.opens is None or one.closes is None:
            continue
        if one.kind == "completeness_check":
            world.timeline.tell(
                completeness(
                    world, call, working_hours(rng, max(ready, one.opens + min(CHECKED, (one.closes - one.opens) / 3)))
                )
            )
        elif one.kind == "dialogue":
            world.timeline.tell(talks(world, call, one, working_hours(rng, max(ready, one.opens + AFTER))))
        elif one.kind == "pitch":
            world.timeline.tell(pitches(world, call, one, working_hours(rng, max(ready, one.opens + 2 * AFTER))))
        elif one.kind == "assessment":
            world.timeline.tell(assessment(world, call, one, working_hours(rng, max(ready, one.opens + AFTER))))
    asked = max([one.closes for one in rounds if one.closes and "ask" in one.allows] or [call.closes])
    world.timeline.tell(checks(world, call, working_hours(rng, asked + AFTER)))
    if call.is_settled:
        world.timeline.tell(decision(world, call, working_hours(rng, last + DECIDED)))
