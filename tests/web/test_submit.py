"""An application is read through and handed in; a receipt is given; it is completed, withdrawn, confirmed."""

from __future__ import annotations

import pytest
from reader import Browser, Page, Site
from statements import counted
from worlds import ANSWERS, NUMBERS

from grantengine.services.appoint import appoint
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.invite_partner import answer_as_partner
from grantengine.services.read_application import read_application
from grantengine.services.register_on_behalf import register_on_behalf
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application

WRITING = {**ANSWERS, "own_funding": "50000"}


@pytest.fixture
def written(site: Site) -> tuple[Browser, str, str]:
    """A browser of Kari, her application that can be submitted, and Kari."""
    world = site.world
    call, kari = world.call(), world.user("Kari Nordmann", "kari@example.org")
    id = world.draft(call, world.organisation(kari), kari, WRITING)
    return site.browser(kari), id, kari


def status(site: Site, who: str, id: str) -> str:
    return read_application(site.world.engine, site.world.by(who), id).status


def colleague(site: Site, kari: str, organisation: str, role: str = "writer") -> str:
    """Another who acts for the organisation."""
    world = site.world
    ola = world.user("Ola Hansen", "ola@example.org")
    invite_member(world.engine, world.by(kari), organisation_id=organisation, email="ola@example.org", role=role)
    accept_invitation(world.engine, world.by(ola), world.link("join", "ola@example.org"))
    return ola


