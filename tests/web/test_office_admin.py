"""Administration: who works for an authority, what its letters say, its standard texts, and who is invited to a call."""

from __future__ import annotations

import pytest
from closed import closed, proposed
from reader import Browser, Page, Site
from stage import Stage

from grantengine.services.register_user import register_user


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


def admin(site: Site, stage: Stage) -> Browser:
    return site.browser(stage.admin.id)


def office(browser: Browser, stage: Stage, more: str = "") -> Page:
    page = browser.get(f"/office/authorities/{stage.authority}{more}")
    assert (page.status, page.faults()) == (200, [])
    return page


def test_a_role_is_given_by_address_and_ended_after_a_question(site: Site, stage: Stage) -> None:
    stage.world.user("Vera Vurderer", "vera@example.org")
    browser = admin(site, stage)
    front = browser.get("/office/authorities")
    assert (front.place, "Gi noen en rolle" in front.links) == (f"/office/authorities/{stage.authority}", True)
    page = browser.send(office(browser, stage).form(stage.authority), email=" Vera@example.org", role="assessor")
    assert "Vera Vurderer er nå den som vurderer søknader her." in page.words
    page = browser.get(page.links["Avslutt: Vera Vurderer, den som vurderer søknader"])
    assert page.faults() == []
    assert "Vera Vurderer er ikke lenger den som vurderer søknader" in page.words
    page = browser.send(page.form("/dismiss"))
    assert "Rollen er avsluttet." in page.words
    assert "Vera Vurderer" not in page.words


def test_of_an_address_without_an_account_nothing_more_is_told(site: Site, stage: Stage) -> None:
    register_user(stage.engine, stage.anyone, email="new@example.org", name="Ny", password="riktig hest batteri stift")
    browser = admin(site, stage)
    told = set()
    for email in ("nobody@example.org", "new@example.org"):
        page = browser.send(office(browser, stage).form(stage.authority), email=email, role="handler")
        assert (page.status, page.faults()) == (422, [])
        told.add(tuple(page.problems))
    assert len(told) == 1


def test_the_last_administrator_stays(site: Site, stage: Stage) -> None:
    browser = admin(site, stage)
    page = browser.get(f"/office/authorities/{stage.authority}/dismiss?user={stage.admin.id}&role=administrator")
    assert "Dette er din egen rolle." in page.words
    page = browser.send(page.form("/dismiss"))
    assert (page.status, page.faults()) == (409, [])
    assert page.problems == ["Den siste administratoren må bli til det er kommet en ny"]


def test_what_letters_say_is_in_the_next_one(site: Site, stage: Stage) -> None:
    there = closed(stage)
    proposed(stage, there)
    browser = admin(site, stage)
    page = browser.send(office(browser, stage, "/letters").form("/letters"), phone="tolv", **{"appeal_body/nb": "X"})
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 2)
    page = browser.send(
        page.form("/letters"), phone="22 22 22 22", appeal_section="forvaltningsloven § 28",
        **{"appeal_body/nb": "Klagenemnda"},
    )  # fmt: skip
    assert "Lagret." in page.words
    assert page.form("/letters").values["appeal_body/nb"] == "Klagenemnda"
    handler = site.browser(stage.handler.id)
    letter = handler.get(f"/office/cases/{there.first.id}/letter/preview").html
    assert all(words in letter for words in ("forvaltningsloven § 28", "22222222"))
    assert "Ledere og administratorer kan endre dette." in office(handler, stage, "/letters").words
    assert handler.post(f"/office/authorities/{stage.authority}/letters", {"phone": ""}).status == 403


def test_a_text_is_written_changed_and_taken_out_of_use(site: Site, stage: Stage) -> None:
    browser = site.browser(stage.handler.id)
    form = office(browser, stage, "/texts").form("/texts")
    page = browser.send(form, key="Mange Ord", grounds=["budget used"], **{"words/nb": "Mange."})
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 2)
    page = browser.send(page.form("/texts"), key="many", **{"words/nn": "Mange, seier vi."})
    assert "Teksten er lagret." in page.words
    assert "budsjettet er brukt opp" in page.words
    page = browser.get(page.links["Endre: many"])
    assert page.faults() == []
    page = browser.send(page.form("/texts"), **{"words/nb": "Svært mange."})
    assert "Svært mange." in page.words
    page = browser.send(page.form("/remove"))
    assert "Dere har ingen faste tekster ennå." in page.words


def test_an_organisation_is_invited_by_number_or_name(site: Site, stage: Stage) -> None:
    number = stage.number()
    named = stage.organisation(stage.person(), number=number)
    browser = site.browser(stage.handler.id)
    page = browser.get(f"/office/calls/{stage.call}/invitations")
    assert (page.faults(), "Ingen er invitert ennå." in page.words) == ([], True)
    page = browser.send(page.form("/invitations"), named="Finnes Ikke")
    assert (page.status, page.faults()) == (422, [])
    for said in (f"{number[:3]} {number[3:6]} {number[6:]}", f"{number}"):
        page = browser.send(page.form("/invitations"), named=said)
        assert "er invitert. Kontaktpersonene får e-post." in page.words
    assert named
    assert page.words.count(number) == 1


def test_who_may_not_administer_sees_no_people(site: Site, stage: Stage) -> None:
    page = office(site.browser(stage.handler.id), stage)
    assert "De som arbeider her" not in page.words
    assert "Hva rollene betyr" in page.words
    stranger = site.browser(stage.person().id)
    assert stranger.get(f"/office/authorities/{stage.authority}").status == 403
    assert "Du har ingen rolle" in stranger.get("/office/authorities").words
