"""The authority's lists of cases, as its people meet them: what waits, what is looked for, and many cases given at once."""

from __future__ import annotations

from reader import Browser, Page, Site
from stage import OPEN, Case, Stage
from statements import counted

from grantengine.services.appoint import appoint, dismiss
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assign_case import assign_case
from grantengine.services.declare_interests import declare_interests
from grantengine.services.withdraw_application import withdraw_application
from grantengine.services.write_comment import open_thread

PER_CASE = OPEN.replace("impartiality: call ", "impartiality: case ")


class Desk:
    """A call with cases, and a handler and a leader with a browser each."""

    def __init__(self, site: Site, cases: int = 3) -> None:
        self.stage = Stage(site.world, PER_CASE)
        self.world, self.engine = site.world, site.world.engine
        self.cases = [self.stage.submitted() for _ in range(cases)]
        self.leader = self.stage.world.user("Leif Leder", "leif@example.org")
        appoint(self.engine, self.stage.system, authority_id=self.stage.authority, user_id=self.leader, role="leader")
        self.world.declare(self.stage.call, self.leader, self.world.made["handler"])
        self.mine = site.browser(self.world.made["handler"])

    @property
    def list(self) -> str:
        return f"/office/calls/{self.stage.call}"

    def number(self, case: Case) -> str:
        with self.engine.store.read() as reading:
            application = reading.applications.get(case.id)
            assert application is not None
            return application.number

    def numbers(self, *cases: Case) -> set[str]:
        return {self.number(one) for one in cases}

    def seen(self, page: Page) -> set[str]:
        """The numbers of the cases in the table of a page."""
        return {number for number in self.numbers(*self.cases) if f">{number}<" in page.html}

    def give(self, *cases: Case, deed: str = "give", to: str | None = None, by: Browser | None = None) -> Page:
        """The preview of giving these cases away."""
        browser = by or self.mine
        form = browser.get(self.list).form(f"{self.list}/give")
        to = self.world.made["handler"] if to is None else to
        return browser.send(
            form, press="Fortsett med de valgte sakene", case=[one.id for one in cases], deed=deed, to=to
        )


def test_what_waits_is_on_the_front_page_and_leads_to_the_cases(site: Site) -> None:
    desk = Desk(site)
    assert "Ingenting venter på deg nå." in desk.mine.get("/office").words
    desk.mine.send(desk.give(*desk.cases[:2]).form("/give"))
    open_thread(desk.engine, desk.cases[0].by, desk.cases[0].id, "Når får vi svar?")
    page = desk.mine.get("/office")
    assert "Søkeren har skrevet til deg (1)" in page.words
    assert "Saker du behandler (2)" in page.words
    assert page.faults() == []
    unowned = page.links["1 uten saksbehandler"]
    assert desk.seen(desk.mine.get(unowned)) == desk.numbers(desk.cases[2])
    assert page.links["3 til behandling"].startswith(desk.list)
    assert "Du har ingen rolle" in site.browser(desk.cases[0].by.id).get("/office").words


