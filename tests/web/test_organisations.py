"""An organisation on the pages: made, described, worked for by several, hosted, and seen by others."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from reader import Browser, Page, Site
from worlds import NUMBERS

from grantengine.services.create_organisation import create_organisation
from grantengine.services.read_organisation import list_my_organisations, read_organisation
from grantengine.services.throttle import MOST

PLACE = {"kommunenummer": "4601"}


def english(browser: Browser) -> Browser:
    browser.send(browser.get("/").form("/language"), language="en")
    return browser


def fine(page: Page, status: int = 200) -> Page:
    assert (page.status, page.faults()) == (status, []), page.words
    return page


def mine(site: Site, user: str) -> list[str]:
    return [one.id for one in list_my_organisations(site.world.engine, site.world.by(user))]


@pytest.fixture
def kari(site: Site) -> str:
    return site.world.user("Kari Nordmann")


def test_the_register_is_shown_before_anything_is_made(site: Site, kari: str) -> None:
    site.world.registered(NUMBERS[0], stiftelsesdato="2012-05-17", forretningsadresse=PLACE)
    browser = site.browser(kari)
    page = fine(browser.get("/organisations/new"))
    page = fine(browser.send(page.form("/organisations/new/number"), number="974 760 673"))
    assert "Registeret kjenner nummeret: EN ENHET" in page.words
    assert mine(site, kari) == []
    form = page.form("/organisations/new")
    assert (form.values["municipality"], form.values["founded"]) == ("4601", "2012")
    page = fine(browser.send(form, name="Bydel Vel"))
    assert page.title == "Bydel Vel"
    [made] = mine(site, kari)
    seen = read_organisation(site.world.engine, site.world.by(kari), made)
    assert (seen.number, seen.municipality, seen.founded) == (NUMBERS[0], "4601", 2012)


def test_a_register_that_is_down_stops_nobody(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    page = browser.send(browser.get("/organisations/new").form("/organisations/new/number"), number=NUMBERS[0])
    assert "Registeret svarer ikke akkurat nå" in fine(page).words
    assert browser.send(page.form("/organisations/new"), name="Bydel Vel").title == "Bydel Vel"


def test_places_stand_under_their_counties_as_in_the_pre_check(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    named = []
    for page in (browser.get("/organisations/new?unnumbered=1"), browser.get("/pre-check")):
        select = page.find("select", id="municipality")
        assert select is not None
        named.append([[option.get("value") for option in group] for group in select.iter("optgroup")])
    assert named[0] == named[1] != []


def test_a_number_that_can_not_be_and_one_that_is_here_already_are_told(site: Site, kari: str) -> None:
    site.world.organisation(site.world.user("Ola"), number=NUMBERS[1])
    browser = site.browser(kari)
    form = browser.get("/organisations/new").form("/organisations/new/number")
    wrong = fine(browser.send(form, number="123 456 789"), 422)
    assert wrong.form("/organisations/new/number").values["number"] == "123 456 789"
    known = fine(browser.send(form, number=NUMBERS[1]), 409)
    assert "invitere deg" in known.words


def test_without_a_number_a_host_is_explained_and_the_name_is_enough(site: Site, kari: str) -> None:
    browser = english(site.browser(kari))
    page = fine(browser.get("/organisations/new"))
    assert "A host is an organisation with a number of its own" in page.words
    page = fine(browser.get(page.links["Register without a number"]))
    refused = fine(browser.send(page.form("/organisations/new"), name=" "), 422)
    made = fine(browser.send(refused.form("/organisations/new"), name="Naboklubben"))
    assert made.title == "Naboklubben"


def test_who_looks_up_number_after_number_is_told_to_wait(
    site: Site, kari: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, "look-up", 1)
    browser = site.browser(kari)
    form = browser.get("/organisations/new").form("/organisations/new/number")
    assert browser.send(form, number=NUMBERS[0]).status == 200
    page = browser.send(form, number=NUMBERS[1])
    assert (page.status, page.faults()) == (429, [])
    assert page.problems == ["Det er prøvd for mange ganger. Vent 15 min, og prøv igjen"]
    assert page.form("/organisations/new/number").values["number"] == NUMBERS[1]


def test_invitations_and_reminders_go_out_only_so_often_in_a_day(
    site: Site, kari: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, "ask-from", 4)  # what is refused was a try too
    monkeypatch.setitem(MOST, "ask", 2)
    world, browser = site.world, site.browser(kari)
    organisation = world.organisation(kari)
    partners = f"/applications/{world.draft(world.call(), organisation, kari)}/partners"
    asks = {"name": "Biblioteket", "email": "post@bibliotek.example", "task": "Rom"}
    page = fine(browser.send(browser.get(partners).form("/partners"), **asks))
    fine(browser.send(page.form("/partners"), **asks))  # the same once more is asked once
    page = fine(browser.send(page.form("/remind")))
    said = "Én person kan sende høyst 4 slike e-poster i døgnet, og én adresse kan få høyst 2. Prøv igjen i morgen"
    page = browser.send(page.form("/remind"))
    assert (page.status, page.faults(), page.problems) == (409, [], [said])
    members = f"/organisations/{organisation}/members"
    form = browser.get(members).form("/members")
    fine(browser.send(form, email="ola@example.org", role="writer"))
    page = browser.send(form, email="per@example.org", role="writer")
    assert (page.status, page.faults(), page.problems) == (409, [], [said])
    assert page.form("/members").values["email"] == "per@example.org"
    assert [one.template for one in world.messages() if "@bibliotek" in one.address] == ["partner", "partner"]
    assert world.messages("per@example.org") == []
    world.clock.turn(days=1)
    later = site.browser(kari)
    fine(later.send(later.get(members).form("/members"), email="per@example.org", role="writer"))
    assert len(world.messages("per@example.org")) == 1


def test_the_profile_is_kept_and_shown_to_those_who_look_for_partners(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    page = fine(browser.get(f"/organisations/{organisation}"))
    page = browser.send(
        page.form(f"/organisations/{organisation}"), activities="Svømmekurs\r\n\r\nLeksehjelp", members="1 200",
        about="Vi møtes <hver> uke", listed="yes", mentor="offers", **{"office-chair": "Åse Æra"},
    )  # fmt: skip
    assert "Lagret." in fine(page).words
    public = fine(site.browser().get(f"/organisations/{organisation}/about"))
    for words in ("Svømmekurs, Leksehjelp", "Vi møtes <hver> uke", "kan være mentor", "Oslo"):
        assert words in public.words
    for hidden in ("Åse", "example.org", "Kari", "Bare dere ser"):
        assert hidden not in public.words


def test_what_does_not_fit_is_told_at_its_field_and_stays_written(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/organisations/{organisation}").form(f"/organisations/{organisation}")
    page = fine(browser.send(form, members="mange", founded="1200", name="x", activities="a" * 90), 422)
    again = page.form(f"/organisations/{organisation}").values
    assert (again["members"], again["founded"], again["name"]) == ("mange", "1200", "x")
    assert page.html.count('aria-invalid="true"') == 4


def test_two_tabs_are_shown_both_sides_and_lose_nothing(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser, path = site.browser(kari), f"/organisations/{organisation}"
    first, second = browser.get(path), browser.get(path)
    browser.send(first.form(path), about="Fra den ene fanen")
    clash = fine(browser.send(second.form(path), about="Fra den andre fanen", members="7"), 409)
    assert "Lagret nå: Fra den ene fanen" in clash.words
    assert "Du skrev: Fra den andre fanen" in clash.words
    assert clash.form(path).values["about"] == "Fra den andre fanen"
    fine(browser.send(clash.form(path)))
    seen = read_organisation(site.world.engine, site.world.by(kari), organisation)
    assert (seen.profile["about"], seen.profile["members"]) == ("Fra den andre fanen", 7)


def test_a_form_sent_twice_is_told_and_saved_once(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser, path = site.browser(kari), f"/organisations/{organisation}"
    form = browser.get(path).form(path)
    browser.send(form, about="En gang")
    assert fine(browser.send(form, about="En gang"), 409).title == "Bydel Vel"
    assert read_organisation(site.world.engine, site.world.by(kari), organisation).version == 2


def test_a_number_that_came_later_is_written_in(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari, number=None)
    browser, path = site.browser(kari), f"/organisations/{organisation}"
    page = fine(browser.send(browser.get(path).form(path), number=NUMBERS[2]))
    assert NUMBERS[2] in page.words
    site.world.registered(NUMBERS[2], antallAnsatte=7)
    page = fine(browser.send(page.form("/register")))
    assert "Hentet fra registeret." in page.words
    assert page.form(path).values["employees"] == "7"


def test_a_board_changes_hands(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    ola = site.world.user("Ola Ny", "ola@example.org")
    browser, path = site.browser(kari), f"/organisations/{organisation}/members"
    page = fine(browser.get(path))
    assert "bare én kontaktperson" in page.words
    refused = fine(browser.send(page.form("/members"), email="ola"), 422)
    assert refused.form("/members").values["email"] == "ola"
    page = fine(browser.send(page.form("/members"), email="ola@example.org", role="contact", takes_over_from=kari))
    assert "ola@example.org – kontaktperson" in page.words
    link = site.world.link("join", "ola@example.org").removeprefix(site.world.engine.settings.url)
    newcomer = site.browser(ola)
    page = fine(newcomer.get(link))
    assert "Kari Nordmann spør om du vil være kontaktperson i Bydel Vel" in page.words
    assert "Du tar over for Kari Nordmann" in page.words
    assert mine(site, ola) == []
    page = fine(newcomer.send(page.form(link)))
    assert page.title == "Personer"
    assert (mine(site, ola), mine(site, kari)) == ([organisation], [])
    assert browser.get(path).status == 404
    replayed = newcomer.get(link)
    assert "brukt" in fine(replayed).words


def test_an_invitation_waits_for_someone_to_sign_in(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser = site.browser(kari)
    browser.send(browser.get(f"/organisations/{organisation}/members").form("/members"), email="ny@example.org")
    link = site.world.link("join", "ny@example.org").removeprefix(site.world.engine.settings.url)
    stranger = site.browser()
    page = fine(stranger.get(link))
    assert page.links["Logg inn"].startswith("/sign-in")
    assert stranger.post(link).status == 401
    ny = site.world.user("Ny Person", "ny@example.org")
    newcomer = site.browser(ny)
    newcomer.send(newcomer.get(link).form(link))
    assert mine(site, ny) == [organisation]


def test_an_invitation_to_a_wrong_address_is_taken_back(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser, path = site.browser(kari), f"/organisations/{organisation}/members"
    page = browser.send(browser.get(path).form("/members"), email="feil@example.org", role="contact")
    link = site.world.link("join", "feil@example.org").removeprefix(site.world.engine.settings.url)
    page = fine(browser.send(page.form("/members/take-back")))
    assert "feil@example.org" not in page.words
    wrong = site.browser(site.world.user("En Fremmed", "feil@example.org"))
    assert "trukket" in fine(wrong.get(link)).words
    assert fine(wrong.post(link), 409).title == "Invitasjon til Bydel Vel"


def test_the_last_contact_can_not_leave_and_a_writer_can(site: Site, kari: str) -> None:
    organisation = site.world.organisation(kari)
    browser, path = site.browser(kari), f"/organisations/{organisation}/members"
    page = fine(browser.send(browser.get(path).form("/members/end")))
    assert "Den siste kontaktpersonen må bli" in page.words
    browser.send(browser.get(path).form("/members"), email="liv@example.org", role="writer")
    liv = site.world.user("Liv", "liv@example.org")
    link = site.world.link("join", "liv@example.org").removeprefix(site.world.engine.settings.url)
    writer = site.browser(liv)
    page = writer.send(writer.get(link).form(link))
    assert [form.action for form in page.forms() if form.action.endswith("/members/end")] == [f"{path}/end"]
    page = fine(writer.send(page.form("/members/end")))
    assert (page.title, mine(site, liv)) == ("Min side", [])


def test_a_host_is_asked_and_says_yes_and_it_ends(site: Site, kari: str) -> None:
    ola = site.world.user("Ola")
    small = site.world.organisation(kari, "Naboklubben", None)
    large = site.world.organisation(ola, "Kulturhuset", NUMBERS[3])
    browser, path = site.browser(kari), f"/organisations/{small}/hosting"
    page = fine(browser.get(path))
    nobody = fine(browser.send(page.form("/hosting"), number=NUMBERS[4]), 422)
    assert "Ingen organisasjon med dette nummeret" in nobody.words
    page = fine(browser.send(nobody.form("/hosting"), number=f"{NUMBERS[3][:3]} {NUMBERS[3][3:]}"))
    assert "Kulturhuset – har ikke svart ennå" in page.words
    host = site.browser(ola)
    page = fine(host.get(f"/organisations/{large}/hosting"))
    page = fine(host.send(page.form("/hosting/consent")))
    assert "Naboklubben – vert siden" in page.words
    page = fine(browser.get(path))
    page = fine(browser.send(page.form("/hosting/end")))
    assert "Ingen tar imot penger for dere" in page.words


def test_a_network_takes_in_one_that_asks(site: Site, kari: str) -> None:
    ola, world = site.world.user("Ola"), site.world
    member = world.organisation(kari)
    network = create_organisation(world.engine, world.by(ola), name="Nettverket", kind="network")
    owner, path = site.browser(ola), f"/organisations/{network}"
    owner.send(owner.get(path).form(path), listed="yes")
    browser = site.browser(kari)
    page = fine(browser.get(f"{path}/about"))
    page = fine(browser.get(page.links["Be om å bli med"]))
    page = fine(browser.send(page.form("/join"), organisation=member))
    assert "Nettverket – har ikke svart ennå" in page.words
    page = fine(owner.get(f"{path}/members"))
    assert "Bydel Vel – vil bli med" in page.words
    page = fine(owner.send(page.form("/members/take-in")))
    assert "Bydel Vel – med siden" in page.words
    page = fine(browser.send(browser.get(f"/organisations/{member}/members").form("/members/leave")))
    assert "Nettverk vi er med i" not in page.words


@pytest.mark.parametrize("page", ["", "/members", "/hosting", "/about"])
def test_pages_of_others_are_not_there(site: Site, kari: str, page: str) -> None:
    theirs = site.world.organisation(site.world.user("Ola"))
    assert site.browser(kari).get(f"/organisations/{theirs}{page}").status == 404
    assert site.browser(kari).get(f"/organisations/nobody{page}").status == 404


@pytest.fixture
def theirs(site: Site) -> str:
    """An organisation that wants to be found; its contact is Ola."""
    ola = site.world.user("Ola", "ola@example.org")
    id, path = site.world.organisation(ola, "Grenda Vel", NUMBERS[1]), "/organisations/"
    browser = site.browser(ola)
    browser.send(browser.get(path + id).form(path + id), listed="yes")
    return id


def letters(site: Site) -> list[str]:
    return [one.body for one in site.world.messages(template="written-by-unlisted")]


def test_a_message_is_written_to_an_organisation_of_the_directory(site: Site, kari: str, theirs: str) -> None:
    site.world.organisation(kari)
    browser = site.browser(kari)
    page = fine(browser.get(f"/organisations/{theirs}/about"))
    page = fine(browser.get(page.links["Skriv til Grenda Vel"]))
    assert "ola@example.org" not in page.html
    sent = fine(browser.send(page.form("/write"), text="Vil dere være med?\r\n<b>{name}</b> 🎈"))
    assert "Meldingen er sendt til Grenda Vel." in sent.words
    assert sent.title == "Grenda Vel"
    assert "example.org" not in sent.html
    [body] = letters(site)
    assert "Vil dere være med?\n<b>{name}</b> 🎈" in body


@pytest.mark.parametrize("text", ["", "a" * 100_000, "a\0b", "\0", "<script>" * 300])
def test_a_message_that_can_not_be_sent_stays_in_the_form(site: Site, kari: str, theirs: str, text: str) -> None:
    site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/organisations/{theirs}/write").form("/write")
    page = fine(browser.send(form, text=text), 422)
    assert page.form("/write").values["text"] == text.replace("\0", "\ufffd")
    assert 'aria-invalid="true"' in page.html
    assert letters(site) == []


def test_who_has_written_enough_is_told_and_keeps_the_text(site: Site, kari: str, theirs: str) -> None:
    site.world.organisation(kari)
    browser = site.browser(kari)
    form = browser.get(f"/organisations/{theirs}/write").form("/write")
    for _ in range(10):
        assert browser.send(form, text="Hei").status == 200
    page = fine(browser.send(form, text="Hei igjen"), 409)
    assert "høyst 10 meldinger om dagen" in page.words
    assert page.form("/write").values["text"] == "Hei igjen"
    assert len(letters(site)) == 10


def test_who_is_no_contact_is_told_who_may_write(site: Site, kari: str, theirs: str) -> None:
    page = fine(site.browser(kari).get(f"/organisations/{theirs}/write"))
    assert "Bare den som er kontaktperson for en annen organisasjon" in page.words
    assert "<textarea" not in page.html
    mine = site.world.organisation(kari)
    assert site.browser(kari).get(f"/organisations/{mine}/write").status == 404


ODD = ["\0", "%_", "🎈", "\u202eabc", "<b>", "' or 1=1 --", "a" * 5000, "9999", "٤٦", "03; drop", " ", "\\", '"']


@pytest.mark.parametrize("name", ["words", "place", "activity", "language", "mentor", "after"])
def test_the_directory_stands_whatever_is_asked(site: Site, theirs: str, name: str) -> None:
    browser = site.browser()
    for value in ODD:
        page = browser.get(f"/organisations?{urlencode({name: value})}")
        assert (page.status, page.faults()) == (200, []), value
        explained = "Ingen organisasjoner passer" in page.words or "Grenda Vel" in page.links or page.problems
        assert explained or name == "after", (name, value)


def test_the_directory_is_whole_when_nothing_is_written(site: Site, theirs: str) -> None:
    page = fine(site.browser().get("/organisations?words=&place=&activity=&language=&mentor=&after="))
    assert page.links["Grenda Vel"] == f"/organisations/{theirs}/about"


def test_a_place_without_organisations_is_explained_and_leads_on(site: Site, theirs: str) -> None:
    page = fine(site.browser().get("/organisations?place=4601&mentor=wishes"))
    assert "Ingen organisasjoner passer" in page.words
    assert "/organisations" in page.links.values()
