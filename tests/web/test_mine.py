"""One's own page: what to do next with minutes, and every application in plain words."""

from __future__ import annotations

import pytest
from reader import Site
from stage import Stage
from statements import counted
from worlds import EXAMPLE, PASSWORD

from grantengine.services.ask_changes import ask_changes
from grantengine.services.create_organisation import create_organisation
from grantengine.services.start_draft import start_draft


@pytest.fixture
def on(site: Site) -> Stage:
    return Stage(site.world)


def test_who_has_no_organisation_is_told_where_to_begin(site: Site) -> None:
    browser = site.browser(site.world.user("Kari Nordmann"))
    page = browser.get("/mine")
    assert (page.status, page.title, page.faults()) == (200, "Min side", [])
    assert page.links["Registrer en organisasjon"] == "/organisations/new"
    assert page.links["Finn en utlysning"] == "/calls"
    assert browser.get("/").links["Min side"] == "/mine"


def test_who_works_in_an_authority_begins_with_the_cases(site: Site, on: Stage) -> None:
    with on.engine.store.read() as reading:
        user = reading.users.get(on.handler.id or "")
    assert user is not None
    browser = site.browser()
    page = browser.send(browser.get("/sign-in").form("/sign-in"), email=user.email, password=PASSWORD)
    assert (page.place, page.title) == ("/office", "Saksbehandling")
    assert browser.get("/mine").links["Gå til saksbehandlingen"] == "/office"


@pytest.mark.parametrize(("language", "role"), [("nb", "saksbehandler"), ("nn", "saksbehandlar"), ("en", "handler")])
def test_who_works_in_an_authority_sees_its_calls_and_is_asked_to_register_nothing(
    site: Site, on: Stage, language: str, role: str
) -> None:
    browser = site.browser(on.handler.id)
    browser.send(browser.get("/").form("/language"), language=language)
    page = browser.get("/mine")
    assert (page.status, page.faults()) == (200, [])
    assert role in page.words.lower()
    assert f"/calls/{on.call}" in page.links.values()
    assert "2027" in page.words
    assert page.find("ol", class_="site-steps") is None
    ways = [link for link in page.links.values() if link.startswith(("/calls/", "/organisations/"))]
    assert [browser.get(one).status for one in ways] == [200] * len(ways)


def test_to_an_authority_dates_that_have_passed_are_told_as_passed(site: Site, on: Stage) -> None:
    browser = site.browser(on.handler.id)
    assert "Åpnet 15. januar 2027" in (words := browser.get("/mine").words)
    assert "Søknadsfrist 1. mars 2027" in words
    on.world.clock.turn(days=60)
    assert "Søknadsfristen var 1. mars 2027" in site.browser(on.handler.id).get("/mine").words


def test_the_page_of_an_authority_takes_as_many_statements_however_many_calls(site: Site, on: Stage) -> None:
    browser = site.browser(on.handler.id)
    taken = []
    for number in range(3):
        on.world.call(EXAMPLE.replace("id: imdi-integration-work", f"id: imdi-more-{number}"))
        browser.get("/mine")
        with counted(site.world) as statements:
            browser.get("/mine")
        taken.append(len(statements))
    assert len(set(taken)) == 1


@pytest.mark.parametrize(("language", "words"), [
    ("nb", "Skriv ferdig søknaden til"), ("nn", "Skriv ferdig søknaden til"), ("en", "Finish the application to"),
])  # fmt: skip
def test_a_draft_is_told_with_its_deadline_and_minutes(site: Site, on: Stage, language: str, words: str) -> None:
    case = on.draft()
    browser = site.browser(case.by.id)
    browser.send(browser.get("/").form("/language"), language=language)
    page = browser.get("/mine")
    assert page.faults() == []
    assert words in page.words
    assert "2027" in page.words
    assert "min." in page.words
    assert f"/applications/{case.id}" in page.links.values()


def test_the_most_urgent_stands_first_and_leads_to_its_page(site: Site, on: Stage) -> None:
    case = on.submitted()
    on.partner(case)
    ask_changes(
        on.engine, on.handler, case.id, round_id="corrections", questions=["summary"], reason="Skriv mer",
        due="2027-01-27T23:59",
    )  # fmt: skip
    page = site.browser(case.by.id).get("/mine")
    assert page.faults() == []
    change = page.words.index("Endre det saksbehandleren ber om")
    assert change < page.words.index("En samarbeidspartner har ikke svart")
    assert "Frist: 27. januar 2027 kl. 23.59." in page.words
    assert "Venter på: Biblioteket." in page.words
    assert "Venter på svar fra dere" in page.words


def test_it_takes_as_many_statements_however_much_there_is(site: Site, on: Stage) -> None:
    case = on.draft()
    browser = site.browser(case.by.id)
    browser.get("/mine")
    with counted(site.world) as few:
        browser.get("/mine")
    for number in range(3):
        organisation = create_organisation(on.engine, case.by, name=f"Lag nummer {number}")
        start_draft(on.engine, case.by, call_id=on.call, organisation_id=organisation)
    with counted(site.world) as many:
        page = browser.get("/mine")
    assert page.faults() == []
    assert len(many) == len(few) <= 25


def test_the_list_goes_on_where_there_is_more(site: Site, on: Stage) -> None:
    case = on.draft()
    for _ in range(50):
        start_draft(on.engine, case.by, call_id=on.call, organisation_id=case.organisation)
    browser = site.browser(case.by.id)
    first = browser.get("/mine")
    older = browser.get(first.links["Vis eldre søknader"])
    assert older.faults() == []
    assert f"/applications/{case.id}" in older.links.values()
    assert "Vis eldre søknader" not in older.links
    assert older.links["Vis de nyeste"] == "/mine"


def test_nobody_sees_it_without_signing_in(site: Site) -> None:
    page = site.browser().get("/mine", follow=False)
    assert page.status == 302
    assert page.place.startswith("/sign-in")
