"""A case on one page: what a handler reads, clarifies and decides there, and who may not."""

from __future__ import annotations

import pytest
from closed import JUDGED, closed
from reader import Browser, Form, Page, Site
from stage import OPEN, Case, Stage
from statements import counted
from worlds import ANSWERS

from grantengine.services.answer_changes import answer_changes
from grantengine.services.appoint import appoint
from grantengine.services.ask_changes import ask_changes
from grantengine.services.declare_interests import declare_interests
from grantengine.services.import_grants import import_grants
from grantengine.services.list_reads import list_reads
from grantengine.services.read_draft import read_draft
from grantengine.services.save_draft import save_draft
from grantengine.services.see_case import see_case
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.write_comment import open_thread

SECTIONS = {
    "Må avklares", "Vilkår", "Poeng så langt", "Svar", "Om hele søknaden", "Opplysninger fra andre", "Samarbeidspartnere",
    "Møter", "Vurderinger", "Søkeren fra før",
}  # fmt: skip


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


@pytest.fixture
def case(stage: Stage) -> Case:
    return stage.submitted()


@pytest.fixture
def handler(site: Site, stage: Stage) -> Browser:
    return site.browser(stage.world.made["handler"])


def page_of(browser: Browser, case: Case) -> Page:
    return browser.get(f"/office/cases/{case.id}")


def plain(page: Page) -> str:
    """The words of a page, with spaces as they are typed."""
    return page.words.replace("\xa0", " ")


def test_all_of_a_case_is_on_one_page_and_that_it_is_read_is_kept(
    site: Site, stage: Stage, case: Case, handler: Browser
) -> None:
    for language in ("nb", "nn", "en"):
        handler.post("/language", {"language": language})
        assert page_of(handler, case).faults() == []
    handler.post("/language", {"language": "nb"})
    page = page_of(handler, case)
    assert {one for one in SECTIONS if one not in page.links} == set()
    words = plain(page)
    assert "Status Til behandling" in words
    assert "20. januar 2027 kl. 13.00 (på nett)" in words
    assert "Svar lovet til 15. mai 2027" in words
    assert "oppfylt Organisasjonen må ha minst fem medlemmer. Antall medlemmer: 120" in words
    assert "Rekkevidde Antall medlemmer: 120 6 av 10" in words
    assert "Språkkafé hver uke" in words
    assert "Søknadsbeløp 300 000 kr" in words
    assert "Rapporter som er for sene: 0" in words or "Rapporter som er for sene 0" in words
    assert {one.user_id for one in list_reads(stage.engine, case.by, case.id)} == {stage.world.made["handler"]}


def test_what_is_to_be_clarified_leads_to_where_it_is(stage: Stage, case: Case, handler: Browser) -> None:
    thread = open_thread(stage.engine, case.by, case.id, "Får vi svar snart?", question="summary")
    asked = open_thread(stage.engine, stage.handler, case.id, "Hvor er det?")
    page = page_of(handler, case)
    assert page.links["Søkeren venter på svar om: Hva skal dere gjøre?"] == f"#thread-{thread}"
    assert page.links["Vi venter på svar om: hele søknaden"] == f"#thread-{asked}"
    assert page.links["Søkeren mangler svar på: Egenfinansiering"] == "#q-own_funding"
    ids = {one.get("id") for one in page.tree.iter()}
    for words, way in page.links.items():
        assert not way.startswith("#") or way[1:] in ids, words


def test_a_checked_value_stands_beside_its_answer_with_who_and_why(case: Case, handler: Browser) -> None:
    page = page_of(handler, case)
    form = page.form("/checked/approved_costs")
    refused = handler.send(form, value="12 000,50", reason="")
    assert (refused.status, refused.faults()) == (422, [])
    assert refused.form("/checked/approved_costs").values["value"].replace("\xa0", " ") == "12 000,50"
    assert refused.find("p", class_="ds-validation-message") is not None
    wrong = handler.send(form, value="mange penger", reason="Kvitteringene")
    assert wrong.status == 422
    assert wrong.form("/checked/approved_costs").values["reason"].strip() == "Kvitteringene"
    done = handler.send(form, value="12 000,50", reason="Kvitteringene <b>viser</b> det")
    assert done.faults() == []
    assert "kontrollert Godkjente kostnader: 12 000,50 kr Satt av Hanne Handler 20. januar 2027 kl. 13.00" in plain(
        done
    )
    assert "Kvitteringene <b>viser</b> det" in done.words
    cleared = handler.send(done.form("/checked/approved_costs/clear"), reason="Feil sak")
    assert "Verdien er fjernet." in cleared.words
    assert handler.post(f"/office/cases/{case.id}/checked/members", {"value": "3", "reason": "Talt"}).status == 404


