"""Rounds and meetings as the authority has them: the board, times, pitches, what was said, and changes of the call."""

from __future__ import annotations

import pytest
from reader import Page, Site
from stage import OPEN, Stage
from statements import counted

from grantengine.services.ask_changes import ask_changes
from grantengine.services.book_meeting import book_meeting
from grantengine.services.declare_interests import declare_interests
from grantengine.services.offer_slots import offer_slots
from grantengine.services.open_call import open_call
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.write_comment import open_thread

BY_HAND = OPEN.replace("version: 1.0.0", "version: 1.2.1").replace(
    ", closes: 2027-02-26T16:00, options: {exchanges: 2}", ", options: {exchanges: 2}"
)
"""Corrections go on until someone closes the round."""


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


def card(page: Page, round: str) -> str:
    """What the board says of a round."""
    heading = page.find("h2", id=f"round-{round}")
    assert heading is not None
    for one in page.tree.iter("li"):
        if heading in list(one):
            return " ".join("".join(one.itertext()).split())
    raise LookupError(round)


def test_the_board_tells_what_waits_for_whom(site: Site, stage: Stage) -> None:
    asked, talking = stage.submitted(), stage.submitted()
    stage.world.declare(stage.call)
    ask_changes(stage.engine, stage.handler, asked.id, questions=["summary"], reason="Mer", due="2027-02-10T23:59")
    open_thread(stage.engine, talking.by, talking.id, "Hva nå?")
    slots = offer_slots(
        stage.engine,
        stage.handler,
        stage.call,
        "guidance",
        starts=["2027-01-25T18:00", "2027-01-25T19:00"],
        place="Her",
    )
    book_meeting(stage.engine, talking.by, slots[0], organisation_id=talking.organisation)
    page = site.browser(stage.handler.id).get(f"/office/calls/{stage.call}/rounds")
    assert (page.status, page.faults()) == (200, [])
    assert "Saker som ikke er avgjort: 2." in page.words
    assert "Venter på søkeren: 1 Venter på oss: 1 Besvart: 0" in card(page, "corrections")
    assert "Åpen" in card(page, "corrections")
    assert "Opptil 2 for hver sak." in card(page, "corrections")
    assert "Ledige tider: 1 Avtalt: 1" in card(page, "guidance")
    assert "Kommer" in card(page, "assessment")


def test_the_board_and_the_times_take_as_many_statements_for_few_as_for_many(site: Site, stage: Stage) -> None:
    paths = [f"/office/calls/{stage.call}/rounds", f"/office/calls/{stage.call}/rounds/guidance/slots"]
    browser, seen = site.browser(stage.handler.id), []
    for day in (25, 26, 27):
        case = stage.submitted()
        starts = [f"2027-01-{day}T18:00", f"2027-01-{day}T19:00"]
        slots = offer_slots(stage.engine, stage.handler, stage.call, "guidance", starts=starts, place="Her")
        book_meeting(stage.engine, case.by, slots[0], organisation_id=case.organisation)
        open_thread(stage.engine, case.by, case.id, "Hva nå?")
        ask_changes(stage.engine, stage.handler, case.id, questions=["summary"], reason="Mer", due="2027-02-10T23:59")
        for path in paths:
            browser.get(path)
        with counted(site.world) as sent:
            pages = [browser.get(path) for path in paths]
        assert [one.status for one in pages] == [200, 200]
        seen.append(len(sent))
    assert len(set(seen)) == 1, seen


def test_a_round_is_closed_by_hand_when_nobody_is_asked_in_it(site: Site, stage: Stage) -> None:
    call = open_call(stage.engine, stage.handler, publish_scheme(stage.engine, stage.handler, BY_HAND))
    browser = site.browser(stage.handler.id)
    page = browser.get(f"/office/calls/{call}/rounds")
    assert [href for words, href in page.links.items() if words.startswith("Steng runden")] == [
        f"/office/calls/{call}/rounds/corrections/close"
    ]
    page = browser.get(f"/office/calls/{call}/rounds/corrections/close")
    assert page.faults() == []
    page = browser.send(page.form("/close"))
    assert "Runden er stengt." in page.words
    assert "Stengt" in card(page, "corrections")
    page = browser.post(f"/office/calls/{call}/rounds/pitch/close")
    assert (page.status, page.faults(), len(page.problems)) == (409, [], 1)
    assert browser.get(f"/office/calls/{call}/rounds/nothing/close").status == 404


