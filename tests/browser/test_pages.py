"""Pages in a real browser: for those who listen, on small screens, in the dark, by keyboard, in every language."""

from __future__ import annotations

import pytest
from browser.conftest import Visits
from browser.town import Town
from browser.visitors import Visitor, axe, no_sideways_scroll, overlaps, walk_by_keyboard

OPEN = {
    "front": "/", "calls": "/calls", "call": "/calls/{open}", "coming": "/calls/{coming}", "closed": "/calls/{closed}",
    "answers": "/calls/{open}/answers", "pre-check": "/pre-check", "organisations": "/organisations",
    "sign-in": "/sign-in", "register": "/register", "forgotten": "/forgotten", "confirm-again": "/confirm-again",
    "not-found": "/nowhere/at/all", "sign-in-first": "/me", "no-link": "/link/verify/none",
}  # fmt: skip
"""What everyone sees."""
OWN = {
    "mine": "/mine", "me": "/me", "second-factor": "/me/second-factor", "password": "/me/password",
    "email": "/me/email", "erase": "/me/erase", "alerts": "/alerts", "organisation": "/organisations/{organisation}",
    "members": "/organisations/{organisation}/members", "hosting": "/organisations/{organisation}/hosting",
    "about": "/organisations/{organisation}/about", "new-organisation": "/organisations/new",
    "draft": "/applications/{draft}/form", "project": "/applications/{draft}/form/project",
    "feedback": "/applications/{draft}/feedback", "not-mine": "/applications/none/form",
}  # fmt: skip
"""What one sees who applies for an organisation."""
MAIN = ("front", "calls", "call", "pre-check", "sign-in", "register", "mine", "organisation", "project", "me")
"""The ten that are looked at in the dark, on the narrowest of screens, by keyboard, and from right to left."""


def opened(visitor: Visitor, town: Town, name: str) -> Visitor:
    """A page by name, seen by someone who may."""
    if name in OWN:
        visitor.sign_in("kari@example.org")
    visitor.go((OPEN | OWN)[name].format(**town.ids))
    return visitor


def test_open_pages_have_no_faults(visitor: Visits, town: Town) -> None:
    looker = visitor("nb", 360)
    for path in OPEN.values():
        looker.go(path.format(**town.ids))
        looker.looks_well()


def test_own_pages_have_no_faults(visitor: Visits, town: Town) -> None:
    looker = visitor("nb", 360)
    looker.sign_in("kari@example.org")
    for path in OWN.values():
        looker.go(path.format(**town.ids))
        looker.looks_well()


@pytest.mark.parametrize("language", ["nn", "en"])
def test_words_of_other_languages_have_room(visitor: Visits, town: Town, language: str) -> None:
    looker = visitor(language, 320)
    looker.sign_in("kari@example.org")
    looker.page.click(f"footer button[lang={language}]")
    for path in (OPEN | OWN).values():
        looker.go(path.format(**town.ids))
        assert looker.page.get_attribute("html", "lang") == language
        assert no_sideways_scroll(looker.page) == []


@pytest.mark.parametrize("name", MAIN)
def test_main_pages_hold_in_the_dark_and_on_the_narrowest_screen(visitor: Visits, town: Town, name: str) -> None:
    looker = opened(visitor("nb", 320, dark=True), town, name)
    assert axe(looker.page) + no_sideways_scroll(looker.page) == []
    looker.page.set_viewport_size({"width": 1100, "height": 800})
    assert axe(looker.page) + no_sideways_scroll(looker.page) == []


@pytest.mark.parametrize("name", MAIN)
def test_main_pages_are_walked_by_keyboard(visitor: Visits, town: Town, name: str) -> None:
    assert walk_by_keyboard(opened(visitor("nb"), town, name).page) == []


@pytest.mark.parametrize("name", MAIN)
def test_main_pages_read_from_the_right_as_well(visitor: Visits, town: Town, name: str) -> None:
    looker = opened(visitor("nb", 320), town, name)
    looker.page.evaluate("document.documentElement.dir = 'rtl'")
    assert no_sideways_scroll(looker.page) + overlaps(looker.page) == []
    looker.page.set_viewport_size({"width": 1100, "height": 800})
    assert no_sideways_scroll(looker.page) + overlaps(looker.page) == []


def test_pages_work_without_scripts(visitor: Visits, town: Town) -> None:
    looker = visitor("nn", 360, js=False)
    for path in OPEN.values():
        looker.go(path.format(**town.ids))
        assert looker.page.locator("h1").count() == 1


def test_a_fault_is_noticed(visitor: Visits, town: Town) -> None:
    looker = visitor()
    looker.go("/")
    looker.page.evaluate("""() => {
        const style = document.createElement("style");
        style.textContent = "main { width: 3000px }";
        document.head.append(style);
        document.querySelector("main").innerHTML = "<img src='/none.png'><button></button>";
    }""")
    looker.page.wait_for_load_state("networkidle")
    assert any("Content Security Policy" in fault for fault in looker.faults)
    assert any("404" in fault for fault in looker.faults)
    assert {"button-name", "image-alt"} <= {finding.split(": ")[1] for finding in axe(looker.page)}
    looker.page.evaluate(
        "document.querySelector('button').style.cssText = 'outline: none; box-shadow: none; width: 3000px'"
    )
    assert no_sideways_scroll(looker.page) != []
    assert any("does not show" in fault for fault in walk_by_keyboard(looker.page))
    looker.faults.clear()
