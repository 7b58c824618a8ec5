"""The letter of a case as handlers write it: parts kept, seen as the letter would be, and what comes back afterwards."""

from __future__ import annotations

from datetime import date

import pytest
from closed import SMALL, Closed, closed, decided, proposed, sent
from reader import Browser, Page, Site
from reviews import Review
from stage import Case, Stage

from grantengine.services.appoint import appoint
from grantengine.services.assess import deliver_assessment, save_assessment
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.read_organisation import read_organisation
from grantengine.services.send_letters import send_letters
from grantengine.services.submit_appeal import list_appeals
from grantengine.services.text_blocks import keep_text_block
from grantengine.services.write_reasons import see_reasons

MANY = {"nb": "Mange har søkt i år.", "nn": "Mange har søkt i år, seier vi."}


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.world)


def letter(browser: Browser, case: Case, more: str = "") -> Page:
    page = browser.get(f"/office/cases/{case.id}/letter{more}")
    assert page.status == 200
    return page


def handler(site: Site, stage: Stage) -> Browser:
    return site.browser(stage.handler.id)


def use_nynorsk(stage: Stage, case: Case) -> None:
    version = read_organisation(stage.engine, case.by, case.organisation).version
    edit_organisation(stage.engine, case.by, case.organisation, version, {"language": "nn"})


def test_what_is_written_and_chosen_stands_in_the_letter_in_its_language(site: Site, stage: Stage) -> None:
    keep_text_block(stage.engine, stage.handler, stage.authority, "many", MANY)
    there = closed(stage)
    use_nynorsk(stage, there.first)
    browser = handler(site, stage)
    page = letter(browser, there.first)
    assert page.faults() == []
    assert "Det er ikke foreslått noe i saken ennå." in page.words
    proposed(stage, there)
    page = letter(browser, there.first)
    assert "Det er foreslått et svar" in page.words
    assert "Brevet skrives på nynorsk." in page.words
    assert MANY["nn"] in page.words
    criterion = next(name for name in page.form("/letter").values if name.startswith("notes/"))
    page = browser.send(
        page.form("/letter"), press="Lagre og se brevet", note="Eit godt tiltak.", blocks=["many"],
        conditions=["Lokalet må vere ope for alle.", ""], **{criterion: "Svært relevant."},
    )  # fmt: skip
    assert page.tree.get("lang") == "nn"
    for words in ("Utkast", "Eit godt tiltak.", MANY["nn"], "Lokalet må vere ope for alle.", "Svært relevant."):
        assert words in page.html
    assert "sandbox" in page.response.headers["Content-Security-Policy"]
    back = browser.get(page.links["Tilbake til saken"])
    kept = back.form("/letter").values
    assert (kept["note"].strip(), kept.getlist("blocks"), kept[criterion].strip()) == (
        "Eit godt tiltak.", ["many"], "Svært relevant.",
    )  # fmt: skip
    assert kept.getlist("conditions") == ["Lokalet må vere ope for alle.", "", ""]


def test_names_of_other_applicants_are_refused_and_nothing_typed_is_lost(site: Site, stage: Stage) -> None:
    there = closed(stage)
    proposed(stage, there)
    other = read_organisation(stage.engine, there.cases[1].by, there.cases[1].organisation).name
    browser = handler(site, stage)
    page = browser.send(
        letter(browser, there.first).form("/letter"), note=f"Bedre enn {other}.", conditions="Ett vilkår"
    )
    assert (page.status, page.faults()) == (422, [])
    assert other in page.problems[0]
    assert page.form("/letter").values["note"].strip() == f"Bedre enn {other}."
    assert see_reasons(stage.engine, stage.handler, there.first.id).note is None
    page = browser.send(page.form("/letter"), press="Flere linjer")
    assert (page.status, page.faults()) == (200, [])
    assert page.form("/letter").values.getlist("conditions") == ["Ett vilkår", "", ""]
    assert "ikke lagret ennå" in page.words


