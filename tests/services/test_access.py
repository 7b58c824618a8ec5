"""Who may do what: every service, tried by everyone, as the table ``access.yaml`` says; those with a tie, nothing of a case."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from zlib import crc32

import postgres
import pytest
from access_table import ONESELF, Table, read_table
from cast import ACTORS, TIED, Actor, Cast
from tamper import raw
from walk import CHANGES, READS, SCENES, Call, Case, Stage
from worlds import World, new_world

from grantengine.errors import NotAllowedError, NotFoundError
from grantengine.records import By

TABLE: Table = read_table()
DATABASES = ("sqlite", "postgresql")
TOUCHES_CASES = {
    "assign_cases.assign_cases", "list_disagreements.list_disagreements", "plan_pitches.plan_pitches",
}  # fmt: skip
"""Services about a whole call that open, rate or decide its cases; those that are about one case are known by their scenes."""
TRIED = [
    pytest.param(database, service, marks=getattr(pytest.mark, database), id=f"{database}-{service}")
    for database in DATABASES
    for service in sorted(SCENES)
    # Rights do not depend on the database; some of the services are tried on the second one, always the same.
    if database == "sqlite" or crc32(service.encode()) % 8 == 0
]


class Stages:
    """A stage with its cast for each file of scenes, so that none of them grows large."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder, self.request = folder, request
        self._made: dict[tuple[str, str], Cast] = {}
        self._dropped: list[tuple[str, str]] = []

    def of(self, database: str, service: str) -> Cast:
        """The stage for a service."""
        key = database, SCENES[service].__module__
        if key not in self._made:
            self._made[key] = Cast(Stage(self._world(database)))
        return self._made[key]

    def _world(self, database: str) -> World:
        if database == "sqlite":
            file = self.folder / f"{uuid4().hex}.db"
            shutil.copy(self.request.getfixturevalue("sqlite_pattern"), file)
            address = f"sqlite:///{file}"
        else:
            server, pattern = self.request.getfixturevalue("postgres_pattern")
            name = f"access_{uuid4().hex}"
            address = postgres.new_database(server, name, pattern)
            self._dropped.append((server, name))
        return new_world(address)

    def close(self) -> None:
        """Close and drop all databases."""
        for cast in self._made.values():
            cast.on.engine.store.database.close()
        for server, name in self._dropped:
            postgres.drop_database(server, name)


@pytest.fixture(scope="module")
def stages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    made = Stages(tmp_path_factory.mktemp("access"), request)
    yield made
    made.close()


def test_every_service_has_its_line() -> None:
    assert TABLE.keys() == CHANGES | READS


@pytest.mark.parametrize(("database", "service"), TRIED)
def test_access_is_what_the_table_says(stages: Stages, database: str, service: str) -> None:
    cast, line = stages.of(database, service), TABLE[service]
    call = _staged(cast, service)
    if isinstance(call.about, Case) or service in TOUCHES_CASES:
        assert [actor for actor in line if actor.relation == TIED] == []
    before = _dump(cast)
    wrong = [f"{actor} could" for actor in ACTORS if actor not in line and not _is_refused(cast, call, actor)]
    if not wrong:  # those who are refused share a scene: they leave it as it was
        assert _dump(cast) == before
    again = _keeper(cast, service, call)
    for actor in line:
        if service in CHANGES and actor != line[0]:
            call = again()
        if call.first is not None and actor != ONESELF:
            call.first(_by(cast, call, actor))
        if _is_refused(cast, call, actor):
            wrong.append(f"{actor} could not")
    assert wrong == []


def _by(cast: Cast, call: Call, actor: Actor) -> By:
    return call.by if actor == ONESELF else cast.by(actor, max(call.by.at, cast.on.world.clock()))


def _staged(cast: Cast, service: str) -> Call:
    call = SCENES[service](cast.on)
    cast.enter(call)
    return call


def _keeper(cast: Cast, service: str, call: Call) -> Callable[[], Call]:
    """What gives the scene as it is now once more; for a file that is a copy of it, which is faster than playing it anew."""
    database, clock = cast.on.engine.store.database, cast.on.world.clock
    if not database.is_sqlite:
        return lambda: _staged(cast, service)
    file, at = Path(str(database.url.database)), clock.at
    kept = file.with_suffix(".kept")
    database.close()
    shutil.copy(file, kept)

    def restored() -> Call:
        database.close()
        shutil.copy(kept, file)
        clock.at = at
        return call

    return restored


def _is_refused(cast: Cast, call: Call, actor: Actor) -> bool:
    """Whether someone is told that this is not allowed, or that there is no such thing. Any other error is one."""
    by = _by(cast, call, actor)
    try:
        call(by)
    except (NotAllowedError, NotFoundError):
        return True
    return False


def _dump(cast: Cast) -> dict[str, list[Any]]:
    """All rows but the log of reads."""
    everything = raw(cast.on.world)
    del everything["personal_reads"]
    return everything
