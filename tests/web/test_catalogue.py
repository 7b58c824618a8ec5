"""The pages that anyone may read: the front page, calls, the pre-check, and partners."""

from __future__ import annotations

from datetime import timedelta

import pytest
from closed import SMALL, closed, decided
from reader import Browser, Page, Site
from stage import Stage
from statements import counted
from worlds import EXAMPLE, NUMBERS, START, World

from grantengine.services.change_call import change_call
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.publish_answer import publish_answer
from grantengine.services.read_call import read_call
from grantengine.services.send_letters import send_letters
from grantengine.services.throttle import MOST
from grantengine.settings import LANGUAGES

TITLE = "Integreringsarbeid i regi av frivillige organisasjoner"


def sound(page: Page) -> Page:
    """The page, which is as it should be."""
    assert (page.status, page.faults()) == (200, [])
    return page


def in_language(browser: Browser, language: str) -> None:
    browser.send(browser.get("/").form("/language"), language=language)


def test_the_front_page_leads_to_what_is_open(site: Site) -> None:
    call = site.world.call()
    page = sound(site.browser().get("/"))
    assert page.links[TITLE] == f"/calls/{call}"
    found = site.browser().send(page.form("/calls"), words="integrer")
    assert "Åpne (1)" in found.words
    assert sound(site.browser().get("/")).links["Sjekk hva som passer"] == "/pre-check"


def test_the_front_page_says_so_where_nothing_is_open(site: Site) -> None:
    assert "Ingen utlysninger er åpne" in sound(site.browser().get("/")).words
    site.world.call()
    site.world.clock.at = START - timedelta(days=10)
    assert sound(site.browser().get("/")).links["Se dem som kommer (1)"] == "/calls?state=coming"


def test_a_call_is_found_by_words_and_filters_and_a_search_without_hits_goes_on(site: Site) -> None:
    site.world.call()
    browser = site.browser()
    form = sound(browser.get("/calls")).form("/calls")
    hit = sound(browser.send(form, words="frivill", kind="project", place="0301", target="innvandr", amount="50 000"))
    assert TITLE in hit.links
    none = sound(browser.send(form, words="fallskjerm"))
    assert "Ingen utlysninger passer med det du søkte etter." in none.words
    assert TITLE in sound(browser.get(none.links["Vis alle uten avgrensning"])).links


@pytest.mark.parametrize(
    "query",
    ["state=soon&kind=%00&place=Oslo&amount=mye", "words=%27%22%3Cscript%3E&after=x", "words=%F0%9F%98%80%ED%A0%80&state=",
     "amount=1e9999&after=%00&target=" + "a" * 5000, "words[]=1&limit=-1"],
)  # fmt: skip
def test_nonsense_in_the_address_gives_a_page(site: Site, query: str) -> None:
    site.world.call()
    page = sound(site.browser().get(f"/calls?{query}"))
    assert page.title == "Utlysninger"
    sound(site.browser().get(f"/organisations?{query}"))
    checked = site.browser().get(f"/pre-check?{query}")
    assert (checked.status in (200, 422), checked.faults()) == (True, [])


def test_a_filter_that_is_wrong_is_told_at_its_field_and_left_out(site: Site) -> None:
    site.world.call()
    page = sound(site.browser().get("/calls?amount=mye"))
    assert page.problems == ["«mye» er ikke et beløp. Skriv det for eksempel slik: 20 000"]
    assert page.find("input", id="amount", aria_invalid="true") is not None
    assert TITLE in page.links


def test_more_calls_than_fit_on_a_page(site: Site) -> None:
    for place in range(22):
        site.world.call(EXAMPLE.replace("version: 1.0.0", f"version: 1.0.{place}"))
    first = sound(site.browser().get("/calls"))
    then = sound(site.browser().get(first.links["Vis flere utlysninger"]))
    assert (first.html.count("site-call"), then.html.count("site-call")) == (20, 2)


