"""Meetings: times are offered, taken, moved, given back, put in the calendar; and what was said is read."""

from __future__ import annotations

import pytest
from reader import Browser, Form, Page, Site
from stage import Case, Stage
from statements import counted

from grantengine.services.book_meeting import book_meeting
from grantengine.services.log_meeting import log_meeting
from grantengine.services.offer_slots import offer_slots
from grantengine.services.set_panel import set_panel

TIMES = ["2027-01-27T10:00", "2027-01-27T18:00", "2027-01-30T12:00"]


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


@pytest.fixture
def slots(stage: Stage) -> list[str]:
    return offer_slots(stage.engine, stage.handler, stage.call, "guidance", starts=TIMES, place="Telefon")


@pytest.fixture
def case(stage: Stage) -> Case:
    return stage.submitted()


def meetings(browser: Browser, stage: Stage, query: str = "") -> Page:
    return browser.get(f"/calls/{stage.call}/meetings{query}")


def choices(page: Page) -> list[str]:
    """The times that can be chosen."""
    return [one.get("value") or "" for one in page.tree.iter("input") if one.get("name") == "slot"]


def booking(page: Page) -> Form:
    """The form in which a time is chosen."""
    return next(one for one in page.forms() if one.action.endswith("/meetings") and one.method == "post")


def test_times_are_told_with_evenings_and_weekends_and_one_is_booked(
    site: Site, stage: Stage, slots: list[str], case: Case
) -> None:
    browser = site.browser(case.by.id)
    page = meetings(browser, stage)
    assert (page.status, page.faults()) == (200, [])
    assert "onsdag 27. januar 2027" in page.words
    assert page.words.count("Kveld eller helg") == 2
    assert choices(page) == slots
    page = browser.send(booking(page), slot=slots[1], application=case.id, wish="Kan vi søke om husleie?")
    assert "Møtet er avtalt." in page.words
    assert page.faults() == []
    assert "Møtet deres: onsdag 27. januar 2027, 18.00–18.20" in page.words
    assert "Kan vi søke om husleie?" in page.words
    assert choices(page) == []
    overview = browser.get(f"/applications/{case.id}")
    assert "Dere har et møte 27. januar 2027 kl. 18.00" in overview.words
    assert overview.faults() == []


def test_a_booked_meeting_is_a_file_for_the_calendar(site: Site, stage: Stage, slots: list[str], case: Case) -> None:
    id = book_meeting(stage.engine, case.by, slots[1], organisation_id=case.organisation)
    browser = site.browser(case.by.id)
    page = meetings(browser, stage)
    answer = browser.client.get(page.links["Legg i kalenderen"])
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert b"DTSTART:20270127T170000Z" in answer.data
    assert f"UID:{id}@grantengine".encode() in answer.data
    other = site.browser(stage.submitted().by.id)
    assert other.get(f"/calls/{stage.call}/meetings/{id}/meeting.ics").status == 404


def test_a_time_is_changed_for_another_and_the_old_one_is_free(
    site: Site, stage: Stage, slots: list[str], case: Case
) -> None:
    book_meeting(stage.engine, case.by, slots[0], organisation_id=case.organisation, wish="Husleie")
    browser = site.browser(case.by.id)
    page = browser.get(meetings(browser, stage).links["Bytt tidspunkt"])
    assert page.faults() == []
    page = browser.send(booking(page), slot=slots[2])
    assert "Møtet har fått nytt tidspunkt." in page.words
    assert "Møtet deres: lørdag 30. januar 2027" in page.words
    assert "Husleie" in page.words
    other = site.browser(stage.submitted().by.id)
    assert slots[0] in choices(meetings(other, stage))


def test_a_change_to_a_time_that_is_taken_keeps_the_old_one(
    site: Site, stage: Stage, slots: list[str], case: Case
) -> None:
    book_meeting(stage.engine, case.by, slots[0], organisation_id=case.organisation)
    browser = site.browser(case.by.id)
    form = booking(browser.get(meetings(browser, stage).links["Bytt tidspunkt"]))
    other = stage.submitted()
    book_meeting(stage.engine, other.by, slots[1], organisation_id=other.organisation)
    page = browser.send(form, slot=slots[1])
    assert page.status == 409
    assert page.problems
    assert "Møtet deres: onsdag 27. januar 2027, 10.00–10.20" in page.words


def test_the_first_gets_a_time_and_the_other_is_told_with_what_was_typed(
    site: Site, stage: Stage, slots: list[str], case: Case
) -> None:
    browser = site.browser(case.by.id)
    form = booking(meetings(browser, stage))
    other = stage.submitted()
    book_meeting(stage.engine, other.by, slots[0], organisation_id=other.organisation)
    page = browser.send(form, slot=slots[0], wish="Husleie")
    assert (page.status, page.faults()) == (409, [])
    assert booking(page).values["wish"].strip() == "Husleie"
    page = browser.send(booking(page))
    assert (page.status, page.problems) == (422, ["Velg et tidspunkt"])
    page = browser.send(form, slot=slots[1], wish="x" * 2001)
    assert (page.status, page.faults()) == (422, [])


def test_a_meeting_is_cancelled_and_twice_is_once(site: Site, stage: Stage, slots: list[str], case: Case) -> None:
    book_meeting(stage.engine, case.by, slots[0], organisation_id=case.organisation)
    browser = site.browser(case.by.id)
    form = next(one for one in meetings(browser, stage).forms() if one.action.endswith("/cancel"))
    for _ in range(2):
        page = browser.send(form)
        assert page.status == 200
    assert slots[0] in choices(page)


