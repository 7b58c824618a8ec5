"""Pitches: everyone gets the same questions, the same time and the same panel, also who needs another day."""

from __future__ import annotations

from closed import SMALL
from stories.tale import CALL, OSLO, Tale
from worlds import World

from grantengine.services.book_meeting import book_meeting, cancel_booking
from grantengine.services.list_slots import list_slots
from grantengine.services.log_meeting import list_meetings, log_meeting
from grantengine.services.offer_slots import offer_slots
from grantengine.services.pitch_overview import pitch_overview
from grantengine.services.plan_pitches import plan_pitches
from grantengine.services.set_panel import set_panel
from grantengine.services.write_reasons import write_reasons

ROUND = """\
  - id: pitch
    kind: pitch
    opens: 2027-03-08T08:00
    closes: 2027-03-19T20:00
    options:
      minutes: 20
      outside_office_hours: true
      questions:
        - {nb: Hvem når dere?, nn: Kven når de?, en: Whom do you reach?}
        - {nb: Hva er nytt?, nn: Kva er nytt?, en: What is new?}
"""
PITCHES = SMALL.replace("\n\nallocation:", f"\n{ROUND}\nallocation:")


def test_all_pitch_with_the_same_questions_time_and_panel(world: World) -> None:
    tale = Tale(world, PITCHES)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    anna, leif = tale.official("Anna Berg", "assessor"), tale.official("Leif Strand", "leader")
    kari, ola = tale.applicant("Kari Moen", "Tøyen språkkafé"), tale.applicant("Ola Dahl", "Grorud turlag")
    kari.hands_in(300_000, target_group_share=0.9)
    ola.hands_in(250_000, target_group_share=0.5)

    # 3 March: those who are to listen have no ties. The order is drawn, and everybody is told the same.
    tale.on("2027-03-03")
    for one in (hanne, guro, anna, leif):
        one.declares()
    hanne.does(set_panel, tale.call, "pitch", [anna.id, leif.id])
    assert hanne.does(plan_pitches, tale.call, "pitch", first="2027-03-09T09:00", place="Tøyen bibliotek") == 2
    for one in (kari, ola):
        told = one.mail("Presentasjon")
        assert "Panel: Anna Berg, Leif Strand" in told
        assert "20 minutter" in told
        assert "1. Hvem når dere?\n2. Hva er nytt?" in told

    # Who comes first is drawn, so that nobody chooses: with the id of the call, which is another in every world.
    drawn = {
        one.organisation: one.starts for one in hanne.does(pitch_overview, tale.call, "pitch").pitches if one.starts
    }
    first, second = (f"{drawn[one.organisation].astimezone(OSLO):%H:%M}" for one in (kari, ola))
    assert sorted([first, second]) == ["09:00", "09:25"]

    # Ola works that day. He gives his time back, and takes an evening that Hanne offers: with the same questions.
    mine = {"organisation_id": ola.organisation_id}
    [planned] = [one for one in ola.does(list_slots, tale.call, "pitch", **mine).items if one.booking_id]
    ola.does(cancel_booking, planned.booking_id)
    [other] = hanne.does(offer_slots, tale.call, "pitch", starts=["2027-03-10T17:00"], place="Tøyen bibliotek")
    ola.does(book_meeting, other, **mine)
    assert "1. Hvem når dere?\n2. Hva er nytt?" in ola.mail("Presentasjon")

    # Each is heard, and it is written down for both sides. A panel that is not whole is no panel.
    tale.on("2027-03-10T18:00")
    for one, when in ((kari, f"2027-03-09T{first}"), (ola, "2027-03-10T17:00")):
        page = one.does(list_slots, tale.call, "pitch", organisation_id=one.organisation_id)
        [booking] = [slot.booking_id for slot in page.items if slot.booking_id]
        held = {
            "call_id": tale.call, "organisation_id": one.organisation_id, "kind": "pitch", "held_at": when,
            "booking_id": booking, "summary": "Svarte godt på begge spørsmålene.",
        }  # fmt: skip
        with hanne.hears("panel-not-whole", "Anna Berg"):
            hanne.does(log_meeting, **held, present=[leif.id])
        hanne.does(log_meeting, **held, present=[anna.id, leif.id])
    heard = [one.does(list_meetings, tale.call, one.organisation_id) for one in (kari, ola)]
    assert [(log.present, len(log.asked)) for [log] in heard] == 2 * [(("Anna Berg", "Leif Strand"), 2)]
    seen = hanne.does(pitch_overview, tale.call, "pitch")
    assert [(one.organisation, one.minutes) for one in seen.pitches] == [("Tøyen språkkafé", 20), ("Grorud turlag", 20)]
    assert (seen.lacking, seen.unlike) == ((), ())

    # 20 March: the money is shared by the rules as always; what was heard stands in the reasons.
    tale.on("2027-03-20")
    hanne.proposes()
    hanne.does(write_reasons, kari.case, note="I presentasjonen svarte dere godt på hvem dere når.")
    guro.agrees()
    guro.sends_the_letters()

    # What each of them has in front of them in the end.
    assert (kari.status, ola.status) == ("Innvilget", "Avslått")
    spans = {"09:00": "09.03.2027 09:00–09:20", "09:25": "09.03.2027 09:25–09:45"}
    assert kari.mailbox == [
        "Kvittering: søknad 2027/1", f"Presentasjon, {CALL}: {spans[first]}",
        f"Referat: {CALL}, 09.03.2027 {first}", "Svar på søknad 2027/1",
    ]  # fmt: skip
    moved = [f"Avlyst: {CALL}, {spans[second]}", f"Presentasjon, {CALL}: 10.03.2027 17:00–17:20"]
    assert ola.mailbox == [
        "Kvittering: søknad 2027/2", f"Presentasjon, {CALL}: {spans[second]}", *moved, f"Referat: {CALL}, 10.03.2027 17:00",
        "Svar på søknad 2027/2",
    ]  # fmt: skip
    assert "I presentasjonen svarte dere godt på hvem dere når." in kari.letters[0]
    assert "Dere er nummer 1 på reservelisten." in ola.letters[0]
    assert anna.mailbox == [f"Presentasjoner er satt opp: {CALL}", *moved]
    assert leif.mailbox == [*anna.mailbox, f"Et forslag venter på godkjenning: {CALL}"]
    assert hanne.mailbox == [*anna.mailbox, f"Vedtatt: {CALL}"]
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (300_000, True)
