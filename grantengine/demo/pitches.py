"""Everyone in a call presents the application to the same panel: in an order that is drawn, written down for both sides."""

from __future__ import annotations

from datetime import datetime, timedelta

from grantengine.demo.invented_words import HEARD, PLACES_TO_MEET
from grantengine.demo.timeline import OSLO, Story, working_hours
from grantengine.demo.world import DemoCall, World
from grantengine.errors import NotPossibleError
from grantengine.services.list_rounds import RoundSeen
from grantengine.services.list_slots import list_slots
from grantengine.services.log_meeting import log_meeting
from grantengine.services.plan_pitches import plan_pitches
from grantengine.services.set_panel import set_panel

PANEL = (0, 3)
"""Which of the assessors listen; the others may have ties."""
FIRST = "09:00"
MOST = 200
"""Written down at most."""


def pitches(world: World, call: DemoCall, round: RoundSeen, at: datetime) -> Story:
    """The panel is set and the times are drawn on one day; what is said is written down when all have been heard."""
    yield at
    rng, handler = world.chance(f"pitches/{call.scheme}/{call.stage}"), world.by(call.handler)
    members = [world.staff[f"{call.authority}/assessor/{place}"] for place in PANEL]
    set_panel(world.engine, handler, call.id, round.id, members)
    first = working_hours(rng, world.now + timedelta(days=1)).astimezone(OSLO).date()
    try:
        plan_pitches(
            world.engine, handler, call.id, round.id, first=f"{first}T{FIRST}", place=rng.choice(PLACES_TO_MEET),
            pause_minutes=5, per_day=16,
        )  # fmt: skip
    except NotPossibleError:
        return  # more have applied than can be heard
    assert round.closes is not None  # it has an end of its own
    yield working_hours(rng, round.closes + timedelta(hours=8))
    for one in list_slots(world.engine, world.by(call.handler), call.id, round.id, limit=MOST).items:
        if one.booking_id and one.organisation_id:
            log_meeting(
                world.engine, world.by(call.handler), call_id=call.id, organisation_id=one.organisation_id, kind="pitch",
                held_at=f"{one.starts.astimezone(OSLO):%Y-%m-%dT%H:%M}", present=members, booking_id=one.booking_id,
                summary=rng.choice(HEARD),
            )  # fmt: skip
