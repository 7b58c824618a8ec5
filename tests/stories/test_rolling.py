"""A scheme that takes applications at any time: two batches are decided from one budget, until it is used."""

from __future__ import annotations

from office import ROLLING
from stories.tale import CALL, Tale
from worlds import World


def test_two_batches_are_decided_from_one_budget(world: World) -> None:
    tale = Tale(world, ROLLING)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    kari, ola = tale.applicant("Kari Moen", "Tøyen språkkafé"), tale.applicant("Ola Dahl", "Grorud turlag")
    per = tale.applicant("Per Aas", "Furuset kor")

    # 20 January: Kari applies. A batch is of whole days that are over: on the day after she is in it, and waits for nobody else.
    kari.hands_in(300_000)
    hanne.declares()
    with hanne.hears("nothing-to-allocate"):
        hanne.proposes()
    tale.on("2027-01-21")
    guro.declares()
    hanne.proposes()
    guro.agrees()
    guro.sends_the_letters()
    assert (kari.status, tale.spent) == ("Innvilget", 300_000)

    # February: Ola and Per apply. The rules are the same, and there is less to share. Who is new is declared about anew.
    tale.on("2027-02-08")
    ola.hands_in(200_000, target_group_share=0.4)
    per.hands_in(150_000, target_group_share=0.9)
    tale.in_days(1)
    with hanne.hears("interests-undeclared"):
        hanne.proposes()
    hanne.declares()
    guro.declares()
    hanne.proposes()
    guro.agrees()
    guro.sends_the_letters()

    # What each of them has in front of them in the end.
    assert (kari.status, ola.status, per.status) == ("Innvilget", "Avslått", "Innvilget")
    assert [one.mailbox for one in (kari, ola, per)] == [
        [f"Kvittering: søknad 2027/{number}", f"Svar på søknad 2027/{number}"] for number in (1, 2, 3)
    ]
    assert "Vedtatt 21. januar 2027" in kari.letters[0]
    assert "Dere får 150 000 kr i tilskudd." in per.letters[0]
    assert "Det som var igjen av budsjettet, var ikke nok til søknaden deres." in ola.letters[0]
    assert hanne.mailbox == 2 * [f"Vedtatt: {CALL}"]
    assert guro.mailbox == 2 * [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (450_000, True)
