"""Who of the authority reads what an applicant has written is noted, page by page; and nothing is that is not shown."""

from __future__ import annotations

import pytest
from everyone import Everyone
from routes import address_of, read_table
from sqlalchemy import select

from grantengine.services.log_meeting import log_meeting
from grantengine.store.tables.operations import PersonalRead

TABLE = {route: line for route, line in read_table().items() if route.startswith("GET /office/")}
NOTED = {
    "/cases/<id>": ["application"],
    "/cases/<id>/assessments": ["assessments"],
    "/cases/<id>/changes": ["application"],
    "/cases/<id>/comments/<comment>/publish": ["threads"],
    "/cases/<id>/history": ["revision"],
    "/cases/<id>/letter": ["letter"],
    "/cases/<id>/letter/preview": ["letter"],
    "/cases/<id>/meetings/log": ["application"],
    "/cases/<id>/sheet": ["application"],
    "/cases/<id>/sheet/deliver": ["application"],
    "/cases/<id>/threads/<thread>": ["threads"],
    "/cases/<id>/trail": ["application"],
    "/calls/<id>/bookings/<booking>/log": ["application"],
    "/proposals/<id>/paper": ["export"] * 3,
}
"""The pages that show what one applicant has written, and as what it is noted; all others show numbers and names."""


def _noted(everyone: Everyone) -> list[str]:
    with everyone.world.engine.store.read() as reading:
        return list(reading.session.scalars(select(PersonalRead.what).order_by(PersonalRead.id)))


@pytest.fixture(scope="module", autouse=True)
def met(everyone: Everyone) -> None:
    """Something has been said in a meeting with the applicant."""
    things, on = everyone.things, everyone.world
    log_meeting(
        on.engine, on.by(things["handler"]), call_id=things["call"], organisation_id=things["booker"], kind="telephone",
        held_at="2027-01-20T10:00", summary="Lokalet er dyrt", application_id=things["submitted"],
    )  # fmt: skip
    everyone.keep()


@pytest.mark.parametrize("route", sorted(TABLE))
def test_what_is_read_is_noted_and_nothing_else(everyone: Everyone, route: str) -> None:
    line = TABLE[route]
    everyone.restore()
    before = _noted(everyone)
    person = next((one for one in ("handler", "leader", "assessor") if one in line.who), line.who[0])
    assert everyone.ask(person, "GET", address_of(route, line, everyone.things)).status_code in (200, 302)
    assert _noted(everyone)[len(before) :] == NOTED.get(route.removeprefix("GET /office"), [])