def test_markup_in_a_title_is_text(site: Site) -> None:
    source = EXAMPLE.replace(f"nb: {TITLE}", "nb: '<b onclick=x>Fet</b> & \"rett\"'")
    call = site.world.call(source)
    for path in ("/", "/calls", f"/calls/{call}", f"/calls/{call}/answers", "/pre-check?members=9"):
        page = sound(site.browser().get(path))
        assert '<b onclick=x>Fet</b> & "rett"' in page.words
        assert "<b onclick" not in page.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_in_every_language(site: Site, language: str) -> None:
    call = site.world.call()
    browser = site.browser(site.world.user("Kari Nordmann", language=language))
    in_language(browser, language)
    for path in ("/", "/calls", f"/calls/{call}", f"/calls/{call}/answers", "/pre-check", "/pre-check?members=9", "/alerts",
                 "/organisations", "/calls?state=closed", "/calls?state=coming"):  # fmt: skip
        page = sound(browser.get(path))
        assert page.tree.get("lang") == language


def test_what_a_scheme_says_in_another_language_is_marked(site: Site) -> None:
    source = EXAMPLE.replace(", en: Immigrants and their children.", "")
    call = site.world.call(source)
    browser = site.browser()
    in_language(browser, "en")
    assert '<span lang="nb">Innvandrere og barna deres.</span>' in sound(browser.get(f"/calls/{call}")).html


def test_the_page_of_a_call_tells_what_one_wants_to_know(site: Site) -> None:
    call = site.world.call()
    page = sound(site.browser().get(f"/calls/{call}"))
    assert page.title == TITLE
    for said in (
        "Flere innvandrere deltar i sivilsamfunnet.", "1. mars 2027 kl. 23.59 (om 40 dager)", "10 000 kr til 1 500 000 kr",
        "40 000 000 kr", "Organisasjonen må ha minst fem medlemmer.", "Samarbeid", "20 % · 20 poeng",
        "Dere må ha minst 40 poeng for å få noe.", "Administrasjonen vedtar.", "innen 15. mai 2027",
        "Dere kan bestille et møte på 20 minutter.", "Det er tider også på kvelder og i helger.",
        "inntil 2 ganger. Dere har 10 dager på å svare.", "Enkel rapport, for tilskudd under 200 000 kr: omtrent 45 minutter",
        "Ingen utlysninger av ordningen er avgjort her ennå.",
    ):  # fmt: skip
        assert said in " ".join(page.words.replace("\xa0", " ").split()), said
    assert page.links["Begynn på en søknad"] == f"/calls/{call}/apply"


def test_a_call_that_comes_says_when(site: Site) -> None:
    call = site.world.call()
    site.world.clock.at = START - timedelta(days=10)
    page = sound(site.browser().get(f"/calls/{call}"))
    assert "Dere kan søke fra 15. januar 2027 kl. 09.00." in page.words
    assert "Begynn på en søknad" not in page.links
    assert page.links["Si fra til oss når noe som passer, åpner"] == "/alerts"


def test_a_closed_call_shows_how_it_went_and_what_comes_next(site: Site) -> None:
    on = Stage(site.world)
    there = closed(on, SMALL, (100_000,) * 5)
    path = f"/calls/{there.call}"
    waiting = sound(site.browser().get(path))
    assert "Søknadene behandles nå." in waiting.words
    assert "Den samme ordningen har en annen utlysning:" in waiting.words
    send_letters(site.world.engine, site.world.system, decided(on, there))
    told = sound(site.browser().get(path))
    assert "Søknadene er avgjort." in told.words
    assert "5 (100 %)" in told.words
    assert "Begynn på en søknad" not in told.links
    assert (
        "20. januar 2027" in sound(site.browser().get(f"/calls/{on.call}")).words
    )  # the same results, on the next one


def test_answers_to_all_are_read_by_all_and_a_change_is_told(site: Site) -> None:
    world = site.world
    call = world.call()
    handler = world.by(world.made["handler"])
    publish_answer(world.engine, handler, call, asked="Kan vi <leie>?", answer="Ja.\nMen ikke kjøpe.")
    longer = {"op": "replace", "path": "/call/closes", "value": "2027-03-08T12:00"}
    change_call(world.engine, handler, call, [longer], reason="Flere trenger tid")
    page = sound(site.browser().get(f"/calls/{call}"))
    assert "20. januar 2027: Flere trenger tid" in page.words
    answers = sound(site.browser().get(page.links["Les svar som gjelder alle som søker (1)"]))
    assert "Kan vi <leie>? Ja. Men ikke kjøpe." in answers.words