def test_an_answer_is_checked_where_rules_read_its_checked_value(site: Site) -> None:
    stage = Stage(site.world, OPEN.replace("require: members >= 5", "require: checked.members >= 5"))
    case = stage.submitted()
    handler = site.browser(stage.world.made["handler"])
    page = handler.send(page_of(handler, case).form("/checked/members"), value="3", reason="Medlemslista")
    assert page.faults() == []
    assert "Antall medlemmer 120 kontrollert 3 Satt av Hanne Handler" in plain(page)
    assert "ikke oppfylt Organisasjonen må ha minst fem medlemmer." in page.words


def test_a_rule_is_judged_with_a_reason(site: Site, stage: Stage) -> None:
    there = closed(stage, JUDGED, (200_000,))
    handler = site.browser(stage.world.made["handler"])
    page = page_of(handler, there.first)
    assert page.links["Avgjør vilkåret: Er det et lag?"] == "#rule-sound"
    form = page.form("/rules/sound")
    refused = handler.send(form, reason="Vedtektene")
    assert (refused.status, refused.faults()) == (422, [])
    assert refused.form("/rules/sound").values["reason"].strip() == "Vedtektene"
    done = handler.send(form, answer="no", reason="Vedtektene sier noe annet")
    assert "ikke oppfylt Er det et lag?" in done.words
    assert "Hanne Handler svarte «Nei»" in done.words
    assert "Avgjør vilkåret: Er det et lag?" not in done.links


def asking(page: Page, source: str) -> Form:
    """The form that asks a source again."""
    return next(one for one in page.forms() if one.values.get("source") == source)


def test_sources_are_asked_again_and_facts_are_entered_by_hand(site: Site, stage: Stage) -> None:
    number = stage.number()
    case = stage.submitted(number)
    handler = site.browser(stage.world.made["handler"])
    page = page_of(handler, case)
    assert page.links["Opplysning mangler: Enhetsregisteret"] == "#fact-register"
    again = handler.send(asking(page, "register"))
    assert "Noen kilder svarer fortsatt ikke." in again.words
    form = again.form("/facts/register")
    refused = handler.send(form, note="", **{"v.active": "yes", "v.founded": "i fjor"})
    assert (refused.status, refused.faults()) == (422, [])
    assert refused.form("/facts/register").values["v.founded"] == "i fjor"
    entered = handler.send(form, note="Brev <i>fra</i> laget", **{"v.active": "yes", "v.voluntary_register": "no"})
    assert entered.faults() == []
    assert "Enhetsregisteret lagt inn for hånd Aktiv i registeret Ja" in entered.words
    assert "Brev <i>fra</i> laget" in entered.words
    other_number = stage.number()
    other = stage.submitted(other_number)
    stage.world.registered(other_number)
    assert "Svaret er hentet." in handler.send(asking(page_of(handler, other), "register")).words
    assert handler.post(f"/office/cases/{case.id}/facts", {"source": "nothing"}).status == 404


def test_two_who_work_on_the_same_case_are_told(site: Site, stage: Stage, case: Case, handler: Browser) -> None:
    other = stage.staff("leader")
    second = site.browser(other.id)
    assert "åpnet saken" not in page_of(handler, case).words
    stage.world.clock.turn(minutes=4)
    assert "Hanne Handler åpnet saken klokka 13.00." in page_of(second, case).words
    assert "åpnet saken klokka 13.04." in page_of(handler, case).words
    stage.world.clock.turn(minutes=11)
    assert "åpnet saken" not in page_of(second, case).words
    stage.world.clock.turn(days=130)
    late = page_of(site.browser(other.id), case)
    assert "Svaret var lovet til 15. mai 2027. Fristen er ute." in late.words
    assert "Tid hos oss 89 dager." in late.words


def test_the_case_is_given_to_someone_and_taken_back(site: Site, stage: Stage, case: Case, handler: Browser) -> None:
    leader = stage.staff("leader")
    page = handler.send(page_of(handler, case).form("/handlers"))  # «take it yourself» stands first
    assert "Saken er gitt." in page.words
    assert "Saksbehandler Hanne Handler" in page.words
    assert leader.id in page.html
    [end] = [one for one in page.forms() if one.action.endswith("/end")]
    assert handler.send(end, reason="").status == 422
    assert "Ingen har saken ennå" in handler.send(end, reason="Ferie").words
    tied = stage.staff("handler")
    declare_interests(stage.engine, tied, stage.call, {case.organisation: "Bror"})
    assert tied.id not in page_of(handler, case).html


