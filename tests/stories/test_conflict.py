"""Impartiality: a handler has a tie, a leader decides, someone from the county stands in, and the handler is out of it all."""

from __future__ import annotations

from closed import SMALL
from stories.tale import CALL, Tale, as_text
from worlds import World

from grantengine.services.decide_interest import decide_interest, list_interests
from grantengine.services.export_call import export_call
from grantengine.services.give_back import decline_grant
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.see_allocation import see_allocation
from grantengine.services.see_letter import list_letters, preview_letter, read_letter
from grantengine.services.stand_in import appoint_stand_in, end_stand_in
from grantengine.services.submit_appeal import list_appeals, submit_appeal
from grantengine.services.write_comment import open_thread
from grantengine.services.write_reasons import see_reasons


def test_who_has_a_tie_is_shut_out_and_another_stands_in(world: World) -> None:
    tale = Tale(world, SMALL, key="lillevik", name="Lillevik kommune")
    hanne, leif = tale.official("Hanne Vik"), tale.official("Leif Strand", "leader")
    guro = tale.official("Guro Lunde", "approver")
    stein = tale.elsewhere("Stein Fjell", "fylket", "Fjordane fylkeskommune")
    kari, ola = tale.applicant("Kari Moen", "Lillevik språkkafé"), tale.applicant("Ola Dahl", "Lillevik turlag")
    kari.hands_in(300_000, target_group_share=0.9)
    ola.hands_in(200_000, target_group_share=0.8)

    # 2 March: Hanne reads the list of names. Kari's treasurer is her sister, and from that moment she opens nothing: the
    # scheme says that a tie to one touches the whole call, since all share one budget.
    tale.on("2027-03-02")
    hanne.declares({kari: "Kassereren er søsteren min."})
    for one in (kari, ola):
        with hanne.hears("conflict-of-interest"):
            hanne.reads(one)

    # Leif decides, with a reason that is kept, and asks the county for someone. Nobody decides about oneself.
    leif.declares()
    [tie] = leif.does(list_interests, tale.call)
    assert (tie.user, tie.organisation, tie.reason) == ("Hanne Vik", "Lillevik språkkafé", None)
    with hanne.hears("role-needed"):
        hanne.does(decide_interest, tie.id, conflict=False, reason="Går fint.")
    leif.does(decide_interest, tie.id, conflict=True, reason="Nær familie.")
    with stein.hears("role-needed"):
        stein.declares()
    stand_in = leif.does(appoint_stand_in, tale.call, user_id=stein.id, role="handler", reason="Hanne er inhabil.")

    # Stein from the county handles the call like anyone else: declares, asks, proposes. Guro agrees.
    with stein.hears("interests-undeclared"):
        stein.reads(kari)
    stein.declares()
    stein.asks(kari, "members", reason="Er det 120?")
    kari.answers("Ja.")
    tale.worker_comes_by()
    with hanne.hears("conflict-of-interest"):
        hanne.proposes()
    stein.proposes()
    guro.declares()
    guro.agrees()
    closed = [
        (preview_letter, kari.case), (preview_letter, ola.case), (see_reasons, kari.case), (open_thread, kari.case, "Hei"),
        (see_allocation, tale.proposal), (publish_decisions, tale.proposal), (export_call, tale.call),
    ]  # fmt: skip
    for service, *about in closed:
        with hanne.hears("conflict-of-interest"):
            hanne.does(service, *about)
    assert "Dere får 300 000 kr i tilskudd." in as_text(stein.does(preview_letter, kari.case))
    stein.sends_the_letters()

    # Afterwards it is the same: Ola says no and Kari appeals, and it is Leif and Stein who hear of it.
    [letter] = kari.does(list_letters, kari.case)
    ola.does(decline_grant, ola.case)
    kari.does(submit_appeal, kari.case, "Vi trenger mer.")
    for service, about in ((read_letter, letter.id), (list_letters, kari.case), (list_appeals, kari.case)):
        with hanne.hears("conflict-of-interest"):
            hanne.does(service, about)
    leif.does(end_stand_in, stand_in, reason="Saken er ferdig.")
    with stein.hears("application-not-found"):
        stein.reads(kari)

    # What each of them has in front of them in the end.
    assert (kari.status, ola.status) == ("Innvilget", "Takket nei")
    assert kari.mailbox == [
        "Kvittering: søknad 2027/1", "Svar innen 16.03.2027 23:59: søknad 2027/1",
        "Kvittering: endringer i søknad 2027/1", "Svar på søknad 2027/1", "Kvittering: klage i sak 2027/1",
    ]  # fmt: skip
    assert ola.mailbox == ["Kvittering: søknad 2027/2", "Svar på søknad 2027/2"]
    assert len(kari.letters) == 2
    assert "Dere får 200 000 kr i tilskudd." in ola.letters[0]
    assert hanne.mailbox == [f"Avgjort om tilknytning: {CALL}"], "she is told of nothing that she may not open"
    after = [f"Penger er ledige igjen: {CALL}", "Klage i sak 2027/1"]
    waits = f"Et forslag venter på godkjenning: {CALL}"
    assert leif.mailbox == [f"Meldt tilknytning: {CALL}", waits, *after]
    assert guro.mailbox == [waits]
    assert stein.mailbox == [
        f"Du er stedfortreder: {CALL}", "Endringene er kommet: søknad 2027/1", f"Vedtatt: {CALL}", *after,
        f"Du er ikke lenger stedfortreder: {CALL}",
    ]  # fmt: skip
    assert (tale.spent, tale.is_sound()) == (300_000, True)
