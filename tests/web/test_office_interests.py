"""The list of names: read before cases are opened, ties told, and decided about."""

from __future__ import annotations

import pytest
from reader import Page, Site
from reviews import PER_CASE, Review

from grantengine.services.see_interests import ApplicantListed, alphabetical
from grantengine_web.office import interests


def test_who_has_not_declared_is_led_to_the_list_and_back(site: Site) -> None:
    review = Review(site.world)
    user = review.staff("handler", "Ny Saksbehandler", declares=False)
    browser = site.browser(user)
    case = f"/office/cases/{review.cases[0]}/assessments"
    page = browser.get(case)
    assert page.place == f"/office/calls/{review.call}/interests"
    assert (page.status, page.faults()) == (200, [])
    assert "Lag 0" in page.words
    page = browser.send(page.form("/interests"))
    assert (page.status, page.faults()) == (422, [])
    assert page.problems == ["Velg om du har en tilknytning til noen av søkerne eller ikke"]
    page = browser.send(page.form("/interests"), answer="none", tie=review.organisations[0])
    assert page.status == 422
    page = browser.send(page.form("/interests"), answer="none", tie=None)
    assert page.place == case, "one comes to where one was going"
    assert page.status == 200


def test_one_is_led_nowhere_else(site: Site) -> None:
    review = Review(site.world)
    browser = site.browser(review.handler)
    page = browser.get(f"/office/calls/{review.call}/interests?next=https://evil.example/")
    assert "next" not in page.form("/interests").values
    page = browser.post(
        f"/office/calls/{review.call}/interests", {"answer": "none", "next": "//evil.example/"}, follow=False
    )
    assert page.place == f"/office/calls/{review.call}/interests"


def test_a_tie_shuts_cases_until_a_leader_has_decided(site: Site) -> None:
    review = Review(site.world, PER_CASE, cases=2)
    user = review.assessors[0]
    review.assign(user, case=0)
    review.assign(user, case=1)
    mine, lead = site.browser(user), site.browser(review.leader)
    page = mine.get(f"/office/calls/{review.call}/interests")
    assert "bare saken til den søkeren" in page.words
    organisation = review.organisations[0]
    page = mine.send(page.form("/interests"), answer="ties", tie=organisation)
    assert (page.status, page.problems, page.faults()) == (422, ["Skriv hva tilknytningen til Lag 0 er"], [])
    page = mine.send(page.form("/interests"), **{f"what.{organisation}": "Søsteren min sitter i styret"})
    assert "Det du meldte, er lagret." in page.words
    assert "Ikke avgjort" in page.words
    sheets = [f"/office/cases/{case}/sheet" for case in review.cases]
    assert [mine.get(one).status for one in sheets] == [403, 200]
    page = lead.get(f"/office/calls/{review.call}/interests")
    assert (page.status, page.faults()) == (200, [])
    assert "Søsteren min sitter i styret" in page.words
    form = next(one for one in page.forms() if "/interests/" in one.action)
    page = lead.send(form, reason="Nær familie")
    assert (page.status, page.faults()) == (422, [])
    page = lead.send(next(one for one in page.forms() if "/interests/" in one.action), conflict="yes")
    assert "Saker som er tatt fra personen og må gis til andre: 1." in page.words
    page = mine.get(f"/office/calls/{review.call}/interests")
    assert "Nær familie" in page.words
    assert mine.get(sheets[0]).status in (403, 404)
    assert "Nær familie" not in site.browser(review.handler).get(f"/office/calls/{review.call}/interests").words


def test_nobody_decides_about_oneself(site: Site) -> None:
    review = Review(site.world)
    tie = review.tie(review.leader)
    page = site.browser(review.leader).post(
        f"/office/calls/{review.call}/interests/{tie}", {"conflict": "no", "reason": "Bare medlem"}
    )
    assert page.status == 403
    assert "Ingen avgjør om sin egen tilknytning" in page.words


def test_new_names_are_marked_and_a_long_list_has_letters(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    review = Review(site.world, cases=1)
    user = review.staff("approver", "Guro Godkjenner")
    browser = site.browser(user)
    page: Page = browser.get(f"/office/calls/{review.call}/interests")
    assert "Nye på listen" not in page.words
    assert "Gå til bokstav" not in page.html
    site.world.clock.turn(minutes=1)
    with site.world.engine.store.work(site.world.system) as work:
        application = work.applications.get(review.cases[0])
        assert application is not None
        application.submitted_at = site.world.clock()
        work.record("submitted", application)
    page = browser.get(f"/office/calls/{review.call}/interests")
    assert (page.status, page.faults()) == (200, [])
    assert "Nye på listen siden du gikk gjennom den: 1." in page.words
    monkeypatch.setattr(interests, "MANY", 0)
    page = browser.get(f"/office/calls/{review.call}/interests")
    assert page.faults() == []
    assert page.links["L"] == "#letter-1"


def test_letters_are_in_norwegian_order() -> None:
    names = ["Ås lag", "Ærlig lag", "Zulu", "Østlag", "abc", "3 venner"]
    listed = sorted((ApplicantListed(one, one, None, False, False, None) for one in names), key=_by_name)
    assert [letter for letter, _ in interests.letters(listed)] == ["#", "A", "Z", "Æ", "Ø", "Å"]


def _by_name(one: ApplicantListed) -> str:
    return alphabetical(one.name)
