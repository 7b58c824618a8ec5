"""What holds for every page: who may open it, how errors look, what the browser is told."""

from __future__ import annotations

import pytest
from reader import Site
from stage import Stage

from grantengine.settings import LANGUAGES
from grantengine_web.errors import name_answers, readable


def test_the_front_page_is_there_in_three_languages(site: Site) -> None:
    browser = site.browser()
    titles = set()
    for language in LANGUAGES:
        page = browser.send(browser.get("/").form("/language"), language=language)
        assert page.status == 200
        assert page.tree.get("lang") == language
        assert page.faults() == []
        titles.add(page.title)
    assert len(titles) == len(LANGUAGES)


def test_someone_signs_in_and_out(site: Site) -> None:
    kari = site.world.user("Kari Nordmann")
    browser = site.browser(kari)
    page = browser.get("/me")
    assert (page.status, page.title) == (200, "Kari Nordmann")
    browser.send(page.form("/sign-out"))
    assert browser.get("/me").title == "Logg inn"


@pytest.mark.parametrize("path", ["/no/such/page", "/calls/../../etc", "/%00"])
def test_a_page_that_is_not_there_says_so(site: Site, path: str) -> None:
    page = site.browser().get(path)
    assert (page.status, page.title) == (404, "Siden finnes ikke")
    assert page.faults() == []


def test_the_browser_is_told_to_load_nothing_from_elsewhere(site: Site) -> None:
    headers = site.browser().get("/").response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_from_elsewhere_changes_nothing_and_loses_nothing(site: Site) -> None:
    browser = site.browser(site.world.user("Kari Nordmann"))
    page = browser.post("/language", {"csrf_token": "forged", "language": "en"})
    assert (page.status, page.title) == (400, "Send det du skrev, en gang til")
    assert page.faults() == []
    again = browser.send(page.form("/language"))
    assert again.tree.get("lang") == "en"


def test_what_was_typed_is_shown_without_the_names_of_its_fields(site: Site) -> None:
    stage = Stage(site.world)
    case = stage.submitted()
    browser = site.browser(case.by.id)
    form = f"/applications/{case.id}/form/project"
    typed = {"base": '{"summary": "gammelt"}', "go": "next", "told.summary": "deres", "a.summary": "Språkkafé i parken"}
    page = browser.post(form, {**typed, "csrf_token": "forged"})
    assert (page.status, page.faults(), "Språkkafé i parken" in page.words) == (400, [], True)
    assert [word for word in ("a.summary", "gammelt", "deres", "next") if word in page.words] == []
    again = page.form(form)
    assert {name: again.values[name].strip() for name in typed} == typed
    refused = browser.send(again)
    assert (refused.status, refused.faults()) == (409, [])
    assert "Det du skrev Språkkafé i parken" in refused.words
    assert [word for word in ("a.summary", "gammelt", "deres") if word in refused.words] == []


def test_answers_are_shown_with_their_questions_where_the_form_is_known(site: Site) -> None:
    fields = [
        ("a.summary", "Kafé"), ("a.partners.0.name", "Bibliotek"), ("a.partners.0.task", "Rom"), ("version", "3"),
        ("x", "y"),
    ]  # fmt: skip
    with site.app.test_request_context():
        assert readable(fields) == [("", "Kafé"), ("", "Bibliotek"), ("", "Rom"), ("", "y")]
        name_answers({"summary": "Kort om prosjektet", "partners": "Partnere"})
        named = readable(fields)
    assert named == [("Kort om prosjektet", "Kafé"), ("Partnere", "Bibliotek"), ("", "Rom"), ("", "y")]


def test_health_tells_of_the_database(site: Site) -> None:
    answer = site.browser().client.get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_the_menu_has_every_way_once_and_folds_without_scripts(site: Site) -> None:
    kari = site.world.user("Kari Nordmann")
    for browser, first, folded in (
        (site.browser(), ["Utlysninger"], ["Hva passer for oss?", "Samarbeidspartnere", "Logg inn"]),
        (
            site.browser(kari),
            ["Min side"],
            ["Utlysninger", "Hva passer for oss?", "Samarbeidspartnere", "Kari Nordmann"],
        ),
    ):
        page = browser.get("/calls")
        assert page.faults() == []
        nav, menu = page.find("nav", aria_label="Hovedmeny"), page.find("details", class_="site-menu")
        assert nav is not None
        assert menu is not None
        said = ["".join(one.itertext()).strip() for one in nav.iter("a")]
        assert said == ["Tilskuddsportalen", *first, *folded]
        assert ["".join(one.itertext()).strip() for one in menu.iter("a")] == folded
        assert [one.text for one in menu.iter("summary")] == ["Meny"]
        assert [one.get("href") for one in nav.iter("a") if one.get("aria-current")] == ["/calls"]


def test_a_database_that_is_gone_is_told_of_to_who_was_signed_in_too(site: Site) -> None:
    browser = site.browser(site.world.user("Kari Nordmann"))
    assert browser.get("/me").status == 200
    with site.world.engine.store.database.engine.begin() as connection:
        connection.exec_driver_sql("alter table user_sessions rename to gone")
    page = browser.get("/me")
    assert (page.status, page.faults()) == (503, [])
    assert "Vi får ikke svar fra databasen" in page.words
    assert "db upgrade" not in page.words
    assert "test" not in page.words, "where the database is, is for the log"
