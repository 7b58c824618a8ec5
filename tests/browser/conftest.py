"""Browsers and servers for the tests: Debian's Chromium; `grantengine serve` with two processes, and pages served here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
from browser.chromium import FLAGS, chromium
from browser.offices import Office, Present
from browser.town import SIGNED_OUT, Town
from browser.visitors import LOCALES, Visitor
from everyone import COOKIE
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
def town(sqlite_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Everyone there is, and something of each kind to look at."""
    file = tmp_path_factory.mktemp("town") / "town.db"
    shutil.copy(sqlite_pattern, file)
    with Town.on(file) as town:
        yield town


@pytest.fixture
def office(database: str, server: Served) -> Iterator[Office]:
    """An authority beside the server; its clock goes ahead of the server's when it decides."""
    world = new_world(database, Present(), GRANTENGINE_URL=server.address)
    yield Office.of(world)
    world.engine.store.database.close()


@pytest.fixture
def visitor(program: Browser, server: Served) -> Iterator[Visits]:
    """Makes visitors, each with a browser of their own; the test fails if one of these notices a fault."""
    visitors: list[Visitor] = []

    def visit(language: str = "nb", width: int = 360, *, js: bool = True) -> Visitor:
        visitors.append(_new_visitor(program, server.address, language, width, js))
        return visitors[-1]

    yield visit
    faults = [fault for one in visitors for fault in one.faults]
    for one in visitors:
        one.context.close()
    assert faults == []


@pytest.fixture(scope="module")
def _lookers(program: Browser, town: Town) -> Iterator[dict[tuple[str, str, bool], Visitor]]:
    """Those who have looked around so far: what opening a browser takes, a module takes once for each."""
    lookers: dict[tuple[str, str, bool], Visitor] = {}
    yield lookers
    for one in lookers.values():
        one.context.close()


@pytest.fixture
def looker(program: Browser, town: Town, _lookers: dict[tuple[str, str, bool], Visitor]) -> Iterator[Visits]:
    """Gives people of the town, signed in, with a browser on a phone; the test fails if one of these notices a fault."""

    def look(person: str, language: str = "nb", *, js: bool = True) -> Visitor:
        key = (person, language, js)
        if key not in _lookers:
            made = _lookers[key] = _new_visitor(program, town.address, language, 360, js)
            if person != SIGNED_OUT:
                made.context.add_cookies(
                    [{"name": COOKIE, "value": town.everyone.cookies[person], "url": town.address}]
                )
            if language != "nb":
                made.go("/")
                made.presses(made.page.locator(f"footer button[lang={language}]"))
        return _lookers[key]

    yield look
    faults = [fault for one in _lookers.values() for fault in one.faults]
    for one in _lookers.values():
        one.faults.clear()
    assert faults == []


def _new_visitor(program: Browser, address: str, language: str, width: int, js: bool) -> Visitor:
    context = program.new_context(
        viewport={"width": width, "height": 800}, locale=LOCALES[language], java_script_enabled=js,
        color_scheme="light", has_touch=width < 500, reduced_motion="reduce",
    )  # fmt: skip
    return Visitor(context, address, js)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser is marked, so that it can be left out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
