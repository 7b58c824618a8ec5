"""Every service that changes something tells of it in the same transaction; every other one changes nothing."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from zlib import crc32

import postgres
import pytest
from sqlalchemy import event
from tamper import examined
from walk import APART, CHANGES, READS, SCENES, Stage
from worlds import World, new_world

import grantengine
from grantengine.store.audit import audited_classes

SERVICES = Path(grantengine.__file__).parent / "services"
WRITES = re.compile(r"\s*(?:insert\s+into|update|delete\s+from)\s+\"?(\w+)", re.IGNORECASE)
AUDITED = {cls.__tablename__ for cls in audited_classes()}  # type: ignore[attr-defined]


def services() -> set[str]:
    """Every public function of the services that takes an engine and who does it."""
    return {
        f"{file.stem}.{node.name}"
        for file in SERVICES.glob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        and [one.arg for one in node.args.args[:2]] == ["engine", "by"]
    }  # fmt: skip


def test_every_service_is_walked() -> None:
    assert CHANGES | READS | APART.keys() == services()
    assert not CHANGES & READS
    assert not (CHANGES | READS) & APART.keys()


class Watch:
    """Which tables transactions have written; one with a change and without an event is silent.

    What goes through the engine is seen as statements, so that nothing need be read twice to know that it stayed the same.
    """

    def __init__(self, world: World) -> None:
        self.silent: list[set[str]] = []
        self.written: set[str] = set()
        self.told = 0
        self._written: dict[int, set[str]] = {}
        engine = world.engine.store.database.engine
        self._listeners = {
            "before_cursor_execute": self._statement, "commit": self._commit, "rollback": self._rollback,
        }  # fmt: skip
        self._engine = engine

    def __enter__(self) -> Watch:
        for name, call in self._listeners.items():
            event.listen(self._engine, name, call)
        return self

    def __exit__(self, *_: object) -> None:
        for name, call in self._listeners.items():
            event.remove(self._engine, name, call)

    def _statement(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        found = WRITES.match(statement)
        if found:
            self._written.setdefault(id(connection), set()).add(found[1].lower())

    def _commit(self, connection: Any) -> None:
        tables = self._written.pop(id(connection), set())
        self.told += "audit_events" in tables
        self.written |= tables
        if tables & AUDITED and "audit_events" not in tables:
            self.silent.append(tables)

    def _rollback(self, connection: Any) -> None:
        self._written.pop(id(connection), None)


DATABASES = ("sqlite", "postgresql")


def tried(services: set[str]) -> list[Any]:
    """Each on the embedded database; what tells of a change does not depend on it, so some on the second, always the same."""
    return [
        pytest.param(database, service, marks=getattr(pytest.mark, database), id=f"{database}-{service}")
        for database in DATABASES
        for service in sorted(services)
        if database == "sqlite" or crc32(service.encode()) % 4 == 0
    ]


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One world for all scenes; each brings its own people."""
    dropped: list[tuple[str, str]] = []
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("walk") / "walk.db"
        shutil.copy(request.getfixturevalue("sqlite_pattern"), file)
        address = f"sqlite:///{file}"
    else:
        server, pattern = request.getfixturevalue("postgres_pattern")
        name = f"walk_{uuid4().hex}"
        address = postgres.new_database(server, name, pattern)
        dropped.append((server, name))
    world = new_world(address)
    yield Stage(world)
    world.engine.store.database.close()
    for server, name in dropped:
        postgres.drop_database(server, name)


@pytest.mark.parametrize(("stage", "service"), tried(CHANGES), indirect=["stage"])
def test_a_service_that_changes_something_tells_of_it_in_the_same_transaction(stage: Stage, service: str) -> None:
    call = SCENES[service](stage)
    with Watch(stage.world) as watch:
        call()
    assert watch.silent == []
    assert watch.told >= 1


@pytest.mark.parametrize(("stage", "service"), tried(READS), indirect=["stage"])
def test_a_service_that_reads_changes_nothing(stage: Stage, service: str) -> None:
    call = SCENES[service](stage)
    with Watch(stage.world) as watch:
        call()
    assert watch.written <= {"personal_reads", "tries"}  # who reads, and how often others are asked


@pytest.mark.parametrize(
    "stage", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in DATABASES], indirect=True
)
def test_the_trail_of_all_that_was_done_verifies(stage: Stage) -> None:
    """The world in which every service was called; without them (when this test runs alone) there is less to verify."""
    for service in ("save_draft.save_draft", "submit_application.submit_application"):
        SCENES[service](stage)()
    found = examined(stage.world)
    assert (found.events > 10, found.findings) == (True, ())
