"""From a closed call to letters, on pages: proposals, the line where the money ends, hand moves, deciding, telling."""

from __future__ import annotations

import re
from typing import Any

import pytest
from closed import COMMITTEE, SMALL, Closed, closed, decided, proposed
from office import STRANDS, Office
from reader import Browser, Form, Page, Site
from stage import Stage
from statements import counted

from grantengine.services.declare_interests import declare_interests
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.give_back import decline_grant
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.run_jobs import run_jobs
from grantengine.services.see_allocation import list_allocations
from grantengine.services.send_letters import send_letters
from grantengine.store.tables.decisions import Letter

JUDGED = SMALL.replace(
    "criteria:\n", "  - {id: in-order, kind: judged, ask: {nb: 'Er regnskapet i orden?', nn: 'Er rekneskapen i orden?'}}\n\ncriteria:\n", 1
)  # fmt: skip


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


@pytest.fixture
def handler(site: Site, stage: Stage) -> Browser:
    return site.browser(stage.handler.id)


def second(site: Site, there: Closed) -> Browser:
    return site.browser(there.second.id)


def rows(page: Page) -> list[str]:
    """The ranking, row by row, in words."""
    [table] = [one for one in page.tree.iter("table") if "site-ranking" in (one.get("class") or "")]
    return [re.sub(r"\s+", " ", " ".join(row.itertext())).strip() for row in table.iter("tr")][1:]


def step(page: Page, action: str, value: str) -> Form:
    """A form with a button of this step."""
    return next(
        one for one in page.forms() if one.action.endswith(action) and any(button[1] == value for button in one.buttons)
    )


def made(page: Page) -> Form:
    """The form by which a proposal is made."""
    return next(one for one in page.forms() if one.action.endswith("/proposals") and one.method == "post")


def test_a_handler_is_told_what_is_in_the_way_of_a_proposal(site: Site, stage: Stage, handler: Browser) -> None:
    there = closed(stage, JUDGED)
    page = handler.get(f"/office/calls/{there.call}/proposals")
    assert (page.status, page.faults()) == (200, [])
    assert "Må avklares: 3" in page.words
    assert "Må avklares: Er regnskapet i orden?" in page.words
    assert [one.action for one in page.forms() if one.action.endswith("/proposals")] == []
    page = handler.post(f"/office/calls/{there.call}/proposals")
    assert page.status == 409
    assert "3 saker må avklares" in page.words
    page = handler.get(f"/office/calls/{stage.call}/proposals")
    assert "Utlysningen er fortsatt åpen" in page.words
    assert second(site, there).get(f"/office/calls/{there.call}/proposals").words.count("Nytt forslag") == 0