def test_the_list_says_whom_each_case_waits_for_and_is_filtered_in_its_address(site: Site) -> None:
    desk = Desk(site)
    asked, talked, gone = desk.cases
    ask_changes(
        desk.engine, desk.stage.handler, asked.id, round_id="corrections", questions=["summary"], reason="Skriv mer",
        due="2027-02-20T23:59",
    )  # fmt: skip
    open_thread(desk.engine, talked.by, talked.id, "Hei")
    withdraw_application(desk.engine, gone.by, gone.id)
    page = desk.mine.get(desk.list)
    assert desk.seen(page) == desk.numbers(*desk.cases)
    assert "Søkeren: endringer til 20. februar 2027 kl. 23.59" in page.words
    assert "Oss: svar på en melding" in page.words
    assert page.faults() == []
    form = page.form(desk.list)
    for one, chosen in (
        (asked, {"due": "applicant"}), (talked, {"due": "authority"}), (gone, {"status": ["withdrawn"]}),
        (talked, {"words": desk.number(talked)}),
    ):  # fmt: skip
        found = desk.mine.send(form, **chosen)
        assert desk.seen(found) == desk.numbers(one), chosen
        assert found.faults() == []
    empty = desk.mine.send(form, words="finnes ikke")
    assert "Ingen saker passer" in empty.words
    assert (empty.faults(), desk.seen(empty)) == ([], set())
    assert desk.seen(desk.mine.get(f"{desk.list}?due=overdue")) == set()
    desk.world.clock.turn(days=400)
    browser = site.browser(desk.world.made["handler"])
    late = browser.get(f"{desk.list}?due=overdue")
    assert desk.seen(late) == desk.numbers(asked, talked)
    assert "Over fristen" in late.words
    front = browser.get("/office")
    assert "2 over fristen" in front.links
    assert "Svarfristen er ute" in front.words
    assert front.faults() == []


def test_a_choice_of_cases_is_kept_under_a_name_by_whoever_made_it(site: Site) -> None:
    desk = Desk(site, 1)
    page = desk.mine.get(f"{desk.list}?owner=none&status=submitted")
    kept = desk.mine.send(page.form("/views"), name="Ufordelte")
    assert "Utvalget er lagret." in kept.words
    assert kept.links["Ufordelte"] == f"{desk.list}?status=submitted&owner=none"
    assert "Ufordelte" not in site.browser(desk.leader).get(desk.list).links
    refused = desk.mine.send(page.form("/views"), name="U")
    assert (refused.status, len(refused.problems), refused.faults()) == (422, 1, [])
    for number in range(19):
        desk.mine.send(page.form("/views"), name=f"Utvalg {number}")
    assert desk.mine.send(page.form("/views"), name="Ett til").status == 409
    assert desk.mine.send(page.form("/views"), name="Ufordelte").status == 200
    removed = desk.mine.send(kept.form("/remove"))
    assert "Ufordelte" not in removed.links


def test_many_cases_are_given_after_a_look_at_what_will_happen(site: Site) -> None:
    desk = Desk(site)
    first, _, third = desk.cases
    desk.mine.send(desk.give(first, to=desk.leader).form("/give"))
    declare_interests(desk.engine, desk.stage.handler, desk.stage.call, {third.organisation: "Er med i styret"})
    assert f'value="{third.id}"' not in desk.mine.get(desk.list).html  # it is not there to be ticked
    page = desk.give(*desk.cases, to=desk.leader)
    assert page.title == "Gi saker til Leif Leder"
    assert "Dette kommer til å skje (1)" in page.words
    assert "Personen har saken fra før" in page.words
    assert "Du har selv en tilknytning til søkeren" in page.words
    assert page.faults() == []
    done = desk.mine.send(page.form("/give"))
    assert "Én sak er gitt til Leif Leder." in done.words
    again = desk.mine.send(page.form("/give"))
    assert "Ingenting ble gjort." in again.words
    assert again.faults() == []
    assert len(desk.world.messages(template="cases-assigned")) == 2
    everything = desk.mine.send(
        desk.mine.get(desk.list).form("/give"), press="Fortsett med alle sakene", to=desk.leader, deed="give"
    )
    assert "Du har selv en tilknytning til søkeren" in everything.words
    assert "Ingen av sakene du valgte, kan være med." in everything.words


def test_moving_and_taking_need_a_reason_and_leave_out_what_has_changed(site: Site) -> None:
    desk = Desk(site)
    desk.mine.send(desk.give(*desk.cases).form("/give"))
    page = desk.give(*desk.cases, deed="move", to=desk.leader)
    refused = desk.mine.send(page.form("/give"), reason="")
    assert (refused.status, len(refused.problems), refused.faults()) == (422, 1, [])
    withdraw_application(desk.engine, desk.cases[0].by, desk.cases[0].id)
    done = desk.mine.send(refused.form("/give"), reason="Amund er syk")
    assert "2 saker er flyttet til Leif Leder." in done.words
    assert "Saken er ikke til behandling" in done.words
    taken = desk.give(*desk.cases[1:], deed="take", to="")
    assert (
        "2 saker har ikke lenger noen saksbehandler."
        in desk.mine.send(taken.form("/give"), reason="Alle har ferie").words
    )
    assert desk.seen(desk.mine.get(f"{desk.list}?owner=none&status=submitted")) == desk.numbers(*desk.cases[1:])


