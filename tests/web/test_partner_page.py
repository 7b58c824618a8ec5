"""Links that need no account: a partner answers, and an applicant confirms what was written down. Only a button uses them up."""

from __future__ import annotations

import pytest
from reader import Page, Site
from stage import PARTNER, Case, Stage

from grantengine.services.invite_partner import remove_partner
from grantengine.services.read_application import read_application
from grantengine.services.withdraw_application import withdraw_application


@pytest.fixture
def on(site: Site) -> Stage:
    return Stage(site.world)


def fine(page: Page, status: int = 200) -> Page:
    assert (page.status, page.faults()) == (status, []), page.words
    return page


def path(on: Stage, template: str, address: str) -> str:
    return on.world.link(template, address).removeprefix(on.engine.settings.url)


def answered(on: Stage, case: Case) -> tuple[str, str | None, int | None]:
    [partner] = read_application(on.engine, case.by, case.id).partners
    return partner.status, partner.task, partner.amount


def confirm_path(on: Stage) -> str:
    return path(on, "confirm", on.world.messages(template="confirm")[-1].address)


def test_a_partner_says_yes_in_its_own_words_without_an_account(site: Site, on: Stage) -> None:
    case = on.draft()
    on.partner(case)
    link, browser = path(on, "partner", PARTNER), site.browser()
    page = fine(browser.get(link))
    assert "Dere trenger ingen konto for å svare" in page.words
    assert answered(on, case)[0] == "invited"
    refused = fine(
        browser.send(page.form(link), answer="confirmed", person="", task="Rom hver tirsdag", amount="mye"), 422
    )
    kept = refused.form(link).values
    assert (kept["task"], kept["amount"], kept["answer"]) == ("Rom hver tirsdag", "mye", "confirmed")
    page = fine(browser.send(refused.form(link), person="Berit Bok", amount="12 000,50"))
    assert "Takk. Berit Bok har svart ja for Biblioteket" in page.words
    assert "Rom hver tirsdag" in page.words
    assert answered(on, case) == ("confirmed", "Rom hver tirsdag", 12_000_50)


def test_a_partner_says_no_in_nynorsk(site: Site, on: Stage) -> None:
    case = on.draft()
    on.partner(case)
    link, browser = path(on, "partner", PARTNER), site.browser()
    page = fine(browser.send(browser.get(link).form("/language"), language="nn"))
    assert page.tree.get("lang") == "nn"
    page = fine(browser.send(page.form(link), answer="declined", person="Berit Bok"))
    assert "Berit Bok har svart nei for Biblioteket" in page.words
    assert answered(on, case)[0] == "declined"


def test_an_answer_that_is_sent_again_changes_nothing(site: Site, on: Stage) -> None:
    case = on.draft()
    on.partner(case)
    link, browser = path(on, "partner", PARTNER), site.browser()
    form = browser.get(link).form(link)
    browser.send(form, answer="confirmed", person="Berit Bok", task="Rom")
    replayed = fine(browser.send(form, answer="declined", person="En annen"), 409)
    assert "har svart ja" in replayed.words
    assert answered(on, case)[:2] == ("confirmed", "Rom")


def test_nothing_is_chosen_beforehand(site: Site, on: Stage) -> None:
    on.partner(on.draft())
    link, browser = path(on, "partner", PARTNER), site.browser()
    page = fine(browser.send(browser.get(link).form(link), person="Berit Bok"), 422)
    assert page.form(link).values["person"] == "Berit Bok"


@pytest.mark.parametrize("what", ["expired", "removed", "withdrawn"])
def test_a_link_that_can_not_be_used_says_why(site: Site, on: Stage, what: str) -> None:
    case = on.draft()
    partner = on.partner(case)
    link = path(on, "partner", PARTNER)
    if what == "expired":
        on.world.clock.turn(days=61)
    elif what == "removed":
        remove_partner(on.engine, case.by, partner)
    else:
        withdraw_application(on.engine, case.by, case.id)
    page = fine(site.browser().get(link))
    told = "for gammel" if what == "expired" else "trenger ikke svare lenger"
    assert told in page.words
    assert not [form for form in page.forms() if form.action.endswith(link)]


@pytest.mark.parametrize("purpose", ["partner", "join", "confirm"])
def test_a_link_that_nobody_sent_is_explained(site: Site, purpose: str) -> None:
    page = fine(site.browser().get(f"/link/{purpose}/nonsense"), 404)
    assert page.title == "Lenken virker ikke"


def test_what_was_told_is_read_and_confirmed(site: Site, on: Stage) -> None:
    case = on.registered()
    link, browser = confirm_path(on), site.browser()
    page = fine(browser.get(link))
    for words in ("Hanne Handler skrev ned søknaden", "Språkkafé hver uke", "300 000", "Biblioteket"):
        assert words in page.words.replace("\xa0", " ")
    assert read_application(on.engine, case.by, case.id).status == "unconfirmed"
    page = fine(browser.send(page.form(link)))
    assert "er bekreftet og sendt inn" in page.words
    assert "Språkkafé" not in page.words
    assert read_application(on.engine, case.by, case.id).status == "submitted"


def test_confirming_twice_is_one_answer(site: Site, on: Stage) -> None:
    on.registered()
    link, browser = confirm_path(on), site.browser()
    form = browser.get(link).form(link)
    browser.send(form)
    assert "er bekreftet og sendt inn" in fine(browser.send(form)).words


def test_what_is_wrong_with_it_reaches_the_handler(site: Site, on: Stage) -> None:
    case = on.registered()
    link, browser = confirm_path(on), site.browser()
    page = fine(browser.get(link))
    empty = fine(browser.send(page.form("/wrong"), words="  "), 422)
    page = fine(browser.send(empty.form("/wrong"), words="Vi er 20, ikke 120"))
    assert "Saksbehandleren har fått beskjed" in page.words
    assert "Vi er 20, ikke 120" in on.world.messages(template="registered-wrong")[-1].body
    assert read_application(on.engine, case.by, case.id).status == "unconfirmed"
    assert fine(browser.send(empty.form("/wrong"), words="Igjen"), 409).title == "Stemmer søknaden?"