def test_a_proposal_shows_points_the_line_and_what_is_left(stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    page = handler.get(f"/office/calls/{there.call}/proposals")
    page = handler.send(page.form("/proposals"))
    assert (page.status, page.faults()) == (200, [])
    assert "Forslaget er laget." in page.words
    ranked = rows(page)
    assert [one.split()[0] for one in ranked] == ["1", "2", "3", "Her"]
    assert "300 000 kr 300 000 kr Får tilskudd" in ranked[0].replace("\xa0", " ")
    assert "0 kr For stort for det som er igjen. Nummer 1 på reservelista" in ranked[1].replace("\xa0", " ")
    assert "500 000 kr er foreslått over streken, og 0 kr er igjen." in ranked[3].replace("\xa0", " ")
    assert "En annen enn den som har laget eller endret forslaget" in page.words
    assert "du har vært med" in page.words.lower()
    address = page.response.request.path
    reserve = handler.get(f"{address}?show=reserve&points=yes&page=9")
    assert (reserve.faults(), len(rows(reserve))) == ([], 1)
    handler.send(page.form("/language"), press="English")
    assert "500,000 kr is proposed above the line" in " ".join(rows(handler.get(address))).replace("\xa0", " ")


def test_an_amount_is_set_by_hand_after_one_has_seen_what_it_does(stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    id = proposed(stage, there)
    page = handler.get(f"/office/proposals/{id}/cases/{there.first.id}")
    assert (page.status, page.faults()) == (200, [])
    page = handler.send(step(page, there.first.id, "see"), press="Se hva det gjør", amount="200 000", reason="")
    assert (page.status, page.faults()) == (422, [])
    assert len(page.problems) == 1
    page = handler.send(step(page, there.first.id, "see"), press="Se hva det gjør", amount="200 000", reason="Dyr leie")
    assert (page.status, page.faults()) == (200, [])
    words = page.words.replace("\xa0", " ")
    assert "Lag 1 300 000 kr 200 000 kr Satt for hånd" in re.sub(r"Lag \d+", "Lag 1", words)
    assert words.count("For stort for det som er igjen") == 1
    assert "Sum før: 500 000 kr. Sum etter: 450 000 kr." in words
    page = handler.send(step(page, there.first.id, "set"), press="Endre beløpet")
    assert "Beløpet er endret" in page.words
    assert "Satt for hånd Hanne Handler: Dyr leie" in " ".join(rows(page))
    page = handler.get(f"/office/proposals/{id}/cases/{there.first.id}")
    [again] = [one for one in page.forms() if one.values.get("rules")]
    page = handler.send(again, press="Se hva det gjør", reason="Leia er lavere")
    page = handler.send(step(page, there.first.id, "set"), press="Endre beløpet")
    assert "Satt for hånd Hanne" not in page.words
    page = handler.post(
        f"/office/proposals/{id}/cases/{there.first.id}", {"amount": "900 000", "reason": "Mer", "step": "see"}
    )
    assert page.status == 422
    assert "mer enn de" in page.words


def test_the_second_person_decides_and_the_maker_is_told_why_not(site: Site, stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    id = proposed(stage, there)
    page = handler.get(f"/office/proposals/{id}/decide")
    assert (page.faults(), [one for one in page.forms() if one.action.endswith("/decide")]) == ([], [])
    page = handler.post(f"/office/proposals/{id}/decide")
    assert page.status == 403
    assert "En annen enn den som laget eller endret forslaget, må godkjenne det" in page.words
    approver = second(site, there)
    waiting = "Forslag som venter på at noen godkjenner (1)"
    assert (waiting in approver.get("/office").words, waiting in handler.get("/office").words) == (True, False)
    page = approver.get(f"/office/proposals/{id}/decide")
    assert "2 av 3 får tilskudd, 500 000 kr i alt." in page.words.replace("\xa0", " ")
    page = approver.send(page.form("/decide"))
    assert (page.status, page.faults()) == (200, [])
    assert "Forslaget er vedtatt. Brevene er ikke sendt ennå." in page.words
    page = handler.get(f"/office/proposals/{id}/replay")
    assert (page.faults(), "Alt er likt: 3 saker" in page.words) == ([], True)
    assert handler.post(f"/office/proposals/{id}/drop", {"reason": "Angret"}).status == 409


def test_nobody_agrees_to_what_was_changed_after_it_was_seen(site: Site, stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    id = proposed(stage, there)
    approver, case = second(site, there), f"/office/proposals/{id}/cases/{there.first.id}"
    before = approver.get(f"/office/proposals/{id}/decide")
    moving = handler.post(case, {"amount": "100 000", "reason": "Dyr leie", "step": "see"})
    also = handler.post(case, {"amount": "90 000", "reason": "Dyr leie", "step": "see"})
    handler.send(step(moving, there.first.id, "set"), press="Endre beløpet")
    told = "Forslaget er endret siden du så det."
    for page in (handler.send(step(also, there.first.id, "set")), approver.send(before.form("/decide"))):
        assert (page.status, page.faults(), told in page.words) == (409, [], True)
    page = approver.send(page.form("/decide"))
    assert "Forslaget er vedtatt." in page.words


def test_a_proposal_is_dropped_with_a_reason(stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    id = proposed(stage, there)
    page = handler.get(f"/office/proposals/{id}/drop")
    page = handler.send(page.form("/drop"), reason=" ")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    page = handler.send(page.form("/drop"), reason="Feil i tallene")
    assert "Forslaget er forkastet." in page.words
    assert "Forkastet fordi: Feil i tallene" in page.words
    assert page.form("/proposals").buttons


def test_a_committee_gets_its_paper_and_its_resolution_is_checked_first(
    site: Site, stage: Stage, handler: Browser
) -> None:
    there = closed(stage, COMMITTEE)
    id = proposed(stage, there)
    assert "må godkjennes av en person til" in handler.get(f"/office/proposals/{id}/resolution").words
    approver = second(site, there)
    approver.send(approver.get(f"/office/proposals/{id}/decide").form("/decide"))
    page = handler.get(f"/office/proposals/{id}/resolution")
    assert page.faults() == []
    paper = handler.send(page.form("/paper"), recommendation="Vedta med en endring")
    assert "Vedta med en endring" in paper.html
    assert "style-src 'sha256-" in paper.response.headers["Content-Security-Policy"]
    number = next(iter(re.findall(r"\d{4}/\d+", paper.html)))
    told: dict[str, Any] = {"committee": "Kulturutvalget", "reference": "Sak 7/27"}
    page = handler.send(step(page, "/resolution", "see"), press="Se over før du lagrer", **told, on="i går",
        number=[number, "1/1", ""], amount=["200 000", "1", ""], why=["", "x", ""])  # fmt: skip
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 2)
    changes: dict[str, Any] = {"number": [number, "", ""], "amount": ["200 000", "", ""]}
    page = handler.send(step(page, "/resolution", "see"), press="Se over før du lagrer", **told, on="20.1.2027",
        **changes, why=["", "", ""])  # fmt: skip
    assert (page.status, page.faults()) == (422, [])
    assert page.find("input", id="why-0", aria_invalid="true") is not None
    page = handler.send(step(page, "/resolution", "see"), press="Se over før du lagrer", **told, on="20.1.2027",
        **changes, why=["Lavere leie", "", ""])  # fmt: skip
    assert (page.status, page.faults()) == (200, [])
    assert "Sum etter: 450 000 kr." in page.words.replace("\xa0", " ")
    page = handler.send(step(page, "/resolution", "record"), press="Lagre vedtaket")
    assert "Vedtaket er lagret." in page.words
    assert "Kulturutvalget, 20. januar 2027, Sak 7/27" in page.words
    assert list_allocations(stage.engine, stage.handler, there.call)[-1].status == "decided"


def test_letters_are_sent_in_the_background_and_the_page_tells_how_many(stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    id = decided(stage, there)
    page = handler.get(f"/office/proposals/{id}/letters")
    assert (page.faults(), "0 av 3 brev er sendt." in page.words) == ([], True)
    page = handler.send(page.form("/letters"))
    assert (page.faults(), "Brevene sendes nå." in page.words) == ([], True)
    assert page.links["Oppdater"].endswith(f"/proposals/{id}/letters")

    class Killed(Exception):
        pass

    def stop(done: int, steps: int | None) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        send_letters(stage.engine, stage.system, id, progress=stop)
    page = handler.get(f"/office/proposals/{id}/letters")
    assert (page.faults(), "2 av 3 brev er sendt. Brevene sendes nå." in page.words) == ([], True)
    assert run_jobs(stage.engine, stage.system).failed == 0
    page = handler.get(f"/office/proposals/{id}/letters")
    assert (page.faults(), "3 av 3 brev er sendt. Alle har fått svar." in page.words) == ([], True)
    assert publish_decisions(stage.engine, stage.handler, id) == 0
    with stage.engine.store.read() as reading:
        letters = [one.application_id for one in reading.session.query(Letter).filter_by(kind="decision")]
    assert sorted(letters) == sorted(case.id for case in there.cases)


def test_someone_with_a_tie_sees_no_proposal(site: Site, stage: Stage, handler: Browser) -> None:
    there = closed(stage)
    id = proposed(stage, there)
    declare_interests(stage.engine, stage.handler, there.call, {there.first.organisation: "Nestleder"})
    for path in ("", "/decide", "/drop", "/replay", f"/cases/{there.first.id}"):
        assert handler.get(f"/office/proposals/{id}{path}").status == 403, path
    page = handler.get(f"/office/calls/{there.call}/proposals")
    assert (page.status, page.faults()) == (200, [])
    assert [one for one in page.forms() if one.action.endswith("/proposals")] == []
    assert handler.post(f"/office/calls/{there.call}/proposals").status == 403


def test_a_proposal_of_many_takes_no_more_statements_and_stands_on_pages(
    site: Site, stage: Stage, handler: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grantengine_web.office.ranking.PAGE", 2)
    one, many = closed(stage, sums=(300_000,)), closed(stage, sums=(100_000,) * 6)
    seen = {}
    for there in (one, many):
        path, proposals = f"/office/proposals/{proposed(stage, there)}", f"/office/calls/{there.call}/proposals"
        handler.get(path), handler.get(proposals)
        with counted(site.world) as sent:
            page = handler.get(path)
        with counted(site.world) as listed:
            handler.get(proposals)
        seen[there.call] = len(sent), len(listed)
    assert seen[one.call] == seen[many.call]
    assert "Side 1 av 3" in page.words
    assert "page=3" in page.links["Gå til streken der pengene slutter"]
    last = handler.get(page.links["Neste side"])
    last = handler.get(last.links["Neste side"])
    assert [row.split()[0] for row in rows(last)] == ["5", "Her", "6"]


def test_where_one_applies_at_any_time_a_day_is_chosen_and_the_reserve_moves_up(site: Site) -> None:
    there = Office(site.world)
    call = there.call()
    cases = there.came(call, 300_000, 250_000, 200_000)
    site.world.clock.turn(days=1)
    handler = site.browser(there.handler)
    page = handler.get(f"/office/calls/{call}/proposals?until=i+går")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 1)
    page = handler.send(next(one for one in page.forms() if one.method == "get"), until="20.1.2027")
    page = handler.send(made(page))
    assert (page.status, page.faults()) == (200, [])
    proposal = page.response.request.path.rsplit("/", 1)[-1]
    there.approve(proposal)
    there.tell(proposal)
    decline_grant(there.engine, there.by(there.contact[cases[0]]), cases[0])
    page = handler.get(f"/office/calls/{call}/proposals")
    assert "På reservelista: 1. Ledig av budsjettet nå: 300 000 kr." in page.words.replace("\xa0", " ")
    page = handler.send(page.form("/reserve"))
    assert (page.faults(), [row.split()[0] for row in rows(page)]) == ([], ["1", "Pengene"])
    decided_one = handler.get(f"/office/proposals/{proposal}")
    assert "Noe av det som ble gitt, er ledig igjen" in decided_one.words
    assert "500 000 kr er gitt over streken, og 0 kr var igjen." in decided_one.words.replace("\xa0", " ")


def test_each_strand_has_its_own_line_and_its_own_part_of_the_budget(site: Site) -> None:
    there = Office(site.world, STRANDS)
    call = there.call()
    there.came(call, 250_000, 200_000, strand="north")
    there.came(call, 150_000, 100_000, strand="south")
    site.world.clock.turn(days=60)
    site.world.declare(call, there.handler, *there.approvers)
    handler = site.browser(there.handler)
    page = handler.send(made(handler.get(f"/office/calls/{call}/proposals")))
    assert (page.status, page.faults()) == (200, [])
    lines = [row.replace("\xa0", " ") for row in rows(page) if row.startswith("Her")]
    assert lines == [
        "Her slutter pengene (north). 250 000 kr er foreslått over streken, og 50 000 kr er igjen.",
        "Her slutter pengene (south). 150 000 kr er foreslått over streken, og 50 000 kr er igjen.",
    ]
    proposal = page.response.request.path.rsplit("/", 1)[-1]
    drop_allocation(there.engine, there.by(there.handler), proposal, reason="Hver for seg")
    page = handler.get(f"/office/calls/{call}/proposals?strand=south")
    page = handler.send(made(page))
    assert "Delordning: south" in page.words
    assert len(rows(page)) == 3


def test_no_line_is_drawn_where_the_money_does_not_go_by_rank(stage: Stage, handler: Browser) -> None:
    drawn = SMALL.replace("method: ranked\n  options: {", "method: lottery\n  options: {seed: 7, ")
    page = handler.get(f"/office/proposals/{proposed(stage, closed(stage, drawn))}")
    assert (page.status, page.faults(), len(rows(page))) == (200, [], 3)
    assert "Metoden i denne ordningen går ikke etter rangeringen." in page.words
