"""Cases are given to those who handle them: most to two handlers, and where a call has just closed some to nobody yet."""

from __future__ import annotations

from datetime import datetime

from grantengine.demo.timeline import Story
from grantengine.demo.world import DemoCall, World
from grantengine.services.give_cases import give_cases

HANDLERS = 2
LEFT = 3
"""Every third is given to nobody while much is still to be done."""


def sharing(world: World, call: DemoCall, at: datetime) -> Story:
    """One handler gives to both; where there is a tie, or something has been withdrawn, nothing is given."""
    yield at
    for seat in range(HANDLERS):
        places = enumerate(world.received[call.id])
        cases = [one.id for place, one in places if place % (HANDLERS if call.is_settled else LEFT) == seat]
        if cases:
            to = world.staff[f"{call.authority}/handler/{seat}"]
            give_cases(world.engine, world.by(call.handler), call.id, "give", to, cases=cases)
