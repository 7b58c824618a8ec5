"""Every page that a route gives, in a real browser: for those who listen, on small screens, in the dark, by keyboard."""

from __future__ import annotations

import pytest
from browser.conftest import Visits
from browser.town import TABLE, Town
from browser.visitors import faults_in_every_way

FILES = {
    "GET /health": "application/json", "GET /me/data": "application/json", "GET /files/<file>": "text/plain",
    "GET /applications/<id>/receipt.pdf": "application/pdf", "GET /calls/<id>/meetings/<booking>/meeting.ics": "text/calendar",
}  # fmt: skip
"""Routes that give something else than a page."""
LEADING = {
    "GET /applications/<id>/form",  # to the part that one is at
    "GET /sign-in/code",  # to the first step; `test_second_factor.py` takes that
}
"""Routes that lead on to another."""
PAGES = sorted(route for route in TABLE if route.startswith("GET ") and route not in FILES and route not in LEADING)


def test_all_other_routes_give_files_or_lead_to_pages(town: Town) -> None:
    assert {route: town.gives(route) for route in FILES} == {route: (200, kind) for route, kind in FILES.items()}
    assert {town.gives(route)[0] for route in LEADING} == {302}


@pytest.mark.parametrize("route", PAGES)
def test_page_is_for_everyone(looker: Visits, town: Town, route: str) -> None:
    page, path = looker(town.looker(route)).page, town.path(route)
    answer = page.goto(town.address + path)
    assert answer is not None
    assert (answer.status, page.url) == (200, town.address + path)
    assert page.locator("h1").count() == 1
    assert faults_in_every_way(page) == []
