"""An application that was told or came on paper, written down by a handler for whoever applies."""

from __future__ import annotations

import io

import pytest
from reader import Browser, Form, Page, Site
from stage import Stage

from grantengine.services.read_application import read_application
from grantengine.services.register_organisation import register_organisation

FILLED = {
    "channel": "paper", "a.members": "120", "a.employees": "2", "a.municipality": "Oslo", "a.summary": "Språkkafé hver uke",
    "a.continues_earlier": "yes", "a.years_running": "2", "a.requested": "300 000", "a.target_group_share": "50",
}  # fmt: skip


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


@pytest.fixture
def handler(site: Site, stage: Stage) -> Browser:
    return site.browser(stage.world.made["handler"])


def choosing(stage: Stage) -> str:
    return f"/office/calls/{stage.call}/register"


def form_of(page: Page) -> Form:
    return page.form("/register")


def test_an_organisation_is_found_by_number_and_its_application_written_down(stage: Stage, handler: Browser) -> None:
    number, contact = stage.number(), stage.person("kari@lag.example")
    organisation = stage.organisation(contact, number=number)
    page = handler.get(choosing(stage))
    assert (page.status, page.faults()) == (200, [])
    found = handler.send(page.form("/register"), q=f"{number[:3]} {number[3:]}")
    page = handler.get(next(url for words, url in found.links.items() if words.startswith("Lag ")))
    assert page.faults() == []
    filled = {**FILLED, "day": "20.1.2027", "time": "9.30", "f.budget_file": (io.BytesIO(b"Leie"), "budsjett.txt")}
    done = handler.send(form_of(page), press="Skriv ned søknaden", **filled)
    assert "Søknaden er skrevet ned." in done.words
    assert "Venter på at søkeren bekrefter" in done.words
    assert "20. januar 2027 kl. 9.30 (på papir)" in done.words.replace("09.30", "9.30")
    assert handler.client.get(done.links["budsjett.txt"]).data == b"Leie"
    seen = read_application(stage.engine, contact, done.place.split("?")[0].rsplit("/", 1)[-1])
    assert (seen.organisation_id, seen.channel) == (organisation, "paper")
    assert seen.answers is not None
    assert (seen.answers["requested"], seen.answers["target_group_share"]) == ("300000.00", 0.5)
    [told] = stage.world.messages("kari@lag.example", "confirm")
    assert "/link/" in told.body
    again = handler.send(form_of(page), press="Skriv ned søknaden", **FILLED)
    assert again.place.rsplit("/", 1)[-1] == seen.id


def test_who_is_not_here_yet_is_written_down_first(stage: Stage, handler: Browser) -> None:
    nowhere = handler.get(f"{choosing(stage)}?q=999")
    assert "Vi fant ingen." in nowhere.words
    form = nowhere.form("/register/organisation")
    refused = handler.send(form, name="", number="123")
    assert (refused.status, refused.faults()) == (422, [])
    assert refused.form("/register/organisation").values["number"] == "123"
    page = handler.send(form, name="Laget <b>uten</b> nummer", number="")
    assert page.title == "Søknad for Laget <b>uten</b> nummer"
    lacks = handler.send(form_of(page), press="Skriv ned søknaden", **FILLED)
    assert lacks.status == 422
    assert lacks.find("input", id="email") is not None
    done = handler.send(form_of(lacks), press="Skriv ned søknaden", email="ny@lag.example")
    assert "Søknaden er skrevet ned." in done.words
    assert stage.world.messages("ny@lag.example", "confirm")
    taken, number = stage.organisation(stage.person(), number=stage.number()), stage.number()
    register_organisation(stage.engine, stage.handler, authority_id=stage.authority, name="Dobbelt", number=number)
    assert handler.send(form, name="En til", number=number).status == 409
    assert taken


def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_lost(stage: Stage, handler: Browser) -> None:
    organisation = stage.organisation(stage.person())
    page = handler.get(f"{choosing(stage)}?organisation={organisation}")
    wrong = {**FILLED, "channel": None, "a.requested": "mye", "a.members": ""}
    refused = handler.send(form_of(page), press="Skriv ned søknaden", **wrong)
    assert (refused.status, refused.faults()) == (422, [])
    assert refused.problems == ["Velg hvordan søknaden kom"]
    refused = handler.send(form_of(refused), press="Skriv ned søknaden", channel="oral", day="21.1.2027")
    assert "Skriv både dag og klokkeslett, for eksempel 14.30" in refused.problems
    refused = handler.send(form_of(refused), press="Skriv ned søknaden", day="")
    assert refused.status == 422
    assert {one.split(" – ")[0] for one in refused.problems} == {"Antall medlemmer", "Søknadsbeløp"}
    values = form_of(refused).values
    assert (values["a.requested"], values["a.summary"].strip()) == ("mye", "Språkkafé hver uke")
    row = handler.send(form_of(refused), press="Legg til en rad: Samarbeidspartnere")
    assert (row.status, row.faults()) == (200, [])
    assert form_of(row).values["a.requested"] == "mye"
    future = handler.send(form_of(row), press="Skriv ned søknaden", **{**FILLED, "day": "2027-01-25", "time": "12:00"})
    assert future.status == 422
    assert future.find("p", id="arrived-problem") is not None


def test_questions_that_follow_from_answers_are_shown_when_asked_for(stage: Stage, handler: Browser) -> None:
    organisation = stage.organisation(stage.person())
    page = handler.get(f"{choosing(stage)}?organisation={organisation}")
    assert [
        one for one in page.tree.iter("div") if one.get("class") == "site-question" and one.get("hidden") is not None
    ]
    shown = handler.send(form_of(page), press="Vis spørsmålene som følger av svarene", **{"a.continues_earlier": "yes"})
    assert shown.status == 200
    assert not [
        one for one in shown.tree.iter("div") if one.get("class") == "site-question" and one.get("hidden") is not None
    ]


def test_others_do_not_get_in(site: Site, stage: Stage) -> None:
    for role, status in (("approver", 403), ("assessor", 403)):
        assert site.browser(stage.staff(role).id).get(choosing(stage)).status == status
