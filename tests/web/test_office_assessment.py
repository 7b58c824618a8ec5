"""Rating cases: given out evenly, rated beside the application, blind until delivered, discussed and changed."""

from __future__ import annotations

import pytest
from reader import Browser, Form, Page, Site
from reviews import Review
from statements import counted

from grantengine.services.list_my_cases import list_my_cases


@pytest.fixture
def review(site: Site) -> Review:
    return Review(site.world, cases=1)


def sheet(browser: Browser, review: Review, case: int = 0) -> Page:
    return browser.get(f"/office/cases/{review.cases[case]}/sheet")


def marks(page: Page) -> Form:
    """The form of a draft."""
    return page.form("/sheet")


def test_an_assessor_rates_beside_the_application_and_sees_the_total(site: Site, review: Review) -> None:
    review.assign(*review.assessors)
    browser = site.browser(review.assessors[0])
    page = browser.get(f"/office/calls/{review.call}/mine")
    assert (page.status, page.faults()) == (200, [])
    assert "1 av 1 vurderinger gjenstår." in page.words
    page = browser.get(next(way for words, way in page.links.items() if "Lag 0" in words))
    assert (page.status, page.faults()) == (200, [])
    assert "Språkkafé hver uke" in page.words
    assert "Fra 1 (svakest) til 6 (best)" in page.words
    assert "Mangler karakter:" in page.words
    assert "Antall medlemmer: 120" in page.words, "the points that are computed tell why"
    page = browser.send(marks(page), press="Lagre utkast", **{"mark.relevance": "5", "note.relevance": "Treffer godt"})
    assert (page.status, page.faults()) == (200, [])
    assert "24 av 30 poeng" in page.words
    assert marks(page).values["version"] == "1"
    page = browser.send(marks(page), press="Lagre og gå til levering")
    assert "Mangler karakter:" in page.words
    assert [form for form in page.forms() if form.action.endswith("/deliver")] == []


def test_a_script_saves_as_one_writes_and_is_told_the_points(site: Site, review: Review) -> None:
    review.assign(review.assessors[0])
    browser = site.browser(review.assessors[0])
    form = marks(sheet(browser, review))
    values = form.with_values(**{"mark.relevance": "6"})
    answer = browser.client.post(form.action, data=values, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["version"], answer.json["lacking"]) == (1, ["feasibility"])
    assert answer.json["points"]["relevance"] == "30"
    # From another window, on what was there before.
    other = form.with_values(**{"mark.relevance": "2", "note.relevance": "Uklart"})
    refused = browser.client.post(form.action, data=other, headers={"Accept": "application/json"})
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["code"] == "sheet-changed"
    page = Page(browser.client.post(form.action, data=other))
    assert (page.status, page.faults()) == (409, [])
    assert "I det andre vinduet: 6" in page.words
    assert marks(page).values["note.relevance"].strip() == "Uklart"
    page = browser.send(marks(page), press="Lagre utkast")
    assert "Utkastet er lagret." in page.words
    assert marks(page).values["mark.relevance"] == "2"


def test_a_mark_outside_the_scale_is_told_by_the_name_of_the_criterion(site: Site, review: Review) -> None:
    review.assign(review.assessors[0])
    browser = site.browser(review.assessors[0])
    page = browser.send(
        marks(sheet(browser, review)), press="Lagre utkast", **{"mark.relevance": "9", "note.relevance": "Bra"}
    )
    assert (page.status, page.faults()) == (422, [])
    assert len(page.problems) == 1
    assert "Karakter for" in page.problems[0]
    assert marks(page).values["note.relevance"].strip() == "Bra"


def test_others_are_hidden_until_one_has_delivered(site: Site, review: Review) -> None:
    first, second = review.assessors
    review.assign(first, second)
    review.deliver(second, 1)
    browser = site.browser(first)
    assert "Vurderer B" not in sheet(browser, review).words
    page = browser.get(f"/office/cases/{review.cases[0]}/assessments")
    assert (page.status, page.faults()) == (200, [])
    assert "Du ser det når du har levert" in page.words
    assert "Vurderer B" not in page.words
    page = browser.send(
        marks(sheet(browser, review)),
        press="Lagre og gå til levering",
        **{"mark.relevance": "6", "mark.feasibility": "4"},
    )
    assert (page.status, page.faults()) == (200, [])
    assert "Ingen andre har sett dette." in page.words
    page = browser.send(page.form("/deliver"))
    assert (page.status, page.faults()) == (200, [])
    assert "Vurderingen er levert." in page.words
    assert "Vurderer B" in page.words
    assert "Langt fra hverandre" in page.words
    assert "Du har levert alle vurderingene dine: 1." in browser.get(f"/office/calls/{review.call}/mine").words


def test_a_disagreement_is_told_discussed_and_a_mark_is_changed(site: Site, review: Review) -> None:
    first, second = review.assessors
    review.assign(first, second)
    review.deliver(first, 6)
    review.deliver(second, 1)
    leader, browser = site.browser(review.leader), site.browser(first)
    page = leader.get(f"/office/calls/{review.call}/disagreements")
    assert (page.status, page.faults()) == (200, [])
    assert "1 er ikke drøftet ferdig" in page.words
    case = f"/office/cases/{review.cases[0]}"
    assert any(way.startswith(f"{case}/assessments#c-relevance") for way in page.links.values())
    assert [form for form in sheet(browser, review).forms() if form.action.endswith("/revise")] == [], (
        "nobody talks yet"
    )
    talk = next(one for one in sheet(browser, review).forms() if one.values.get("criterion") == "relevance")
    page = browser.send(talk, text="Jeg la vekt på språktreningen.")
    assert "Jeg la vekt på språktreningen." in page.words
    assert page.title.startswith("Vurdering av")
    page = browser.send(page.form("/revise"), **{"mark.relevance": "4"})
    assert page.status == 422
    page = browser.send(page.form("/revise"), **{"mark.relevance": "4", "reason": "Vurderer B har rett i noe"})
    assert (page.status, page.faults()) == (200, [])
    page = leader.get(f"{case}/assessments")
    assert (page.status, page.faults()) == (200, [])
    assert "Vurderer B har rett i noe" in page.words, "what was given before stands beside it"
    page = leader.send(page.form("/resolve"))
    assert page.place.endswith("/assessments")
    assert "Drøftet" in leader.get(f"/office/calls/{review.call}/disagreements").words