def test_two_who_write_the_same_letter_do_not_overwrite_each_other_unseen(site: Site, stage: Stage) -> None:
    there = closed(stage)
    proposed(stage, there)
    browser = handler(site, stage)
    first, second = letter(browser, there.first), letter(browser, there.first)
    assert "er lagret." in browser.send(first.form("/letter"), press="Lagre", note="Et godt tiltak").words
    page = browser.send(second.form("/letter"), press="Lagre", note="Et svakt tiltak")
    assert (page.status, page.faults(), len(page.problems)) == (409, [], 1)
    assert page.form("/letter").values["note"].strip() == "Et svakt tiltak"
    assert see_reasons(stage.engine, stage.handler, there.first.id).note == "Et godt tiltak"
    browser.send(page.form("/letter"), press="Lagre")
    assert see_reasons(stage.engine, stage.handler, there.first.id).note == "Et svakt tiltak"


def test_what_an_assessor_has_noted_is_taken_over_and_then_kept(site: Site) -> None:
    review = Review(site.world, assessors=1)
    review.assign(*review.assessors)
    by, case = site.world.by(review.assessors[0]), review.cases[0]
    saved = save_assessment(
        review.engine, by, case, 0, marks={"relevance": 4, "feasibility": 4}, notes={"relevance": "God plan."}
    )
    deliver_assessment(review.engine, by, case, saved.version)
    browser = site.browser(review.handler)
    page = browser.get(f"/office/cases/{case}/letter")
    assert page.faults() == []
    assert "Vurderer A har notert: God plan." in page.words
    button = next(words for _, _, words in page.form("/letter").buttons if words.startswith("Ta med i brevet"))
    page = browser.send(page.form("/letter"), press=button, **{"notes/relevance": "Vi er enige."})
    assert (page.status, page.faults()) == (200, [])
    form = page.form("/letter")
    assert form.values["notes/relevance"].strip() == "Vi er enige. God plan."
    handler = site.world.by(review.handler)
    assert see_reasons(review.engine, handler, case).notes == {}
    browser.send(form, press="Lagre")
    assert see_reasons(review.engine, handler, case).notes == {"relevance": "Vi er enige. God plan."}


def test_who_is_still_to_rate_blindly_is_shown_no_notes_of_others_on_any_page(site: Site) -> None:
    review = Review(site.world, assessors=1)
    appoint(review.engine, site.world.system, authority_id=review.authority, user_id=review.handler, role="assessor")
    review.assign(review.assessors[0], review.handler)
    by, case = site.world.by(review.assessors[0]), review.cases[0]
    marks, notes = {"relevance": 4, "feasibility": 5}, {"relevance": "God plan.", "feasibility": ""}
    saved = save_assessment(review.engine, by, case, 0, marks=marks, notes=notes)
    deliver_assessment(review.engine, by, case, saved.version)
    with review.engine.store.work(by) as work:
        sheet = work.assessments.sheets(case)[0]
        sheet.saved_at = by.at
        work.record("assessment-revised", sheet, round="assessment", criteria=["relevance"], reason="God plan.")
    browser = site.browser(review.handler)
    parts = ("", "/letter", "/assessments", "/sheet", "/trail", "/history", "/changes", "/meetings/log")
    pages = [f"/office/cases/{case}{part}" for part in parts]
    pages += [
        f"/office/calls/{review.call}/{part}" for part in ("disagreements", "people", "proposals", "trail", "mine")
    ]
    for path in pages:
        page = browser.get(path)
        assert (page.status, "God plan." in page.html) == (200, False), path
    own = save_assessment(review.engine, site.world.by(review.handler), case, 0, marks=marks, notes=notes)
    deliver_assessment(review.engine, site.world.by(review.handler), case, own.version)
    assert "Vurderer A har notert: God plan." in browser.get(pages[1]).words
    assert "God plan." in browser.get(f"/office/cases/{case}/trail").words


def test_what_would_have_changed_a_refusal_is_approved(site: Site, stage: Stage) -> None:
    there = closed(stage, SMALL.replace("require: members >= 5", "require: members >= 5000"), sums=(300_000,))
    proposed(stage, there)
    browser = handler(site, stage)
    page = letter(browser, there.first)
    assert page.faults() == []
    assert "Oppfyller ikke vilkårene" in page.words
    page = browser.send(page.form("/letter"), counterfactuals="rule:enough-members")
    assert "Det du har skrevet til brevet, er lagret." in page.words
    preview = letter(browser, there.first, "/preview")
    assert "5 000" in preview.html.replace("\xa0", " ")


