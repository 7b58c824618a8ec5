"""A small municipality with one handler, who decides and tells it by herself: in nynorsk, on a large screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser.conftest import _new_visitor
from browser.officials import Official
from browser.town import served_here
from playwright.sync_api import Browser
from stories.tale import Applicant, Tale, address
from stories.test_one_handler_alone import ALONE
from worlds import PASSWORD, new_world

from grantengine_web import create_app


@dataclass
class Lillevik:
    """The municipality, its only handler at a browser, and two who have applied."""

    tale: Tale
    solveig: Official
    kari: Applicant
    ola: Applicant


@pytest.fixture
def lillevik(program: Browser, sqlite_pattern: Path, tmp_path: Path) -> Iterator[Lillevik]:
    file = tmp_path / "lillevik.db"
    shutil.copy(sqlite_pattern, file)
    world = new_world(f"sqlite:///{file}")
    tale = Tale(world, ALONE, key="lillevik", name="Lillevik kommune")
    tale.official("Solveig Nes", "administrator", "handler", language="nn")
    kari, ola = tale.applicant("Kari Moen", "Lillevik språkkafé", language="nn"), tale.applicant("Ola Dahl", "Turlaget")
    kari.hands_in(300_000, target_group_share=0.9)
    ola.hands_in(150_000, target_group_share=0.8)
    tale.on("2027-03-02")
    with served_here(create_app(world.engine)) as site:
        visitor = _new_visitor(program, site, "nn", 1100, js=True)
        yield Lillevik(tale, Official(visitor, "Solveig Nes", address("Solveig Nes"), tale.call, PASSWORD), kari, ola)
        visitor.context.close()
        assert visitor.faults == []
    world.engine.store.database.close()


def test_one_handler_alone_from_closing_to_letters(lillevik: Lillevik) -> None:
    solveig, kari, ola, tale = lillevik.solveig, lillevik.kari, lillevik.ola, lillevik.tale
    solveig.arrives()
    assert "2 til behandling" in solveig.words

    # She opens a case, and is asked for her ties first; then she is where she was going.
    solveig.open(f"/office/cases/{ola.case}")
    assert "/interests" in solveig.page.url
    solveig.page.check("#answer-none")
    solveig.visitor.presses(solveig.page.locator("form.site-ties button[type=submit]"))
    solveig.looks_well()
    assert solveig.page.url.endswith(f"/office/cases/{ola.case}")
    assert "Turlaget" in solveig.words

    # The rules propose; she gives Ola less, and sees first what that does.
    solveig.of_call("/proposals")
    solveig.press("Lag forslag")
    assert "50 000 kr er igjen" in solveig.words
    solveig.visitor.presses(solveig.page.locator(f"#case-{ola.case} a.site-stand-alone"))
    solveig.fill("Nytt beløp", "100 000")
    solveig.fill("Grunngiving", "Bussen er dekt av fylket.")
    solveig.press("Sjå kva det gjer")
    assert "150 000 kr 100 000 kr" in solveig.words
    solveig.press("Endre beløpet")
    proposal = solveig.page.url.partition("#")[0]
    assert "Bussen er dekt av fylket." in solveig.words

    # She writes why, sees the letter, decides and sends.
    solveig.of_case(ola.case, "/letter")
    solveig.fill("Vår vurdering (valfritt)", "Vi liker turane dykkar.")
    solveig.press("Lagre")
    solveig.page.get_by_role("link", name="Sjå korleis brevet blir").click()
    solveig.page.wait_for_url("**/letter/preview")
    assert "Vi liker turane dykkar." in solveig.page.inner_text("body")
    solveig.open(proposal)
    solveig.press("Vedta forslaget")
    solveig.press("Vedta")
    solveig.press("Breva til søkjarane")
    solveig.press("Send breva")
    tale.worker_comes_by()
    solveig.page.reload()
    assert "2 av 2" in solveig.words
    assert (kari.status, ola.status) == ("Innvilga", "Innvilget")
    assert "Dere får 100 000 kr i tilskudd av de 150 000 kr dere søkte om." in ola.letters[0]
    assert "De får 300 000 kr i tilskot" in kari.letters[0]
