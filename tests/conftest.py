"""What all tests share: hypothesis profiles, one wired engine, and the example scheme."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import postgres
import pytest
from dialects import share_statements
from factories import DATA, TODAY
from hypothesis import HealthCheck, settings
from worlds import World, new_world

from grantengine.bootstrap import Engine, bootstrap
from grantengine.compile.plan import Plan
from grantengine.store.database import Database
from grantengine.store.migrate import upgrade

# `ci` tries the same modest number of examples every time; `search` looks for new ones.
_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("ci", deadline=None, max_examples=40, derandomize=True, suppress_health_check=_QUIET)
settings.register_profile("search", deadline=None, max_examples=1000, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine as the command line wires it, on a fixed day."""
    return bootstrap({}, today=lambda: TODAY)


@pytest.fixture(scope="session")
def example_path() -> Path:
    """The file of the example scheme."""
    return DATA / "example-scheme.yaml"


@pytest.fixture(scope="session")
def example(engine: Engine, example_path: Path) -> Plan:
    """The example scheme, compiled."""
    return engine.plan(example_path)


DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as this run of the tests."""
    given = os.environ.get("GRANTENGINE_TEST_POSTGRES")
    if given:
        yield given
    else:
        with postgres.server() as address:
            yield address


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database that is set up; tests copy it."""
    file = tmp_path_factory.mktemp("pattern") / "pattern.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgres_pattern(postgres_server: str) -> tuple[str, str]:
    """A server, and the name of a database on it that is set up; tests copy it."""
    name = f"pattern_{uuid4().hex}"
    database = Database(postgres.new_database(postgres_server, name))
    upgrade(database)
    database.close()
    return postgres_server, name


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in DATABASES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is set up and empty, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_pattern"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server, pattern = request.getfixturevalue("postgres_pattern")
    name = f"test_{uuid4().hex}"
    yield postgres.new_database(server, name, pattern)
    postgres.drop_database(server, name)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A small world on a database that is set up, at noon on 20 January 2027."""
    world = new_world(database_url)
    yield world
    world.engine.store.database.close()


def pytest_configure(config: pytest.Config) -> None:
    """What holds for the whole run, in each of its processes."""
    share_statements()
    # An engine is long when it is printed; hypothesis minds, and would hide the failure it tells of.
    config.addinivalue_line("filterwarnings", "ignore:Generating overly large repr")
    # Drawn before there are workers, so that all of them have the same.
    os.environ["GRANTENGINE_SEED"] = os.environ.get("GRANTENGINE_SEED") or secrets.token_hex(4)


def pytest_collection_finish() -> None:
    """What is loaded stays: the collector of garbage need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_report_header() -> str:
    """What repeats this run's kills."""
    return f"GRANTENGINE_SEED={os.environ['GRANTENGINE_SEED']}"


LONG_FIRST = ("tests/cli/test_demo", "tests/faults", "tests/concurrency", "tests/stories", "tests/letters", "tests/cli")
"""Where tests take long: begun first, so that no worker is left with one of their files when the others are done."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first; within a file, and among the others, the order stays."""
    names = [item.nodeid for item in items]
    place = {name: next((n for n, one in enumerate(LONG_FIRST) if name.startswith(one)), 99) for name in names}
    items.sort(key=lambda item: place[item.nodeid])