def test_nothing_is_given_without_cases_a_person_or_declared_interests(site: Site) -> None:
    desk = Desk(site, 1)
    for page in (desk.give(), desk.give(desk.cases[0], to="")):
        assert (page.status, len(page.problems), page.faults()) == (422, 1, [])
    new = desk.world.user("Nina Ny", "nina@example.org")
    appoint(desk.engine, desk.stage.system, authority_id=desk.stage.authority, user_id=new, role="handler")
    assert "Personen må ta stilling til habilitet først" in desk.give(desk.cases[0], to=new).words
    page = desk.give(desk.cases[0], by=site.browser(new))
    assert page.response.request.path.endswith("/interests")
    assert "Fortsett med de valgte" not in site.browser(desk.stage.staff("approver").id).get(desk.list).words


def test_a_reviewer_sees_the_list_and_no_way_into_a_case_and_an_assessor_what_is_to_be_rated(site: Site) -> None:
    desk = Desk(site, 1)
    looker = desk.world.user("Rita Ser", "rita@example.org")
    appoint(desk.engine, desk.stage.system, authority_id=desk.stage.authority, user_id=looker, role="reviewer")
    reviewer = site.browser(looker)
    page = reviewer.get(desk.list)
    assert desk.number(desk.cases[0]) in page.words
    assert "/office/cases/" not in page.html
    assert page.faults() == []
    assert "1 til behandling" in reviewer.get("/office").links
    assessor = desk.stage.staff("assessor")
    assign_case(desk.engine, desk.stage.handler, desk.cases[0].id, assessor.id or "")
    front = site.browser(assessor.id).get("/office")
    assert "Saker du skal vurdere (1)" in front.words
    assert "til behandling" not in front.words
    assert front.faults() == []
    assert [one for one in front.links.values() if f"/{desk.cases[0].id}/sheet" in one] != []
    assert site.browser(assessor.id).get(desk.list).status == 403
    assert "Oss: 0 av 1 vurderinger er levert" in reviewer.get(desk.list).words


def test_a_page_of_cases_and_the_front_page_take_as_many_statements_for_many_as_for_few(site: Site) -> None:
    desk = Desk(site, 1)
    taken = []
    for _ in range(3):
        desk.mine.get("/office"), desk.mine.get(desk.list)
        with counted(site.world) as front:
            desk.mine.get("/office")
        with counted(site.world) as cases:
            desk.mine.get(desk.list)
        taken.append((len(front), len(cases)))
        desk.mine.send(desk.give(*desk.cases).form("/give"))
        desk.cases = [desk.stage.submitted() for _ in range(3)]
        desk.world.declare(desk.stage.call, desk.leader)
    assert taken[0] == taken[1] == taken[2]
    assert max(taken[0]) < 30


def test_who_works_here_no_longer_sees_none_of_the_cases_that_were_given(site: Site) -> None:
    desk = Desk(site, 1)
    assign_case(desk.engine, desk.stage.handler, desk.cases[0].id, desk.leader, role="handler")
    browser = site.browser(desk.leader)
    assert desk.number(desk.cases[0]) in browser.get("/office").words
    dismiss(desk.engine, desk.stage.system, authority_id=desk.stage.authority, user_id=desk.leader, role="leader")
    assert desk.number(desk.cases[0]) not in browser.get("/office").words
    assert browser.get(f"/office/cases/{desk.cases[0].id}").status == 404
