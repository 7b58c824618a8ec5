from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import postgres
import pytest
from concurrency.meeting import Meeting
from nursery import ENVIRONMENT, Nursery, nursery_in
from worlds import Clock, World

from grantengine.bootstrap import bootstrap


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where the processes come from that meet."""
    with nursery_in(tmp_path_factory.mktemp("nursery")) as made:
        yield made


@pytest.fixture
def meeting(world: World, nursery: Nursery, tmp_path: Path) -> Meeting:
    """A world with one call, and processes that meet in it."""
    return Meeting(world, nursery, tmp_path)


@pytest.fixture
def postgres_world(postgres_pattern: tuple[str, str]) -> Iterator[World]:
    """A small world on PostgreSQL."""
    server, pattern = postgres_pattern
    name = f"test_{uuid4().hex}"
    clock = Clock()
    engine = bootstrap(
        {**ENVIRONMENT, "GRANTENGINE_DATABASE_URL": postgres.new_database(server, name, pattern)}, now=clock
    )
    yield World(engine, clock)
    engine.store.database.close()
    postgres.drop_database(server, name)
