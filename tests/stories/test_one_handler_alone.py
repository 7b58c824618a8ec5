"""A small municipality with one handler: she declares, proposes, decides and sends the letters herself, as the scheme says."""

from __future__ import annotations

from closed import SMALL
from stories.tale import Tale
from worlds import World

from grantengine.services.change_proposal import set_by_hand
from grantengine.services.letter_settings import change_letter_settings
from grantengine.services.write_reasons import write_reasons

ALONE = SMALL.replace("second_person: required", "second_person: none").replace("body: aid", "body: by_authority")


def test_one_handler_alone_does_it_all(world: World) -> None:
    tale = Tale(world, ALONE, key="lillevik", name="Lillevik kommune")
    solveig = tale.official("Solveig Nes", "administrator", "handler")
    kari, ola = tale.applicant("Kari Moen", "Lillevik språkkafé"), tale.applicant("Ola Dahl", "Lillevik turlag")

    # Before the first letter she says how she is reached, and who hears appeals.
    solveig.does(
        change_letter_settings, tale.authority, email="post@lillevik.example", phone="55 00 00 00",
        appeal_section="forvaltningsloven § 28", appeal_body={"nb": "Statsforvalteren i Vestland"},
    )  # fmt: skip
    kari.hands_in(300_000, target_group_share=0.9)
    ola.hands_in(150_000, target_group_share=0.8)

    # 2 March: nobody opens a case before having declared, not even the only one there is.
    tale.on("2027-03-02")
    with solveig.hears("interests-undeclared"):
        solveig.reads(kari)
    solveig.declares()

    # She proposes by the rules, gives Ola less for a reason that he is told, and decides.
    solveig.proposes()
    solveig.does(set_by_hand, tale.proposal, ola.case, "100000", reason="Bussen er dekket av fylket.")
    solveig.does(write_reasons, ola.case, note="Vi liker turene deres.")
    solveig.agrees()
    solveig.sends_the_letters()

    # What each of them has in front of them in the end. Nobody writes mails to Solveig about what she does herself.
    assert (kari.status, ola.status) == ("Innvilget", "Innvilget")
    assert kari.mailbox == ["Kvittering: søknad 2027/1", "Svar på søknad 2027/1"]
    assert ola.mailbox == ["Kvittering: søknad 2027/2", "Svar på søknad 2027/2"]
    assert "Dere får 300 000 kr i tilskudd." in kari.letters[0]
    [letter] = ola.letters
    assert "Dere får 100 000 kr i tilskudd av de 150 000 kr dere søkte om." in letter
    assert "Grunnen er denne: Bussen er dekket av fylket." in letter
    assert "rett til å klage på vedtaket etter forvaltningsloven § 28" in letter
    assert "sender vi klagen til Statsforvalteren i Vestland, som avgjør den" in letter
    assert solveig.mailbox == []
    assert (tale.spent, tale.is_sound()) == (400_000, True)
