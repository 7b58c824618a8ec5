"""The talk about a case as the authority has it: threads for each audience, requests for changes, and answers for all."""

from __future__ import annotations

import pytest
from reader import Form, Page, Site
from stage import Case, Stage
from worlds import ANSWERS

from grantengine.services.answer_changes import answer_changes
from grantengine.services.declare_interests import declare_interests
from grantengine.services.publish_answer import list_answers
from grantengine.services.read_application import read_application
from grantengine.services.read_threads import read_threads
from grantengine.services.save_draft import save_draft
from grantengine.services.write_comment import answer_thread, open_thread


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


@pytest.fixture
def case(stage: Stage) -> Case:
    return stage.submitted()


def form_about(page: Page, question: str | None) -> Form:
    """The form to write something new about a question, or about the whole."""
    return next(
        one for one in page.forms() if one.action.endswith("/threads") and one.values.get("question") == question
    )


def test_the_applicant_is_asked_at_the_answer_answers_and_it_is_settled(site: Site, stage: Stage, case: Case) -> None:
    handler = site.browser(stage.handler.id)
    page = handler.get(f"/office/cases/{case.id}")
    page = handler.send(form_about(page, "summary"), text="Hvor ofte?\r\nHver uke?", follow=False)
    assert page.place.endswith(f"/office/cases/{case.id}#q-summary")
    page = handler.get(f"/office/cases/{case.id}")
    assert page.faults() == []
    assert "Det er sendt." in page.words
    assert "Venter på søkeren" in page.words
    [told] = stage.world.messages(template="comment")
    assert "/applications/" in told.body
    applicant = site.browser(case.by.id)
    [thread] = [one.id for one in read_threads(stage.engine, case.by, case.id)]
    applicant.send(applicant.get(f"/applications/{case.id}/threads/{thread}").form(thread), text="Hver tirsdag")
    told = stage.world.messages(template="comment")[-1]
    page = handler.get(told.body[told.body.index("/office/") :].split()[0])
    assert (page.status, page.faults()) == (200, [])
    assert "Venter på oss" in page.words
    page = handler.send(page.form(f"{thread}/resolve"))
    assert "Samtalen er merket som avklart." in page.words
    assert read_threads(stage.engine, case.by, case.id)[0].resolved_at is not None
    page = handler.send(page.form(f"/threads/{thread}"), text="Takk")
    assert "Svaret er sendt." in page.words
    assert read_threads(stage.engine, case.by, case.id)[0].resolved_at is None


def test_notes_and_the_talk_of_assessors_are_not_for_the_applicant(site: Site, stage: Stage, case: Case) -> None:
    handler, approver = site.browser(stage.handler.id), site.browser(stage.staff("approver").id)
    form = form_about(handler.get(f"/office/cases/{case.id}"), None)
    for audience in ("applicant", "authority", "assessors"):
        page = handler.send(form, text=f"Ord for {audience}", audience=audience)
        assert (page.status, page.faults()) == (200, [])
    assert all(f"Ord for {one}" in page.words for one in ("applicant", "authority", "assessors"))
    page = approver.get(f"/office/cases/{case.id}")
    assert "Ord for authority" in page.words
    assert "Ord for assessors" not in page.words
    assert [one.comments[0].text for one in read_threads(stage.engine, case.by, case.id)] == ["Ord for applicant"]


def test_what_can_not_be_sent_is_kept_on_a_page_of_its_own(site: Site, stage: Stage, case: Case) -> None:
    handler = site.browser(stage.handler.id)
    form = form_about(handler.get(f"/office/cases/{case.id}"), "summary")
    page = handler.send(form, text="x" * 4001, audience="authority")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    again = page.form("/threads")
    assert (again.values["question"], again.values["audience"], len(again.values["text"].strip())) == (
        "summary",
        "authority",
        4001,
    )
    page = handler.send(again, text="Kort")
    assert "Notatet er lagret." in page.words
    thread = open_thread(stage.engine, case.by, case.id, "Hva nå?")
    page = handler.send(handler.get(f"/office/cases/{case.id}/threads/{thread}").form(thread), text="")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)


def test_a_tie_keeps_one_from_the_talk(site: Site, stage: Stage, case: Case) -> None:
    thread = open_thread(stage.engine, case.by, case.id, "Hva nå?")
    tied = stage.staff("handler")
    declare_interests(stage.engine, tied, stage.call, {case.organisation: "Er med i styret"})
    browser = site.browser(tied.id)
    for path in (f"threads/{thread}", "changes", "meetings/log"):
        assert browser.get(f"/office/cases/{case.id}/{path}").status == 403
    for path in ("threads", f"threads/{thread}", f"threads/{thread}/resolve", "changes", "changes/take-back"):
        assert browser.post(f"/office/cases/{case.id}/{path}", {"text": "Hei", "reason": "Nei"}).status == 403