def test_it_is_too_late_to_cancel_once_it_has_begun(site: Site, stage: Stage, case: Case) -> None:
    [slot] = offer_slots(stage.engine, stage.handler, stage.call, "guidance", starts=["2027-01-20T15:00"], place="Her")
    book_meeting(stage.engine, case.by, slot, organisation_id=case.organisation)
    browser = site.browser(case.by.id)
    form = next(one for one in meetings(browser, stage).forms() if one.action.endswith("/cancel"))
    stage.world.clock.turn(hours=3)
    page = browser.send(form)
    assert page.status == 409
    assert "Tidligere møte: onsdag 20. januar 2027" in page.words


def test_bookings_of_others_are_not_there(site: Site, stage: Stage, slots: list[str], case: Case) -> None:
    id = book_meeting(stage.engine, case.by, slots[0], organisation_id=case.organisation)
    other = stage.submitted()
    browser = site.browser(other.by.id)
    assert slots[0] not in choices(meetings(browser, stage))
    assert meetings(browser, stage, f"?organisation={case.organisation}").status == 404
    assert browser.post(f"/calls/{stage.call}/meetings/{id}/cancel", {"organisation": other.organisation}).status == 404
    values = {"organisation": other.organisation, "slot": slots[1], "booking": id}
    assert browser.post(f"/calls/{stage.call}/meetings", values).status == 404
    values = {"organisation": case.organisation, "slot": slots[1]}
    assert browser.post(f"/calls/{stage.call}/meetings", values).status == 404
    assert browser.get("/calls/none/meetings").status == 404


def test_one_who_acts_for_several_says_for_which(site: Site, stage: Stage, slots: list[str], case: Case) -> None:
    second = stage.organisation(case.by)
    browser = site.browser(case.by.id)
    page = meetings(browser, stage)
    assert page.faults() == []
    assert choices(page) == []
    chosen = browser.send(page.form("/meetings"), organisation=second)
    assert choices(chosen) == slots
    page = browser.send(booking(chosen), slot=slots[0])
    assert "Møtet deres" in page.words
    assert "Møtet deres" not in meetings(browser, stage, f"?organisation={case.organisation}").words


def test_one_without_an_organisation_is_told_what_to_do(site: Site, stage: Stage, slots: list[str]) -> None:
    page = meetings(site.browser(stage.person().id), stage)
    assert (page.status, page.faults()) == (200, [])
    assert "Registrer en organisasjon" in page.links


def test_pitches_wait_for_a_panel_and_are_of_what_is_handed_in(site: Site, stage: Stage, case: Case) -> None:
    members = [stage.staff("assessor").id or "", stage.staff("handler").id or ""]
    browser = site.browser(case.by.id)
    assert "når det er klart hvem som skal høre på" in meetings(browser, stage).words
    set_panel(stage.engine, stage.handler, stage.call, "pitch", members)
    [slot] = offer_slots(stage.engine, stage.handler, stage.call, "pitch", starts=["2027-01-28T09:00"], place="Rom 2")
    refused = browser.send(booking(meetings(browser, stage)), slot=slot, wish="x" * 2001)
    assert (refused.status, refused.faults()) == (422, [])
    assert "#wish" in refused.links.values()
    assert refused.find("textarea", id="wish") is not None  # that of the guidance before it is not there
    page = meetings(browser, stage)
    assert page.faults() == []
    assert "Dere får 5 minutter til å presentere søknaden." in page.words
    assert "De som hører på: Person" in page.words
    page = browser.send(booking(page), slot=slot)
    assert "Møtet deres: torsdag 28. januar 2027, 09.00–09.05" in page.words
    draft = stage.draft()
    assert "når søknaden er sendt inn" in meetings(site.browser(draft.by.id), stage).words


def test_what_was_said_is_read_by_those_it_was_said_to(site: Site, stage: Stage, case: Case) -> None:
    log_meeting(
        stage.engine, stage.handler, call_id=stage.call, organisation_id=case.organisation, kind="telephone",
        held_at="2027-01-20T12:00", summary="Husleie kan tas med.",
    )  # fmt: skip
    page = meetings(site.browser(case.by.id), stage)
    assert page.faults() == []
    assert "Husleie kan tas med." in page.words
    assert "Telefonsamtale" in page.words
    assert "Husleie kan tas med." not in meetings(site.browser(stage.submitted().by.id), stage).words


@pytest.mark.parametrize("language", ["nn", "en"])
def test_in_other_languages(site: Site, stage: Stage, slots: list[str], case: Case, language: str) -> None:
    browser = site.browser(case.by.id)
    browser.send(browser.get("/").form("/language"), language=language)
    page = meetings(browser, stage)
    assert (page.status, page.faults(), page.tree.get("lang")) == (200, [], language)


def test_the_page_takes_as_many_statements_with_six_times_as_with_three(
    site: Site, stage: Stage, slots: list[str], case: Case
) -> None:
    browser = site.browser(case.by.id)
    meetings(browser, stage)
    with counted(site.world) as three:
        meetings(browser, stage)
    more = [f"2027-02-0{day}T10:00" for day in (1, 2, 3)]
    offer_slots(stage.engine, stage.handler, stage.call, "guidance", starts=more, place="Telefon")
    with counted(site.world) as six:
        meetings(browser, stage)
    assert len(three) == len(six) == 20
