"""Nynorsk all the way: from the account to the letter, an applicant who writes nynorsk reads nothing but nynorsk."""

from __future__ import annotations

import re
from datetime import date

from closed import SMALL
from stories.tale import Tale, address
from worlds import World

from grantengine.services.book_meeting import book_meeting
from grantengine.services.interim_reply import send_interim_replies
from grantengine.services.log_meeting import log_meeting
from grantengine.services.offer_slots import offer_slots
from grantengine.services.publish_answer import publish_answer
from grantengine.services.submit_appeal import submit_appeal
from grantengine.services.write_comment import open_thread
from grantengine.services.write_reasons import write_reasons

BOKMAL = re.compile(
    r"\b(ikke|dere|deres|jeg|hva|hvem|hvor|hvordan|hvilke|hvis|noe|noen|være|gjøre|se|uke|måneder|søkere?|søkte|"
    r"tilskudd\w*|frivillige organisasjoner|fra|kommer|henne|mer|andre|spørsmålene|trenger|begrunnelse|hun|altså|mottatt|sendte|vedtatt|innvilget|avslått|innen|nå|veien|dager|norsk bokmål)\b",
    re.IGNORECASE,
)
"""Words that bokmål has, and nynorsk has not."""


def test_an_applicant_who_writes_nynorsk_reads_nothing_else(world: World) -> None:
    tale = Tale(world, SMALL, name="IMDi")
    hanne, guro = tale.official("Hanne Vik", language="nn"), tale.official("Guro Lunde", "approver", language="nn")
    kari = tale.applicant("Kari Fonn", "Fonn musikklag", language="nn")

    # January: Kari has made an account, books a talk about the form, and is told afterwards what was said.
    [evening] = hanne.does(offer_slots, tale.call, "guidance", starts=["2027-01-21T18:00"], place="På telefon")
    kari.does(book_meeting, evening, organisation_id=kari.organisation_id, wish="Budsjettet")
    tale.on("2027-01-22")
    hanne.does(
        log_meeting, call_id=tale.call, organisation_id=kari.organisation_id, kind="telephone",
        held_at="2027-01-21T18:00", summary="Vi gjekk gjennom skjemaet.",
    )  # fmt: skip
    kari.hands_in(200_000, members=4)
    hanne.does(publish_answer, tale.call, asked="Tel friviljug arbeid?", answer="Ja, som eigeninnsats.")

    # March: a correction, and a comment.
    tale.on("2027-03-03")
    hanne.declares()
    hanne.asks(kari, "members", reason="Årsmeldinga seier 40.")
    assert kari.status == "Ventar på svar frå dykk"
    kari.answers(members=40)
    hanne.does(open_thread, kari.case, "Takk, det var fint.")

    # The answer takes longer than was promised, and then it comes.
    hanne.does(send_interim_replies, tale.call, expected=date(2027, 6, 15), reason="Det har kome mange søknader.")
    tale.worker_comes_by()
    guro.declares()
    hanne.proposes()
    hanne.does(write_reasons, kari.case, note="Eit godt tiltak.")
    guro.agrees()
    guro.sends_the_letters()
    kari.does(submit_appeal, kari.case, "Vi vil gjerne ha meir.")

    # Every mail, from the one that confirmed her account, every letter, and what her own page says.
    mails = world.messages(address(kari.name))
    read = [f"{one.subject}\n{one.body}" for one in mails] + kari.letters
    assert {one.language for one in mails} == {"nn"}
    assert [BOKMAL.findall(one) for one in read] == len(read) * [[]]
    assert "Stadfest e-postadressa di" in read[0]
    assert (kari.status, kari.help) == ("Innvilga", "De får tilskot. Brevet seier kor mykje, og kva de kan gjere no.")
    call = "Integreringsarbeid i regi av frivillige organisasjonar"
    assert kari.mailbox == [
        f"Møte om {call}: 21.01.2027 18:00–18:20", f"Referat: {call}, 21.01.2027 18:00", "Kvittering: søknad 2027/1",
        f"Svar til alle søkjarar: {call}", "Svar innan 17.03.2027 23:59: søknad 2027/1",
        "Kvittering: endringar i søknad 2027/1", "Ny melding om søknad 2027/1", "Svaret på søknad 2027/1 tek lengre tid",
        "Svar på søknad 2027/1", "Kvittering: klage i sak 2027/1",
    ]  # fmt: skip
    interim, decision, receipt = kari.letters
    assert "Vi reknar no med å svare seinast 15. juni 2027." in interim
    assert "De får 200 000 kr i tilskot." in decision
    assert "Vurderinga vår Eit godt tiltak." in decision
    assert "Ho kom i tide, sidan fristen var 24. mars 2027." in receipt
    assert hanne.mailbox == [
        f"Møte om {call}: 21.01.2027 18:00–18:20", "Endringane er komne: søknad 2027/1", f"Vedteke: {call}",
        "Klage i sak 2027/1",
    ]  # fmt: skip
    assert guro.mailbox == [f"Eit framlegg ventar på godkjenning: {call}"]
    assert (tale.spent, tale.is_sound()) == (200_000, True)