def test_who_has_a_tie_or_applies_sees_nothing_of_it(site: Site, stage: Stage, case: Case) -> None:
    tied, approver = stage.staff("handler"), stage.staff("approver")
    declare_interests(stage.engine, tied, stage.call, {case.organisation: "Bror"})
    assert page_of(site.browser(tied.id), case).status == 403
    assert page_of(site.browser(case.by.id), case).status in (403, 404)
    appoint(stage.engine, stage.admin, authority_id=stage.authority, user_id=case.by.id or "", role="handler")
    assert page_of(site.browser(case.by.id), case).status in (403, 404)
    read = page_of(site.browser(approver.id), case)
    assert (read.status, read.faults()) == (200, [])
    assert not [one for one in read.forms() if "/checked/" in one.action or "/handlers" in one.action]


def test_what_was_changed_is_marked_and_compared(stage: Stage, case: Case, handler: Browser) -> None:
    _change(stage, case, "Språkkafé annenhver uke")
    page = page_of(handler, case)
    assert "Hva skal dere gjøre? endret" in page.words
    history = handler.get(page.links["Se endringene"])
    assert (history.status, history.faults()) == (200, [])
    removed, added = history.find("del"), history.find("ins")
    assert removed is not None
    assert added is not None
    assert "annenhver" in " ".join(added.itertext())
    places = [one.get("value") for one in history.tree.iter("input") if one.get("name") == "from"]
    drafts = [one for one in range(1, 6) if str(one) not in places]
    assert len(places) == 2
    assert {handler.get(f"/office/cases/{case.id}/history?from={one}&to={places[0]}").status for one in drafts} == {404}


def _change(stage: Stage, case: Case, summary: str) -> None:
    """The applicant is asked for another summary, and hands it in."""
    ask_changes(
        stage.engine, stage.handler, case.id, round_id="corrections", questions=["summary"], reason="Skriv mer",
        due="2027-02-20T23:59",
    )  # fmt: skip
    draft = read_draft(stage.engine, case.by, case.id)
    answers = {**draft.answers, "summary": summary}
    saved = save_draft(stage.engine, case.by, case.id, draft.version, answers, keep=True)
    answer_changes(stage.engine, case.by, case.id, saved.version)


def test_what_the_applicant_had_before_is_in_view(site: Site, stage: Stage, case: Case, handler: Browser) -> None:
    again = start_draft(
        stage.engine, case.by, call_id=stage.call, organisation_id=case.organisation, answers=dict(ANSWERS)
    )
    submit_application(stage.engine, case.by, again, 1)
    stage.world.declare(stage.call)
    number = stage.number()
    granted = stage.submitted(number)
    rows = [
        {"organisation_number": number, "scheme": "Integrering", "year": 2000 + year, "amount": "50000.00"}
        for year in range(12)
    ]
    rows.append({"organisation_number": number, "scheme": "imdi-integration-work", "year": 2012, "amount": "70000.00"})
    import_grants(stage.engine, stage.admin, stage.authority, rows)
    assert page_of(handler, case).links[_number_of(stage, again)] == f"/office/cases/{again}"
    few = page_of(handler, granted)
    assert few.faults() == []
    assert "2012 IMDI Integreringsarbeid i regi av frivillige organisasjoner 70 000 kr" in plain(few)  # known here
    assert "2011 IMDI Integrering 50 000 kr ikke krevd" in plain(few)
    assert "2001 IMDI" not in plain(few)
    assert "2000 IMDI" in plain(handler.get(few.links["Vis flere"].partition("#")[0]))


def _number_of(stage: Stage, id: str) -> str:
    with stage.engine.store.read() as reading:
        one = reading.applications.get(id)
        assert one is not None
        return one.number


def test_a_case_takes_as_many_statements_whatever_is_in_it(stage: Stage) -> None:
    few, many = stage.submitted(), stage.submitted()
    for case, times in ((few, 1), (many, 3)):
        for number in range(times):
            open_thread(stage.engine, case.by, case.id, f"Spørsmål {number}", question="summary")
            open_thread(stage.engine, stage.handler, case.id, f"Svar {number}")
            stage.partner(case, case.by)
    taken = {}
    for case in (few, many, few, many):
        with counted(stage.world) as sent:
            see_case(stage.engine, stage.handler, case.id)
        taken[case.id] = len(sent)
    assert set(taken.values()) == {STATEMENTS}


STATEMENTS = 34
"""For everything there is of a case, and to keep that it is read."""
