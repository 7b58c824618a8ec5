"""A demo on the evening on which one of its calls has closed, served by this process on the demo's own clock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from browser.town import served_here

from grantengine.bootstrap import Engine
from grantengine.cli.inputs import bundled_schemes, scheme_files
from grantengine.demo.calls import STAGES
from grantengine.demo.fill import Size, demo_world, fill
from grantengine.demo.timeline import OSLO
from grantengine.demo.world import DemoCall, World
from grantengine.records import By
from grantengine.services.close_changes import lapse_changes
from grantengine.services.lapse_drafts import lapse_drafts
from grantengine.services.run_jobs import queue_retries, run_jobs
from grantengine_web import create_app

DAY = date(2027, 3, 1)
SIZE = Size(organisations=14, applications=60)
SCHEME, STAGE = "imdi-regional-operating-support", "just-closed"
"""The call that is closed, and nothing more has been done in it: a committee decides, and all present their application."""


@dataclass
class DemoTown:
    """The demo, and where its pages are; ``call`` is the one that has just closed."""

    world: World
    call: DemoCall
    address: str

    @classmethod
    @contextmanager
    def on(cls, pattern: Path, file: Path) -> Iterator[DemoTown]:
        """A demo on a database of its own, a copy of one that is set up."""
        shutil.copy(pattern, file)
        world = closed_demo(f"sqlite:///{file}")
        [call] = [one for one in world.calls if (one.scheme, one.stage) == (SCHEME, STAGE)]
        try:
            with served_here(create_app(world.engine)) as address:
                yield cls(world, call, address)
        finally:
            world.engine.store.database.close()

    @property
    def engine(self) -> Engine:
        """The engine of the demo."""
        return self.world.engine

    def on_day(self, after: float) -> None:
        """It becomes a morning, so many days after the call has closed."""
        day = (self.call.closes + timedelta(days=after)).astimezone(OSLO).date()
        self.world.timeline.at = datetime.combine(day, time(10), OSLO).astimezone(UTC)

    def later(self, **by: float) -> None:
        """So much time passes."""
        self.world.timeline.at += timedelta(**by)

    def worker_comes_by(self) -> None:
        """What waits is done."""
        lapse_drafts(self.engine, self.world.system)
        lapse_changes(self.engine, self.world.system)
        queue_retries(self.engine, self.world.system)
        assert run_jobs(self.engine, self.world.system, limit=1000).failed == 0

    def staff(self, role: str, place: int = 0) -> By:
        """Someone of the authority, now."""
        return self.world.worker(self.call, role, place)

    def name_and_email(self, user_id: str) -> tuple[str, str]:
        """Who a user is."""
        with self.engine.store.read() as reading:
            user = reading.users.get(user_id)
        assert user is not None
        assert user.email is not None
        return user.name, user.email

    def mail(self, about: str) -> list[Any]:
        """The messages about something, oldest first."""
        with self.engine.store.read() as reading:
            return list(reading.outbox.about([about]))


def closed_demo(url: str) -> World:
    """A demo that ends in the minute in which the call has closed."""
    world = demo_world({"GRANTENGINE_DATABASE_URL": url, "GRANTENGINE_LANGUAGE": "nb"}, DAY, SIZE)
    world.engine.store.database.hurry()
    closes = datetime.combine(DAY + timedelta(days=STAGES[STAGE][2] + 1), time(), OSLO).astimezone(UTC)
    world = replace(world, until=closes + timedelta(minutes=1))
    files = [file for folder in bundled_schemes() for file in scheme_files(folder)]
    fill(world, [(file.read_text("utf-8"), world.engine.plan(file)) for file in files], SIZE, lambda _: None)
    return world
