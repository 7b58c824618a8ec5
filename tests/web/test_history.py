"""How an application became what it is: kept states, and what differs between any two, told in words and not by colour alone."""

from __future__ import annotations

import pytest
from reader import Browser, Site
from worlds import ANSWERS, NUMBERS

from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application


@pytest.fixture
def kept(site: Site) -> tuple[Browser, str, str]:
    """A browser of Kari, her application with two kept states and a later draft, and Kari."""
    world = site.world
    call, kari = world.call(), world.user("Kari Nordmann")
    id = world.draft(call, world.organisation(kari), kari)
    first = {**ANSWERS, "summary": "Språkkafé hver uke i biblioteket"}
    second = {**first, "summary": "Språkkafé annenhver uke i biblioteket", "requested": "250000", "members": None}
    for version, answers in enumerate((first, second), 1):
        given = {name: value for name, value in answers.items() if value is not None}
        save_draft(world.engine, world.by(kari), id, version, given, keep=True)
        world.clock.turn(minutes=10)
    save_draft(world.engine, world.by(kari), id, 3, {**first, "summary": "Noe <b>helt</b> annet"})
    return site.browser(kari), id, kari


def test_states_are_listed_with_who_and_when(kept: tuple[Browser, str, str]) -> None:
    browser, id, _ = kept
    page = browser.get(f"/applications/{id}/history")
    assert page.faults() == []
    assert "Versjon 2: lagret av den som skrev 20. januar 2027 kl. 13.10 Kari Nordmann" in page.words
    assert "Slik det er nå" in page.words


def test_what_was_handed_in_is_of_when_it_was(site: Site, kept: tuple[Browser, str, str]) -> None:
    browser, id, _ = kept
    by = site.world.by(kept[2])
    save_draft(site.world.engine, by, id, 4, ANSWERS)
    site.world.clock.turn(hours=3)
    page = browser.get(f"/applications/{id}/preview")
    browser.send(page.form("/preview"), confirmed="yes")
    assert "sendt inn 20. januar 2027 kl. 16.20" in browser.get(f"/applications/{id}/history").words
    assert "sendt inn 20. januar 2027 kl. 13" not in browser.get(f"/applications/{id}/history").words


def test_two_states_are_compared_word_by_word(kept: tuple[Browser, str, str]) -> None:
    browser, id, _ = kept
    page = browser.send(browser.get(f"/applications/{id}/history").form("/history"), **{"from": "1", "to": "2"})
    assert page.faults() == []
    assert "Endret fra versjon 1 til versjon 2" in page.words
    removed, added = page.find("del"), page.find("ins")
    assert removed is not None
    assert added is not None
    assert " ".join("".join(removed.itertext()).split()) == "Tatt bort: hver ."
    assert " ".join("".join(added.itertext()).split()) == "Nytt: annenhver ."
    words = page.words.replace("\xa0", " ")
    assert "Før 300 000 kr Etter 250 000 kr" in words
    assert "Før 120 Etter Mangler svar" in words
    assert "Kommune" not in words


def test_a_state_is_compared_with_what_is_written_now(kept: tuple[Browser, str, str]) -> None:
    browser, id, _ = kept
    page = browser.get(f"/applications/{id}/history?from=1&to=")
    assert "Endret fra versjon 1 til nå" in page.words
    assert "<b>helt</b>" in page.words
    assert page.links["Gå til spørsmålet i skjemaet: Hva skal dere gjøre?"] == (
        f"/applications/{id}/form/project#q-summary"
    )
    old = page.find("textarea", readonly="")
    assert old is not None
    assert (old.text or "").strip() == "Språkkafé hver uke i biblioteket"
    assert page.faults() == []


def test_the_later_of_two_is_always_second_and_the_same_differs_in_nothing(kept: tuple[Browser, str, str]) -> None:
    browser, id, _ = kept
    turned = browser.get(f"/applications/{id}/history?from=2&to=1")
    assert turned.words == browser.get(f"/applications/{id}/history?from=1&to=2").words
    assert "Ingenting er endret." in browser.get(f"/applications/{id}/history?from=1&to=1").words


@pytest.mark.parametrize("place", ["3", "0", "999999999"])
def test_a_state_that_is_not_there(kept: tuple[Browser, str, str], place: str) -> None:
    browser, id, _ = kept
    assert browser.get(f"/applications/{id}/history?from={place}").status == 404


@pytest.mark.parametrize("place", ["", "x", "-1", "9" * 40, "%00", "²"])
def test_what_is_no_place_compares_nothing(kept: tuple[Browser, str, str], place: str) -> None:
    browser, id, _ = kept
    page = browser.get(f"/applications/{id}/history?from={place}")
    assert (page.status, page.find("h2", id="changes")) == (200, None)


def test_before_anything_is_kept(site: Site) -> None:
    world = site.world
    call, kari = world.call(), world.user("Kari Nordmann")
    id = world.draft(call, world.organisation(kari), kari)
    page = site.browser(kari).get(f"/applications/{id}/history")
    assert "Det er ingen tidligere versjoner ennå." in page.words
    assert page.faults() == []


def test_after_submission_nothing_leads_back_into_the_form(site: Site, kept: tuple[Browser, str, str]) -> None:
    browser, id, kari = kept
    submit_application(site.world.engine, site.world.by(kari), id, 4)
    page = browser.get(f"/applications/{id}/history?from=1&to=3")
    assert "Versjon 3: sendt inn" in page.words
    assert [words for words in page.links if words.startswith("Gå til spørsmålet")] == []
    assert page.faults() == []


def test_the_history_of_others_is_not_there(site: Site, kept: tuple[Browser, str, str]) -> None:
    _, id, _ = kept
    ola = site.world.user("Ola Hansen")
    site.world.organisation(ola, "Turlaget", NUMBERS[1])
    assert site.browser(ola).get(f"/applications/{id}/history?from=1").status == 404


@pytest.mark.parametrize(("language", "words"), [("nn", "Teke bort:"), ("en", "Removed:")])
def test_in_other_languages(kept: tuple[Browser, str, str], language: str, words: str) -> None:
    browser, id, _ = kept
    browser.send(browser.get("/").form("/language"), language=language)
    page = browser.get(f"/applications/{id}/history?from=1&to=2")
    assert page.faults() == []
    assert words in page.words
