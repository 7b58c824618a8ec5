"""Browsers and a server for the tests: Debian's Chromium, and `grantengine serve` with two processes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
from browser.chromium import FLAGS, chromium
from browser.offices import Office
from browser.town import Present, Town
from browser.visitors import LOCALES, Visitor
from playwright.sync_api import Browser, sync_playwright
from served import Served, serve
from worlds import new_world

Visits = Callable[..., Visitor]


@pytest.fixture(scope="session")
def program() -> Iterator[Browser]:
    """The browser, started once."""
    try:
        path = chromium()
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", "postgresql")]
)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database that is set up and empty, of each kind in turn."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("pages") / "pages.db"
        shutil.copy(request.getfixturevalue("sqlite_pattern"), file)
        yield f"sqlite:///{file}"
        return
    server, pattern = request.getfixturevalue("postgres_pattern")
    name = f"browser_{request.module.__name__.rsplit('.', maxsplit=1)[-1]}"
    yield postgres.new_database(server, name, pattern)
    postgres.drop_database(server, name)


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages, served by two processes."""
    with serve(tmp_path_factory.mktemp("served"), database) as served:
        yield served
        assert served.stop() == 0
    # One line says where the pages are; whatever else is there went wrong, unseen by the browser.
    assert served.errors.read_text("utf-8").splitlines()[1:] == []


@pytest.fixture(scope="module")
def town(database: str, server: Served) -> Iterator[Town]:
    """Calls and people to look at."""
    town = Town.beside(database, server.address)
    yield town
    town.world.engine.store.database.close()


@pytest.fixture
def office(database: str, server: Served) -> Iterator[Office]:
    """An authority beside the server; its clock goes ahead of the server's when it decides."""
    world = new_world(database, Present(), GRANTENGINE_URL=server.address)
    yield Office.of(world)
    world.engine.store.database.close()


@pytest.fixture
def visitor(program: Browser, server: Served, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """Makes visitors, each with a browser of their own; the test fails if one of these notices a fault."""
    visitors: list[Visitor] = []

    def visit(language: str = "nb", width: int = 1100, *, js: bool = True, dark: bool = False) -> Visitor:
        context = program.new_context(
            viewport={"width": width, "height": 800}, locale=LOCALES[language], java_script_enabled=js,
            color_scheme="dark" if dark else "light", has_touch=width < 500, reduced_motion="reduce",
        )  # fmt: skip
        visitors.append(Visitor(context, server.address, js))
        return visitors[-1]

    yield visit
    faults = [fault for one in visitors for fault in one.faults]
    for one in visitors:
        one.context.close()
    assert faults == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser is marked, so that it can be left out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