def test_an_evening_is_offered_at_once_and_times_are_taken_back(site: Site, stage: Stage) -> None:
    browser, path = site.browser(stage.handler.id), f"/office/calls/{stage.call}/rounds/guidance/slots"
    page = browser.get(path)
    assert (page.status, page.faults()) == (200, [])
    wanted = {"day": "2027-01-27", "first": "17:00", "last": "18:00", "pause": "5", "place": "Rom 3"}
    for wrong in ({"day": "i morgen"}, {"last": "17:10"}, {"pause": "mye"}, {"place": ""}, {"day": "2026-01-01"}):
        refused = browser.send(page.form("/slots"), **{**wanted, **wrong})
        assert (refused.status, refused.faults()) == (422, []), wrong
        assert refused.form("/slots").values["first"] == "17:00"
    page = browser.send(page.form("/slots"), **wanted)
    assert "Tider som er lagt ut: 2." in page.words
    assert "onsdag 27. januar 2027" in page.words
    assert "17.00–17.20" in page.words
    assert "17.25–17.45" in page.words
    case = stage.submitted()
    seen = site.browser(case.by.id).get(f"/calls/{stage.call}/meetings")
    slots = [one.get("value") or "" for one in seen.tree.iter("input") if one.get("name") == "slot"]
    book_meeting(stage.engine, case.by, slots[0], organisation_id=case.organisation, wish="Om leie")
    page = browser.get(path)
    assert "Om leie" in page.words
    assert page.faults() == []
    page = browser.send(page.form(f"{slots[1]}/remove"))
    assert "Tiden er tatt bort." in page.words
    page = browser.send(page.form("/cancel"))
    assert "Møtet er avlyst, og begge sider får beskjed." in page.words
    assert "Ledig" in page.words
    assert len(stage.world.messages(template="meeting-cancelled")) == 2


def test_a_meeting_is_written_down_and_both_sides_read_it(site: Site, stage: Stage) -> None:
    case = stage.submitted()
    [slot] = offer_slots(stage.engine, stage.handler, stage.call, "guidance", starts=["2027-01-20T15:00"], place="Her")
    booking = book_meeting(stage.engine, case.by, slot, organisation_id=case.organisation)
    stage.world.clock.turn(hours=4)
    browser = site.browser(stage.handler.id)
    page = browser.get(f"/office/calls/{stage.call}/rounds/guidance/slots?past=yes")
    assert "Ikke skrevet ned" in page.words
    [way] = [href for words, href in page.links.items() if words.startswith("Skriv ned hva")]
    page = browser.get(way)
    assert (page.status, page.faults()) == (200, [])
    assert "kan lese det du skriver her" in page.words
    form = page.form(f"{booking}/log")
    assert (form.values["day"], form.values["clock"], form.values["kind"]) == ("2027-01-20", "15:00", "guidance")
    page = browser.send(form, summary="")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    page = browser.send(page.form(f"{booking}/log"), summary="Leie kan dekkes.")
    assert "Møtet er skrevet ned, og søkeren får beskjed." in page.words
    assert "Skrevet ned" in page.words
    page = browser.get(f"/office/cases/{case.id}/meetings/log")
    assert "Leie kan dekkes." in page.words
    form = page.form("/meetings/log")
    assert browser.send(form, day="2027-02-01", clock="10:00", summary="Ringte.").status == 422
    page = browser.send(form, day="2027-01-20", clock="16:00", summary="Ringte.")
    assert page.status == 200
    applicant = site.browser(case.by.id).get(f"/calls/{stage.call}/meetings")
    assert "Leie kan dekkes." in applicant.words
    assert "Ringte." in applicant.words


def test_pitches_are_planned_with_the_same_panel_for_all(site: Site, stage: Stage) -> None:
    cases = [stage.submitted(), stage.submitted()]
    assessor = stage.staff("assessor")
    browser, path = site.browser(stage.handler.id), f"/office/calls/{stage.call}/rounds/pitch/pitches"
    page = browser.get(path)
    assert (page.status, page.faults()) == (200, [])
    assert "Søkere som ikke har fått tid: 2." in page.words
    page = browser.send(page.form("/panel"), members=None)
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    page = browser.send(page.form("/panel"), members=[assessor.id, stage.handler.id])
    assert "Panelet er lagret." in page.words
    wanted = {"day": "2027-02-01", "first": "09:00", "pause": "5", "per_day": "8", "place": "Rom 1"}
    refused = browser.send(page.form("/pitches"), **{**wanted, "per_day": "mange", "place": ""})
    assert (refused.status, refused.faults(), len(refused.problems)) == (422, [], 2)
    page = browser.send(page.form("/pitches"), **wanted)
    assert "Søkere som fikk tid: 2." in page.words
    assert page.faults() == []
    assert "Alle har fått tid, like lenge og med det samme panelet." in page.words
    assert "1. februar 2027 kl. 09.10" in page.words
    for case in cases:
        assert "Møtet deres: mandag 1. februar 2027" in site.browser(case.by.id).get(
            f"/calls/{stage.call}/meetings"
        ).words  # fmt: skip
    stage.world.clock.turn(days=12)
    browser = site.browser(stage.handler.id)
    page = browser.get(path)
    [way, _] = [href for words, href in page.links.items() if words.startswith("Skriv ned hva som ble sagt")]
    page = browser.get(way)
    assert page.faults() == []
    page = browser.send(page.form("/log"), summary="De viste planen.")
    assert (page.status, page.faults()) == (200, [])
    assert "Møtet er skrevet ned" in page.words


