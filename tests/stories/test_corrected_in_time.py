"""Completeness: an applicant has made a slip, is asked to correct it, and does so in the last minute that is left."""

from __future__ import annotations

from stories.tale import CALL, Tale
from worlds import World


def test_a_slip_is_corrected_in_the_last_minute_and_the_right_number_counts(world: World) -> None:
    tale = Tale(world)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    kari = tale.applicant("Kari Moen", "Tøyen språkkafé")

    # 20 January: Kari applies. Her association has 40 members, and a figure is lost on the way.
    kari.hands_in(300_000, members=4)

    # 3 March: the call has closed. Hanne has no ties, opens the case and finds the slip.
    tale.on("2027-03-03")
    hanne.declares()
    hanne.asks(kari, "members", reason="Årsmeldingen deres sier 40 medlemmer.")

    # The deadline is the end of the fourteenth day after this one. Until then only this answer is open.
    assert kari.status == "Venter på svar fra dere"
    asked = kari.mail("Svar innen 17.03.2027 23:59")
    assert "– Antall medlemmer\n\nGrunnen: Årsmeldingen deres sier 40 medlemmer." in asked
    with kari.hears("answer-not-open"):
        kari.writes(requested="900000")

    # 17 March, one minute to midnight: Kari answers. What she sent in January was the record until now.
    tale.on("2027-03-17T23:59")
    assert (hanne.reads(kari).answers or {})["members"] == 4
    kari.answers("Takk, det var en slurvefeil.", members=40)
    assert (hanne.reads(kari).answers or {})["members"] == 40

    # Next morning there is nothing to close. Hanne proposes, Guro agrees; Kari learns of it by the letter.
    tale.on("2027-03-18")
    tale.worker_comes_by()
    guro.declares()
    hanne.proposes()
    guro.agrees()
    assert kari.status == "Sendt inn"
    guro.sends_the_letters()

    # What each of them has in front of them in the end.
    assert kari.status == "Innvilget"
    assert kari.mailbox == [
        "Kvittering: søknad 2027/1", "Svar innen 17.03.2027 23:59: søknad 2027/1",
        "Kvittering: endringer i søknad 2027/1", "Svar på søknad 2027/1",
    ]  # fmt: skip
    [letter] = kari.letters
    assert "Dere får 300 000 kr i tilskudd." in letter
    assert hanne.mailbox == ["Endringene er kommet: søknad 2027/1", f"Vedtatt: {CALL}"]
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (300_000, True)
