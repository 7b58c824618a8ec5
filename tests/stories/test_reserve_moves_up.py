"""After the decision one applicant withdraws and another says no: the money goes to the reserve, with a letter of its own."""

from __future__ import annotations

from stories.tale import CALL, Tale
from worlds import World

from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.give_back import decline_grant
from grantengine.services.withdraw_application import withdraw_application


def test_who_withdraws_moves_the_reserve_up(world: World) -> None:
    tale = Tale(world)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    kari, ola = tale.applicant("Kari Moen", "Tøyen språkkafé"), tale.applicant("Ola Dahl", "Grorud turlag")
    per = tale.applicant("Per Aas", "Furuset kor")
    kari.hands_in(300_000, target_group_share=0.9)
    ola.hands_in(250_000, target_group_share=0.8)
    per.hands_in(200_000, target_group_share=0.7)

    # 15 March: Kari and Per share the half million. Ola is next, but what he asks for did not fit.
    tale.on("2027-03-15")
    hanne.declares()
    guro.declares()
    hanne.proposes()
    guro.agrees()
    assert tale.spent == 500_000

    # The same day, before any letter has gone out, Kari finds that she can not do it. Her money is free at once.
    kari.does(withdraw_application, kari.case, reason="Lokalet er solgt.")
    assert (kari.status, tale.spent) == ("Trukket", 200_000)
    with hanne.hears("reserve-empty"):
        hanne.does(allocate_reserve, tale.call)
    assert guro.sends_the_letters() == 2
    assert (ola.status, per.status) == ("Avslått", "Innvilget")
    assert "Dere er nummer 1 på reservelisten." in ola.letters[0]

    # 16 March: Ola's letter has gone out, so he can be moved up. Until the new letter he knows nothing of it.
    tale.on("2027-03-16")
    tale.proposal = hanne.does(allocate_reserve, tale.call)
    guro.agrees()
    assert (ola.status, tale.spent) == ("Avslått", 450_000)
    assert guro.sends_the_letters() == 1
    assert ola.status == "Innvilget"

    # A week later Per says no to his grant. Nobody is left on the list, and the money stays.
    tale.in_days(7)
    per.does(decline_grant, per.case, reason="Dirigenten har flyttet.")
    with hanne.hears("reserve-empty"):
        hanne.does(allocate_reserve, tale.call)

    # What each of them has in front of them in the end.
    assert (kari.status, ola.status, per.status) == ("Trukket", "Innvilget", "Takket nei")
    assert kari.mailbox == ["Kvittering: søknad 2027/1", "Søknad 2027/1 er trukket"]
    assert ola.mailbox == ["Kvittering: søknad 2027/2", *2 * ["Svar på søknad 2027/2"]]
    assert per.mailbox == ["Kvittering: søknad 2027/3", "Svar på søknad 2027/3"]
    assert kari.letters == []
    first, second = ola.letters
    assert "Dere får ikke tilskudd denne gangen." in first
    assert "Dere får 250 000 kr i tilskudd." in second
    assert "Dette vedtaket kommer i stedet for avslaget i brevet fra 15. mars 2027." in second
    freed, decided = f"Penger er ledige igjen: {CALL}", f"Vedtatt: {CALL}"
    assert hanne.mailbox == [decided, freed, decided, freed]
    assert guro.mailbox == 2 * [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (250_000, True)