def test_the_call_is_changed_with_a_reason_that_everyone_reads(site: Site, stage: Stage) -> None:
    stage.draft()
    browser, path = site.browser(stage.handler.id), f"/office/calls/{stage.call}/change"
    page = browser.get(path)
    assert (page.status, page.faults()) == (200, [])
    form = page.form("/change")
    last = form.values["day"]
    page = browser.send(form, press="Se hva som blir publisert", reason="Ingenting")
    assert (page.status, page.problems) == (422, ["Ingenting er endret. Endre minst ett felt"])
    wanted = {"budget-0": "45 000 000", "day": "2027-06-01", "decided_by": "2027-09-01"}
    page = browser.send(form, reason="Mer penger", **wanted)
    assert (page.status, page.faults()) == (200, [])
    assert "Kontakter med et utkast som får beskjed om den nye fristen: 1." in page.words
    assert not stage.world.messages(template="deadline-moved")
    page = browser.send(page.form("/change"), press="Endre og publiser")
    assert "Utlysningen er endret." in page.words
    values = page.form("/change").values
    assert (values["day"], values["budget-0"].replace("\N{NO-BREAK SPACE}", " ")) == ("2027-06-01", "45 000 000")
    assert len(stage.world.messages(template="deadline-moved")) == 1
    public = site.browser().get(f"/calls/{stage.call}")
    assert "Mer penger" in public.words
    early = {"day": last, "reason": "Tidligere"}
    page = browser.post(path, {**page.form("/change").values.to_dict(), **early})
    assert (page.status, page.faults(), len(page.problems)) == (409, [], 1)
    for wrong in ({"budget-0": "mye"}, {"decided_by": ""}, {"clock": "sent"}):
        refused = browser.post(path, {**form.values.to_dict(), "reason": "Feil", **wrong})
        assert (refused.status, refused.faults()) == (422, []), wrong


def test_one_applicant_gets_a_later_deadline(site: Site, stage: Stage) -> None:
    number = stage.number()
    stage.draft(number)
    browser, path = site.browser(stage.handler.id), f"/office/calls/{stage.call}/change"
    form = browser.get(path).form("/extend")
    page = browser.send(form, named="Finnes ikke", until_day="2027-07-01", why="Feil hos oss")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    page = browser.send(page.form("/extend"), named=number, until_day="2026-01-01")
    assert (page.status, page.faults(), len(page.problems)) == (409, [], 1)
    page = browser.send(page.form("/extend"), named=number, until_day="2027-07-01")
    assert "har fått utsatt frist, og får beskjed." in page.words
    assert "Feil hos oss" in page.words
    assert stage.world.messages(template="deadline-extended")


def test_a_tie_keeps_one_from_meetings_with_an_applicant(site: Site, stage: Stage) -> None:
    case, tied = stage.submitted(), stage.staff("handler")
    [slot] = offer_slots(stage.engine, stage.handler, stage.call, "guidance", starts=["2027-01-25T18:00"], place="Her")
    booking = book_meeting(stage.engine, case.by, slot, organisation_id=case.organisation, wish="Om leie")
    declare_interests(stage.engine, tied, stage.call, {case.organisation: "Er med i styret"})
    browser = site.browser(tied.id)
    page = browser.get(f"/office/calls/{stage.call}/rounds/guidance/slots")
    assert (page.status, "Om leie" in page.words) == (200, False)
    assert browser.get(f"/office/calls/{stage.call}/bookings/{booking}/log").status == 403
    for path in (f"bookings/{booking}/log", f"bookings/{booking}/cancel", f"slots/{slot}/remove"):
        assert browser.post(f"/office/calls/{stage.call}/{path}", {"summary": "Hei"}).status == 403
