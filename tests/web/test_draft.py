"""Writing an application on its pages: saved by buttons and by the script, by several people, and without a word lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reader import Browser, Page, Site
from statements import counted
from worlds import ANSWERS, WITH_FILE

from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.read_draft import read_draft
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application

NEXT, SAVE, BACK = "Lagre og gå videre", "Lagre", "Lagre og gå tilbake"


class Writing:
    """Kari of «Bydel Vel» writes an application; Ola can write too."""

    def __init__(self, site: Site) -> None:
        self.site, self.world = site, site.world
        self.kari, self.ola = self.world.user("Kari", "kari@example.org"), self.world.user("Ola", "ola@example.org")
        self.organisation = self.world.organisation(self.kari)
        self.id = self.world.draft(self.world.call(WITH_FILE), self.organisation, self.kari)
        self.first, self.second = (f"/applications/{self.id}/form/{page}" for page in ("organisation", "project"))
        self.browser = site.browser(self.kari)

    def with_ola(self) -> Browser:
        by = self.world.by(self.kari)
        invite_member(self.world.engine, by, organisation_id=self.organisation, email="ola@example.org", role="writer")
        accept_invitation(self.world.engine, self.world.by(self.ola), self.world.link("join", "ola@example.org"))
        return self.site.browser(self.ola)

    @property
    def answers(self) -> Any:
        return read_draft(self.world.engine, self.world.by(self.kari), self.id).answers

    def save(self, answers: dict[str, Any]) -> None:
        version = read_draft(self.world.engine, self.world.by(self.kari), self.id).version
        save_draft(self.world.engine, self.world.by(self.kari), self.id, version, answers)


def send(browser: Browser, page: Page, *, press: str = SAVE, follow: bool = True, **answers: Any) -> Page:
    """Fill in fields of a page (by question) and press a button."""
    form = page.form(page.place.rpartition("/")[2].partition("?")[0])
    return browser.send(form, press=press, follow=follow, **{f"a.{name}": value for name, value in answers.items()})


def by_script(browser: Browser, page: Page, **answers: Any) -> Page:
    """Send a page as the script does."""
    form = page.form(page.place.rpartition("/")[2].partition("?")[0])
    named = {name if name in ("base", "csrf_token") else f"a.{name}": value for name, value in answers.items()}
    values = form.with_values(**named)
    return Page(browser.client.post(form.action, data=values, headers={"Accept": "application/json"}))


@pytest.fixture
def writing(site: Site) -> Writing:
    return Writing(site)


def test_an_application_is_written_part_by_part(writing: Writing) -> None:
    page = writing.browser.get(f"/applications/{writing.id}/form")
    assert (page.place, page.title) == (writing.first, "Om organisasjonen")
    assert "Del 1 av 2 · omtrent 40 minutter igjen" in page.words
    assert "Om organisasjonen Ikke begynt" in page.words
    page = send(writing.browser, page, press=NEXT, members="120", employees="2", municipality="Oslo")
    assert (page.place, page.title) == (writing.second, "Om prosjektet")
    assert "Om organisasjonen Ferdig" in page.words
    page = send(
        writing.browser, page, press="Lagre og se over søknaden", follow=False, summary="Språkkafé", continues_earlier="no",
        requested="300 000", target_group_share="50", **{"partners.0.name": "Biblioteket", "partners.0.amount": "1 000"},
    )  # fmt: skip
    assert (page.status, page.place) == (303, f"/applications/{writing.id}/preview")
    assert writing.answers == {
        "members": 120, "employees": 2, "municipality": "0301", "summary": "Språkkafé", "continues_earlier": False,
        "requested": "300000.00", "target_group_share": 0.5, "partners": [{"name": "Biblioteket", "amount": "1000.00"}],
    }  # fmt: skip
    page = writing.browser.get(writing.second)
    assert "Sum, Beløp: 1 000 kr" in page.words
    assert page.faults() == []


def test_what_does_not_fit_is_kept_and_told_at_its_field(writing: Writing) -> None:
    page = send(writing.browser, writing.browser.get(writing.first), members="ganske mange", employees="-2")
    assert (page.status, page.faults()) == (200, [])
    assert writing.answers == {"members": "ganske mange", "employees": -2}
    assert page.form("/organisation").values["a.members"] == "ganske mange"
    assert "Skriv et helt tall, for eksempel 25." in page.words
    assert "Det minste her er 0." in page.words
    assert "Om organisasjonen 3 svar gjenstår" in page.words
    field = page.find("input", id="q-members")
    assert field is not None
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "q-members-faults")
    assert "Noe må rettes før dere kan sende inn" in page.words


def test_one_goes_on_past_a_mistake_and_is_told_of_it_once(writing: Writing) -> None:
    page = send(writing.browser, writing.browser.get(writing.first), press=NEXT, members="tjue")
    assert (page.status, page.title, page.faults()) == (200, "Om prosjektet", [])
    assert "Svarene er lagret, men noe i delen «Om organisasjonen» må rettes før dere kan sende inn." in page.words
    assert page.links["Rett «Antall medlemmer»"] == f"{writing.first}#q-members"
    assert writing.answers == {"members": "tjue"}
    assert "må rettes" not in writing.browser.get(writing.second).words
    page = send(writing.browser, page, press=BACK, requested="mye")
    assert page.links["Rett «Søknadsbeløp»"] == f"{writing.second}#q-requested"
    page = send(writing.browser, page, press=NEXT, members="20")
    assert "Rett «" not in page.words


@pytest.mark.parametrize(
    "text", ["<b>fet</b> & «ord»", "\u202eא\u200f til høyre", "🎉 " * 50, "a\n\n  b\n", "x" * 100_000]
)
def test_a_text_is_shown_as_it_was_typed(writing: Writing, text: str) -> None:
    page = send(writing.browser, writing.browser.get(writing.second), summary=text.replace("\n", "\r\n"))
    assert (page.status, page.faults()) == (200, [])
    assert page.form("/project").values["a.summary"] == text.replace("\n", "\r\n")
    assert writing.answers["summary"] == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("før \0 etter", "Teksten har et tegn som ikke kan lagres."), ("x" * 2_100_000, "Svarene er for lange")],
)
def test_what_can_not_be_saved_comes_again_with_everything_typed(writing: Writing, text: str, words: str) -> None:
    page = send(writing.browser, writing.browser.get(writing.second), summary=text, requested="12 000")
    assert (page.status, page.faults()) == (422, [])
    assert any(words in one for one in page.problems), page.problems
    values = page.form("/project").values
    assert (values["a.summary"], values["a.requested"]) == (text.replace("\0", "\ufffd"), "12\u00a0000")
    assert writing.answers == {}
    page = send(writing.browser, page, summary="før etter")
    assert (page.status, writing.answers) == (200, {"summary": "før etter", "requested": "12000.00"})


def test_two_people_write_in_different_fields(writing: Writing) -> None:
    hers, his = writing.browser.get(writing.first), writing.with_ola()
    page = his.get(writing.first)
    send(writing.browser, hers, members="12")
    writing.world.clock.turn(minutes=5)
    page = send(his, page, employees="3")
    assert page.status == 200
    assert writing.answers == {"members": 12, "employees": 3}
    assert "Ola skrev her kl. 13.05." in writing.browser.get(writing.second).words
    assert "skrev her" not in his.get(writing.second).words


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Begges tekst"), ("theirs", "Karis tekst")])
def test_where_two_write_the_same_one_chooses(writing: Writing, choice: str, kept: str) -> None:
    ola = writing.with_ola()
    his = ola.get(writing.second)
    send(writing.browser, writing.browser.get(writing.second), summary="Karis tekst")
    page = send(ola, his, press="Lagre og se over søknaden", summary="Olas tekst", requested="20 000")
    assert (page.status, page.faults()) == (409, [])
    assert "Kari skrev dette kl. 13.00, mens du skrev i feltet under: Karis tekst" in page.words
    assert page.form("/project").values["a.summary"] == "Olas tekst"
    assert writing.answers == {"summary": "Karis tekst", "requested": "20000.00"}
    page = send(ola, page)
    assert page.status == 409, "nothing was chosen"
    assert (page.form("/project").values["a.summary"], writing.answers["summary"]) == ("Olas tekst", "Karis tekst")
    form = page.form("/project")
    page = ola.send(form, press=SAVE, **{"keep.summary": choice, "a.summary": "Begges tekst"})
    assert (page.status, writing.answers["summary"]) == (200, kept)
    assert page.form("/project").values["a.summary"] == kept


def test_after_a_choice_a_third_text_is_told_of_too(writing: Writing) -> None:
    ola = writing.with_ola()
    his = ola.get(writing.second)
    send(writing.browser, writing.browser.get(writing.second), summary="Karis tekst")
    form = send(ola, his, summary="Olas tekst").form("/project")
    send(writing.browser, writing.browser.get(writing.second), summary="Karis nye tekst")
    page = ola.send(form, press=SAVE, **{"keep.summary": "mine"})
    assert (page.status, "Karis nye tekst" in page.words) == (409, True)
    assert writing.answers["summary"] == "Karis nye tekst"


def test_rows_are_added_and_taken_away_without_a_script(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    page = send(writing.browser, page, press="Legg til en rad: Samarbeidspartnere", **{"partners.0.name": "A"})
    assert page.response.request.path == writing.second
    page = send(writing.browser, page, press="Legg til en rad: Samarbeidspartnere", **{"partners.1.name": "B"})
    page = send(writing.browser, page, press="Fjern rad 1: Samarbeidspartnere", summary="Også dette")
    assert writing.answers == {"partners": [{"name": "B"}], "summary": "Også dette"}
    assert [name for name in page.form("/project").values if name.startswith("a.partners.")] == [
        f"a.partners.0.{column}" for column in ("name", "organisation_number", "task", "amount")
    ]
    page = send(writing.browser, page, press="Fjern rad 1: Samarbeidspartnere")
    assert writing.answers == {"summary": "Også dette"}


def test_enter_in_a_field_saves_and_takes_no_row_away(writing: Writing) -> None:
    writing.save({"partners": [{"name": "A"}]})
    form = writing.browser.get(writing.second).form("/project")
    assert form.buttons[0] == ("go", "save", SAVE)


def test_questions_follow_from_answers_without_a_script(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    assert "I hvor mange år?" not in page.words
    page = send(writing.browser, page, press="Vis spørsmålene som følger av svarene", continues_earlier="yes")
    assert "I hvor mange år?" in page.words
    page = send(writing.browser, page, years_running="3")
    page = send(writing.browser, page, continues_earlier="no")
    assert "I hvor mange år?" not in page.words
    assert writing.answers == {"continues_earlier": False, "years_running": 3}, "a hidden answer stays in the draft"
    rules = page.find("script", id="rules")
    assert rules is not None
    assert json.loads(rules.text or "") == {
        "rules": [["years_running", ["=", "continues_earlier", True]]],
        "answers": {},
    }


def test_the_script_saves_and_is_told_what_is_kept(writing: Writing) -> None:
    page = writing.browser.get(writing.first)
    told = by_script(writing.browser, page, members="12", employees="mange").response
    assert (told.status_code, told.json["saved"]) == (200, "Lagret 13.00")
    assert told.json["faults"] == {"/employees": ["Skriv et helt tall, for eksempel 25."]}
    assert writing.answers == {"members": 12, "employees": "mange"}
    again = by_script(writing.browser, page, members="13", base=json.dumps(told.json["base"])).response
    assert again.status_code == 200
    assert writing.answers == {"members": 13}


def test_the_script_is_told_of_another_window(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    by_script(writing.browser, page, summary="Fra den ene")
    told = by_script(writing.browser, page, summary="Fra den andre", requested="12 000").response
    assert told.status_code == 200
    assert told.json["base"]["summary"] == ""
    assert "Du lagret dette kl. 13.00 i et annet vindu" in told.json["clashes"]["summary"]
    assert writing.answers == {"summary": "Fra den ene", "requested": "12000.00"}
    unchosen = by_script(writing.browser, page, summary="Fra den andre", base=json.dumps(told.json["base"])).response
    assert (unchosen.json["clashes"].keys(), writing.answers["summary"]) == ({"summary"}, "Fra den ene")


def test_the_script_is_told_what_can_not_be_kept(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    told = by_script(writing.browser, page, summary="nul \0").response
    assert (told.status_code, told.json["problems"][0]["code"]) == (422, "answer-character")
    writing.browser.client.delete_cookie("grantengine")
    assert by_script(writing.browser, page, summary="Mer").response.status_code == 400
    signed_out = writing.site.browser()
    token = signed_out.get("/").form("/language").values["csrf_token"]
    assert by_script(signed_out, page, summary="Mer", csrf_token=token).response.status_code == 401
    assert writing.answers == {}


def test_a_session_that_has_ended_loses_nothing(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    writing.world.clock.turn(hours=9)
    assert by_script(writing.browser, page, summary="Lang tekst").response.status_code == 401
    again = send(writing.browser, page, summary="Lang tekst")
    assert again.status == 401
    assert ("kept.a.summary", "Lang tekst") in again.form("/sign-in").values.items()


def test_a_page_of_before_is_brought_into_what_is_there_now(writing: Writing) -> None:
    page = writing.browser.get(writing.first)
    send(writing.browser, page, members="12")
    again = send(writing.browser, page, members="12")
    assert (again.status, writing.answers) == (200, {"members": 12})


def test_what_a_page_does_not_know_of_is_not_kept(writing: Writing) -> None:
    page = writing.browser.get(writing.first)
    form = page.form("/organisation")
    more = {"a.facts": "x", "a.partners.0.confirmed": "yes", "a.summary": "annen side", "a.members": "5"}
    assert writing.browser.send(form, press=SAVE, **more).status == 200
    assert writing.answers == {"members": 5}


@pytest.mark.parametrize("page", ["nothing", "%2e%2e", "organisation/x"])
def test_a_part_that_is_not_there(writing: Writing, page: str) -> None:
    assert writing.browser.get(f"/applications/{writing.id}/form/{page}").status == 404
    assert writing.browser.post(f"/applications/{writing.id}/form/{page}", {"a.members": "1"}).status in (404, 405)


def test_the_drafts_of_others_are_not_there(writing: Writing) -> None:
    stranger = writing.site.browser(writing.world.user("Stranger"))
    for path in ("form", "form/organisation", "feedback"):
        assert stranger.get(f"/applications/{writing.id}/{path}").status == 404
    assert stranger.post(writing.first, {"a.members": "1"}).status == 404
    assert writing.answers == {}


def test_what_is_handed_in_is_read_elsewhere(writing: Writing) -> None:
    writing.save(ANSWERS)
    page = writing.browser.get(writing.first)
    by = writing.world.by(writing.kari)
    submit_application(writing.world.engine, by, writing.id, read_draft(writing.world.engine, by, writing.id).version)
    for path in (f"/applications/{writing.id}/form", writing.first):
        there = writing.browser.get(path, follow=False)
        assert (there.status, there.place) == (302, f"/applications/{writing.id}")
    late = send(writing.browser, page, members="13")
    assert (late.status, late.faults()) == (409, [])


def test_how_it_stands_is_told_while_one_writes(writing: Writing) -> None:
    writing.save({"members": 3, "summary": "Språkkafé"})
    page = writing.browser.get(f"/applications/{writing.id}/feedback")
    assert (page.status, page.faults()) == (200, [])
    assert "Ikke oppfylt Organisasjonen må ha minst fem medlemmer." in page.words
    assert "Søknadsbeløp – Her trengs et svar." in page.words
    assert page.links["Søknadsbeløp"] == f"{writing.second}#q-requested"
    part = writing.browser.get(f"/applications/{writing.id}/feedback?part=1")
    assert ("<html" in part.html, "Organisasjonen må ha minst fem medlemmer." in part.html) == (False, True)


def test_files_lie_on_their_own_page(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    assert page.links["Legg ved eller fjern filer: Budsjett"] == f"/applications/{writing.id}/files/budget_file"
    writing.save({"budget_file": "some-file"})
    send(writing.browser, writing.browser.get(writing.second), summary="Tekst")
    assert writing.answers == {"budget_file": "some-file", "summary": "Tekst"}


def test_partners_are_invited_on_their_own_page(writing: Writing) -> None:
    page = writing.browser.get(writing.second)
    assert page.links["Inviter partnerne til å bekrefte"] == f"/applications/{writing.id}/partners"


def test_statements_of_the_page_and_of_a_save(writing: Writing) -> None:
    writing.save(ANSWERS)
    page = writing.browser.get(writing.second)
    with counted(writing.world) as read:
        writing.browser.get(writing.second)
    with counted(writing.world) as saved:
        told = by_script(writing.browser, page, summary="Annen tekst").response
    assert told.status_code == 200
    assert (len(read), len(saved)) == (3, 7), "\n".join([*read, *saved])


def test_the_page_does_not_judge(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(writing.world.engine), "rules", property(lambda engine: pytest.fail("rules were asked")))
    assert writing.browser.get(writing.second).status == 200


OPTIONAL = WITH_FILE.replace(
    "id: continues_earlier, kind: yes_no", "id: continues_earlier, kind: yes_no, optional: true"
)


def test_an_optional_choice_can_be_taken_back(site: Site) -> None:
    world = site.world
    kari = world.user("Kari", "kari@example.org")
    id = world.draft(
        world.call(OPTIONAL), world.organisation(kari), kari, {"continues_earlier": True, "summary": "Kor"}
    )
    browser, path = site.browser(kari), f"/applications/{id}/form/project"
    page, stale = browser.get(path), browser.get(path)
    question = page.find("fieldset", id="q-continues_earlier")
    assert question is not None
    assert [" ".join(one.itertext()) for one in question.iter("label")] == ["Ja", "Nei", "Ikke svart"]
    send(browser, page, continues_earlier="")
    assert read_draft(world.engine, world.by(kari), id).answers == {"summary": "Kor"}
    # A page that was opened before says what it has always said of it: that it was taken back stands.
    send(browser, stale, summary="Kor og dans")
    assert read_draft(world.engine, world.by(kari), id).answers == {"summary": "Kor og dans"}
    page = browser.get(path)
    assert page.faults() == []
    chosen = [one for one in page.tree.iter("input") if one.get("name") == "a.continues_earlier"]
    assert [one.get("checked") is not None for one in chosen] == [False, False, True]


def test_a_choice_that_is_needed_has_no_third(writing: Writing) -> None:
    question = writing.browser.get(writing.second).find("fieldset", id="q-continues_earlier")
    assert question is not None
    assert [" ".join(one.itertext()) for one in question.iter("label")] == ["Ja", "Nei"]
