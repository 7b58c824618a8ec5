"""Filling a database for showing: months of what people do, in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from grantengine.bootstrap import bootstrap
from grantengine.compile.plan import Plan
from grantengine.demo.authorities import make_authorities
from grantengine.demo.calls import announce, planned
from grantengine.demo.invented import ACTIVITIES, TARGETS
from grantengine.demo.organisations import organisations
from grantengine.demo.register import MadeUpRegister
from grantengine.demo.timeline import OSLO, Story, Timeline, office_hours
from grantengine.demo.world import World
from grantengine.ids import Ids
from grantengine.services.close_changes import lapse_changes
from grantengine.services.import_grants import import_grants
from grantengine.services.interim_reply import remind_of_slipped
from grantengine.services.lapse_drafts import lapse_drafts
from grantengine.services.run_jobs import queue_retries, run_jobs

BEGINS = -420
IMPORTED = -300
"""In days from the day of the demo: when the authorities begin, and when they bring in earlier grants."""
PASSWORD_MEMORY = "1024"
"""KiB for the hash of a password that everybody knows."""
WORKS = -280
"""In days from the day of the demo: since when there is something to do for the worker."""
EVERY, REMINDS_EVERY = 2, 14
"""In days: how often the worker comes by, and how often it looks for answers that are overdue."""
CLOSED = timedelta(hours=6)
"""The register is down on the last evening, so long before midnight."""


@dataclass(frozen=True)
class Size:
    """How much there is to be."""

    organisations: int = 60
    applications: int = 400
    seed: int = 2027


def demo_world(environment: Mapping[str, str], day: date, size: Size) -> World:
    """A world with a clock of its own, on the database of the environment, and with a register in the process."""
    until = datetime.combine(day, time(), OSLO).astimezone(UTC)
    timeline = Timeline(until + timedelta(days=BEGINS, hours=9))
    register = MadeUpRegister(lambda: timeline() > until - CLOSED)
    wanted = {"GRANTENGINE_PASSWORD_MEMORY": PASSWORD_MEMORY, **environment}
    engine = bootstrap(wanted, now=timeline, http=register)
    # Ids by the seed too, so that the same demo has the same addresses; links keep their real secrets.
    engine = replace(engine, new_id=Ids(timeline, Random(f"{size.seed}/ids").getrandbits))
    return World(engine, timeline, register, day, until, size.seed)


def fill(world: World, sources: Sequence[tuple[str, Plan]], size: Size, begun: Callable[[int], object]) -> None:
    """Have everything happen, up to the beginning of the day of the demo; ``sources`` are schemes, as texts and as plans.

    ``begun`` is called with 1 as each application begins.

    :raises GrantEngineError: something that people do in the demo can not be done; a mistake of ours.
    """
    make_authorities(world, list(dict.fromkeys(plan.scheme.authority for _, plan in sources)))
    for story in organisations(world, size.organisations):
        world.timeline.tell(story)
    world.timeline.tell(_imports(world, [plan for _, plan in sources]))
    for call in planned(sources, size.applications):
        world.timeline.tell(announce(world, call, begun))
    world.timeline.tell(_works(world))
    world.timeline.run(world.until)


def _imports(world: World, plans: Sequence[Plan]) -> Story:
    """Earlier grants come from the systems that the authorities had before."""
    rng = world.chance("grants")
    yield office_hours(rng, world.in_days(IMPORTED).date())
    for key in dict.fromkeys(plan.scheme.authority for plan in plans):
        schemes = [plan.scheme.id for plan in plans if plan.scheme.authority == key]
        rows = [row for group in world.groups if group.number for row in _grants(rng, group, schemes, world.now.year)]
        import_grants(world.engine, world.by(world.staff[f"{key}/handler/0"]), world.authorities[key], rows)


def _grants(rng: Random, group: Any, schemes: Sequence[str], year: int) -> list[dict[str, Any]]:
    found = []
    for given in range(year - 3, year):
        if rng.random() < 0.35:
            late = given == year - 1 and rng.random() < 0.2
            found.append(
                {
                    "organisation_number": group.number, "scheme": rng.choice(schemes), "year": given,
                    "amount": f"{rng.randint(4, 60) * 5000}.00", "report": "overdue" if late else "delivered",
                    "report_due": f"{given + 1}-03-01", "activity": rng.choice(ACTIVITIES),
                    "target_group": rng.choice(TARGETS), "municipality": group.place[0], "starts": f"{given}-02-01",
                    "ends": f"{given + (2 if given == year - 1 else 0)}-11-30",
                }
            )  # fmt: skip
    return found


def _works(world: World) -> Story:
    """Every second day the worker does what waits, but delivers nothing; what is too late falls away."""
    for days in range(-WORKS, -1, -EVERY):
        yield world.until - CLOSED - timedelta(hours=1) - timedelta(days=days)
        lapse_drafts(world.engine, world.system)
        lapse_changes(world.engine, world.system)
        if days % REMINDS_EVERY == 0:
            remind_of_slipped(world.engine, world.system)
        queue_retries(world.engine, world.system)
        run_jobs(world.engine, world.system, limit=1000)
