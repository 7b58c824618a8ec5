"""Dialogue: an application is made better in two exchanges; there is no third, and what helps one is told to all."""

from __future__ import annotations

from stories.tale import CALL, Tale
from worlds import World

from grantengine.services.publish_answer import list_answers, publish_answer
from grantengine.services.read_threads import read_threads
from grantengine.services.revisions import compare_revisions
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread


def test_an_application_is_made_better_in_two_exchanges_and_there_is_no_third(world: World) -> None:
    tale = Tale(world)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    kari, ola = tale.applicant("Kari Moen", "Tøyen språkkafé"), tale.applicant("Ola Dahl", "Grorud turlag")
    kari.hands_in(300_000, summary="Språkkafé.", target_group_share=0.9)
    ola.hands_in(250_000, summary="Turer.", target_group_share=0.5)

    # 15 March: the round of dialogue is open. Kari asks something about one answer, and Hanne answers there.
    tale.on("2027-03-15")
    hanne.declares()
    thread = kari.does(open_thread, kari.case, "Teller frivillige timer som egeninnsats?", question="own_funding")
    said = hanne.does(answer_thread, thread, "Ja, med 350 kroner i timen.")
    kari.does(resolve_thread, thread)

    # It helps others too: it is published without names, and Ola gets it as well.
    asked = "Teller frivillige timer?"
    with hanne.hears("names-applicant"):
        hanne.does(publish_answer, tale.call, asked=asked, answer="Ja, sa vi til Tøyen språkkafé.", comment_id=said)
    hanne.does(publish_answer, tale.call, asked=asked, answer="Ja, med 350 kroner i timen.", comment_id=said)
    assert [one.answer for one in ola.does(list_answers, tale.call)] == ["Ja, med 350 kroner i timen."]

    # First exchange, second exchange.
    hanne.asks(kari, "summary", reason="Hvor ofte møtes dere?")
    kari.answers(summary="Språkkafé hver tirsdag.")
    tale.in_days(4)
    hanne.asks(kari, "summary", reason="Og hvor mange kommer?")
    kari.answers(summary="Språkkafé hver tirsdag, for 30 deltakere.")

    # A third is refused, as the call says. To talk is still allowed.
    with hanne.hears("exchanges-used", "2"):
        hanne.asks(kari, "summary", reason="Og hvem leder?")
    hanne.does(open_thread, kari.case, "Takk, nå er det klart.")
    assert [one.comments[-1].text for one in kari.does(read_threads, kari.case)] == [
        "Ja, med 350 kroner i timen.", "Takk, nå er det klart.",
    ]  # fmt: skip
    [change] = hanne.does(compare_revisions, kari.case, 1)
    assert (change.before, change.after) == ("Språkkafé.", "Språkkafé hver tirsdag, for 30 deltakere.")

    # 2 April: the round is over. The register of grants has been asked again, as the answers are others now.
    tale.on("2027-04-02")
    tale.worker_comes_by()
    guro.declares()
    hanne.proposes()
    guro.agrees()
    guro.sends_the_letters()

    # What each of them has in front of them in the end.
    assert (kari.status, ola.status) == ("Innvilget", "Avslått")
    assert kari.mailbox == [
        "Kvittering: søknad 2027/1", "Ny melding om søknad 2027/1", f"Svar til alle søkere: {CALL}",
        "Svar innen 25.03.2027 23:59: søknad 2027/1", "Kvittering: endringer i søknad 2027/1",
        "Svar innen 29.03.2027 23:59: søknad 2027/1", "Kvittering: endringer i søknad 2027/1",
        "Ny melding om søknad 2027/1", "Svar på søknad 2027/1",
    ]  # fmt: skip
    assert ola.mailbox == ["Kvittering: søknad 2027/2", f"Svar til alle søkere: {CALL}", "Svar på søknad 2027/2"]
    assert "Dere får 300 000 kr i tilskudd." in kari.letters[0]
    assert "Dere er nummer 1 på reservelisten." in ola.letters[0]
    assert hanne.mailbox == [
        "Ny melding om søknad 2027/1", *2 * ["Endringene er kommet: søknad 2027/1"], f"Vedtatt: {CALL}",
    ]  # fmt: skip
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (300_000, True)