def test_cases_are_given_out_evenly_after_a_look(site: Site) -> None:
    review = Review(site.world, cases=3, assessors=2)
    late = review.staff("assessor", "Sein Vurderer", declares=False)
    away = review.staff("assessor", "Borte Vurderer")
    review.tie(away)
    browser = site.browser(review.handler)
    page = browser.get(f"/office/calls/{review.call}/people")
    assert (page.status, page.faults()) == (200, [])
    assert "Har ikke svart" in page.words
    assert "Kan ikke ha saker her" in page.words
    page = browser.get(next(way for words, way in page.links.items() if words.startswith("Fordel sakene")))
    assert (page.status, page.faults()) == (200, [])
    assert "kan fordeles nå: 3" in page.words
    assert "Inhabil: kan ikke ha saker her" in page.words
    page = browser.send(page.form("/share"))
    assert "Antall vurderinger som er fordelt: 6." in page.words
    for user in review.assessors:
        assert list_my_cases(review.engine, site.world.by(user), review.call).left == 3
    assert list_my_cases(review.engine, site.world.by(late), review.call).total == 0


def test_a_case_is_given_to_one_and_taken_back(site: Site, review: Review) -> None:
    browser = site.browser(review.handler)
    address = f"/office/cases/{review.cases[0]}/assessments"
    page = browser.get(address)
    assert (page.status, page.faults()) == (200, [])
    page = browser.send(page.form("/assessors"))
    assert (page.status, page.problems) == (422, ["Velg hvem som skal få saken"])
    page = browser.send(page.form("/assessors"), user=review.assessors[1])
    assert "Saken er gitt, og personen får beskjed." in page.words
    assert site.browser(review.assessors[1]).get(f"/office/cases/{review.cases[0]}/sheet").status == 200
    page = browser.send(page.form("/end"))
    assert page.status == 422
    assert page.faults() == []
    page = browser.send(page.form("/end"), reason="Permisjon")
    assert "De som hadde saken før" in page.words
    assert site.browser(review.assessors[1]).get(f"/office/cases/{review.cases[0]}/sheet").status == 404


def test_a_leader_takes_a_case_back_for_a_conflict_and_the_marks_do_not_count(site: Site, review: Review) -> None:
    first, second = review.assessors
    review.assign(first, second)
    review.deliver(first, 6)
    review.deliver(second, 5)
    browser = site.browser(review.leader)
    page = browser.get(f"/office/cases/{review.cases[0]}/assessments")
    page = browser.send(page.form("/end"), reason="Gift med lederen i laget", conflict="yes")
    assert (page.status, page.faults()) == (200, [])
    assert "Teller ikke" in page.words
    assert site.browser(first).get(f"/office/cases/{review.cases[0]}/sheet").status in (403, 404)
    assert "Inhabil" in browser.get(f"/office/calls/{review.call}/interests").words


def test_someone_stands_in_by_their_address(site: Site, review: Review) -> None:
    site.world.user("Nora Vikar", "nora@example.org")
    browser = site.browser(review.leader)
    page = browser.get(f"/office/calls/{review.call}/people")
    form = page.form("/stand-ins")
    page = browser.send(form, email="ingen@example.org", role="assessor", reason="Sykdom")
    assert page.status == 422
    assert "ingen@example.org" in page.problems[0]
    page = browser.send(page.form("/stand-ins"), email="Nora@example.org")
    assert (page.status, page.faults()) == (200, [])
    assert "Nora Vikar" in page.words
    page = browser.send(page.form("/end"), reason="Frisk igjen")
    assert "Ingen er stedfortreder nå." in page.words


def test_a_sheet_takes_the_same_statements_however_much_is_found(site: Site) -> None:
    review = Review(site.world, assessors=4)
    review.assign(*review.assessors)
    review.deliver(review.assessors[0], 6)
    browser, sent = site.browser(review.assessors[0]), []
    for others in (review.assessors[1:2], review.assessors[2:]):
        for user in others:
            review.deliver(user, 1)
        review.discuss("relevance")
        sheet(browser, review)
        with counted(site.world) as statements:
            assert sheet(browser, review).status == 200
        sent.append(len(statements))
    assert sent[0] == sent[1]


def test_lists_take_the_same_statements_for_few_and_for_many(site: Site) -> None:
    sent: dict[str, list[int]] = {}
    review = Review(site.world, cases=3)
    for case in range(3):
        review.assign(*review.assessors, case=case)
        if case == 1:
            review.staff("assessor", "En til")
            continue
        for name, user in (("people", review.handler), ("mine", review.assessors[0]), ("interests", review.handler)):
            browser = site.browser(user)
            browser.get(f"/office/calls/{review.call}/{name}")
            with counted(site.world) as statements:
                assert browser.get(f"/office/calls/{review.call}/{name}").status == 200
            sent.setdefault(name, []).append(len(statements))
    assert all(few == many for few, many in sent.values()), sent
