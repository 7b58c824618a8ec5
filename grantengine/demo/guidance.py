"""Help while a call is open: meetings in the evening that are booked, held and written down, and answers that all can read."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from grantengine.demo.invented_words import ADVICE, ASKED, PLACES_TO_MEET, WISHES
from grantengine.demo.timeline import OSLO, Story, evening_between, working_hours
from grantengine.demo.world import DemoCall, Group, World, may_apply
from grantengine.hooks.moments import parse_moment
from grantengine.services.book_meeting import book_meeting, cancel_booking
from grantengine.services.declare_interests import declare_interests
from grantengine.services.log_meeting import log_meeting
from grantengine.services.offer_slots import offer_slots
from grantengine.services.publish_answer import publish_answer

EVENINGS = (3, 10, 17, 31)
"""In days after a call opens."""
FIRST_HOUR = 17
BOOKED, CANCELLED = 8, 1
"""One in so many groups books a slot, and two more; which of the bookings is given back."""


def guidance(world: World, call: DemoCall) -> Story:
    """Slots are offered when the call has opened, and taken one by one; halfway, a question is answered for all."""
    rng = world.chance(f"guidance/{call.scheme}/{call.stage}")
    yield working_hours(rng, call.opens + timedelta(hours=2))
    round = next((one for one in call.plan.rounds if "meet" in one.terms.allows), None)
    if round is None or not round.terms.outside_office_hours:
        return
    starts = _starts(world, call)
    slots = offer_slots(
        world.engine, world.by(call.handler), call.id, round.id, starts=starts, place=rng.choice(PLACES_TO_MEET)
    )  # fmt: skip
    groups = [one for one in world.groups if one.contact and may_apply(world, call, one)]
    rng.shuffle(groups)
    for place, (group, slot, start) in enumerate(zip(groups[: len(groups) // BOOKED + 2], slots, starts, strict=False)):
        world.timeline.tell(_meeting(world, call, group, slot, start, rng.randrange(2**32), is_off=place == CANCELLED))
    asked, answer = ASKED[rng.randrange(len(ASKED))]
    yield working_hours(rng, call.opens + (call.closes - call.opens) / 2)
    publish_answer(world.engine, world.by(call.handler), call.id, asked=asked, answer=answer)


def _starts(world: World, call: DemoCall) -> list[str]:
    """Two times an evening; each scheme has an hour of its own, as a handler may have several calls open."""
    hour = FIRST_HOUR + list(world.versions).index(call.scheme) % 4
    days = [(call.opens + timedelta(days=days)).astimezone(OSLO).date() for days in EVENINGS]
    return [f"{day}T{hour}:{minute}" for day in days for minute in ("00", "30")]


def _meeting(world: World, call: DemoCall, group: Group, slot: str, start: str, seed: int, *, is_off: bool) -> Story:
    """A group takes a slot, and gives it back or comes; what was said is written down the same evening."""
    rng, begins = Random(seed), parse_moment(start).opens_at
    yield evening_between(rng, world.now + timedelta(hours=1), begins - timedelta(hours=20))
    booking = book_meeting(
        world.engine, world.by(group.contact or ""), slot, organisation_id=group.id, wish=rng.choice(WISHES)
    )  # fmt: skip
    if is_off:
        yield world.now + timedelta(hours=3)
        cancel_booking(world.engine, world.by(group.contact or ""), booking)
        return
    yield begins + timedelta(minutes=35)
    declare_interests(world.engine, world.by(call.handler), call.id)  # some who come have applied already
    log_meeting(
        world.engine, world.by(call.handler), call_id=call.id, organisation_id=group.id, kind="guidance", held_at=start,
        summary=rng.choice(ADVICE), booking_id=booking,
    )  # fmt: skip
