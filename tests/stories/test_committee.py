"""A committee decides: it gets a case paper, follows the proposal but for one case, and the minutes are the decision."""

from __future__ import annotations

from datetime import date

from closed import COMMITTEE
from stories.tale import CALL, Tale, as_text
from worlds import World

from grantengine.services.case_paper import case_paper
from grantengine.services.record_resolution import record_resolution
from grantengine.services.replay_allocation import replay_allocation


def test_a_committee_follows_its_case_paper_but_for_one_case(world: World) -> None:
    tale = Tale(world, COMMITTEE, key="lillevik", name="Lillevik kommune")
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "leader")
    kari, ola = tale.applicant("Kari Moen", "Tøyen språkkafé"), tale.applicant("Ola Dahl", "Grorud turlag")
    per = tale.applicant("Per Aas", "Furuset kor")
    kari.hands_in(300_000, target_group_share=0.9)
    ola.hands_in(250_000, target_group_share=0.8)
    per.hands_in(200_000, target_group_share=0.7)

    # 15 March: Hanne proposes by the rules. Before Guro has approved it there is nothing for the committee to decide.
    tale.on("2027-03-15")
    hanne.declares()
    guro.declares()
    hanne.proposes()
    minutes = {"committee": "Kulturutvalget", "on": date(2027, 3, 20), "reference": "Sak 7/27"}
    with hanne.hears("date-ahead"):
        hanne.does(record_resolution, tale.proposal, **minutes)
    guro.agrees()
    assert (kari.status, tale.spent) == ("Sendt inn", 0)

    # The committee gets its paper: every application with its points, and what is left of the budget.
    paper = as_text(hanne.does(case_paper, tale.proposal, recommendation="Fordel som foreslått."))
    assert "Forslaget gir tilskudd til 2 av 3 søknader, 500 000 kr av et budsjett på 500 000 kr." in paper
    assert "Foreslått av Hanne Vik. Godkjent av Guro Lunde." in paper
    assert "Grorud turlag 2027/2 23,3333 250 000 kr 0 kr for stort for det som er igjen" in paper

    # 20 March: the committee wants to try Ola's walks, with less; then there is too little left for Per. It can not give more
    # than there is.
    tale.on("2027-03-22")
    with hanne.hears("by-hand-over-budget"):
        hanne.does(record_resolution, tale.proposal, **minutes, changes={ola.case: ("550000", "Turer er bra.")})
    less = {ola.case: ("50000", "Utvalget vil prøve tiltaket.")}
    hanne.does(record_resolution, tale.proposal, **minutes, changes=less)
    guro.sends_the_letters()
    assert guro.does(replay_allocation, tale.proposal).is_same

    # What each of them has in front of them in the end.
    assert (kari.status, ola.status, per.status) == ("Innvilget", "Innvilget", "Avslått")
    assert [one.mailbox for one in (kari, ola, per)] == [
        [f"Kvittering: søknad 2027/{number}", f"Svar på søknad 2027/{number}"] for number in (1, 2, 3)
    ]
    assert "Vedtatt 20. mars 2027 Vedtatt av Kulturutvalget, Sak 7/27" in kari.letters[0]
    assert "Dere får 50 000 kr i tilskudd av de 250 000 kr dere søkte om." in ola.letters[0]
    assert "Grunnen er denne: Utvalget vil prøve tiltaket." in ola.letters[0]
    assert "Dere er nummer 1 på reservelisten." in per.letters[0]
    assert hanne.mailbox == [f"Klart for utvalget: {CALL}"]
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (350_000, True)
