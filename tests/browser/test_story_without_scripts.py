"""The same way in a browser that runs no scripts: nothing of it needs them."""

from __future__ import annotations

from browser.applicants import SUMMARY, TITLE, Applicant
from browser.conftest import Visits
from browser.offices import Office


def test_the_same_way_without_scripts(visitor: Visits, office: Office) -> None:
    amina = Applicant(visitor("nb", 360, js=False), office.world, office.call)
    amina.finds_a_call(TITLE)
    amina.registers()
    amina.makes_an_organisation()
    amina.books_a_meeting()
    amina.begins()
    amina.writes("organisation", members="40", employees="0", municipality="Oslo")
    amina.writes(
        "project", summary=SUMMARY, requested="150 000", own_funding="10 000", target_group_share="80",
        continues_earlier="no",
    )  # fmt: skip
    amina.invites(visitor("nb", 360, js=False))
    amina.hands_in()
    office.asks(amina.paths["id"])
    amina.answers_the_request("summary", "Vi møtes hver torsdag, også om sommeren.")
    office.decides()
    amina.open(amina.paths["decision"])
    assert "150 000 kr" in amina.visitor.words().replace("\u00a0", " ")
