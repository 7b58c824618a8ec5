"""Run by hand: what it takes to decide a call of many cases: proposed, approved, told by letters through the worker.

    python tests/benchmarks/decide.py
    python tests/benchmarks/decide.py 100 800 --profile
    python tests/benchmarks/decide.py 800 --only postgresql

The cases come in by the services, of organisations of their own. Seconds and statements for each step; ``--profile``
shows where the approval and the letters spend their time.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import postgres
import psycopg
from office import Office
from sqlalchemy import event
from worlds import Clock, World

from grantengine.bootstrap import bootstrap
from grantengine.records import By
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.run_jobs import run_jobs
from grantengine.store.migrate import upgrade

EACH = 100_000
"""Kroner that each asks for; there is money for half of them."""


class Measured:
    """A call with so many cases on one database."""

    def __init__(self, url: str, size: int, profile: bool) -> None:
        environment = {
            "GRANTENGINE_DATABASE_URL": url,
            "GRANTENGINE_LANGUAGE": "nb",
            "GRANTENGINE_PASSWORD_MEMORY": "64",
        }
        self.kind, self.size, self.profile, self.statements, self.clock = (
            url.partition(":")[0],
            size,
            profile,
            0,
            Clock(),
        )
        self.engine = bootstrap(environment, now=self.clock)
        upgrade(self.engine.store.database)
        self.office = Office(World(self.engine, self.clock))
        self.call = self.office.call(size * EACH // 2)
        self._fill(url)
        self.engine.store.database.close()
        self.engine = self.office.engine = bootstrap(environment, now=self.clock)
        event.listen(self.engine.store.database.engine, "before_cursor_execute", self._count)

    def _fill(self, url: str) -> None:
        """Have the cases come in; only this does not wait for the disk."""
        is_sqlite = self.kind == "sqlite"
        if is_sqlite:
            self.engine.store.database.hurry()
        else:
            _wait_for_disk(url, "off")
            self.engine.store.database.close()
        start = time.perf_counter()
        self.office.came(self.call, *[EACH] * self.size, contact=self.office.world.user("Kari"))
        print(f"{self.kind:>10} {self.size:>6} cases  came in {time.perf_counter() - start:15.1f} s", flush=True)
        if not is_sqlite:
            _wait_for_disk(url, "on")
        self.clock.turn(days=1)

    def run(self) -> None:
        with self.timed("proposed"):
            allocation = self.office.propose(self.call)
        with self.timed("approved"):
            self.office.approve(allocation)
        publish_decisions(self.engine, self.office.by(self.office.handler), allocation)
        with self.timed("letters"):
            ran = run_jobs(self.engine, By("system", None, self.engine.now()))
        assert (ran.done, ran.failed) == (1, 0)
        with self.engine.store.read() as reading:
            told = reading.letters.marks(self.call)
        assert len(told) == self.size
        self.engine.store.database.close()

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        before, start, worked, profiler = self.statements, time.perf_counter(), time.process_time(), cProfile.Profile()
        if self.profile:
            profiler.enable()
        yield
        profiler.disable()
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
        statements = self.statements - before
        print(
            f"{self.kind:>10} {self.size:>6} cases  {what:<9} {seconds:6.1f} s ({worked:5.1f} s of work here)  {statements:>7} statements, "
            f"{statements / self.size:5.1f} a case",
            flush=True,
        )
        if self.profile:
            pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)

    def _count(self, *_: object) -> None:
        self.statements += 1


def _wait_for_disk(url: str, wanted: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"alter database decide set synchronous_commit = {wanted}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=[800])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    for size in options.sizes:
        if options.only != "postgresql":
            with tempfile.TemporaryDirectory() as folder:
                Measured(f"sqlite:///{folder}/decide.db", size, options.profile).run()
        if options.only != "sqlite":
            with postgres.server() as server:
                Measured(postgres.new_database(server, "decide"), size, options.profile).run()
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
