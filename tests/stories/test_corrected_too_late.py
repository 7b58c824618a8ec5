"""Completeness: the same slip, but the answer comes at midnight; what was submitted counts, and there is a right to appeal."""

from __future__ import annotations

from stories.tale import CALL, Tale
from worlds import World

from grantengine.services.submit_appeal import submit_appeal
from grantengine.services.write_reasons import see_reasons, write_reasons


def test_a_correction_that_comes_at_midnight_is_too_late_and_the_letter_says_what_it_lacked(world: World) -> None:
    tale = Tale(world)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    kari = tale.applicant("Kari Moen", "Tøyen språkkafé")
    kari.hands_in(300_000, members=4)
    tale.on("2027-03-03")
    hanne.declares()
    hanne.asks(kari, "members", reason="Årsmeldingen deres sier 40 medlemmer.")

    # 18 March, the first instant too late. What Kari has written stays in her draft, and is not handed in.
    tale.on("2027-03-18T00:00")
    with kari.hears("answer-too-late", "17.03.2027 23:59"):
        kari.answers(members=40)
    tale.worker_comes_by()
    assert kari.status == "Venter på svar fra dere", "answers that came in time may still be on their way"
    tale.in_days(0, minutes=15)
    tale.worker_comes_by()
    assert kari.status == "Sendt inn"
    assert (hanne.reads(kari).answers or {})["members"] == 4

    # By what was submitted there are too few members. Hanne writes why, and lets the letter tell what would have helped.
    tale.on("2027-03-19")
    guro.declares()
    hanne.proposes()
    [helpful] = hanne.does(see_reasons, kari.case).offered
    note = "Vi spurte om medlemstallet 3. mars, og fikk ikke svar innen fristen."
    hanne.does(write_reasons, kari.case, note=note, counterfactuals=[helpful.id])
    guro.agrees()
    guro.sends_the_letters()

    # Kari disagrees. She has three weeks, and appeals in the last minute of the last day.
    tale.on("2027-04-09T23:59")
    assert kari.does(submit_appeal, kari.case, "Vi har 40 medlemmer, og skrev feil.").in_time

    # What each of them has in front of them in the end.
    assert kari.status == "Avslått"
    assert kari.mailbox == [
        "Kvittering: søknad 2027/1", "Svar innen 17.03.2027 23:59: søknad 2027/1", "Fristen er ute: søknad 2027/1",
        "Svar på søknad 2027/1", "Kvittering: klage i sak 2027/1",
    ]  # fmt: skip
    decision, receipt = kari.letters
    assert "Grunnen er denne: Organisasjonen må ha minst fem medlemmer." in decision
    assert note in decision
    assert "Vilkåret ville vært oppfylt om svaret på «Antall medlemmer» var: 5. Dere svarte: 4." in decision
    assert "klage senest 9. april 2027" in decision
    assert "Den kom i tide, siden fristen var 9. april 2027." in receipt
    assert hanne.mailbox == ["Ikke svart innen fristen: søknad 2027/1", f"Vedtatt: {CALL}", "Klage i sak 2027/1"]
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (0, True)
