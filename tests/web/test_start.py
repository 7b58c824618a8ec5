"""Before one begins: for whom, what it takes, what is known, what can be copied, and whether someone has begun."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from reader import Page, Site
from worlds import ANSWERS, EXAMPLE, NUMBERS

from grantengine.services.list_applications import list_of_organisation
from grantengine.services.save_draft import save_draft

REQUESTED, IN_HOURS = "minimum: 10 000 NOK, maximum: 1 500 000 NOK", "minimum: 10 hours, maximum: 400 hours"
STRANDS = """  strands:
    - {id: north, title: {nb: Nord, nn: Nord, en: North}, budget: 10 000 000 NOK}
    - {id: south, title: {nb: Sør, nn: Sør, en: South}}
"""


@pytest.fixture
def kari(site: Site) -> str:
    return site.world.user("Kari Nordmann")


def drafts(site: Site, user: str, organisation: str) -> int:
    return len(list_of_organisation(site.world.engine, site.world.by(user), organisation).items)


def test_what_it_takes_is_told_before_one_begins(site: Site, kari: str) -> None:
    call = site.world.call()
    site.world.organisation(kari)
    page = site.browser(kari).get(f"/calls/{call}/apply")
    assert page.status == 200
    assert page.faults() == []
    assert "Senest 1. mars 2027 kl. 23.59" in page.words
    assert "Dere kan søke om inntil 1 500 000 kr" in page.words.replace("\xa0", " ")
    assert "Rapporten" not in page.title
    assert "tar rapporten fra" in page.words


def test_what_is_given_in_kind_is_told_in_its_own_unit(site: Site, kari: str) -> None:
    source = EXAMPLE.replace("budget: 40 000 000 NOK", "budget: 12 000 hours").replace(REQUESTED, IN_HOURS)
    page = site.browser(kari).get(f"/calls/{site.world.call(source)}/apply")
    assert "Dere kan søke om inntil 400 timer. Til sammen er det 12 000 timer å fordele." in page.words.replace(
        "\xa0", " "
    )


def test_one_begins_with_what_is_known_and_without_what_is_unticked(site: Site, kari: str) -> None:
    call = site.world.call()
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/calls/{call}/apply").form(f"/calls/{call}/apply")
    known = [name for name in form.values if name.startswith("known.")]
    assert known == ["known.municipality"]
    page = browser.send(form, **{"known.municipality": None})
    assert page.status == 200
    assert page.title.startswith("Søknad 2027/1")
    assert page.faults() == []
    assert drafts(site, kari, organisation) == 1


def test_the_same_form_sent_twice_begins_one_application(site: Site, kari: str) -> None:
    call = site.world.call()
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/calls/{call}/apply").form(f"/calls/{call}/apply")
    places = {browser.send(form).place for _ in range(3)}
    assert len(places) == 1
    assert drafts(site, kari, organisation) == 1


@pytest.mark.parametrize("mark", ["", "x", "\0" * 9, "a" * 500, "../../etc"])
def test_a_mark_that_is_none_of_ours_is_as_none(site: Site, kari: str, mark: str) -> None:
    call = site.world.call()
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/calls/{call}/apply").form(f"/calls/{call}/apply")
    assert browser.send(form, mark=mark).status == 200
    assert drafts(site, kari, organisation) == 1


def test_someone_has_begun_already(site: Site, kari: str) -> None:
    call = site.world.call()
    organisation = site.world.organisation(kari)
    site.world.draft(call, organisation, kari)
    page = site.browser(kari).get(f"/calls/{call}/apply")
    assert "Noen har allerede begynt" in page.words
    assert "begynt av Kari Nordmann 20. januar 2027" in page.words
    assert "Søknad 2027/1" in page.links
    assert page.faults() == []


def test_an_earlier_application_is_copied(site: Site, kari: str) -> None:
    world = site.world
    earlier, organisation = world.call(), world.organisation(kari)
    old = world.draft(earlier, organisation, kari, {**ANSWERS, "municipality": "4601"})
    later = world.call(EXAMPLE.replace("version: 1.0.0", "version: 1.1.0"))
    browser = site.browser(kari)
    page = browser.get(f"/calls/{later}/apply")
    assert "Med svarene fra søknad 2027/1" in page.words
    form = page.form(f"/calls/{later}/apply")
    page = browser.send(form, copy=old)
    assert page.title.startswith("Søknad 2027/2")
    page = browser.get(page.place + "/preview")
    assert "Språkkafé hver uke" in page.words
    assert "Oslo" in page.words  # as the profile says by now


def test_without_an_organisation_one_is_told_what_to_do(site: Site, kari: str) -> None:
    call = site.world.call()
    page = site.browser(kari).get(f"/calls/{call}/apply")
    assert page.links["Registrer organisasjonen"].startswith("/organisations/new")
    assert page.faults() == []


@pytest.mark.parametrize("numbered", [True, False])
def test_who_registers_the_organisation_on_the_way_goes_on_to_the_application(
    site: Site, kari: str, numbered: bool
) -> None:
    call = site.world.call()
    browser = site.browser(kari)
    page = browser.get(browser.get(f"/calls/{call}/apply").links["Registrer organisasjonen"])
    if numbered:
        wrong = browser.send(page.form("/organisations/new/number"), number="")
        assert (wrong.status, len(wrong.problems), wrong.faults()) == (422, 1, [])
        page = browser.send(wrong.form("/organisations/new/number"), number=NUMBERS[0])
    else:
        page = browser.get(page.links["Registrer uten nummer"])
    wrong = browser.send(page.form("/organisations/new"), name="")
    assert wrong.status == 422
    page = browser.send(wrong.form("/organisations/new"), name="Bydel Vel")
    assert page.place.startswith(f"/calls/{call}/apply")
    assert "Organisasjonen er registrert." in page.words
    page = browser.send(page.form(f"/calls/{call}/apply"))
    assert page.title.startswith("Søknad 2027/1")


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_who_registers_an_organisation_is_led_nowhere_else(site: Site, kari: str, to: str) -> None:
    browser = site.browser(kari)
    page = browser.get("/organisations/new?unnumbered=1&" + urlencode({"next": to}))
    page = browser.send(page.form("/organisations/new"), name="Bydel Vel", next=to)
    assert (page.status, page.title) == (200, "Bydel Vel")


def test_of_several_organisations_one_is_chosen_first(site: Site, kari: str) -> None:
    call = site.world.call()
    site.world.organisation(kari)
    second = site.world.organisation(kari, "Turlaget", NUMBERS[1])
    browser = site.browser(kari)
    page = browser.get(f"/calls/{call}/apply")
    assert [form.method for form in page.forms() if form.action.endswith("/apply")] == ["get"]
    page = browser.get(f"/calls/{call}/apply?organisation={second}")
    assert page.faults() == []
    post = next(one for one in page.forms() if one.action.endswith("/apply") and one.method == "post")
    browser.send(post)
    assert drafts(site, kari, second) == 1


def test_a_part_is_chosen_where_there_are_several(site: Site, kari: str) -> None:
    call = site.world.call(EXAMPLE.replace("  invited_only: false\n", STRANDS + "  invited_only: false\n"))
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    page = browser.get(f"/calls/{call}/apply")
    assert "Hvilken del søker dere på?" in page.words
    form = page.form(f"/calls/{call}/apply")
    page = browser.send(form)
    assert page.status == 409
    assert len(page.problems) == 1
    assert page.faults() == []
    assert drafts(site, kari, organisation) == 0
    assert "Nord" in browser.send(form, strand="north").words


def test_when_the_deadline_has_passed_nothing_is_begun(site: Site, kari: str) -> None:
    call = site.world.call()
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/calls/{call}/apply").form(f"/calls/{call}/apply")
    site.world.clock.turn(days=60)
    page: Page = browser.send(form)
    assert page.status == 401  # the session has ended too: what was chosen is kept to be sent again
    again = site.browser(kari)
    page = again.send(again.get("/").form("/language")) and again.get(f"/calls/{call}/apply")
    assert "Fristen er ute" in page.words
    assert drafts(site, kari, organisation) == 0


def test_for_another_s_organisation_one_can_not_apply(site: Site, kari: str) -> None:
    call = site.world.call()
    other = site.world.organisation(site.world.user("Ola Hansen"), "Turlaget", NUMBERS[1])
    mine = site.world.organisation(kari)
    browser = site.browser(kari)
    assert browser.get(f"/calls/{call}/apply?organisation={other}").status == 404
    form = browser.get(f"/calls/{call}/apply").form(f"/calls/{call}/apply")
    assert browser.send(form, organisation=other).status == 404
    assert drafts(site, kari, mine) == 0
    assert browser.get("/calls/no-such/apply").status == 404


@pytest.mark.parametrize("language", ["nn", "en"])
def test_in_other_languages(site: Site, kari: str, language: str) -> None:
    call = site.world.call()
    site.world.organisation(kari)
    browser = site.browser(kari)
    browser.send(browser.get("/").form("/language"), language=language)
    page = browser.get(f"/calls/{call}/apply")
    assert page.faults() == []
    assert page.title.startswith({"nn": "Søk på «Integreringsarbeid", "en": "Apply for “Integration"}[language])


def test_answers_that_do_not_fit_are_refused_and_nothing_is_begun(site: Site, kari: str) -> None:
    call = site.world.call()
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/calls/{call}/apply").form(f"/calls/{call}/apply")
    page = browser.send(form, **{"known.no_such_question": "1", "known.municipality": "not json"})
    assert page.status == 422
    assert page.faults() == []
    assert drafts(site, kari, organisation) == 0


def test_a_draft_goes_on_from_there(site: Site, kari: str) -> None:
    call, organisation = site.world.call(), site.world.organisation(kari)
    id = site.world.draft(call, organisation, kari)
    save_draft(site.world.engine, site.world.by(kari), id, 1, {"members": 120})
    page = site.browser(kari).get(f"/applications/{id}")
    assert page.links["Skriv på søknaden"] == f"/applications/{id}/form"
    assert "1 av 3 besvart" in page.words


def test_the_minutes_of_the_parts_are_those_of_the_whole(site: Site, kari: str) -> None:
    call, organisation = site.world.call(), site.world.organisation(kari)
    id, browser = site.world.draft(call, organisation, kari), site.browser(kari)

    def said(path: str) -> list[int]:
        return [int(found) for found in re.findall(r"omtrent (\d+) minutt", browser.get(path).words)]

    [of_call] = said(f"/calls/{call}")[:1]
    assert sum(said(f"/applications/{id}")) == of_call
    assert said(f"/applications/{id}/form/project") == [of_call]
    save_draft(site.world.engine, site.world.by(kari), id, 1, {**ANSWERS, "requested": None})
    [left] = said(f"/applications/{id}/form/project")
    assert said(f"/applications/{id}") == [left]
    save_draft(site.world.engine, site.world.by(kari), id, 2, {**ANSWERS, "partners": None})
    page = browser.get(f"/applications/{id}")
    assert page.faults() == []
    assert (said(page.place), said(f"/applications/{id}/form/project")) == ([], [])
    assert "Om prosjektet Ferdig" in page.words
    assert "ett valgfritt spørsmål er ikke besvart · ett spørsmål kan besvares etter innsending" in page.words
