"""An applicant's way from finding a call to reading the decision: on a phone, in bokmål, with all that can go wrong."""

from __future__ import annotations

import re

from browser.applicants import SUMMARY, TITLE, Applicant
from browser.conftest import Visits
from browser.offices import Office
from playwright.sync_api import expect


def test_from_finding_a_call_to_the_decision_on_a_phone(visitor: Visits, office: Office) -> None:
    amina = Applicant(visitor("nb", 360), office.world, office.call)
    amina.finds_a_call(TITLE)
    amina.registers()
    amina.makes_an_organisation()
    amina.books_a_meeting()
    amina.begins()
    amina.writes("organisation", members="40", employees="0", municipality="Oslo")

    # What is typed is saved by itself, in two tabs beside each other, and neither loses what the other wrote.
    amina.open(amina.paths["form"] + "/project")
    other = amina.visitor.tab()
    other.goto(amina.page.url)
    amina.types_and_sees_it_saved(amina.page, summary=SUMMARY)
    amina.types_and_sees_it_saved(other, requested="150 000", continues_earlier="no")
    amina.page.reload()
    assert amina.page.input_value("[name='a.summary']") == SUMMARY
    assert re.sub(r"\s", "", amina.page.input_value("[name='a.requested']")) == "150000"
    other.close()

    # The network is gone for a while. The page says so, keeps what is typed, and saves it when the network is back.
    amina.visitor.cut_the_line()
    amina.types(amina.page, own_funding="10 000", target_group_share="80")
    expect(amina.page.locator("#saved")).to_contain_text("Ikke lagret på nett")
    amina.visitor.cut_the_line(False)
    expect(amina.page.locator("#saved")).to_contain_text(re.compile("^Lagret"), timeout=20_000)
    amina.page.reload()
    assert re.sub(r"\s", "", amina.page.input_value("[name='a.own_funding']")) == "10000"

    amina.invites(visitor("en", 360))
    amina.hands_in()
    office.asks(amina.paths["id"])
    amina.answers_the_request("summary", "Vi møtes hver torsdag, også om sommeren.")
    office.decides()
    amina.open(amina.paths["decision"])
    assert "150 000 kr" in amina.visitor.words().replace("\u00a0", " ")
    amina.open(amina.paths["overview"])
    amina.open(amina.paths["history"])
    amina.open("/mine")
