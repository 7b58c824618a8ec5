"""From the proposal to the decision: shared by the rules, moved once by hand, agreed to by whom the scheme says."""

from __future__ import annotations

from datetime import datetime, timedelta

from grantengine.demo.aftermath import aftermath
from grantengine.demo.invented_words import ADOPTED, BY_HAND, COMMITTEE, MEETING_MOVED, RECOMMENDED, TOO_MUCH
from grantengine.demo.letters import publish, reasons
from grantengine.demo.timeline import OSLO, Story, working_hours
from grantengine.demo.world import DemoCall, World
from grantengine.services.allocate_call import allocate_call
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.case_paper import case_paper
from grantengine.services.change_call import change_call
from grantengine.services.change_proposal import see_hand_move, set_by_hand
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.interim_reply import send_interim_replies
from grantengine.services.record_resolution import record_resolution
from grantengine.services.see_allocation import see_allocation

ADOPTED_SHARE = 0.7
"""How much of what the first proposal gave is adopted in the end, where the budget is one sum."""
LACKS = 0.9
"""Where cases are ranked, this share of what the last of them would get is lacking: it is left for the reserve."""
HUNDRED_KRONER = 10_000
"""In øre."""
PUT_OFF = timedelta(days=21)
"""How much later than promised a committee meets."""


def decision(world: World, call: DemoCall, at: datetime) -> Story:
    """All of it, and in the end the letters and what comes of them; a call that is waiting waits for the second person."""
    yield at
    rng, engine = world.chance(f"decision/{call.scheme}/{call.stage}"), world.engine
    allocation = allocate_call(engine, world.by(call.handler), call.id)
    if (adopted := _adopted(world, call, allocation)) is not None:
        yield world.now + timedelta(hours=2)
        drop_allocation(engine, world.by(call.handler), allocation, reason=TOO_MUCH)
        change = [{"op": "replace", "path": "/call/budget", "value": f"{adopted} NOK"}]
        change_call(engine, world.by(call.handler), call.id, change, reason=ADOPTED)
        yield world.now + timedelta(minutes=20)
        allocation = allocate_call(engine, world.by(call.handler), call.id)
    yield world.now + timedelta(hours=1)
    _by_hand(world, call, allocation)
    yield working_hours(rng, world.now + timedelta(hours=16))
    yield from reasons(world, call, allocation)
    if call.stage == "waiting":
        return
    yield working_hours(rng, world.now + timedelta(hours=16))
    approve_allocation(engine, world.second(call), allocation)
    if call.plan.scheme.decision.by == "committee":
        yield from _committee(world, call, allocation)
    yield working_hours(rng, world.now + timedelta(hours=16))
    yield from publish(world, call, allocation)
    world.timeline.tell(aftermath(world, call, world.now))


def _adopted(world: World, call: DemoCall, allocation: str) -> int | None:
    """The budget that is adopted, in kroner; None where nothing is changed: it goes by year, or hardly anybody is granted."""
    seen = see_allocation(world.engine, world.by(call.handler), allocation)
    if len(seen.budget) != 1 or sum(case.granted > 0 for case in seen.cases) < 2:
        return None
    last = next(case.granted for case in reversed(seen.cases) if case.granted)
    ranked = call.plan.scheme.allocation.method == "ranked"
    adopted = seen.granted - last * LACKS if ranked else seen.granted * ADOPTED_SHARE
    return int(adopted) // HUNDRED_KRONER * 100


def _by_hand(world: World, call: DemoCall, allocation: str) -> None:
    """One who got something gets a tenth less, in whole hundreds of kroner for each part of the budget."""
    seen = see_allocation(world.engine, world.by(call.handler), allocation)
    funded = [case for case in seen.cases if case.granted]
    if not funded:
        return
    case = min(funded, key=lambda one: one.granted)
    amount = str(case.granted // len(seen.budget) * 9 // 10 // HUNDRED_KRONER * 100)
    if see_hand_move(world.engine, world.by(call.handler), allocation, case.application_id, amount):
        set_by_hand(world.engine, world.by(call.handler), allocation, case.application_id, amount, reason=BY_HAND)


def _committee(world: World, call: DemoCall, allocation: str) -> Story:
    """The committee meets later than was promised; all who wait are told before, and it decides as proposed."""
    rng, promised = world.chance(f"committee/{call.scheme}"), call.plan.scheme.call.decided_by
    case_paper(world.engine, world.by(call.handler), allocation, recommendation=RECOMMENDED)
    meets = world.now + timedelta(days=7)
    if promised is not None:
        said = datetime.combine(promised, datetime.min.time(), OSLO)
        yield working_hours(rng, max(world.now + timedelta(hours=2), said - timedelta(days=4)))
        send_interim_replies(
            world.engine, world.by(call.handler), call.id, expected=promised + PUT_OFF, reason=MEETING_MOVED
        )  # fmt: skip
        meets = max(world.now, said) + PUT_OFF / 2
    yield working_hours(rng, meets)
    day = world.now.astimezone(OSLO).date()
    record_resolution(
        world.engine, world.by(call.handler), allocation, committee=COMMITTEE, on=day, reference=f"{day:%Y}/14"
    )  # fmt: skip
