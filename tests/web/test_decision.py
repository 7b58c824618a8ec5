"""The answer: not told before its letter, then in three sentences with why; declined, appealed, and read as it was sent."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date

import pytest
from closed import SMALL, Closed, closed, decided, sent
from reader import Browser, Page, Site
from stage import Case, Stage
from statements import counted

from grantengine.services.interim_reply import send_interim_replies
from grantengine.services.read_application import read_application
from grantengine.services.send_letters import send_letters
from grantengine.services.submit_appeal import list_appeals
from grantengine.services.write_reasons import write_reasons
from grantengine_web.applicant.letter_parts import letter_parts


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


def answer(browser: Browser, case: Case, more: str = "") -> Page:
    return browser.get(f"/applications/{case.id}/decision{more}")


def status(stage: Stage, case: Case) -> str:
    return read_application(stage.engine, stage.world.by(case.by.id or ""), case.id).status


def test_nothing_is_told_before_the_letter_has_gone_out(site: Site, stage: Stage) -> None:
    there = closed(stage)
    browser = site.browser(there.first.by.id)
    before = [answer(browser, there.first).words, browser.get(f"/applications/{there.first.id}").words]
    decided(stage, there)
    page = answer(browser, there.first)
    assert (page.status, page.faults()) == (200, [])
    assert [page.words, browser.get(f"/applications/{there.first.id}").words] == before
    assert "Dere har ikke fått svar ennå." in page.words
    assert browser.get(f"/applications/{there.first.id}/decision/appeal").words.count("ikke noe svar å klage på") == 1


def test_a_grant_is_told_in_three_sentences_and_then_why(site: Site, stage: Stage) -> None:
    there = sent(stage)
    browser = site.browser(there.first.by.id)
    page = answer(browser, there.first)
    assert (page.status, page.faults()) == (200, [])
    sentences = page.find("div", class_="site-sentences")
    assert sentences is not None
    assert len(list(sentences.iter("p"))) == 3
    assert "300 000 kr" in page.words.replace("\xa0", " ")
    assert "Poeng" in page.words
    assert "Dere kan klage" in page.words
    overview = browser.get(f"/applications/{there.first.id}")
    assert overview.faults() == []
    assert "Les svaret" in overview.links


def test_a_refusal_says_what_would_have_changed_it(site: Site, stage: Stage) -> None:
    there = closed(stage, SMALL.replace("require: members >= 5", "require: members >= 5000"), sums=(300_000,))
    last = there.first
    allocation = decided(stage, there)
    changes = ["rule:enough-members"]
    write_reasons(stage.engine, stage.handler, last.id, note="<b>Et godt tiltak</b>", counterfactuals=changes)
    send_letters(stage.engine, stage.system, allocation)
    page = answer(site.browser(last.by.id), last)
    assert page.faults() == []
    assert "Avslått" in page.title
    assert "<b>Et godt tiltak</b>" in page.words
    assert "Hva som ville endret utfallet" in page.words
    assert "5 000" in page.words.replace("\xa0", " ")


def test_the_letter_is_the_document_that_was_sent_and_may_do_nothing(site: Site, stage: Stage) -> None:
    there = sent(stage)
    browser = site.browser(there.first.by.id)
    address = answer(browser, there.first).links["Les brevet"]
    read = browser.client.get(address)
    policy = read.headers["Content-Security-Policy"]
    styles = re.findall(r"<style>(.*?)</style>", read.text, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    allowed = " ".join(f"'sha256-{one}'" for one in digests)
    assert f"style-src {allowed};" in policy
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-same-origin" not in policy
    assert read.headers["Cache-Control"] == "no-store"
    other = site.browser(there.cases[1].by.id)
    assert other.get(address).status == 404
    assert answer(other, there.first).status == 404


def test_above_a_letter_stands_the_way_back_and_is_not_printed(site: Site, stage: Stage) -> None:
    there = sent(stage)
    browser = site.browser(there.first.by.id)
    page = browser.get(answer(browser, there.first).links["Les brevet"])
    assert page.links["Tilbake til svaret på søknaden"] == f"/applications/{there.first.id}/decision"
    bar = page.find("nav", class_="bar")
    assert bar is not None
    assert bar.get("lang") == "nb"
    assert "@media print { .bar { display: none; } }" in browser.client.get(page.place).text
    office = site.browser(stage.handler.id).get(page.place)
    assert office.find("nav", class_="bar") is not None
    assert "Tilbake til svaret på søknaden" not in office.links


def test_no_is_said_once_and_with_open_eyes(site: Site, stage: Stage) -> None:
    there = sent(stage)
    browser = site.browser(there.first.by.id)
    page = browser.get(answer(browser, there.first).links["Si nei til tilskuddet"])
    assert page.faults() == []
    assert "Dere kan ikke angre etterpå." in page.words
    form = page.form("/decline")
    page = browser.send(form, reason="Vi får ikke lokale")
    assert (page.status, page.faults()) == (422, [])
    assert page.problems == ["Kryss av for at dere vil si nei til tilskuddet"]
    assert page.form("/decline").values["reason"].strip() == "Vi får ikke lokale"
    page = browser.send(page.form("/decline"), sure="1")
    assert "Dere har sagt nei til tilskuddet." in page.words
    assert status(stage, there.first) == "declined"
    page = browser.send(form, sure="1")
    assert (page.status, page.faults()) == (409, [])


def test_an_appeal_gets_its_receipt_and_twice_is_once(site: Site, stage: Stage) -> None:
    there = sent(stage)
    last = there.cases[-1]
    browser = site.browser(last.by.id)
    page = browser.get(answer(browser, last).links["Skriv en klage"])
    assert page.faults() == []
    assert "Fristen for å klage er" in page.words
    form = page.form("/appeal")
    page = browser.send(form, text="  ")
    assert (page.status, page.faults()) == (422, [])
    for _ in range(2):
        page = browser.send(form, text="Vi er uenige.\nTallene er feil.")
        assert (page.status, page.faults()) == (200, [])
    assert "Klagen er mottatt." in page.words
    assert "Innen fristen" in page.words
    assert len(list_appeals(stage.engine, last.by, last.id)) == 1
    receipt = browser.client.get(page.links["Les kvitteringen for klagen"])
    assert receipt.status_code == 200


def test_deadlines_that_have_passed_are_told_as_passed(site: Site, stage: Stage) -> None:
    there = sent(stage)
    last = there.cases[-1]
    before = site.browser(last.by.id)
    page = answer(before, last)
    assert ("Dere kan klage" in headings(page), "gikk ut" in page.words) == (True, False)
    assert "Frist for å klage Nå" in before.get(f"/applications/{last.id}").words
    stage.world.clock.turn(days=60)
    browser = site.browser(last.by.id)
    page = answer(browser, last)
    assert page.faults() == []
    assert "Fristen for å klage gikk ut" in page.words
    assert ("Dere kan klage" in headings(page), "Dere kunne klage" in headings(page)) == (False, True)
    page = browser.get(f"/applications/{last.id}")
    assert page.faults() == []
    assert "Frist for å klage Gått ut" in page.words
    assert "Når dere får svar" not in page.words, "it has come"
    assert "Hva skjer nå?" not in browser.get(f"/applications/{last.id}/receipt").words


def headings(page: Page) -> list[str]:
    return [" ".join("".join(one.itertext()).split()) for one in page.tree.iter("h2")]


def test_an_answer_that_is_late_is_not_promised_any_more(site: Site, stage: Stage) -> None:
    case = stage.submitted()
    assert "Innen 15. mai 2027" in site.browser(case.by.id).get(f"/applications/{case.id}").words
    stage.world.clock.turn(days=200)
    browser = site.browser(case.by.id)
    page = browser.get(f"/applications/{case.id}")
    assert page.faults() == []
    assert "Svaret skulle komme innen 15. mai 2027. Det er ikke kommet ennå." in page.words
    page = browser.get(f"/applications/{case.id}/receipt")
    assert page.faults() == []
    assert "15. mai 2027" not in page.words


def test_a_late_appeal_is_taken_and_said_to_be_late(site: Site, stage: Stage) -> None:
    there = sent(stage)
    last = there.cases[-1]
    stage.world.clock.turn(days=60)
    browser = site.browser(last.by.id)
    page = answer(browser, last, "/appeal")
    assert page.faults() == []
    assert "Fristen for å klage gikk ut" in page.words
    page = browser.send(page.form("/appeal"), text="Vi fikk ikke brevet.")
    assert "Etter fristen" in page.words


def test_that_it_takes_longer_is_told(site: Site, stage: Stage) -> None:
    there = closed(stage)
    send_interim_replies(stage.engine, stage.handler, there.call, expected=date(2027, 9, 1), reason="Mange har søkt.")
    browser = site.browser(there.first.by.id)
    page = answer(browser, there.first)
    assert page.faults() == []
    assert "Dere kan vente svar senest 1. september 2027." in page.words
    assert any(words.startswith("Svaret tar lengre tid") for words in page.links)
    assert "senest 1. september 2027" in browser.get(f"/applications/{there.first.id}").words


def test_forms_of_others_do_nothing(site: Site, stage: Stage) -> None:
    there = sent(stage)
    other = site.browser(there.cases[1].by.id)
    for verb, values in (("decline", {"sure": "1"}), ("appeal", {"text": "Nei"})):
        assert other.post(f"/applications/{there.first.id}/decision/{verb}", values).status == 404
    assert status(stage, there.first) == "granted"


@pytest.mark.parametrize("language", ["nn", "en"])
def test_in_other_languages_the_letter_is_marked_as_what_it_is(site: Site, stage: Stage, language: str) -> None:
    there = sent(stage)
    browser = site.browser(there.first.by.id)
    browser.send(browser.get("/").form("/language"), language=language)
    for more in ("", "/decline", "/appeal"):
        page = answer(browser, there.first, more)
        assert (page.status, page.faults(), page.tree.get("lang")) == (200, [], language)
    sentences = answer(browser, there.first).find("div", class_="site-sentences")
    assert sentences is not None
    assert sentences.get("lang") == "nb"
    note = {"nn": "Brevet er skrive på bokmål.", "en": "The letter is written in Norwegian (Bokmål)."}
    assert note[language] in answer(browser, there.first).words
    browser.send(browser.get("/").form("/language"), language="nb")
    assert "Brevet er skrevet på" not in answer(browser, there.first).words


def test_the_page_takes_a_fixed_number_of_statements(site: Site, stage: Stage) -> None:
    few, many = sent(stage, sums=(300_000,)), sent(stage, sums=(300_000, 250_000, 200_000))
    counts = [statements(site, there) for there in (few, many)]
    assert counts == [(5, 13)] * 2


def statements(site: Site, there: Closed) -> tuple[int, int]:
    """How many the answer and the overview take."""
    browser = site.browser(there.first.by.id)
    found = []
    for path in (f"/applications/{there.first.id}/decision", f"/applications/{there.first.id}"):
        browser.get(path)
        with counted(site.world) as sent_:
            browser.get(path)
        found.append(len(sent_))
    return found[0], found[1]


def test_what_stands_in_a_letter_is_shown_and_never_run() -> None:
    parts = letter_parts(
        "<html lang=nn><div class=lead><p>Ein &lt;b&gt;.</p><p> </p></div><section aria-labelledby=h-x><h2>To &amp; tre</h2>"
        '<p onclick="x()" class="written">Fire<script>alert(1)</script></p><a href="javascript:x()">Fem</a>'
        '<a href="mailto:a@b.example">Seks</a><td class="right" colspan="2">7</td></section></html>'
    )
    assert (parts.language, parts.sentences) == ("nn", ("Ein <b>.",))
    [one] = parts.sections
    assert (one.id, one.heading) == ("x", "To & tre")
    assert "onclick" not in one.content
    assert "<script" not in one.content
    assert "javascript" not in one.content
    assert 'href="mailto:a@b.example"' in one.content
    assert '<td class="site-number" colspan="2">7</td>' in one.content
