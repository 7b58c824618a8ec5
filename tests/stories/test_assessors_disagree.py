"""Assessment: two who have read the same case disagree, talk about it, and one of them thinks better of a mark."""

from __future__ import annotations

from stories.tale import CALL, RATED, Tale
from worlds import World

from grantengine.services.allocate_call import see_blockers
from grantengine.services.assess import revise_assessment
from grantengine.services.assign_cases import assign_cases
from grantengine.services.list_disagreements import list_disagreements
from grantengine.services.read_assessments import read_assessments
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread
from grantengine.services.write_reasons import see_reasons, write_reasons


def test_assessors_who_disagree_talk_before_the_money_is_shared(world: World) -> None:
    tale = Tale(world, RATED)
    hanne, guro = tale.official("Hanne Vik"), tale.official("Guro Lunde", "approver")
    anna, bo = tale.official("Anna Berg", "assessor"), tale.official("Bo Ek", "assessor")
    kari = tale.applicant("Kari Moen", "Tøyen språkkafé")
    kari.hands_in(300_000)

    # 5 April: the case is given to both. Anna finds it very relevant, Bo hardly. Neither sees the other's marks before.
    tale.on("2027-04-05")
    for one in (hanne, guro, anna, bo):
        one.declares()
    hanne.does(assign_cases, tale.call, "assessment")
    anna.rates(kari, 6, 4, "Treffer målet godt.")
    assert bo.does(read_assessments, kari.case).others == ()
    bo.rates(kari, 2, 4, "Ser ikke hvem som kommer.")

    # They are too far apart: the money can not be shared out before they have talked.
    [apart] = hanne.does(list_disagreements, tale.call)
    assert (apart.criterion, apart.spread, apart.discussed) == ("relevance", 4.0, False)
    [blocker] = hanne.does(see_blockers, tale.call)
    assert (blocker.number, blocker.kind, blocker.what) == ("2027/1", "not-discussed", ("relevance",))
    with hanne.hears("cases-to-clarify", "2027/1"):
        hanne.proposes()
    thread = anna.does(open_thread, kari.case, "Se vedlegg 2.", criterion="relevance", audience="assessors")
    bo.does(answer_thread, thread, "Det hadde jeg ikke sett. Da hever jeg til 5.")

    # Bo thinks better of that one mark, and of no other. What he gave before stays on his sheet.
    why = {"notes": {"relevance": "Lista viser hvem som kommer."}, "reason": "Overså vedlegg 2."}
    with bo.hears("not-discussed"):
        bo.does(revise_assessment, kari.case, marks={"feasibility": 6}, reason="Når jeg først er i gang.")
    bo.does(revise_assessment, kari.case, marks={"relevance": 5}, **why)
    anna.does(resolve_thread, thread)
    seen = hanne.does(read_assessments, kari.case)
    assert [(one.assessor, one.marks["relevance"], [was["marks"]["relevance"] for was in one.earlier]) for one in seen.others] == [
        ("Anna Berg", 6, []), ("Bo Ek", 5, [2]),
    ]  # fmt: skip

    # Now it can be decided. Hanne draws on their notes in the letter.
    assert hanne.does(see_blockers, tale.call) == ()
    hanne.proposes()
    assert [one.text for one in hanne.does(see_reasons, kari.case).assessors] == [
        "Treffer målet godt.", "Lista viser hvem som kommer.",
    ]  # fmt: skip
    hanne.does(
        write_reasons, kari.case, notes={"relevance": "Dere treffer målet godt, og lista viser hvem som kommer."}
    )
    guro.agrees()
    guro.sends_the_letters()

    # What each of them has in front of them in the end.
    assert kari.status == "Innvilget"
    assert kari.mailbox == ["Kvittering: søknad 2027/1", "Svar på søknad 2027/1"]
    [letter] = kari.letters
    assert "Relevans 27 30 Dere treffer målet godt, og lista viser hvem som kommer." in letter
    assert "Bo Ek" not in letter
    assert anna.mailbox == bo.mailbox == [f"Saker å vurdere: {CALL}", "Ny melding om søknad 2027/1"]
    assert hanne.mailbox == [*2 * ["Ny melding om søknad 2027/1"], f"Vedtatt: {CALL}"]
    assert guro.mailbox == [f"Et forslag venter på godkjenning: {CALL}"]
    assert (tale.spent, tale.is_sound()) == (300_000, True)
