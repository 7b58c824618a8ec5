"""The organisation register is down until after the deadline: it blocks, it is asked again, and nobody is refused for it."""

from __future__ import annotations

from closed import SMALL
from stories.tale import CALL, Tale
from worlds import World

from grantengine.services.allocate_call import see_blockers

REGISTERED = SMALL.replace(
    "  - id: report-delivered\n", "  - {id: registered, kind: registered_organisation}\n  - id: report-delivered\n"
)


def test_a_register_that_is_down_refuses_nobody(world: World) -> None:
    tale = Tale(world, REGISTERED)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    kari = tale.applicant("Kari Moen", "Tøyen språkkafé", number=True)
    ola = tale.applicant("Ola Dahl", "Grorud turlag", number=True)
    per = tale.applicant("Per Aas", "Furuset kor", number=True)

    # 1 March, an hour before the deadline: the register does not answer. All are in time all the same.
    tale.on("2027-03-01T23:00")
    assert kari.hands_in(300_000, target_group_share=0.9).not_obtained == ("register",)
    assert ola.hands_in(200_000, target_group_share=0.8).not_obtained == ("register",)
    assert per.hands_in(100_000, target_group_share=0.7).not_obtained == ("register",)

    # 2 March: the worker has asked again, in vain. Nobody knows whether the rule holds, so the money waits.
    tale.on("2027-03-02")
    tale.worker_comes_by()
    hanne.declares()
    guro.declares()
    assert [(one.number, one.kind, one.what) for one in hanne.does(see_blockers, tale.call)] == [
        (f"2027/{number}", "to-clarify", ("facts.register.active",)) for number in (1, 2, 3)
    ]
    with hanne.hears("cases-to-clarify", "2027/1"):
        hanne.proposes()
    assert {one.status for one in (kari, ola, per)} == {"Sendt inn"}

    # 3 March: the register is up, and the worker asks again by itself. Per's choir was struck off in the autumn.
    tale.on("2027-03-03")
    world.registered(kari.number or "")
    world.registered(ola.number or "")
    world.registered(per.number or "", slettedato="2026-10-01")
    assert tale.worker_comes_by() == 3
    register = next(one for one in hanne.reads(kari).facts if one.source == "register")
    assert ((register.values or {})["active"], register.asked_at) == (True, world.clock())
    assert hanne.does(see_blockers, tale.call) == ()
    hanne.proposes()
    guro.agrees()
    guro.sends_the_letters()

    # What each of them has in front of them in the end: Per is refused for what the register says, nobody because it was silent.
    assert (kari.status, ola.status, per.status) == ("Innvilget", "Innvilget", "Avslått")
    assert [one.mailbox for one in (kari, ola, per)] == [
        [f"Kvittering: søknad 2027/{number}", f"Svar på søknad 2027/{number}"] for number in (1, 2, 3)
    ]
    assert "Dere får 300 000 kr i tilskudd." in kari.letters[0]
    assert "Dere får 200 000 kr i tilskudd." in ola.letters[0]
    assert "Grunnen er denne: Organisasjonen er ikke registrert som aktiv i Enhetsregisteret." in per.letters[0]
    assert hanne.mailbox == [f"Vedtatt: {CALL}"]
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (500_000, True)