def test_once_told_it_can_be_read_and_not_written(site: Site, stage: Stage) -> None:
    there = closed(stage)
    allocation = decided(stage, there)
    browser = handler(site, stage)
    form = letter(browser, there.first).form("/letter")
    send_letters(stage.engine, stage.system, allocation)
    page = letter(browser, there.first)
    assert page.faults() == []
    assert "brevet ble sendt" in page.words
    with pytest.raises(LookupError):
        page.form("/letter")
    assert browser.send(form, note="For sent").status == 409
    assert browser.get(f"/office/cases/{there.first.id}/letter/preview").status == 409
    sent_letter = browser.get(next(link for link in page.links.values() if link.startswith("/letters/")))
    assert sent_letter.links["Tilbake til saken"] == f"/office/cases/{there.first.id}/letter"


def test_an_approver_sees_the_letter_and_writes_nothing(site: Site, stage: Stage) -> None:
    there = closed(stage)
    proposed(stage, there)
    browser = site.browser(there.second.id)
    page = letter(browser, there.first)
    assert page.faults() == []
    assert "Se hvordan brevet blir" in page.links
    assert "Skriv til brevet" not in page.words
    assert browser.post(f"/office/cases/{there.first.id}/letter", {"note": "Nei"}).status == 403


def test_everyone_who_waits_is_told_that_it_takes_longer(site: Site, stage: Stage) -> None:
    there = closed(stage)
    browser = handler(site, stage)
    page = browser.get(f"/office/calls/{there.call}/interim")
    assert page.faults() == []
    assert "3 søkere venter på svar." in page.words
    page = browser.send(page.form("/interim"), expected="i morgen", reason="")
    assert (page.status, page.faults()) == (422, [])
    page = browser.send(page.form("/interim"), expected="2027-09-01", reason="Mange har søkt.")
    assert "Søkere som har fått brev nå: 3" in page.words
    assert any(words.startswith("Svaret tar lengre tid") for words in letter(browser, there.first).links)


def test_an_appeal_on_paper_is_written_down(site: Site, stage: Stage) -> None:
    there = sent(stage)
    last = there.cases[-1]
    stage.world.clock.turn(days=3)
    browser = handler(site, stage)
    page = browser.get(letter(browser, last).links["Registrer en klage som er kommet muntlig eller på papir"])
    assert page.faults() == []
    page = browser.send(page.form("/appeal"), text="Vi er uenige.")
    assert (page.status, page.faults(), page.problems) == (422, [], ["Velg hvordan klagen kom"])
    day = date.fromordinal(stage.world.clock.at.toordinal() - 1).isoformat()
    page = browser.send(page.form("/appeal"), channel="paper", received=day)
    assert "Klagen er registrert. Den kom innen fristen" in page.words
    assert "Vi er uenige." in page.words
    [appeal] = list_appeals(stage.engine, last.by, last.id)
    assert (appeal.channel, appeal.in_time, appeal.received_at.date().isoformat()) == ("paper", True, day)


def test_a_grant_lapses_with_a_reason_and_open_eyes(site: Site, stage: Stage) -> None:
    there = sent(stage)
    browser = handler(site, stage)
    page = browser.get(letter(browser, there.first).links["La tilskuddet falle bort"])
    assert page.faults() == []
    page = browser.send(page.form("/forfeit"), reason="Lokalet ble ikke leid.")
    assert (page.status, page.problems) == (422, ["Kryss av for at tilskuddet skal falle bort"])
    page = browser.send(page.form("/forfeit"), sure="1")
    assert "Tilskuddet har falt bort" in page.words
    assert "La tilskuddet falle bort" not in page.links
    page = browser.get(f"/office/cases/{there.first.id}/forfeit")
    assert "ikke noe tilskudd som kan falle bort" in page.words


def test_who_has_nothing_to_do_with_it_finds_nothing(site: Site, stage: Stage) -> None:
    there: Closed = sent(stage)
    for browser in (site.browser(there.cases[1].by.id), site.browser(stage.person().id)):
        for more in ("letter", "letter/preview", "appeal", "forfeit", "trail"):
            assert browser.get(f"/office/cases/{there.first.id}/{more}").status in (403, 404)
