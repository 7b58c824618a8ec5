"""The talk about an application: asked at a question, answered, settled, as the applicant's side meets it."""

from __future__ import annotations

import pytest
from reader import Site
from stage import Case, Stage
from statements import counted

from grantengine.services.read_threads import read_threads
from grantengine.services.withdraw_application import withdraw_application
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread

ASKED = "Hvor ofte møtes dere?\nHver uke?"


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


@pytest.fixture
def case(stage: Stage) -> Case:
    return stage.submitted()


def asked(stage: Stage, case: Case) -> str:
    """The handler asks about the summary."""
    return open_thread(stage.engine, stage.handler, case.id, ASKED, question="summary")


def test_a_question_is_read_with_the_answer_it_is_about_and_answered(site: Site, stage: Stage, case: Case) -> None:
    thread = asked(stage, case)
    browser = site.browser(case.by.id)
    page = browser.get(f"/applications/{case.id}/threads/{thread}")
    assert page.faults() == []
    assert page.title == "Hva skal dere gjøre? Venter på dere"
    assert "Språkkafé" in page.words
    assert ASKED.split("\n", maxsplit=1)[0] in page.words
    page = browser.send(page.form(thread), text="Hver tirsdag")
    assert "Svaret er sendt." in page.words
    assert page.title.endswith("Hos saksbehandleren")
    [seen] = read_threads(stage.engine, stage.handler, case.id)
    assert [one.text for one in seen.comments] == [ASKED.strip(), "Hver tirsdag"]


def test_the_same_answer_sent_twice_is_said_once(site: Site, stage: Stage, case: Case) -> None:
    thread = asked(stage, case)
    browser = site.browser(case.by.id)
    form = browser.get(f"/applications/{case.id}/threads/{thread}").form(thread)
    for _ in range(2):
        assert browser.send(form, text="Hver tirsdag").status == 200
    [seen] = read_threads(stage.engine, stage.handler, case.id)
    assert len(seen.comments) == 2


def test_one_asks_from_the_field_and_settles_what_one_has_asked(site: Site, stage: Stage, case: Case) -> None:
    browser = site.browser(case.by.id)
    read = browser.get(f"/applications/{case.id}/preview")
    assert read.faults() == []
    page = browser.get(read.links["Spør om dette: Hva skal dere gjøre?"].partition("#")[0])
    assert page.faults() == []
    form = page.form("/threads")
    assert form.values["question"] == "summary"
    page = browser.send(form, text="Kan vi endre dette?")
    assert "Spørsmålet er sendt." in page.words
    page = browser.send(page.form("/resolve"))
    assert page.title == f"Spørsmål og svar om søknad {page.title.split()[-1]}"
    [seen] = read_threads(stage.engine, stage.handler, case.id)
    assert seen.resolved_at is not None


def test_what_the_authority_has_asked_is_not_for_the_applicant_to_settle(site: Site, stage: Stage, case: Case) -> None:
    thread = asked(stage, case)
    browser = site.browser(case.by.id)
    page = browser.get(f"/applications/{case.id}/threads/{thread}")
    assert not [one for one in page.forms() if one.action.endswith("/resolve")]
    page = browser.post(f"/applications/{case.id}/threads/{thread}/resolve")
    assert page.status == 409
    assert page.problems
    resolve_thread(stage.engine, stage.handler, thread)
    assert "Avklart" in browser.get(f"/applications/{case.id}/threads/{thread}").title


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001])
def test_what_can_not_be_sent_is_told_at_its_field_and_kept(site: Site, stage: Stage, case: Case, text: str) -> None:
    thread = asked(stage, case)
    browser = site.browser(case.by.id)
    for path in (f"/applications/{case.id}/threads", f"/applications/{case.id}/threads/{thread}"):
        page = browser.send(browser.get(path).form(path), text=text)
        assert page.status == 422
        assert page.faults() == []
        assert len(page.problems) == 1
        field = page.find("textarea", id="text")
        assert field is not None
        assert (field.get("aria-invalid"), (field.text or "").strip()) == ("true", text.strip())


def test_markup_is_shown_as_it_was_written(site: Site, stage: Stage, case: Case) -> None:
    browser = site.browser(case.by.id)
    form = browser.get(f"/applications/{case.id}/threads").form("/threads")
    page = browser.send(form, text="<script>alert(1)</script> 🎉")
    assert page.faults() == []
    assert "<script>alert(1)</script> 🎉" in page.words


def test_threads_of_others_and_notes_of_the_authority_are_not_there(site: Site, stage: Stage, case: Case) -> None:
    other = stage.submitted()
    theirs = open_thread(stage.engine, stage.handler, other.id, "Hvem eier lokalet?")
    note = open_thread(stage.engine, stage.handler, case.id, "Husk å ringe", audience="authority")
    browser = site.browser(case.by.id)
    for path in (
        f"{other.id}/threads",
        f"{other.id}/threads/{theirs}",
        f"{case.id}/threads/{theirs}",
        f"{case.id}/threads/{note}",
    ):
        assert browser.get(f"/applications/{path}").status == 404
    for path in (f"{case.id}/threads/{theirs}", f"{case.id}/threads/{note}"):
        assert browser.post(f"/applications/{path}", {"text": "Hei"}).status == 404
        assert browser.post(f"/applications/{path}/resolve").status == 404
    assert "Husk å ringe" not in browser.get(f"/applications/{case.id}/threads").words


def test_what_has_ended_can_be_read_and_not_answered(site: Site, stage: Stage, case: Case) -> None:
    thread = asked(stage, case)
    withdraw_application(stage.engine, case.by, case.id)
    browser = site.browser(case.by.id)
    page = browser.get(f"/applications/{case.id}/threads/{thread}")
    assert "Søknaden er avsluttet" in page.words
    page = browser.post(f"/applications/{case.id}/threads/{thread}", {"text": "Hver tirsdag"})
    assert page.status == 409
    assert page.problems


@pytest.mark.parametrize("language", ["nn", "en"])
def test_in_other_languages(site: Site, stage: Stage, case: Case, language: str) -> None:
    thread = asked(stage, case)
    browser = site.browser(case.by.id)
    browser.send(browser.get("/").form("/language"), language=language)
    for path in (
        f"/applications/{case.id}/threads",
        f"/applications/{case.id}/threads/{thread}",
        f"/applications/{case.id}",
    ):
        page = browser.get(path)
        assert (page.status, page.faults()) == (200, [])
    assert page.tree.get("lang") == language


def test_the_list_takes_as_many_statements_with_three_threads_as_with_one(site: Site, stage: Stage, case: Case) -> None:
    thread = asked(stage, case)
    browser = site.browser(case.by.id)
    browser.get(f"/applications/{case.id}/threads")
    with counted(site.world) as first:
        browser.get(f"/applications/{case.id}/threads")
    answer_thread(stage.engine, case.by, thread, "Hver tirsdag")
    for text in ("Hvor?", "Hvem?"):
        open_thread(stage.engine, stage.handler, case.id, text, question="requested")
    with counted(site.world) as third:
        browser.get(f"/applications/{case.id}/threads")
    assert len(first) == len(third) == 8
