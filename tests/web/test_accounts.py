"""The pages of accounts: the ways in and out, links from messages, one's own page, and what those meet who mean no good."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pyotp
import pytest
from reader import Browser, Page, Site
from statements import counted
from tamper import dump
from worlds import PASSWORD, World

from grantengine.services.edit_user import ask_to_change_email
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset
from grantengine.services.run_jobs import run_jobs
from grantengine.services.second_factor import begin_second_factor, confirm_second_factor, see_second_factor
from grantengine.services.throttle import MOST
from grantengine_web import create_app
from grantengine_web.account.typed import local, sender

KARI = "kari@example.org"
OTHER = "et helt annet passord"


@pytest.fixture
def kari(site: Site) -> str:
    """Someone with an account."""
    return site.world.user("Kari Nordmann", KARI)


def path(site: Site, template: str, email: str = KARI) -> str:
    """The path of the newest link of this kind; the worker has sent what was asked for."""
    run_jobs(site.world.engine, site.world.system)
    return site.world.link(template, email).removeprefix(site.world.engine.settings.url)


def device(site: Site, kari: str) -> pyotp.TOTP:
    """Kari has turned the code on, and the next step of time has begun."""
    engine, by = site.world.engine, site.world.by(kari)
    begin_second_factor(engine, by)
    factor = see_second_factor(engine, by)
    assert factor is not None
    confirm_second_factor(engine, by, pyotp.TOTP(factor.secret).at(site.world.clock()))
    site.world.clock.turn(seconds=30)
    return pyotp.TOTP(factor.secret)


def sound(page: Page, status: int = 200) -> Page:
    assert (page.status, page.faults()) == (status, []), page.words
    return page


def who(browser: Browser) -> str:
    return browser.get("/me").title


def test_a_person_makes_an_account_confirms_it_and_signs_in(site: Site) -> None:
    browser = site.browser()
    form = sound(browser.get("/register?next=/calls")).form("/register")
    page = sound(browser.send(form, name="Kari", email=" Kari@Example.org", password=PASSWORD, language="nn"))
    assert page.title == "Se i e-posten"
    link = path(site, "verify")
    page = sound(browser.get(link))
    assert "Kari har laget en konto med adressen kari@example.org" in page.words
    page = browser.send(page.form(link), password=PASSWORD, follow=False)
    assert page.place == "/calls"
    assert "Kontoen er klar, og du er logga inn" in sound(browser.get("/calls")).html
    assert who(browser) == "Kari"


def test_an_account_that_a_stranger_made_with_ones_address_is_not_taken_over(site: Site) -> None:
    world, owner, stranger = site.world, site.browser(), site.browser()
    for browser, password in ((owner, PASSWORD), (stranger, OTHER)):
        form = browser.get("/register").form("/register")
        sound(browser.send(form, name="Kari", email=KARI, password=password))
    link = path(site, "verify")
    for wrong in (PASSWORD, "", "\0", "a" * 100_000):
        page = sound(owner.send(sound(owner.get(link)).form(link), password=wrong), 422)
        assert page.problems == ["Dette er ikke passordet som sist ble valgt for adressen"]
        assert "noen andre har laget en konto med adressen din" in page.words
        assert page.form(link).values["password"] == ""
    stranger.send(stranger.get("/sign-in").form("/sign-in"), email=KARI, password=OTHER)
    assert (who(owner), who(stranger)) == ("Logg inn", "Logg inn")
    sound(owner.send(page.form("/forgotten")))
    reset = path(site, "reset")
    owner.send(owner.get(reset).form(reset), password="mitt eget nye passord")
    assert sound(stranger.get(link), 410).title == "Lenken kan ikke brukes"
    page = sound(stranger.send(stranger.get("/sign-in").form("/sign-in"), email=KARI, password=OTHER), 403)
    owner.send(owner.get("/sign-in").form("/sign-in"), email=KARI, password="mitt eget nye passord")
    assert who(owner) == "Kari"
    assert world.engine.settings.url not in page.html


def test_the_password_of_a_link_that_confirms_is_not_guessed_faster_than_that_of_a_sign_in(site: Site) -> None:
    world, browser = site.world, site.browser()
    register_user(world.engine, world.anyone, email=KARI, name="Kari", password=PASSWORD)
    link = path(site, "verify")
    form = browser.get(link).form(link)
    for _ in range(MOST["password"]):
        assert browser.send(form, password=OTHER).status == 422
    page = sound(browser.send(form, password=PASSWORD), 429)
    assert page.problems == ["Det er prøvd for mange ganger. Vent 15 min, og prøv igjen"]
    world.clock.turn(minutes=15)
    browser.send(form, password=PASSWORD)
    assert who(browser) == "Kari"


def test_the_answer_is_the_same_for_who_has_an_account(site: Site, kari: str) -> None:
    said = []
    for email in (KARI, "ny@example.org"):
        browser = site.browser()
        page = browser.send(browser.get("/register").form("/register"), name="Per", email=email, password=PASSWORD)
        said.append((page.status, page.words.replace(email, "X")))
    assert said[0] == said[1]
    assert site.world.messages(KARI)[-1].template == "already-registered"


def test_a_form_that_was_not_taken_keeps_what_was_typed_but_for_the_password(site: Site) -> None:
    browser = site.browser()
    form = browser.get("/register").form("/register")
    page = sound(browser.send(form, name="K", email="kari", password="kort", language="nn"), 422)
    assert len(page.problems) == 3
    again = page.form("/register").values
    assert (again["name"], again["email"], again["password"], again["language"]) == ("K", "kari", "", "nn")


@pytest.mark.parametrize("password", ["feil", ""])
def test_a_wrong_password_is_told_and_the_address_kept(site: Site, kari: str, password: str) -> None:
    browser = site.browser()
    form = browser.get("/sign-in?next=/calls").form("/sign-in")
    page = sound(browser.send(form, email=KARI, password=password), 403)
    assert page.problems == ["E-postadressen og passordet hører ikke sammen"]
    again = page.form("/sign-in").values
    assert (again["email"], again["password"], again["next"]) == (KARI, "", "/calls")


def test_who_tries_too_often_is_told_how_long_to_wait(site: Site, kari: str) -> None:
    browser = site.browser()
    form = browser.get("/sign-in").form("/sign-in")
    for _ in range(MOST["password"]):
        assert browser.send(form, email=KARI, password="feil").status == 403
    page = sound(browser.send(form, email=KARI, password=PASSWORD), 429)
    assert page.problems == ["Det er prøvd for mange ganger. Vent 15 min, og prøv igjen"]


def test_a_link_signs_in_by_a_button_and_programs_that_read_mail_do_not_use_it_up(site: Site, kari: str) -> None:
    browser = site.browser()
    form = browser.get("/sign-in?next=/calls").form("/sign-in")
    page = sound(browser.send(form, press="Send meg en lenke i stedet", email=KARI, password=None))
    assert (page.title, KARI in page.words) == ("Se i e-posten", True)
    link = path(site, "sign-in-link")
    site.browser().get(link)
    site.browser().client.head(link)
    page = browser.send(sound(browser.get(link)).form(link), follow=False)
    assert page.place == "/calls"
    assert who(browser) == "Kari Nordmann"
    stranger = site.browser()
    page = sound(stranger.get(link), 410)
    assert (page.title, page.links["Logg inn"]) == ("Lenken kan ikke brukes", "/sign-in")
    assert who(stranger) == "Logg inn"


def test_a_forgotten_password_is_replaced_and_others_are_signed_out(site: Site, kari: str) -> None:
    other, browser = site.browser(kari), site.browser()
    page = browser.send(sound(browser.get("/forgotten")).form("/forgotten"), email=KARI)
    assert sound(page).title == "Se i e-posten"
    link = path(site, "reset")
    page = sound(browser.send(sound(browser.get(link)).form(link), password="kort"), 422)
    assert page.problems == ["Passordet må ha minst 12 tegn. Flere ord er lette å huske"]
    page = sound(browser.send(page.form(link), password=OTHER))
    assert "Passordet er endret" in page.words
    assert who(other) == "Logg inn"
    browser.send(page.form("/sign-in"), email=KARI, password=OTHER)
    assert who(browser) == "Kari Nordmann"
    replayed = sound(browser.post(link, {"password": PASSWORD}), 410)
    assert replayed.links["Be om en ny lenke"] == "/forgotten"


def test_a_lost_confirmation_is_sent_again(site: Site) -> None:
    world, browser = site.world, site.browser()
    register_user(world.engine, world.anyone, email=KARI, name="Kari", password=PASSWORD)
    first = path(site, "verify")
    form = browser.get("/sign-in").form("/sign-in")
    page = sound(browser.send(form, email=KARI, password=PASSWORD), 403)
    page = browser.get(page.links["Jeg har ikke fått lenken som bekrefter kontoen"])
    sound(browser.send(sound(page).form("/confirm-again"), email=KARI))
    link = path(site, "verify")
    assert link != first
    assert sound(browser.get(first), 410).links["Logg inn"] == "/sign-in"
    page = browser.get(link)
    browser.send(page.form(link), password=PASSWORD)
    replayed = sound(browser.post(link, {"password": PASSWORD}), 410)
    assert replayed.links["Logg inn"] == "/sign-in"


NOBODYS = ("tull", "%00", "x" * 5000, "%F0%9F%98%80", "a b")


@pytest.mark.parametrize("purpose", ["verify", "reset", "email", "sign-in"])
def test_a_link_nobody_sent_says_what_to_do(site: Site, purpose: str) -> None:
    browser = site.browser()
    for secret in NOBODYS:
        page = sound(browser.get(f"/link/{purpose}/{secret}"), 404)
        assert page.title == "Lenken kan ikke brukes"
        assert browser.post(f"/link/{purpose}/{secret}", {"password": PASSWORD}).status == 404


def test_another_address_counts_once_its_link_is_used(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    sound(browser.send(sound(browser.get("/me/email")).form("/me/email"), email="x"), 422)
    sound(browser.send(browser.get("/me/email").form("/me/email"), email="ny@example.org", password=PASSWORD))
    link = path(site, "email-change", "ny@example.org")
    page = sound(browser.send(sound(browser.get(link)).form(link)))
    assert "ny@example.org" in page.words
    assert sound(site.browser().get(link), 410).title == "Lenken kan ikke brukes"
    ask_to_change_email(site.world.engine, site.world.by(kari), "to@example.org", PASSWORD)
    anyone = site.browser()
    link = path(site, "email-change", "to@example.org")
    assert anyone.send(anyone.get(link).form(link)).title == "Logg inn"


def test_another_address_takes_the_password(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    form = browser.get("/me/email").form("/me/email")
    for password in ("", "ikke passordet", "\0", "a" * 100_000):
        page = sound(browser.send(form, email="ny@example.org", password=password), 422)
        typed = page.form("/me/email").values
        assert (typed["email"], typed["password"]) == ("ny@example.org", "")
        assert page.html.count('aria-invalid="true"') == 1
    assert site.world.messages("ny@example.org") == []
    for _ in range(7):
        page = browser.send(form, email="ny@example.org", password="gjettet")
    page = sound(page, 429)
    assert page.form("/me/email").values["email"] == "ny@example.org"
    assert site.world.messages("ny@example.org") == []


def test_a_person_changes_what_is_known_of_them(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    page = sound(browser.get("/me"))
    bad = sound(browser.send(page.form("/me"), name="", phone="12", channel="due"), 422)
    assert len(bad.problems) == 3
    assert bad.form("/me").values["phone"] == "12"
    page = sound(browser.send(page.form("/me"), name="Kari Ås", phone="98765432", channel="sms", language="nn"))
    assert (page.title, page.tree.get("lang")) == ("Kari Ås", "nn")
    page = browser.send(page.form("/language"), language="en")
    browser.send(page.form("/sign-out"))
    with site.world.engine.store.read() as reading:
        user = reading.users.get(kari)
    assert user is not None
    assert (user.name, user.phone, user.channel, user.language) == ("Kari Ås", "98765432", "sms", "en")


def test_a_form_with_a_password_that_is_too_old_is_shown_again(site: Site, kari: str) -> None:
    world, browser = site.world, site.browser()
    old = {"csrf_token": "old", "email": KARI, "password": PASSWORD, "next": "/calls"}
    for _ in range(2 * MOST["password"]):
        page = browser.post("/sign-in", old)
    page = sound(page, 400)
    assert page.problems == ["Siden var åpen for lenge. Skriv passordet på nytt"]
    typed = page.form("/sign-in").values
    assert (typed["email"], typed["password"], typed["next"]) == (KARI, "", "/calls")
    carried = sound(browser.post("/sign-in", {**old, "kept-to": "/me", "kept.name": "Kari Ås"}), 400)
    assert carried.form("/sign-in").values["kept.name"].strip() == "Kari Ås"
    assert browser.send(page.form("/sign-in"), password=PASSWORD, follow=False).place == "/calls"
    for path_ in ("/me/email", "/me/password", "/me/erase"):
        again = sound(browser.post(path_, old), 400)
        assert again.problems == page.problems
    register_user(world.engine, world.anyone, email="ny@example.org", name="Ny", password=PASSWORD)
    link = path(site, "verify", "ny@example.org")
    assert sound(browser.post(link, old), 400).form(link).values["password"] == ""


def test_the_language_that_was_chosen_stays_after_one_has_signed_out(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    page = browser.send(browser.get("/me").form("/language"), language="en")
    page = sound(browser.send(page.form("/sign-out")))
    assert ("You are signed out" in page.html, page.tree.get("lang"), who(browser)) == (True, "en", "Sign in")
    assert browser.get("/calls").tree.get("lang") == "en"


def test_a_new_password_signs_others_out_and_so_does_a_button(site: Site, kari: str) -> None:
    first, second = site.browser(kari), site.browser(kari)
    form = sound(first.get("/me/password")).form("/me/password")
    wrong = sound(first.send(form, old_password="feil", password=OTHER), 422)
    assert wrong.problems == ["Dette er ikke passordet du har nå"]
    assert (wrong.form("/me/password").values["old_password"], OTHER in wrong.html) == ("", False)
    sound(first.send(form, old_password=PASSWORD, password=OTHER))
    assert (who(first), who(second)) == ("Kari Nordmann", "Logg inn")
    second.send(second.get("/sign-in").form("/sign-in"), email=KARI, password=OTHER)
    sound(first.send(sound(first.get("/me")).form("/me/sessions/end")))
    assert (who(first), who(second)) == ("Kari Nordmann", "Logg inn")


def test_the_code_is_turned_on_asked_for_and_turned_off(site: Site, kari: str) -> None:
    browser, clock = site.browser(kari), site.world.clock
    page = sound(browser.send(sound(browser.get("/me/second-factor")).form("/begin")))
    picture = page.find("img", class_="site-code-picture")
    assert picture is not None
    assert (picture.get("src") or "").startswith("data:image/svg+xml")
    found = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", page.words)
    assert found
    phone = pyotp.TOTP(found[1].replace(" ", ""))
    page = sound(browser.send(page.form("/me/second-factor"), code="12"), 422)
    page = sound(browser.send(page.form("/me/second-factor"), code=phone.at(clock())))
    spare = re.findall(r"\b[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}\b", page.words)
    assert len(spare) == 10
    assert spare[0] not in sound(browser.get("/me/second-factor")).html
    clock.turn(seconds=30)
    other = site.browser()
    page = other.send(other.get("/sign-in?next=/calls").form("/sign-in"), email=KARI, password=PASSWORD)
    assert sound(page).title == "Skriv koden"
    assert who(other) == "Logg inn"
    page = sound(other.get("/sign-in/code"))
    page = sound(other.send(page.form("/sign-in/code"), code="000000"), 422)
    page = other.send(page.form("/sign-in/code"), code=spare[0], follow=False)
    assert page.place == "/calls"
    assert sound(other.get("/me")).title == "Kari Nordmann"
    page = sound(browser.send(browser.get("/me/second-factor").form("/end"), code="x"), 422)
    page = sound(browser.send(page.form("/end"), code=phone.at(clock())))
    assert (page.title, who(other)) == ("Kari Nordmann", "Logg inn")


def test_who_takes_too_long_for_the_code_begins_anew(site: Site, kari: str) -> None:
    phone, browser = device(site, kari), site.browser()
    page = browser.send(browser.get("/sign-in").form("/sign-in"), email=KARI, password=PASSWORD)
    site.world.clock.turn(minutes=11)
    page = sound(browser.send(page.form("/sign-in/code"), code=phone.at(site.world.clock())), 409)
    assert (page.title, len(page.problems)) == ("Logg inn", 1)
    assert browser.get("/sign-in/code").title == "Logg inn"


def test_an_account_is_erased_by_who_knows_its_password(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    form = sound(browser.get("/me/erase")).form("/me/erase")
    sound(browser.send(form, password="feil"), 422)
    assert who(browser) == "Kari Nordmann"
    page = browser.send(form, password=PASSWORD, follow=False)
    assert (page.status, page.place) == (303, "/")
    assert who(browser) == "Logg inn"
    page = browser.send(browser.get("/sign-in").form("/sign-in"), email=KARI, password=PASSWORD)
    assert page.status == 403


def test_own_data_come_as_a_file_with_all_that_is_known(site: Site, kari: str) -> None:
    site.world.organisation(kari)
    answer = site.browser(kari).client.get("/me/data")
    data = answer.get_json()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (data["email"], data["roles"][0]["name"]) == (KARI, "Bydel Vel")
    assert [one["what"] for one in data["events"]] == ["user-registered", "user-verified", "signed-in"]
    assert "id" not in data["sessions"][0]


# What was typed when the session had ended


def late(site: Site, browser: Browser) -> Page:
    """Kari was typing while the session ended, and sends the form."""
    form = browser.get("/me").form("/me")
    site.world.clock.turn(hours=9)
    page = sound(browser.send(form, name="Kari\r\n <b>Ås</b>"), 401)
    assert page.title == "Logg inn igjen"
    return page


def kept_to_the_end(browser: Browser, page: Page) -> None:
    """It is there to be sent again, and is."""
    assert sound(page).title == "Send det du skrev, en gang til"
    assert page.form("/me").values["name"] == "Kari\r\n <b>Ås</b>"
    assert sound(browser.send(page.form("/me"))).title == "Kari <b>Ås</b>"


def test_what_was_typed_survives_a_password(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    page = late(site, browser)
    page = sound(browser.send(page.form("/sign-in"), email=KARI, password="feil"), 403)
    kept_to_the_end(browser, browser.send(page.form("/sign-in"), email=KARI, password=PASSWORD))


def test_what_was_typed_survives_the_second_step(site: Site, kari: str) -> None:
    phone, browser = device(site, kari), site.browser()
    page = browser.send(browser.get("/sign-in").form("/sign-in"), email=KARI, password=PASSWORD)
    browser.send(page.form("/sign-in/code"), code=phone.at(site.world.clock()))
    page = browser.send(late(site, browser).form("/sign-in"), email=KARI, password=PASSWORD)
    page = sound(browser.send(sound(page).form("/sign-in/code"), code="0"), 422)
    site.world.clock.turn(minutes=11)
    page = sound(browser.send(page.form("/sign-in/code"), code=phone.at(site.world.clock())), 409)
    page = browser.send(page.form("/sign-in"), email=KARI, password=PASSWORD)
    kept_to_the_end(browser, browser.send(page.form("/sign-in/code"), code=phone.at(site.world.clock())))


def test_what_was_typed_survives_a_link(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    form = late(site, browser).form("/sign-in")
    page = sound(browser.send(form, press="Send meg en lenke i stedet", email=KARI))
    early = sound(browser.send(page.form("/sign-in/kept")), 401)
    assert early.title == "Logg inn igjen"
    link = path(site, "sign-in-link")
    browser.send(browser.get(link).form(link))  # in another window
    kept_to_the_end(browser, browser.send(page.form("/sign-in/kept")))
    assert browser.post("/sign-in/kept", {}, follow=False).place == "/sign-in"


# Those who mean no good


LEADS_AWAY = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\nevil", "/\t/evil.example",
    "/\r/evil.example", " //evil.example", "javascript:alert(1)", "/\0", "///evil.example", "/a\\..", "x" * 5000, "", None,
)  # fmt: skip


@pytest.mark.parametrize("to", LEADS_AWAY)
def test_no_address_leads_away(to: str | None) -> None:
    assert local(to, "/here") == "/here"


def test_a_forged_next_is_not_followed(site: Site, kari: str) -> None:
    browser = site.browser()
    for to in LEADS_AWAY:
        form = browser.get("/sign-in").form("/sign-in")
        page = browser.send(form, email=KARI, password=PASSWORD, next=to, follow=False)
        assert (page.status, page.place) == (303, "/mine")
    page = browser.get("/sign-in?next=//evil.example")
    assert page.form("/sign-in").values["next"] == ""
    assert browser.post("/language", {"language": "nb", "next": "//evil.example"}, follow=False).place == "/"


def test_nothing_of_before_the_sign_in_is_trusted_after_it(site: Site, kari: str) -> None:
    """A session that someone else has put into the browser is not the one that is signed in."""
    world = site.world
    attacker = site.browser(world.user("Ola", "ola@example.org"))
    victim = site.browser()
    planted = attacker.client.get_cookie("grantengine")
    assert planted is not None
    victim.client.set_cookie("grantengine", planted.value)
    form = victim.get("/sign-in").form("/sign-in")
    victim.send(form, email=KARI, password=PASSWORD)
    assert (who(victim), who(attacker)) == ("Kari Nordmann", "Ola")
    now = victim.client.get_cookie("grantengine")
    assert now is not None
    assert now.value != planted.value
    page = victim.post("/language", dict(form.values))
    assert page.title == "Send det du skrev, en gang til"  # the token against forged forms is a new one too


def test_cookies_over_https_are_for_this_site_alone(world: World) -> None:
    secure = replace(world.engine, settings=replace(world.engine.settings, url="https://tilskudd.example"))
    secure.__dict__["store"] = world.engine.store
    world.user("Kari", KARI)
    client = create_app(secure).test_client()
    token = Page(client.get("/sign-in", base_url="https://tilskudd.example")).form("/sign-in").values["csrf_token"]
    answer = client.post(
        "/sign-in", base_url="https://tilskudd.example", headers={"Referer": "https://tilskudd.example/sign-in"},
        data={"csrf_token": token, "email": KARI, "password": PASSWORD},
    )  # fmt: skip
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-grantengine=")
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")}
    assert {"Secure", "HttpOnly", "SameSite", "Path"} <= parts
    assert "Domain" not in parts
    assert "SameSite=Lax" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


FORMS = (
    "/sign-in", "/sign-in/code", "/sign-out", "/register", "/forgotten", "/confirm-again", "/link/verify/x", "/link/reset/x",
    "/link/email/x", "/link/sign-in/x", "/me", "/me/email", "/me/password", "/me/sessions/end", "/me/second-factor",
    "/me/second-factor/begin", "/me/second-factor/end", "/me/erase",
)  # fmt: skip


def test_every_form_is_tried(site: Site) -> None:
    rules = {
        re.sub("<.*>", "x", rule.rule)
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("account.") and "POST" in (rule.methods or ())
    }
    assert rules == {*FORMS, "/language", "/sign-in/kept"}


def test_a_forged_form_changes_nothing_and_no_password_is_shown(site: Site, kari: str) -> None:
    browser = site.browser(kari)
    before = dump(site.world)
    values = {"email": "ny@example.org", "name": "Ond", "password": OTHER, "old_password": PASSWORD}
    for form in FORMS:
        for token in ("forged", ""):
            status = (
                404 if form in ("/link/verify/x", "/link/reset/x") else 400
            )  # links are shown again, if they are any
            page = sound(browser.post(form, {**values, "csrf_token": token}), status)
            assert (OTHER in page.html, PASSWORD in page.html) == (False, False), form
    assert dump(site.world) == before


HOSTILE = ("a\0b", "x" * 100_000, "<script>alert(1)</script>", "\u202eabc", "😀" * 300, "' or 1=1 --", "{{ 7 * 7 }}")


ASKED = {"/sign-in": ["email"], "/register": ["name", "email"], "/forgotten": ["email"], "/confirm-again": ["email"]}


@pytest.mark.parametrize("text", HOSTILE, ids=["nul", "long", "markup", "reversed", "emoji", "sql", "template"])
def test_whatever_is_typed_into_a_form_is_told_and_kept(site: Site, text: str) -> None:
    browser = site.browser()
    for form, names in ASKED.items():
        values = {**dict.fromkeys(names, text), "password": PASSWORD}
        page = sound(browser.send(browser.get(form).form(form), **values), 422)
        assert page.problems
        assert {page.form(form).values[name] for name in names} == {text.replace("\0", "\ufffd")}
        assert PASSWORD not in page.html
        assert "alert(1)</script>" not in page.html


@pytest.mark.parametrize("text", HOSTILE[:2], ids=["nul", "long"])
def test_whatever_is_typed_into_ones_own_forms_is_told_and_kept(site: Site, kari: str, text: str) -> None:
    browser = site.browser(kari)
    page = sound(browser.send(browser.get("/me").form("/me"), name=text, phone=text, channel=text, language=text), 422)
    assert {page.form("/me").values[name] for name in ("name", "phone")} == {text.replace("\0", "\ufffd")}
    page = sound(browser.send(browser.get("/me/email").form("/me/email"), email=text), 422)
    assert page.form("/me/email").values["email"] == text.replace("\0", "\ufffd")
    sound(browser.send(browser.get("/me/password").form("/me/password"), old_password=text, password=text), 422)
    sound(browser.send(browser.get("/me/erase").form("/me/erase"), password=text), 422)
    begun = browser.send(browser.get("/me/second-factor").form("/begin"))
    sound(browser.send(begun.form("/me/second-factor"), code=text), 422)
    assert who(browser) == "Kari Nordmann"


@pytest.mark.parametrize("text", HOSTILE[:2], ids=["nul", "long"])
def test_a_password_may_be_anything_and_the_wrong_one_is_wrong(site: Site, kari: str, text: str) -> None:
    browser = site.browser()
    page = sound(browser.send(browser.get("/sign-in").form("/sign-in"), email=KARI, password=text), 403)
    assert text not in page.html
    ask_for_reset(site.world.engine, site.world.anyone, KARI)
    link = path(site, "reset")
    sound(browser.send(browser.get(link).form(link), password=text), 422)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("", ""), ("unix:", "unix:"),
    ],
)  # fmt: skip
def test_one_household_is_one_sender(site: Site, address: str, network: str) -> None:
    with site.app.test_request_context("/sign-in", environ_overrides={"REMOTE_ADDR": address}):
        assert sender() == network


def test_secrets_of_links_stand_in_no_log(site: Site, kari: str, caplog: pytest.LogCaptureFixture) -> None:
    browser = site.browser()
    with caplog.at_level(logging.DEBUG):
        for ask, template in (("/forgotten", "reset"), ("/sign-in", "sign-in-link")):
            form = browser.get(ask).form(ask)
            browser.send(form, email=KARI, way="link")
            link = path(site, template)
            browser.send(browser.get(link).form(link), password=OTHER)
            browser.get(link)
            secret = link.rsplit("/", 1)[1]
            lines = [record.getMessage() for record in caplog.records]
            assert not [line for line in lines if secret in line or KARI in line or OTHER in line]
    rules = re.findall(r'"route": "(/link/[^"]+)"', "\n".join(record.getMessage() for record in caplog.records))
    assert set(rules) == {"/link/reset/<secret>", "/link/sign-in/<secret>"}


def test_pages_for_who_is_signed_in_send_others_to_sign_in_first(site: Site) -> None:
    browser = site.browser()
    for place in ("/me", "/me/email", "/me/password", "/me/second-factor", "/me/erase", "/me/data"):
        page = browser.get(place)
        assert (page.title, page.form("/sign-in").values["next"]) == ("Logg inn", place)


@pytest.mark.parametrize("language", ["nn", "en"])
def test_pages_speak_each_language(site: Site, kari: str, language: str) -> None:
    outside, inside = site.browser(), site.browser(kari)
    outside.send(outside.get("/sign-in").form("/language"), language=language)
    for place in ("/sign-in", "/register", "/forgotten", "/confirm-again"):
        assert sound(outside.get(place)).tree.get("lang") == language
    inside.send(inside.get("/me").form("/language"), language=language)
    for place in ("/me", "/me/email", "/me/password", "/me/second-factor", "/me/erase"):
        assert sound(inside.get(place)).tree.get("lang") == language


def test_pages_take_few_statements(site: Site, kari: str) -> None:
    site.world.organisation(kari)
    browser = site.browser(kari)
    took = {}
    for place in ("/sign-in", "/register", "/me", "/me/password", "/me/second-factor"):
        browser.get(place)
        with counted(site.world) as sent:
            browser.get(place)
        took[place] = len(sent)
    assert took == {"/sign-in": 1, "/register": 1, "/me": 6, "/me/password": 1, "/me/second-factor": 3}