def test_two_answers_are_asked_about_and_only_those_are_open(site: Site, stage: Stage, case: Case) -> None:
    handler = site.browser(stage.handler.id)
    page = handler.get(f"/office/cases/{case.id}/changes?question=summary")
    assert (page.status, page.faults()) == (200, [])
    assert "Dere kan spørre 2 av 2 ganger til." in page.words
    form = page.form("/changes")
    assert form.values.getlist("question") == ["summary"]
    wanted = {"question": ["summary", "requested"], "reason": "Skriv hvor ofte.", "due": "2027-02-10"}
    page = handler.send(form, press="Se meldingen før den sendes", **wanted)
    assert (page.status, page.faults()) == (200, [])
    assert "10.02.2027 23:59" in page.words
    assert "Skriv hvor ofte." in page.words
    assert not stage.world.messages(template="changes-asked")
    page = handler.send(page.form("/changes"), press="Send til søkeren")
    assert "Søkeren er bedt om å endre svarene." in page.words
    [told] = stage.world.messages(template="changes-asked")
    assert "10.02.2027 23:59" in told.body
    seen = site.browser(case.by.id).get(f"/applications/{case.id}/changes")
    assert "Skriv hvor ofte." in seen.words
    opened = [one for one in seen.tree.iter("a") if one.get("href", "").startswith(f"/applications/{case.id}/form/")]
    assert [one.get("href", "").partition("#")[2] for one in opened] == ["q-summary", "q-requested"]
    page = handler.send(page.form("/take-back"), reason="")
    assert (page.status, len(page.problems)) == (422, 1)
    page = handler.send(page.form("/take-back"), reason="Vi fant det selv")
    assert "Trukket tilbake" in page.words
    assert "Dere kan spørre 2 av 2 ganger til." in page.words
    assert stage.world.messages(template="changes-taken-back")


def test_what_was_asked_before_stands_with_its_answer(site: Site, stage: Stage, case: Case) -> None:
    handler, path = site.browser(stage.handler.id), f"/office/cases/{case.id}/changes"
    form = handler.get(path).form("/changes")
    page = handler.send(form, press="Se meldingen før den sendes", question=["summary"], reason="")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    assert page.form("/changes").values.getlist("question") == ["summary"]
    page = handler.post(path, {"question": "summary", "reason": "Mer", "due": "2027-02-10"})
    assert "Søkeren er spurt" in page.words
    draft = read_application(stage.engine, case.by, case.id).draft
    assert draft is not None
    answers = {**ANSWERS, "summary": "Hver uke"}
    version = save_draft(stage.engine, case.by, case.id, draft.version, answers).version
    answer_changes(stage.engine, case.by, case.id, version, message="Nå står det")
    page = handler.get(path)
    assert page.faults() == []
    assert "Besvart" in page.words
    assert "Nå står det" in page.words


def test_an_answer_is_published_from_the_case_that_it_was_given_in(site: Site, stage: Stage, case: Case) -> None:
    other, browser = stage.submitted(), site.browser(stage.handler.id)
    stage.world.declare(stage.call)
    comment = answer_thread(stage.engine, stage.handler, open_thread(stage.engine, case.by, case.id, "Kan vi?"), "Ja")
    told = {"asked": "Kan vi?", "answer": "Ja"}
    assert browser.post(f"/office/cases/{other.id}/comments/{comment}/publish", told).status == 404
    assert list_answers(stage.engine, stage.handler, stage.call) == []
    assert browser.post(f"/office/cases/{case.id}/comments/{comment}/publish", told).status == 200
    assert len(list_answers(stage.engine, stage.handler, stage.call)) == 1


def test_an_answer_is_published_without_the_name_of_who_asked(site: Site, stage: Stage, case: Case) -> None:
    thread = open_thread(stage.engine, case.by, case.id, "Kan vi i laget søke om leie?")
    handler = site.browser(stage.handler.id)
    page = handler.get(f"/office/cases/{case.id}/threads/{thread}")
    handler.send(page.form(thread), text="Ja, leie kan dekkes.")
    page = handler.get(f"/office/cases/{case.id}/threads/{thread}")
    [way] = [href for words, href in page.links.items() if words.startswith("Publiser dette svaret")]
    page = handler.get(way)
    assert page.faults() == []
    form = page.form("/publish")
    assert form.values["answer"].strip() == "Ja, leie kan dekkes."
    with stage.engine.store.read() as reading:
        name = reading.organisations.names({case.organisation})[case.organisation]
    page = handler.send(form, asked=f"Kan {name} søke om leie?")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    page = handler.send(page.form("/publish"), asked="Kan vi søke om leie?")
    assert "Svaret er publisert" in page.words
    public = site.browser().get(f"/calls/{stage.call}/answers")
    assert "Kan vi søke om leie?" in public.words
    assert "Ja, leie kan dekkes." in public.words
    page = handler.send(page.form("/answers"), asked="Når kommer svaret?", answer="I juni.")
    assert "Når kommer svaret?" in page.words
    assert handler.send(page.form("/answers")).status == 422