def test_an_application_is_read_through_and_handed_in(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    page = browser.get(f"/applications/{id}/preview")
    assert page.faults() == []
    for words in ("Språkkafé hver uke", "Oslo", "50 %", "300 000 kr", "Biblioteket", "Ja"):
        assert words in page.words.replace("\xa0", " ")
    assert "Alt som trengs for å sende inn, er på plass." in page.words
    site.world.clock.turn(minutes=3, seconds=7)
    page = browser.send(page.form("/preview"), confirmed="yes")
    assert page.place.endswith("/receipt")
    assert page.title == "Kvittering for søknad 2027/1"
    assert "20. januar 2027 kl. 13.03.07" in page.words
    assert "Søknaden er sendt inn." in page.html
    assert page.faults() == []
    assert status(site, kari, id) == "submitted"
    page = browser.get(f"/applications/{id}")
    assert "Innen 15. mai 2027" in page.words
    assert page.faults() == []


def test_the_same_form_again_gives_the_same_receipt(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, _ = written
    form = browser.get(f"/applications/{id}/preview").form("/preview")
    pages = []
    for _ in range(2):
        pages.append(browser.send(form, confirmed="yes"))
        site.world.clock.turn(minutes=5)
    assert [page.title for page in pages] == ["Kvittering for søknad 2027/1"] * 2
    assert all("kl. 13.00.00" in page.words for page in pages)
    assert len(site.world.messages("kari@example.org", "submitted")) == 1


def test_two_windows_hand_in_and_one_saves_meanwhile(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    world = site.world
    organisation = read_application(world.engine, world.by(kari), id).organisation_id
    ola = colleague(site, kari, organisation)
    form = browser.get(f"/applications/{id}/preview").form("/preview")
    save_draft(world.engine, world.by(ola), id, 1, {**WRITING, "members": 130})
    page = browser.send(form, confirmed="yes")
    assert page.status == 409
    assert "Ola Hansen har lagret noe etter at du åpnet siden." in page.words
    assert "130" in page.words
    assert page.faults() == []
    assert status(site, kari, id) == "draft"
    assert browser.send(page.form("/preview"), confirmed="yes").title.startswith("Kvittering")
    assert browser.send(form, confirmed="yes").status == 409  # the older window, after all that


def test_oneself_in_another_window(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    form = browser.get(f"/applications/{id}/preview").form("/preview")
    save_draft(site.world.engine, site.world.by(kari), id, 1, {**WRITING, "members": 130})
    page = browser.send(form, confirmed="yes")
    assert (page.status, "kanskje i et annet vindu" in page.words) == (409, True)


def test_every_problem_at_once_leads_to_its_field(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    answers = {**WRITING, "requested": "1", "summary": None, "municipality": None}
    save_draft(site.world.engine, site.world.by(kari), id, 1, {k: v for k, v in answers.items() if v is not None})
    page = browser.get(f"/applications/{id}/preview")
    assert page.faults() == []
    assert len(page.problems) == 3
    assert page.links["Kommune"] == f"/applications/{id}/form/organisation#q-municipality"
    assert page.links["Hva skal dere gjøre?"] == f"/applications/{id}/form/project#q-summary"
    assert [form.action for form in page.forms() if form.action.endswith("/preview")] == []
    page = browser.post(f"/applications/{id}/preview", {"version": "2", "confirmed": "yes"})
    assert (page.status, len(page.problems)) == (422, 3)
    assert page.faults() == []
    assert status(site, kari, id) == "draft"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "²"])
def test_a_version_that_is_none_hands_in_nothing(site: Site, written: tuple[Browser, str, str], version: str) -> None:
    browser, id, kari = written
    page = browser.send(browser.get(f"/applications/{id}/preview").form("/preview"), confirmed="yes", version=version)
    assert page.status == 409
    assert status(site, kari, id) == "draft"


def test_without_the_confirmation_nothing_is_handed_in(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    page = browser.send(browser.get(f"/applications/{id}/preview").form("/preview"))
    assert page.status == 422
    assert page.problems == ["Kryss av for at opplysningene er riktige, før du sender inn"]
    assert page.faults() == []
    assert status(site, kari, id) == "draft"


def test_the_deadline_passes_between_reading_and_handing_in(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    site.world.clock.at = site.world.clock.at.replace(month=3, day=1, hour=22, minute=59, second=50)
    browser = site.browser(kari)
    form = browser.get(f"/applications/{id}/preview").form("/preview")
    site.world.clock.turn(seconds=20)
    page = browser.send(form, confirmed="yes")
    assert page.status == 409
    assert "Det dere har skrevet, er lagret og blir her." in page.words
    assert "Språkkafé hver uke" in page.words
    assert page.faults() == []
    assert status(site, kari, id) == "draft"
    page = browser.get(f"/applications/{id}")
    assert "Fristen var 1. mars 2027 kl. 23.59." in page.words
    assert page.faults() == []


def test_a_writer_reads_and_is_told_who_may_hand_in(site: Site, written: tuple[Browser, str, str]) -> None:
    _, id, kari = written
    world = site.world
    ola = colleague(site, kari, read_application(world.engine, world.by(kari), id).organisation_id)
    browser = site.browser(ola)
    page = browser.get(f"/applications/{id}/preview")
    assert "Du kan skrive, men ikke sende inn. Det kan: Kari Nordmann" in page.words
    assert [form.action for form in page.forms() if form.action.endswith("/preview")] == []
    page = browser.post(f"/applications/{id}/preview", {"version": "1", "confirmed": "yes"})
    assert page.status == 403
    assert status(site, kari, id) == "draft"


def test_the_receipt_is_a_file_that_can_be_read_aloud(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    world = site.world
    assert browser.get(f"/applications/{id}/receipt").status == 404
    odd = {**WRITING, "summary": "#strong[x] $a$ \\ `raw` <b>\nØst & سلام 😀"}
    save_draft(world.engine, world.by(kari), id, 1, odd)
    submit_application(world.engine, world.by(kari), id, 2)
    answer = browser.client.get(f"/applications/{id}/receipt.pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert b"StructTreeRoot" in answer.data
    assert "2027-1.pdf" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("language", "title"), [("nn", "Sjå over søknad 2027/1"), ("en", "Read through application 2027/1")]
)
def test_in_other_languages(site: Site, written: tuple[Browser, str, str], language: str, title: str) -> None:
    browser, id, _ = written
    browser.send(browser.get("/").form("/language"), language=language)
    pages = ["", "/preview", "/partners", "/history", "/withdraw", "/complete"]
    found = [browser.get(f"/applications/{id}{path}") for path in pages]
    assert [page.faults() for page in found] == [[]] * len(pages)
    assert found[1].title == title
    page = browser.send(found[1].form("/preview"), confirmed="yes")
    assert page.faults() == []
    assert page.title == {"nn": "Kvittering for søknad 2027/1", "en": "Receipt for application 2027/1"}[language]


def test_what_is_needed_to_decide_is_answered_afterwards(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    world = site.world
    save_draft(world.engine, world.by(kari), id, 1, ANSWERS)
    page = browser.get(f"/applications/{id}/preview")
    assert "Dette kan dere svare på etter at søknaden er sendt inn" in page.words
    assert "Etterpå kan dere svare på det som kan vente" in page.words
    page = browser.send(page.form("/preview"), confirmed="yes")
    assert page.links["Egenfinansiering"] == f"/applications/{id}/complete#q-own_funding"
    page = browser.get(f"/applications/{id}")
    assert page.links["Egenfinansiering"] == f"/applications/{id}/complete#q-own_funding"
    organisation = read_application(world.engine, world.by(kari), id).organisation_id
    writer = site.browser(colleague(site, kari, organisation))
    for path in ("", "/receipt"):
        seen = writer.get(f"/applications/{id}{path}")
        assert seen.faults() == []
        assert "Egenfinansiering Disse kan svare: Kari Nordmann" in seen.words
        assert "Egenfinansiering" not in seen.links
    page = browser.get(page.links["Svar på det som mangler"])
    assert page.faults() == []
    page = browser.send(page.form("/complete"), **{"a.own_funding": "mange penger"})
    assert (page.status, len(page.problems)) == (422, 1)
    assert page.faults() == []
    field = page.find("input", name="a.own_funding")
    assert field is not None
    assert field.get("value") == "mange penger"
    page = browser.send(page.form("/complete"), **{"a.own_funding": "25 000"})
    assert "Svarene er sendt." in page.words
    assert (read_application(world.engine, world.by(kari), id).answers or {})["own_funding"] == "25000.00"
    page = browser.get(f"/applications/{id}/complete")
    assert "Ingenting mangler." in page.words
    page = browser.post(f"/applications/{id}/complete", {"a.members": "9"})
    assert (read_application(world.engine, world.by(kari), id).answers or {})["members"] == 120


def test_an_application_is_withdrawn_and_it_is_told_what_that_means(
    site: Site, written: tuple[Browser, str, str]
) -> None:
    browser, id, kari = written
    page = browser.get(browser.get(f"/applications/{id}").links["Trekk søknaden"])
    assert "Det kan ikke gjøres om." in page.words
    assert page.faults() == []
    page = browser.send(page.form("/withdraw"), reason="x" * 100_000)
    assert page.status == 422
    assert page.faults() == []
    page = browser.send(page.form("/withdraw"), reason="Vi fikk ikke lokaler <b>")
    assert "Søknaden er trukket." in page.words
    assert page.faults() == []
    assert status(site, kari, id) == "withdrawn"
    page = browser.get(page.links["Les det som er skrevet"])
    assert page.title == "Det som er skrevet i søknad 2027/1"
    assert "Språkkafé hver uke" in page.words
    assert page.faults() == []
    page = browser.get(f"/applications/{id}/withdraw")
    assert "kan ikke trekkes nå" in page.words
    page = browser.post(f"/applications/{id}/withdraw", {"reason": ""})
    assert page.status == 409
    assert page.faults() == []


def test_partners_are_asked_reminded_and_taken_off(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, _ = written
    world = site.world
    path = f"/applications/{id}/partners"
    page = browser.get(path)
    assert page.faults() == []
    page = browser.send(page.form("/partners"), name="", email="ikke en adresse", task="Rom")
    assert page.status == 422
    assert len(page.problems) == 2
    assert page.faults() == []
    page = browser.send(page.form("/partners"), name="Biblioteket", email="bib@example.org")
    assert "Biblioteket er spurt på e-post." in page.words
    again = browser.send(page.form("/partners"), name="Biblioteket", email="bib@example.org", task="Rom")
    assert again.status == 200  # the form sent twice asks once
    other = browser.send(page.form("/partners"), name="Et annet", email="bib@example.org")
    assert (other.status, len(other.problems)) == (422, 1)
    assert len(world.messages("bib@example.org", "partner")) == 1
    remind = next(form for form in page.forms() if form.action.endswith("/remind"))
    page = browser.send(remind)
    assert "Påminnelsen er sendt." in page.words
    answer_as_partner(
        world.engine, world.anyone, world.link("partner", "bib@example.org"), "confirmed", person="Berit", amount="5000"
    )
    page = browser.get(path)
    assert "Har sagt ja" in page.words
    assert "Svart av Berit 20. januar 2027" in page.words
    assert page.faults() == []
    page = browser.send(remind)
    assert page.status == 409
    assert page.faults() == []
    page = browser.send(next(form for form in page.forms() if form.action.endswith("/remove")))
    assert "Partneren er tatt bort." in page.words
    assert "Ingen er spurt ennå." in page.words


def test_partners_that_were_asked_are_not_written_twice(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, kari = written
    world = site.world
    save_draft(world.engine, world.by(kari), id, 1, {name: WRITING[name] for name in WRITING if name != "partners"})
    page = browser.get(f"/applications/{id}/partners")
    assert "Dere trenger ikke å skrive dem i tabellen «Samarbeidspartnere» også." in page.words
    browser.send(page.form("/partners"), name="Biblioteket", email="bib@example.org", task="Rom")
    page = browser.get(f"/applications/{id}/preview")
    assert page.faults() == []
    assert "Se «Partnere som er spurt» nedenfor" in page.words
    page = browser.get(f"/applications/{id}/form/project")
    assert page.faults() == []
    assert "Vi har fylt inn dem dere har spurt." in page.words
    assert page.form("/project").values["a.partners.0.name"] == "Biblioteket"
    page = browser.send(page.form("/project"), press="Lagre")
    assert "Vi har fylt inn" not in page.words
    answers = read_application(world.engine, world.by(kari), id).draft
    assert answers is not None
    assert answers.answers["partners"] == [{"name": "Biblioteket", "task": "Rom"}]
    assert "Se «Partnere som er spurt» nedenfor" not in browser.get(f"/applications/{id}/preview").words


def test_what_a_handler_wrote_down_is_confirmed(site: Site) -> None:
    world = site.world
    call, kari = world.call(), world.user("Kari Nordmann")
    organisation = world.organisation(kari)
    handler = world.by(world.made["handler"])
    id = register_on_behalf(
        world.engine, handler, call_id=call, organisation_id=organisation, channel="oral", answers=WRITING
    )
    browser = site.browser(kari)
    page = browser.get(f"/applications/{id}")
    assert "Stemmer det som er skrevet ned?" in page.words
    assert "Fortalt til en saksbehandler" in page.words
    assert page.faults() == []
    form = page.form("/confirm")
    pages: list[Page] = [browser.send(form) for _ in range(2)]
    assert [one.title for one in pages] == ["Kvittering for søknad 2027/1"] * 2
    assert status(site, kari, id) == "submitted"


def test_applications_of_others_are_not_there(site: Site, written: tuple[Browser, str, str]) -> None:
    _, id, kari = written
    world = site.world
    ola = world.user("Ola Hansen")
    world.organisation(ola, "Turlaget", NUMBERS[1])
    other, staff = site.browser(ola), site.browser(world.made["handler"])
    pages = ["", "/preview", "/partners", "/history", "/withdraw", "/complete", "/receipt", "/receipt.pdf"]
    assert [other.get(f"/applications/{id}{path}").status for path in pages] == [404] * len(pages)
    assert [staff.get(f"/applications/{id}{path}").status for path in pages] == [404] * len(pages)
    for path in ("/preview", "/partners", "/withdraw", "/complete", "/confirm"):
        assert other.post(f"/applications/{id}{path}", {"version": "1", "confirmed": "yes"}).status in (404, 422)
    assert [other.get(f"/applications/nothing{path}").status for path in pages] == [404] * len(pages)
    assert status(site, kari, id) == "draft"
    appoint(world.engine, world.by(world.made["admin"]), authority_id=world.made["imdi"], user_id=ola, role="handler")
    assert other.get(f"/applications/{id}").status == 404


def test_statements_of_the_pages_are_few_and_do_not_grow(site: Site, written: tuple[Browser, str, str]) -> None:
    browser, id, _ = written
    world = site.world
    paths = ["", "/preview", "/partners", "/history"]

    def counts() -> list[int]:
        found = []
        for path in paths:
            with counted(world) as sent:
                assert browser.get(f"/applications/{id}{path}").status == 200
            found.append(len(sent))
        return found

    first = counts()
    for number in range(4):
        page = browser.get(f"/applications/{id}/partners")
        browser.send(page.form("/partners"), name=f"Laget {number}", email=f"lag{number}@example.org")
    assert counts() == first
    assert first == [10, 11, 10, 8]


def test_the_receipt_says_who_handed_it_in_and_not_who_wrote_last(
    site: Site, written: tuple[Browser, str, str]
) -> None:
    browser, id, kari = written
    world = site.world
    ola = colleague(site, kari, read_application(world.engine, world.by(kari), id).organisation_id)
    save_draft(world.engine, world.by(ola), id, 1, {**WRITING, "members": 121})
    browser.send(browser.get(f"/applications/{id}/preview").form("/preview"), confirmed="yes")
    page = browser.get(f"/applications/{id}/receipt")
    assert "Sendt inn av Kari Nordmann" in page.words
    assert "Ola Hansen" not in page.words
    assert page.faults() == []
    assert browser.client.get(f"/applications/{id}/receipt.pdf").status_code == 200
