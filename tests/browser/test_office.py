"""The main work of the authority in other ways than by mouse: saved as one writes, by keys alone, without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser.conftest import _new_visitor
from browser.town import served_here
from browser.visitors import Visitor, faults_in_every_way, press_until, tab_to
from closed import closed, decided, proposed
from everyone import COOKIE
from playwright.sync_api import Browser, Page, expect
from reader import Site
from reviews import Review
from stage import OPEN, Stage
from worlds import new_world

from grantengine.services.publish_decisions import publish_decisions


@dataclass
class Desk:
    """Where the authority works: a call in review, and two that have closed. The first rater has none of the last case."""

    site: Site
    address: str
    review: Review
    proposal: str
    moved: str
    unsent: str
    going: str

    @property
    def handler(self) -> str:
        """Who handles all of it."""
        return self.review.handler

    def sheet(self, case: int) -> str:
        """Where a case is rated."""
        return f"/office/cases/{self.review.cases[case]}/sheet"


@pytest.fixture(scope="module")
def desk(sqlite_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    file = tmp_path_factory.mktemp("desk") / "desk.db"
    shutil.copy(sqlite_pattern, file)
    world = new_world(f"sqlite:///{file}")
    review = Review(world, cases=3)
    for case in range(3):
        review.assign(*review.assessors, case=case)
    review.deliver(review.assessors[0], 6, case=2)
    review.deliver(review.assessors[1], 1, case=2)
    stage = Stage(world, OPEN.replace("version: 1.0.0", "version: 1.0.1"))
    open_, unsent, going = closed(stage), closed(stage), closed(stage)
    proposal, told, on_its_way = proposed(stage, open_), decided(stage, unsent), decided(stage, going)
    publish_decisions(world.engine, stage.handler, on_its_way)
    site = Site.of(world)
    with served_here(site.app) as address:
        yield Desk(site, address, review, proposal, open_.cases[1].id, told, on_its_way)
    world.engine.store.database.close()


Comes = Callable[..., Visitor]


@pytest.fixture
def comes(program: Browser, desk: Desk) -> Iterator[Comes]:
    """Someone comes to work, signed in at a browser of their own."""
    all: list[Visitor] = []

    def come(user: str, *, js: bool = True, width: int = 1100) -> Visitor:
        visitor = _new_visitor(program, desk.address, "nb", width, js)
        cookie = desk.site.browser(user).client.get_cookie(COOKIE)
        assert cookie is not None
        visitor.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": desk.address}])
        all.append(visitor)
        return visitor

    yield come
    faults = [fault for one in all for fault in one.faults]
    for one in all:
        one.context.close()
    assert faults == []


def test_marks_are_saved_as_one_writes_whatever_happens(desk: Desk, comes: Comes) -> None:
    visitor = comes(desk.review.assessors[0])
    page = visitor.go(desk.sheet(0))
    saved, total = page.locator("#saved"), page.inner_text("#total")
    choose(page, "relevance", 5)
    expect(saved).to_contain_text("Lagret")
    assert page.inner_text("#total") != total

    visitor.cut_the_line()
    page.fill("[name='note.relevance']", "Treffer godt")
    expect(saved).to_contain_text("ingen kontakt")
    visitor.cut_the_line(False)
    expect(saved).to_contain_text("Lagret", timeout=20_000)

    # The session ends meanwhile; what is written is saved when one has signed in in another window.
    cookies = visitor.context.cookies()
    visitor.context.clear_cookies()
    page.fill("[name='note.feasibility']", "Uklar framdrift")
    expect(saved.get_by_role("link", name="Logg inn")).to_be_visible()
    visitor.context.add_cookies([{"name": one["name"], "value": one["value"], "url": desk.address} for one in cookies])
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(saved).to_contain_text("Lagret")

    # In another window a mark is changed; the first does not write over it unseen.
    other = visitor.tab()
    other.goto(page.url)
    assert other.input_value("[name='note.feasibility']") == "Uklar framdrift"
    choose(other, "relevance", 2)
    expect(other.locator("#saved")).to_contain_text("Lagret")
    other.close()
    choose(page, "relevance", 6)
    expect(saved).to_contain_text("i et annet vindu")
    visitor.press("Lagre utkast")
    assert "I det andre vinduet: 2" in visitor.words()
    visitor.looks_well()


def choose(page: Page, criterion: str, mark: int) -> None:
    """Press a mark, as one does on a screen."""
    page.locator(f".site-mark:has([name='mark.{criterion}'][value='{mark}'])").click()


def test_cases_are_rated_and_given_out_by_keys_alone(desk: Desk, comes: Comes) -> None:
    def go_on(page: Page, what: str) -> None:
        tab_to(page, what)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page = comes(desk.review.assessors[1]).go(desk.sheet(0))
    for criterion, mark in (("relevance", 5), ("feasibility", 4)):
        tab_to(page, f"[name='mark.{criterion}']")
        press_until(page, "ArrowRight", f"[name='mark.{criterion}'][value='{mark}']:checked")
    tab_to(page, "[name='note.relevance']")
    page.keyboard.type("Treffer godt")
    go_on(page, "button[name=go][value=deliver], #marks button[data-variant=primary]")
    go_on(page, "main form button[data-variant=primary]")
    assert "Levert" in page.inner_text("main")

    page = comes(desk.handler).go(f"/office/calls/{desk.review.call}")
    tab_to(page, "[name=case]")
    page.keyboard.press("Space")
    tab_to(page, "#to")
    page.keyboard.press("ArrowDown")
    go_on(page, "button[value=ticked]")
    go_on(page, "main form button[data-variant=primary]")
    assert "Én sak er gitt til Hanne Handler." in page.inner_text("main")


def test_the_main_work_is_done_without_scripts(desk: Desk, comes: Comes) -> None:
    rater = comes(desk.review.assessors[0], js=False, width=360)
    page = rater.go(desk.sheet(1))
    for criterion in ("relevance", "feasibility"):
        choose(page, criterion, 4)
    rater.press("Lagre og gå til levering")
    rater.press("Lever vurderingen")
    assert "Levert" in rater.words()

    handler = comes(desk.handler, js=False, width=360)
    page = handler.go(f"/office/calls/{desk.review.call}")
    page.select_option("#to", index=1)
    handler.press("Fortsett med alle sakene")
    handler.presses(page.locator("main form button[data-variant=primary]"))
    page = handler.go(f"/office/proposals/{desk.proposal}/cases/{desk.moved}")
    page.fill("#amount", "90 000")
    page.fill("#reason", "Husleien er dekket.")
    handler.press("Se hva det gjør")
    handler.press("Endre beløpet")
    assert "Husleien er dekket." in handler.words()
    handler.go(f"/office/proposals/{desk.unsent}/letters")
    handler.press("Send brevene")
    assert "0 av 3" in handler.words()


def test_what_has_come_far_is_for_everyone(desk: Desk, comes: Comes) -> None:
    handler, rater = comes(desk.handler, width=360), comes(desk.review.assessors[0], width=360)
    apart = f"/office/cases/{desk.review.cases[2]}"
    paths = (
        f"{apart}/assessments", f"/office/calls/{desk.review.call}/disagreements", f"/office/proposals/{desk.going}/letters",
        f"/office/proposals/{desk.proposal}?points=yes", f"/office/proposals/{desk.unsent}?show=refused",
    )  # fmt: skip
    found = [fault for path in paths for fault in faults_in_every_way(handler.go(path))]
    assert found + faults_in_every_way(rater.go(f"{apart}/sheet")) == []
    page = handler.go(f"/office/proposals/{desk.proposal}/cases/{desk.moved}")
    page.fill("#amount", "80 000")
    page.fill("#reason", "Husleien er dekket.")
    handler.press("Se hva det gjør")
    assert faults_in_every_way(page) == []