@pytest.mark.parametrize("path", ["/calls/nothing", "/calls/nothing/answers", "/calls/%F0%9F%98%80"])
def test_a_call_that_is_not_there(site: Site, path: str) -> None:
    page = site.browser().get(path)
    assert (page.status, page.faults()) == (404, [])


def test_a_pre_check_tells_no_needs_and_yes_and_keeps_the_answers(site: Site) -> None:
    world = site.world
    world.registered(NUMBERS[0])
    world.call(EXAMPLE.replace("organisation_number: required", "organisation_number: optional"))
    browser = site.browser()
    form = sound(browser.get("/pre-check")).form("/pre-check")
    no = sound(browser.send(form, members="3", municipality="0301", has_number="no"))
    assert "Passer ikke" in no.words
    assert "Organisasjonen må ha minst fem medlemmer." in no.words
    again = no.form("/pre-check")
    assert (again.values["members"], again.values["municipality"], again.values["has_number"]) == ("3", "0301", "no")
    needs = sound(browser.send(again, members="30", has_number=""))
    assert "Dere kan kanskje søke" in needs.words
    assert "«Antall ansatte»" in needs.words
    # Whether a report is late, is told to those who act for the organisation: anyone may type its number.
    asked = sound(browser.send(again, members="30", employees="2", has_number="yes", number=NUMBERS[0]))
    assert "Dere kan kanskje søke" in asked.words
    yes = sound(browser.send(again, members="30", employees="2", has_number="no"))
    assert "Dere oppfyller vilkårene" in yes.words
    begin = yes.find("a", aria_label=f"Begynn på en søknad: {TITLE}")
    assert begin is not None
    assert (begin.get("href") or "").endswith("/apply")


def test_an_answer_that_can_not_be_right_is_told_and_kept(site: Site) -> None:
    page = site.browser().get("/pre-check?number=12345&members=mange")
    assert (page.status, page.faults(), len(page.problems)) == (422, [], 2)
    assert page.form("/pre-check").values["number"] == "12345"


def test_a_problem_names_its_question_as_the_page_does(site: Site) -> None:
    page = site.browser().get("/pre-check?members=tjue&amount=mye")
    assert page.problems == [
        "«Hvor mange medlemmer har dere?»: Skriv et helt tall fra 0, for eksempel 25, ikke «tjue»",
        "«mye» er ikke et beløp. Skriv det for eksempel slik: 20 000",
    ]


@pytest.mark.parametrize("amount", ["20.000,-", "20 000 kr", "kr 20.000", "20.000", "20 000,00"])
def test_a_sum_is_understood_as_people_write_it(site: Site, amount: str) -> None:
    site.world.call(EXAMPLE.replace("minimum: 10 000 NOK", "minimum: 20 000 NOK"))
    browser = site.browser()
    page = sound(browser.send(browser.get("/pre-check").form("/pre-check"), amount=amount))
    assert "Dere kan kanskje søke" in page.words
    assert page.form("/pre-check").values["amount"] == amount
    assert TITLE in sound(browser.send(browser.get("/calls").form("/calls"), amount=amount)).links


def test_a_call_that_does_not_give_the_sum_is_told_of_with_the_limit(site: Site) -> None:
    site.world.call()
    browser = site.browser()
    form = browser.get("/pre-check").form("/pre-check")
    much = sound(browser.send(form, amount="2 000 000"))
    assert "Denne utlysningen gir høyst 1 500 000 kr" in much.words.replace("\xa0", " ")
    assert "Passer: 0. Må avklares: 0. Passer ikke: 1." in much.words


def test_where_nothing_is_open_no_wish_is_blamed_that_nobody_had(site: Site) -> None:
    browser = site.browser()
    form = browser.get("/pre-check").form("/pre-check")
    assert "Ingen utlysninger er åpne akkurat nå." in sound(browser.send(form, members="9")).words
    wished = sound(browser.send(form, wish="event")).words
    assert "Ingen åpne utlysninger gir den støtten dere ønsker." in wished


