"""A call of the demo, from the night it closed to decisions that everyone has been told of: in bokmål, on screens and phones.

Three handlers, two assessors and one who may not rate, a change that is asked for, presentations to a panel, marks that are
far apart, an amount that is moved by hand, and a committee.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from browser.conftest import _new_visitor
from browser.demo_town import DemoTown
from browser.officials import Official
from playwright.sync_api import Browser

from grantengine.services.answer_changes import answer_changes
from grantengine.services.list_applications import list_of_call
from grantengine.services.read_application import read_application
from grantengine.services.save_draft import save_draft
from grantengine.services.see_letter import list_letters


def corrected(demo: DemoTown, case: str, **answers: object) -> None:
    """The applicant answers what was asked."""
    with demo.engine.store.read() as reading:
        found = reading.applications.get(case)
        assert found is not None
        [(_, contact), *_] = reading.organisations.people(found.organisation_id, demo.world.now)
    by = demo.world.by(contact.id)
    draft = read_application(demo.engine, by, case).draft
    assert draft is not None
    version = save_draft(demo.engine, by, case, draft.version, {**draft.answers, **answers}).version
    answer_changes(demo.engine, by, case, version, message="Nå stemmer tallet.")


Arrives = Callable[..., Official]


@pytest.fixture
def demo(sqlite_pattern: Path, tmp_path: Path) -> Iterator[DemoTown]:
    with DemoTown.on(sqlite_pattern, tmp_path / "demo.db") as town:
        yield town


@pytest.fixture
def arrives(program: Browser, demo: DemoTown) -> Iterator[Arrives]:
    """Someone of the authority comes to work: signed in at a browser of their own."""
    all: list[Official] = []

    def arrive(role: str, place: int = 0, *, width: int = 1100, user: str = "") -> Official:
        name, email = demo.name_and_email(user or demo.world.staff[f"{demo.call.authority}/{role}/{place}"])
        visitor = _new_visitor(program, demo.address, "nb", width, js=True)
        all.append(Official(visitor, name, email, demo.call.id))
        all[-1].arrives()
        return all[-1]

    yield arrive
    faults = [fault for one in all for fault in one.visitor.faults]
    for one in all:
        one.visitor.context.close()
    assert faults == []


def test_from_closing_to_published_decisions(demo: DemoTown, arrives: Arrives) -> None:
    demo.on_day(1)
    amina, bjorn = arrives("handler", 0), arrives("handler", 1, width=360)
    leader, assessor, tied = arrives("leader"), arrives("assessor", 0), arrives("assessor", 1)

    # Before anyone opens a case, everyone reads the names; one of those who were to rate is in the board of an applicant.
    cases = list_of_call(demo.engine, demo.staff("handler"), demo.call.id).items
    applicants = {one.organisation: one for one in cases if one.status == "submitted"}
    _, apart, asked = list(applicants.values())[:3]
    for one in (amina, bjorn, leader, assessor):
        one.declares()
    tied.declares(next(iter(applicants)), "Jeg er nestleder i styret.")
    leader.of_call("/interests")
    assert "Jeg er nestleder i styret." in leader.words
    leader.page.locator("input[name=conflict][value=yes]").check()
    leader.page.locator("textarea[name=reason]").fill(
        "Nestlederen kan ikke vurdere søknader i konkurranse med sin egen."
    )
    leader.press("Lagre avgjørelsen")
    tied.visitor.go(f"/office/cases/{next(iter(applicants.values())).id}")
    assert tied.page.title().startswith("Siden finnes ikke")

    # A third handler is appointed, and the cases are given out: what will happen is shown first.
    administrator = arrives("administrator")
    newcomer = demo.world.user("imdi", name="Nora Nyansatt")
    administrator.open("/office/authorities")
    administrator.page.fill("#email", newcomer[1])
    administrator.page.check("input[name=role][value=handler]")
    administrator.press("Gi rollen")
    assert "Nora Nyansatt" in administrator.words
    nora = arrives("handler", user=newcomer[0])
    nora.declares()
    amina.of_call()
    amina.page.select_option("#to", label="Nora Nyansatt")
    amina.press("Fortsett med alle sakene")
    amina.press(f"Gi {len(applicants)} saker")
    assert "Nora Nyansatt" in amina.words

    # Bjørn asks one applicant to correct two answers, and reads the message before it goes out; the clock stands meanwhile.
    bjorn.of_case(asked.id, "/changes?question=members")
    bjorn.page.check("#ask-work_plan")
    bjorn.page.fill(
        "#reason", "Tallet på medlemmer er et annet enn i årsmeldingen. Skriv også hva dere vil gjøre til høsten."
    )
    bjorn.press("Se meldingen før den sendes")
    assert "Tallet på medlemmer er et annet" in bjorn.page.inner_text(".site-message")
    bjorn.press("Send til søkeren")
    demo.later(hours=30)
    corrected(demo, asked.id, members=61)
    bjorn.of_case(asked.id)
    assert "61" in bjorn.page.inner_text("#q-members")

    # All present their application to the same panel, in an order that is drawn; what was said is written for both sides.
    amina.of_call("/rounds")
    amina.of_call("/rounds/pitch/pitches")
    for one in (assessor, bjorn):
        amina.page.get_by_label(one.name, exact=True).check()
    amina.press("Lagre panelet")
    demo.later(hours=1)
    amina.page.fill("#day", f"{demo.world.now + timedelta(days=1):%Y-%m-%d}")
    amina.page.fill("#place", "Møterom 3")
    amina.press("Gi tider og send beskjed")
    demo.later(days=2)
    amina.of_call("/rounds/pitch/pitches")
    amina.page.get_by_role("link", name=re.compile("^Skriv ned hva som ble sagt")).first.click()
    amina.page.wait_for_url("**/log")
    amina.page.fill("#summary", "De svarte på begge spørsmålene.")
    amina.press("Lagre for begge sider")
    amina.of_call("/rounds/pitch/pitches")
    assert f"{assessor.name}, {bjorn.name}" in amina.words or f"{bjorn.name}, {assessor.name}" in amina.words

    # Two raters of the four have read the names and have no ties; each gets every case.
    demo.on_day(12)
    demo.worker_comes_by()
    second = arrives("assessor", 2, width=360)
    second.declares()
    amina.of_call("/people")
    amina.press("Fordel sakene: Vurdering")
    assert "Inhabil: kan ikke ha saker her" in amina.words
    amina.press("Fordel sakene")
    for one, mark in ((assessor, 6), (second, 2)):
        one.of_call("/mine")
        for case in applicants.values():
            one.of_case(case.id, "/sheet")
            for field in one.page.locator("#marks input[type=radio][value='3']").all():
                field.check()
            one.page.locator(f"#marks input[type=radio][value='{mark if case.id == apart.id else 3}']").first.check()
            one.page.locator("#marks textarea").first.fill("Mange medlemmer, og de vet hva de vil.")
            one.press("Lagre og gå til levering")
            one.press("Lever vurderingen")

    # Where they are far apart they talk, and one of them changes a mark; the first mark stays beside it.
    amina.of_call("/disagreements")
    assert apart.number in amina.words
    assessor.of_case(apart.id, "/sheet")
    far = assessor.page.locator(".site-sheet-found section:has([data-color=warning])").first
    far.locator(".site-talk-write summary").click()
    far.locator("textarea").fill("De har styre, regnskap og avtaler i fire kommuner. Så du det?")
    assessor.visitor.presses(far.locator("button[type=submit]"))
    second.of_case(apart.id, "/sheet")
    assert "avtaler i fire kommuner" in second.words
    second.page.get_by_text("Endre karakter etter drøfting").click()
    second.page.locator("main form:has(#reason) input[value='5']").first.check()
    second.page.fill("#reason", "Jeg leste ikke vedlegget godt nok.")
    second.press("Lagre endringen")
    amina.of_case(apart.id, "/assessments")
    assert (
        "Jeg leste ikke vedlegget godt nok." in amina.page.inner_text("main")
        or "Karakterer før drøfting" in amina.words
    )
    amina.page.get_by_role("button", name=re.compile("^Marker som avklart")).first.click()

    # What a rule asks of someone is answered on the page of each case, with the reason.
    demo.on_day(40)
    demo.worker_comes_by()
    for case in applicants.values():
        nora.of_case(case.id)
        judged = nora.page.locator("form[action*='/rules/']").first
        judged.locator("input[value=yes]").check()
        judged.locator("textarea, input[name=reason]").first.fill("Styret er valgt på årsmøtet.")
        nora.visitor.presses(judged.locator("button[type=submit]"))

    # The rules propose; one amount is moved by hand, and what that does to the others is seen before it is done.
    amina.of_call("/proposals")
    amina.press("Lag forslag")
    proposal = amina.page.url.partition("?")[0]
    best = amina.page.locator(".site-ranking tbody tr[id]").first
    moved = (best.get_attribute("id") or "").removeprefix("case-")
    amina.visitor.presses(best.locator("a.site-stand-alone"))
    amina.fill("Nytt beløp", "90 000")
    amina.fill("Begrunnelse", "Kommunen dekker husleien.")
    amina.press("Se hva det gjør")
    amina.press("Endre beløpet")
    assert "Kommunen dekker husleien." in amina.words

    # Who made the proposal can not be its second person. Then the committee has its paper, and what it resolved is recorded.
    amina.open(proposal)
    assert amina.page.get_by_role("link", name="Godkjenn forslaget").count() == 0
    guro = arrives("approver")
    guro.declares()
    guro.open(proposal)
    guro.press("Godkjenn forslaget")
    guro.press("Godkjenn")
    amina.open(proposal)
    amina.press("Saksframlegg og vedtak i utvalget")
    amina.page.fill("#recommendation", "Utvalget vedtar fordelingen som foreslått.")
    amina.page.get_by_role("button", name="Åpne saksframlegget").click()
    amina.page.wait_for_url("**/paper")
    assert "Utvalget vedtar fordelingen som foreslått." in amina.page.inner_text("body")
    amina.open(f"{proposal}/resolution")
    amina.page.fill("#committee", "Integreringsutvalget")
    amina.page.fill("#on", f"{demo.world.now:%d.%m.%Y}")
    amina.page.fill("#reference", "12/27")
    amina.press("Se over før du lagrer")
    amina.press("Lagre vedtaket")

    # Letters are written, looked at, and sent; the page tells how many have gone out.
    amina.of_case(moved, "/letter")
    amina.fill("Vår vurdering (valgfritt)", "Dere er mange, og dere når ut.")
    amina.press("Lagre")
    amina.open(f"{proposal}/letters")
    amina.press("Send brevene")
    assert f"0 av {len(applicants)}" in amina.words
    demo.worker_comes_by()
    amina.page.reload()
    assert f"{len(applicants)} av {len(applicants)}" in amina.words
    [letter] = list_letters(demo.engine, demo.staff("handler"), moved)
    amina.visitor.go(f"/letters/{letter.id}")
    told = amina.page.inner_text("body")
    assert "Integreringsutvalget" in told
    assert "Dere er mange, og dere når ut." in told
