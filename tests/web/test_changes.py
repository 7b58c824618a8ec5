"""A request for changes: read, written on the pages of the form, looked over, handed in, or answered with why not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reader import Browser, Page, Site
from stage import OPEN, Case, Stage
from statements import counted
from worlds import ANSWERS

from grantengine.form.merge import digest
from grantengine.services.ask_changes import ask_changes
from grantengine.services.close_changes import lapse_changes, take_back_changes
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.read_application import read_application
from grantengine.services.read_draft import read_draft
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application

REASON = "Hvor ofte er det?\nOg for hvem?"


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


def asked(stage: Stage, *questions: str, due: str | None = None) -> Case:
    case = stage.submitted()
    ask_changes(stage.engine, stage.handler, case.id, questions=list(questions) or ["summary"], reason=REASON, due=due)
    return case


def version(stage: Stage, case: Case) -> int:
    seen = read_application(stage.engine, stage.world.by(case.by.id or ""), case.id).draft
    assert seen is not None
    return seen.version


def write(stage: Stage, case: Case, **answers: str) -> None:
    """Someone writes in the draft."""
    by = stage.world.by(case.by.id or "")
    save_draft(stage.engine, by, case.id, version(stage, case), {**ANSWERS, **answers})


def changes(browser: Browser, case: Case) -> Page:
    return browser.get(f"/applications/{case.id}/changes")


def submitted(stage: Stage, case: Case) -> object:
    seen = read_application(stage.engine, stage.handler, case.id)
    return (seen.answers or {}).get("summary"), seen.status


def test_what_is_asked_is_told_with_why_and_until_when(site: Site, stage: Stage) -> None:
    case = asked(stage)
    browser = site.browser(case.by.id)
    page = changes(browser, case)
    assert (page.status, page.faults()) == (200, [])
    assert "Send inn svaret senest" in page.words
    assert REASON.split("\n", maxsplit=1)[0] in page.words
    assert "Dette er runde 1 av 2." in page.words
    assert "Saksbehandleren kan be om endringer én gang til." in page.words
    assert "Hva skal dere gjøre?" in page.words
    assert "Dere har ikke endret noe ennå." in page.words
    overview = browser.get(f"/applications/{case.id}")
    assert overview.faults() == []
    assert "Dere er bedt om å endre søknaden senest" in overview.words
    assert "Tiden hos forvalteren står stille til dere har svart." in overview.words or "Veien videre" in overview.words


def test_only_what_is_asked_for_can_be_written_and_the_rest_is_shown(site: Site, stage: Stage) -> None:
    case = asked(stage)
    browser = site.browser(case.by.id)
    way = next(url for words, url in changes(browser, case).links.items() if words.startswith("Endre: "))
    page = browser.get(way.partition("#")[0])
    assert page.status == 200
    assert page.find("textarea", name="a.summary") is not None
    assert page.find("input", name="a.requested") is None
    assert "Søknadsbeløp" in page.words


_LABEL = "optional: true, label: {{nb: {0}, nn: {0}, en: {0}}}"
_CHOICES = (
    "choices: [{id: one, label: {nb: Den ene, nn: Den eine, en: One}}, {id: two, label: {nb: To, nn: To, en: Two}}]"
)
MORE: dict[str, tuple[str, Any, str]] = {
    "place": ("kind: municipality", "0301", "Oslo"),
    "owner": ("kind: organisation_number", "974760673", "974760673"),
    "begins": ("kind: date", "2027-03-02", "2027-03-02"),
    "rate": ("kind: number", 2.5, "2,5"),
    "way": (f"kind: choice, {_CHOICES}", "one", "Den ene"),
    "ways": (f"kind: choices, {_CHOICES}", ["one", "two"], "Den ene, To"),
    "nickname": ("kind: text", "Kaffekoppen", "Kaffekoppen"),
    "agreed": ("kind: consent", True, "Ja"),
    "costs": ("kind: budget", [{"line": "Leie", "amount": "500.00", "funded_by": "Kommunen"}], "Leie"),
    "meetups": (
        "kind: activities",
        [
            {"name": "Dans", "target_group": "Unge", "municipality": "0301", "from": "2027-03-02", "to": "2027-03-03"}
        ],
        "Dans",
    ),
    "tools": (
        "kind: table, columns: [{id: what, kind: text, label: {nb: Hva, nn: Kva, en: What}}]", [{"what": "Symaskin"}],
        "Symaskin",
    ),
}  # fmt: skip
"""Questions of the kinds that the example has not: how they are asked, an answer, and how it is read."""


def of_every_kind(site: Site) -> Case:
    """Changes are asked of one answer on a page that has answered questions of every kind."""
    lines = [f"      - {{id: {id}, {kind}, {_LABEL.format(id.title())}}}\n" for id, (kind, _, _) in MORE.items()]
    before = "      - {id: continues_earlier,"
    stage = Stage(site.world, OPEN.replace(before, "".join(lines) + before))
    case = stage.draft()
    stage.file(case)
    answers = {**ANSWERS, **{id: value for id, (_, value, _) in MORE.items()}}
    by = stage.world.by(case.by.id or "")
    read = read_application(stage.engine, by, case.id).draft
    assert read is not None
    submit_application(stage.engine, by, case.id, save_draft(stage.engine, by, case.id, read.version, answers).version)
    stage.world.declare(stage.call)
    ask_changes(stage.engine, stage.handler, case.id, questions=["summary"], reason=REASON)
    return case


def kept(site: Site, case: Case) -> Any:
    seen = read_application(site.world.engine, site.world.by(case.by.id or ""), case.id).draft
    assert seen is not None
    return seen.answers


@pytest.mark.parametrize("press", ["Lagre", "Lagre og se over søknaden", "Lagre og gå tilbake"])
def test_what_is_locked_is_not_sent_and_stays(site: Site, press: str) -> None:
    case = of_every_kind(site)
    browser, before = site.browser(case.by.id), kept(site, case)
    page = browser.get(f"/applications/{case.id}/form/project")
    form = page.form("/project")
    # The script has saved first, and has put into the form what it was told stands there now.
    values = form.with_values(**{"a.summary": "Kafé"})
    told = browser.client.post(form.action, data=values, headers={"Accept": "application/json"})
    assert told.status_code == 200
    assert told.json["base"].keys() == {"summary"}
    page = browser.send(form, press=press, **{"a.summary": "Kafé hver tirsdag", "base": json.dumps(told.json["base"])})
    assert (page.status, page.problems) == (200, [])
    assert press != "Lagre og se over søknaden" or page.place == f"/applications/{case.id}/changes"
    assert kept(site, case) == {**before, "summary": "Kafé hver tirsdag"}


def test_a_page_that_says_more_than_it_may_takes_nothing_away(site: Site) -> None:
    """One that was opened while all could be written carries the marks of all answers, and does not send them again."""
    case = of_every_kind(site)
    browser, before = site.browser(case.by.id), kept(site, case)
    form = browser.get(f"/applications/{case.id}/form/project").form("/project")
    marks = json.dumps(digests(site, case))
    page = browser.send(form, press="Lagre", **{"a.summary": "Kafé", "base": marks})
    assert (page.status, page.problems) == (200, [])
    assert kept(site, case) == {**before, "summary": "Kafé"}


def test_what_is_locked_is_shown_as_it_is_where_something_is_refused(site: Site) -> None:
    case = of_every_kind(site)
    browser, before = site.browser(case.by.id), kept(site, case)
    form = browser.get(f"/applications/{case.id}/form/project").form("/project")
    forged = {"base": json.dumps(digests(site, case)), "a.requested": "999", "a.summary": "Kafé"}
    page = browser.send(form, press="Lagre", **forged)
    assert (page.status, page.faults()) == (422, [])
    assert page.problems == ["Søknadsbeløp – Dette kan ikke endres nå. Det dere sendte inn, gjelder."]
    for _, _, words in MORE.values():
        assert words in page.words
    assert "Egenfinansiering (kan ikke endres nå) Ikke besvart" in page.words
    assert "Budsjett (kan ikke endres nå) b.txt" in page.words
    assert "300 000" in page.words.replace("\N{NO-BREAK SPACE}", " ")
    assert "999" not in page.words
    assert page.form("/project").values["a.summary"].strip() == "Kafé"
    assert kept(site, case) == before


def digests(site: Site, case: Case) -> dict[str, str]:
    """The marks of all answers of the page, as a draft that was never handed in shows them."""
    by = site.world.by(case.by.id or "")
    draft = read_draft(site.world.engine, by, case.id)
    return {
        field.id: digest(field, draft.answers.get(field.id)) for field in draft.plan.form.fields if field.page == "project"
    }  # fmt: skip


def test_changes_are_looked_over_and_handed_in_once(site: Site, stage: Stage) -> None:
    case = asked(stage)
    write(stage, case, summary="Språkkafé hver tirsdag")
    browser = site.browser(case.by.id)
    page = changes(browser, case)
    assert page.faults() == []
    assert page.find("ins") is not None
    before, _ = submitted(stage, case)
    assert before == ANSWERS["summary"]
    form = page.form("/changes")
    page = browser.send(form, message="Nå står det hvor ofte")
    assert "Endringene er sendt inn." in page.words
    assert submitted(stage, case) == ("Språkkafé hver tirsdag", "submitted")
    assert "Ingen endringer venter på dere nå." in page.words
    assert "Nå står det hvor ofte" in page.words
    again = browser.send(form, message="Nå står det hvor ofte")
    assert again.status == 200


CLEARING = (
    "  - {id: clearing, kind: dialogue, title: {nb: Avklaring, nn: Avklaring, en: Clearing}, opens: 2027-01-18T08:00,"
    " closes: 2027-02-26T16:00}\n"
)


def test_earlier_requests_are_told_apart(site: Site) -> None:
    """By the round, in which the count begins anew; what was taken back is not counted."""
    stage = Stage(site.world, OPEN.replace("\nallocation:", f"{CLEARING}\nallocation:"))
    case = stage.submitted()
    ask_changes(stage.engine, stage.handler, case.id, questions=["summary"], reason=REASON, round_id="corrections")
    take_back_changes(stage.engine, stage.handler, case.id, reason="Feil søknad")
    browser = site.browser(case.by.id)
    for round in ("clearing", "corrections"):
        ask_changes(stage.engine, stage.handler, case.id, questions=["summary"], reason=REASON, round_id=round)
        write(stage, case, summary=f"Ny tekst etter {round}")
        browser.send(changes(browser, case).form("/changes"), message="")
    page = changes(browser, case)
    assert page.faults() == []
    headings = [" ".join("".join(one.itertext()).split()) for one in page.tree.iter("h3")]
    assert headings == [
        "Dialog: Runde 1, 20. januar 2027 Besvart", "Avklaring: Runde 1, 20. januar 2027 Besvart",
        "Dialog: 20. januar 2027 Trukket tilbake av forvalteren",
    ]  # fmt: skip


def test_nothing_to_change_is_an_answer_if_one_says_why(site: Site, stage: Stage) -> None:
    case = asked(stage)
    browser = site.browser(case.by.id)
    form = changes(browser, case).form("/changes")
    page = browser.send(form)
    assert (page.status, page.faults()) == (422, [])
    assert page.problems == ["Skriv kort hvorfor dere ikke endrer noe"]
    assert submitted(stage, case) == (ANSWERS["summary"], "changes-asked")
    page = browser.send(form, message="Det står i vedlegget")
    assert "Det står i vedlegget" in page.words
    assert submitted(stage, case) == (ANSWERS["summary"], "submitted")


def test_what_does_not_fit_yet_is_told_with_the_way_there(site: Site, stage: Stage) -> None:
    case = asked(stage, "summary", "requested")
    write(stage, case, summary="Ny tekst", requested="5.00")
    browser = site.browser(case.by.id)
    page = changes(browser, case)
    assert (page.status, page.faults()) == (200, [])
    assert any(words == "Søknadsbeløp" and "#q-requested" in url for words, url in page.links.items())
    page = browser.send(page.form("/changes"), message="Her")
    assert page.status == 422
    assert "Her" in page.html
    assert submitted(stage, case) == (ANSWERS["summary"], "changes-asked")


def test_someone_saves_while_another_hands_in(site: Site, stage: Stage) -> None:
    case = asked(stage)
    write(stage, case, summary="Første")
    browser = site.browser(case.by.id)
    form = changes(browser, case).form("/changes")
    write(stage, case, summary="Andre")
    page = browser.send(form, message="Klart")
    assert page.status == 409
    assert "Noen har endret søknaden" in page.problems[0]
    assert page.form("/changes").values["message"].strip() == "Klart"
    assert submitted(stage, case) == (ANSWERS["summary"], "changes-asked")


def test_too_late_is_explained_and_nothing_is_lost(site: Site, stage: Stage) -> None:
    case = asked(stage, due="2027-01-20T14:00")
    write(stage, case, summary="Språkkafé hver tirsdag")
    browser = site.browser(case.by.id)
    form = changes(browser, case).form("/changes")
    stage.world.clock.turn(hours=2)
    page = browser.send(form, message="Beklager")
    assert page.status == 409
    assert page.faults() == []
    page = changes(browser, case)
    assert "Fristen gikk ut 20. januar 2027 kl. 14.00." in page.words
    assert page.find("ins") is not None
    lapse_changes(stage.engine, stage.system)
    page = changes(browser, case)
    assert page.faults() == []
    assert "Fristen gikk ut" in page.words
    assert "Søknaden blir behandlet slik dere sendte den inn." in page.words
    assert browser.send(form).status == 409


def test_a_request_that_was_taken_back_waits_no_more(site: Site, stage: Stage) -> None:
    case = asked(stage)
    take_back_changes(stage.engine, stage.handler, case.id, reason="Det sto i vedlegget")
    page = changes(site.browser(case.by.id), case)
    assert page.faults() == []
    assert "Trukket tilbake av forvalteren" in page.words


def test_a_writer_writes_and_a_contact_hands_in(site: Site, stage: Stage) -> None:
    case = asked(stage)
    writer = stage.person("ola@example.org")
    invite_member(stage.engine, case.by, organisation_id=case.organisation, email="ola@example.org", role="writer")
    accept_invitation(stage.engine, writer, stage.world.link("join", "ola@example.org"))
    page = changes(site.browser(writer.id), case)
    assert page.faults() == []
    assert "Det er en kontaktperson eller den som signerer, som sender inn endringene." in page.words
    assert (
        site.browser(writer.id).post(f"/applications/{case.id}/changes", {"message": "Her", "version": "1"}).status
        == 403
    )


def test_those_of_others_are_not_there(site: Site, stage: Stage) -> None:
    case, other = asked(stage), stage.submitted()
    browser = site.browser(other.by.id)
    assert changes(browser, case).status == 404
    assert browser.post(f"/applications/{case.id}/changes", {"message": "Her", "version": "2"}).status == 404
    assert "Dere er ikke bedt om å endre noe." in changes(browser, other).words


@pytest.mark.parametrize("language", ["nn", "en"])
def test_in_other_languages(site: Site, stage: Stage, language: str) -> None:
    case = asked(stage)
    browser = site.browser(case.by.id)
    browser.send(browser.get("/").form("/language"), language=language)
    page = changes(browser, case)
    assert (page.status, page.faults(), page.tree.get("lang")) == (200, [], language)


def test_the_page_takes_a_fixed_number_of_statements(site: Site, stage: Stage) -> None:
    case = asked(stage)
    write(stage, case, summary="Språkkafé hver tirsdag")
    browser = site.browser(case.by.id)
    changes(browser, case)
    with counted(site.world) as sent:
        changes(browser, case)
    assert len(sent) == 8


@pytest.mark.parametrize("question", ["partners", "summary"])
def test_partners_can_be_changed_only_where_that_is_asked(site: Site, stage: Stage, question: str) -> None:
    case = stage.submitted()
    partner = stage.partner(case)
    browser, path = site.browser(case.by.id), f"/applications/{case.id}/partners"
    offered = {form.action for form in browser.get(path).forms()}
    assert {path, f"{path}/{partner}/remind"} <= offered
    assert f"{path}/{partner}/remove" not in offered
    ask_changes(stage.engine, stage.handler, case.id, questions=[question], reason=REASON)
    offered = {form.action for form in browser.get(path).forms()}
    assert f"{path}/{partner}/remind" in offered
    assert {path, f"{path}/{partner}/remove"} & offered == (
        {path, f"{path}/{partner}/remove"} if question == "partners" else set()
    )
