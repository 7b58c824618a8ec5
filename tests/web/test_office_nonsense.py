"""Nonsense in every form and address of the authority's pages, sent by those who may: it is told in words, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from everyone import Everyone
from reader import Page
from routes import Line, address_of, read_table, said

TABLE = {route: line for route, line in read_table().items() if route.split(" ")[1].startswith("/office")}
POSTS = sorted(route for route in TABLE if route.startswith("POST"))
PAGES = sorted(route for route in TABLE if route.startswith("GET"))
NAMES = sorted(
    {name for line in TABLE.values() for name in line.form} | {"take", "due", "pause", "until", "number", "why"}
)
"""What forms are made of; many read more fields than they need."""
ALIKE = ("\0", "9" * 5000, "31.2.2027", "٣²", "\u202e<b title='&\">{{ 7 }}%s", "x" * 20_001)
"""In every field at once."""
ALONE = ("9" * 5000, "9999-12-31", "10:00+01:00", "--5", "1e9", "12,345,678")
"""In one field, where all others are filled in right."""
ASKED = (
    "after",
    "before",
    "from",
    "to",
    "page",
    "round",
    "show",
    "organisation",
    "until",
    "strand",
    "case",
    "deed",
    "change",
)


def _tries(route: str, everyone: Everyone) -> Iterator[dict[str, str]]:
    right = {name: said(value, everyone.things) for name, value in TABLE[route].form.items()}
    yield {}
    for value in ALIKE:
        yield dict.fromkeys(NAMES, value)
    for name in right:
        for value in ALONE:
            yield right | {name: value}


@pytest.mark.parametrize("route", POSTS)
def test_a_form_with_nonsense_is_answered_in_words(everyone: Everyone, route: str) -> None:
    wrong = []
    everyone.restore()
    for form in _tries(route, everyone):
        wrong += _wrong(everyone, route, TABLE[route], form)
    assert wrong == []


@pytest.mark.parametrize("route", PAGES)
def test_an_address_with_nonsense_is_answered_in_words(everyone: Everyone, route: str) -> None:
    wrong = []
    everyone.restore()
    for value in ALIKE[:4]:
        line = Line(TABLE[route].who, TABLE[route].at, dict.fromkeys(ASKED, value), {})
        wrong += _wrong(everyone, route, line, {})
    assert wrong == []


def _wrong(everyone: Everyone, route: str, line: Line, form: dict[str, str]) -> list[str]:
    """What is wrong with the answer; what is taken for right is undone."""
    person = next((one for one in ("handler", "leader", "assessor") if one in line.who), line.who[0])
    answer = everyone.ask(person, route.split(" ", maxsplit=1)[0], address_of(route, line, everyone.things), form)
    told = {name: value[:20] for name, value in form.items()} if len(form) < 8 else form.get("reason", "")[:20]
    if answer.status_code in (302, 303):
        everyone.restore()
        return []
    if answer.status_code not in (200, 403, 404, 409, 422):
        return [f"{answer.status_code} with {told}"]
    if "'sha256-" in answer.headers["Content-Security-Policy"]:
        return []
    page = Page(answer)
    faults = [f"{fault} with {told}" for fault in page.faults()]
    is_told = page.problems or page.find("div", class_="ds-alert") is not None
    return faults if answer.status_code != 422 or is_told else [f"silent: {told}"]