def test_a_number_that_is_there_but_not_written_is_asked_for(site: Site) -> None:
    browser = site.browser()
    page = browser.send(browser.get("/pre-check").form("/pre-check"), has_number="yes", members="30")
    assert (page.status, page.faults()) == (422, [])
    [problem] = page.problems
    assert "Skriv organisasjonsnummeret" in problem
    kept = page.form("/pre-check").values
    assert (kept["has_number"], kept["members"]) == ("yes", "30")


def test_who_looks_up_number_after_number_is_checked_without_the_register(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, "look-up-from", 1)
    site.world.call()
    site.world.registered(NUMBERS[0])
    browser = site.browser()
    told = [sound(browser.get(f"/pre-check?number={NUMBERS[0]}&members=3")).words for _ in range(2)]
    assert ["Derfor er ikke registrene spurt denne gangen" in words for words in told] == [False, True]
    assert "Passer: 0. Må avklares: 0. Passer ikke: 1." in told[1]


def test_a_contact_checks_by_the_profile_and_asks_to_be_told(site: Site) -> None:
    world = site.world
    world.call()
    kari = world.user("Kari Nordmann")
    organisation = world.organisation(kari, "Bydel Vel")
    edit_organisation(world.engine, world.by(kari), organisation, 1, {"profile": {"members": 3}})
    browser = site.browser(kari)
    page = sound(browser.get(sound(browser.get("/pre-check")).links["Sjekk for Bydel Vel"]))
    assert "Organisasjonen må ha minst fem medlemmer." in page.words
    alerts = sound(browser.get("/alerts"))
    asked = sound(browser.send(alerts.form("/alerts")))
    assert "Vi sier fra til kontaktpersonene." in asked.words
    stopped = sound(browser.send(asked.form("/alerts")))
    assert "Vi sier ikke fra." in stopped.words


def test_the_profile_of_others_is_not_used(site: Site) -> None:
    world = site.world
    organisation = world.organisation(world.user("Kari Nordmann"), "Bydel Vel")
    other = site.browser(world.user("Ola Nordmann"))
    assert other.get(f"/pre-check?organisation={organisation}").status == 404
    assert other.post("/alerts", {"organisation": organisation, "want": "yes"}).status == 404
    assert site.browser().get(f"/pre-check?organisation={organisation}").status == 401


def test_partners_are_found_by_what_they_do_and_where(site: Site) -> None:
    world = site.world
    kari = world.user("Kari Nordmann")
    organisation = world.organisation(kari, "Svømmelaget <Hai>")
    assert (
        "Ingen organisasjoner har sagt at de vil bli funnet ennå." in sound(site.browser().get("/organisations")).words
    )
    profile = {"activities": ["svømmekurs"], "languages": ["somali"], "mentor": "offers", "about": "Vi <svømmer>"}
    edit_organisation(world.engine, world.by(kari), organisation, 1, {"listed": True, "profile": profile})
    browser = site.browser()
    form = sound(browser.get("/organisations")).form("/organisations")
    hit = sound(browser.send(form, words="svøm", place="03", activity="Svømmekurs", language="somali", mentor="offers"))
    assert "Svømmelaget <Hai>" in hit.links
    assert "Tilbyr seg som mentor" in hit.words
    assert "Ingen organisasjoner passer" in sound(browser.send(form, place="4601")).words


def test_main_pages_take_few_statements(site: Site) -> None:
    world: World = site.world
    call = world.call()
    browser = site.browser()
    paths = {"/": 1, "/calls?words=frivillig": 1, f"/calls/{call}": 2, "/pre-check?members=12&has_number=no": 4,
             "/organisations": 1}  # fmt: skip
    for path in paths:
        browser.get(path)  # what is read once in a process is read now
    taken = {}
    for path in paths:
        with counted(world) as sent:
            browser.get(path)
        taken[path] = len(sent)
    assert taken == paths
    assert read_call(world.engine, world.anyone, call).state == "open"
