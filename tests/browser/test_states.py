"""Pages in the states that no route has by itself: with nothing there, with something refused, in other languages."""

from __future__ import annotations

import pytest
from browser.conftest import Visits
from browser.test_pages import PAGES
from browser.town import SIGNED_OUT, Town, served_here
from browser.visitors import faults_in_every_way, no_sideways_scroll, press_until, tab_to

from grantengine_web import create_app

STATES = {
    "not there": (SIGNED_OUT, "/nowhere/at/all", 404),
    "not mine": ("newcomer", "/applications/{draft}", 404),
    "sign in first": (SIGNED_OUT, "/applications/{draft}", 200),
    "no link": (SIGNED_OUT, "/link/verify/none", 404),
    "no link of a partner": (SIGNED_OUT, "/link/partner/none", 404),
    "no calls": (SIGNED_OUT, "/calls?q=finnes+ikke", 200),
    "call to come": (SIGNED_OUT, "/calls/{coming}", 200),
    "closed call": (SIGNED_OUT, "/calls/{other-call}", 200),
    "pre-check": (SIGNED_OUT, "/pre-check?members=40&employees=0&municipality=0301", 200),
    "pre-check of a call": (SIGNED_OUT, "/pre-check?call={call}&members=1", 200),
    "no partners": (SIGNED_OUT, "/organisations?q=finnes+ikke", 200),
    "nobody's own": ("newcomer", "/mine", 200),
    "nobody's alerts": ("newcomer", "/alerts", 200),
    "nothing to apply for": ("newcomer", "/calls/{call}/apply", 200),
    "without a number": ("contact", "/organisations/new?unnumbered=1", 200),
    "in the register": ("contact", "/organisations/{registered}", 200),
    "members of a network": ("contact", "/organisations/{network}/members", 200),
    "asked to be a host": ("contact", "/organisations/{host}/hosting", 200),
    "writer reads it through": ("writer", "/applications/{draft}/preview", 200),
    "submitted": ("contact", "/applications/{submitted}", 200),
    "changes asked": ("contact", "/applications/{asked}", 200),
    "changes written": ("contact", "/applications/{asked}/form/project", 200),
    "told by others": ("contact", "/applications/{told}", 200),
    "decided": ("contact", "/applications/{decided}", 200),
    "first part": ("contact", "/applications/{draft}/form/organisation", 200),
    "asks about an answer": ("contact", "/applications/{submitted}/threads?about=summary", 200),
    "read in full": ("contact", "/applications/{submitted}/preview", 200),
    "booked": ("contact", "/calls/{call}/meetings?organisation={booker}", 200),
    "letter of an office": ("handler", "/letters/{letter}", 200),
    "nobody's office": ("newcomer", "/office", 200),
    "no case like that": ("handler", "/office/calls/{call}?words=finnes+ikke", 200),
    "cases of a few": ("handler", "/office/calls/{call}?owner=none&status=submitted", 200),
    "before anyone has applied": ("handler", "/office/calls/{coming}", 200),
    "tied in a call": ("tied", "/office/calls/{call}", 200),
    "said that one is tied": ("tied", "/office/calls/{call}/interests", 200),
    "nothing to rate": ("assessor", "/office/calls/{other-call}/mine", 200),
    "rules to answer": ("handler", "/office/cases/{judged}", 200),
    "case that waits": ("handler", "/office/cases/{asked}", 200),
    "nothing to share": ("handler", "/office/calls/{call}/proposals", 200),
    "for a committee": ("handler", "/office/proposals/{committee-proposal}", 200),
    "letter before anything": ("handler", "/office/cases/{submitted}/letter", 200),
    "letter that is sent": ("handler", "/office/cases/{decided}/letter", 200),
}
"""Who looks, where, and the status of what comes."""
REFUSED = {
    "sign in": (SIGNED_OUT, "/sign-in", "main form"),
    "register": (SIGNED_OUT, "/register", "main form"),
    "forgotten": (SIGNED_OUT, "/forgotten", "main form"),
    "new password": (SIGNED_OUT, "/link/reset/{reset-link}", "main form"),
    "partner": (SIGNED_OUT, "/link/partner/{partner-link}", "main form:has([name=answer])"),
    "new organisation": ("contact", "/organisations/new?unnumbered=1", "main form:has(#name)"),
    "member": ("contact", "/organisations/{organisation}/members", "main form:has(#email)"),
    "host": ("contact", "/organisations/{organisation}/hosting", "main form:has(#number)"),
    "invite": ("contact", "/applications/{draft}/partners", "main form:has(#email)"),
    "file": ("contact", "/applications/{draft}/files/budget_file", "main form:has([type=file])"),
    "hand in": ("contact", "/applications/{ready}/preview", "main form:has(#confirmed)"),
    "ask": ("contact", "/applications/{submitted}/threads", "main form:has(textarea)"),
    "reply": ("contact", "/applications/{submitted}/threads/{thread}", "main form:has(textarea)"),
    "no change": ("contact", "/applications/{asked}/changes", "main form:has(textarea)"),
    "appeal": ("contact", "/applications/{decided}/decision/appeal", "main form:has(textarea)"),
    "decline": ("contact", "/applications/{decided}/decision/decline", "main form"),
    "book": ("contact", "/calls/{call}/meetings?organisation={organisation}", "main form:has([name=slot])"),
    "address": ("contact", "/me/email", "main form"),
    "password": ("contact", "/me/password", "main form"),
    "erase": ("contact", "/me/erase", "main form"),
    "name": ("contact", "/me", "main form:has(#name)"),
    "ties": ("handler", "/office/calls/{call}/interests", "form.site-ties"),
    "give": ("handler", "/office/calls/{call}", "form.site-queue-many"),
    "stand-in": ("leader", "/office/calls/{call}/people", "main form:has(#email)"),
    "changes": ("handler", "/office/cases/{submitted}/changes?question=summary", "main form:has(#reason)"),
    "meeting": ("handler", "/office/cases/{submitted}/meetings/log", "main form:has(#summary)"),
    "times": ("handler", "/office/calls/{call}/rounds/guidance/slots", "main form:has(#day)"),
    "rule": ("handler", "/office/cases/{judged}", "main form[action*='/rules/']"),
    "hand move": ("handler", "/office/proposals/{proposal}/cases/{proposed}", "main form:has(#amount)"),
    "drop": ("handler", "/office/proposals/{proposal}/drop", "main form:has(textarea)"),
    "resolution": ("handler", "/office/proposals/{committee-proposal}/resolution", "main form:has(#committee)"),
    "appoint": ("administrator", "/office/authorities/{authority}", "main form:has(#email)"),
}
"""Who sends which form with nothing in it, past what the browser itself asks for."""
SENT = {
    "GET /link/partner/<secret>", "GET /letters/<id>", "GET /office/cases/<id>/letter/preview", "GET /office/proposals/<id>/paper",
}  # fmt: skip
"""What is in the language that it was sent in, whoever reads it."""
_ADD = "() => document.querySelector('main').insertAdjacentHTML('beforeend', `"
_STYLE = "() => document.adoptedStyleSheets[document.adoptedStyleSheets.push(new CSSStyleSheet()) - 1].replaceSync(`"
PLANTED = {
    "script": ("() => { setTimeout(() => { throw new Error('broke') }, 0) }", "script: broke"),
    "console": ("() => console.error('not well')", "console: not well"),
    "policy": ("() => document.head.append(Object.assign(document.createElement('style'), {textContent: 'a {top: 0}'}))", "Content Security Policy"),
    "no file": ("() => { new Image().src = '/none.png' }", "404: GET"),
    "no name": (f"{_ADD}<button></button>`)", ": button-name: "),
    "pale": (f"{_STYLE}p {{color: #bbb; background: #fff}}`)", ": color-contrast: "),
    "pale in the dark": (f"{_STYLE}@media (prefers-color-scheme: dark) {{ p {{color: #444; background: #222}} }}`)", "dark: "),
    "too wide": (f"{_STYLE}main {{width: 330px; max-width: none}}`)", " px on 320"),
    "too wide from the right": (f"{_STYLE}p {{position: absolute; left: -50px}}`)", "from the right: "),
    "one over the other": (f"{_STYLE}p a {{position: absolute; top: 0; left: 0; width: 100vw; height: 300px}}`)", " over "),
    "no focus": (f"{_STYLE}p a:focus {{outline: none !important; box-shadow: none !important}}`)", "the focus does not show"),
    "focus out of sight": (f"{_STYLE}p a {{position: absolute; left: -900px}}`)", "is out of sight"),
    "not reached": ("() => addEventListener('keydown', (key) => { if (document.activeElement.matches('p a')) key.preventDefault() })", "not reached"),
}  # fmt: skip
"""What harms a page, and what is said of it then."""
EMPTY = """(form) => {
  form.noValidate = true;
  for (const one of form.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (one.type === "checkbox" || one.type === "radio") one.checked = false;
    else one.value = "";
  }
}"""


@pytest.mark.parametrize("state", STATES)
def test_page_is_for_everyone_in_other_states(looker: Visits, town: Town, state: str) -> None:
    person, path, status = STATES[state]
    page = looker(person).page
    answer = page.goto(town.address + path.format(**town.things))
    assert answer is not None
    assert answer.status == status
    assert faults_in_every_way(page) == []


@pytest.mark.parametrize("form", REFUSED)
def test_form_that_is_not_taken_is_for_everyone(looker: Visits, town: Town, form: str) -> None:
    person, path, where = REFUSED[form]
    visitor = looker(person)
    page = visitor.go(path.format(**town.things))
    page.locator(where).first.evaluate(EMPTY)
    visitor.presses(page.locator(where).first.locator("button:not([tabindex='-1'], [type=button])").first)
    assert page.locator("#problems, .ds-alert").count() > 0, visitor.words()
    assert faults_in_every_way(page) == []


def test_number_that_nobody_can_have_is_refused_for_everyone(looker: Visits, town: Town) -> None:
    visitor = looker("contact")
    page = visitor.go("/organisations/new")
    page.fill("#number", "974760674")
    visitor.presses(page.locator("main form:has(#number) button"))
    assert page.locator("#number[aria-invalid=true]").count() == 1, visitor.words()
    assert faults_in_every_way(page) == []


def test_messages_of_a_demo_are_for_everyone(looker: Visits, town: Town) -> None:
    page = looker(SIGNED_OUT).page
    with served_here(create_app(town.everyone.world.engine, demo=True)) as address:
        for path in ("/demo/messages", "/demo/messages?address=nobody@example.org", "/"):
            page.goto(address + path)
            assert faults_in_every_way(page) == []
        page.goto("about:blank")


@pytest.mark.parametrize("language", ["nn", "en"])
def test_words_of_other_languages_have_room(looker: Visits, town: Town, language: str) -> None:
    found = []
    for route in PAGES:
        page = looker(town.looker(route), language).go(town.path(route))
        page.set_viewport_size({"width": 320, "height": 800})
        found += no_sideways_scroll(page)
        if route not in SENT:
            assert page.get_attribute("html", "lang") == language, route
    assert found == []


def test_pages_are_whole_without_scripts(looker: Visits, town: Town) -> None:
    for route in PAGES:
        page = looker(town.looker(route), js=False).go(town.path(route))
        assert page.locator("h1").count() == 1, route
        assert no_sideways_scroll(page) == []


def test_an_application_is_written_and_handed_in_by_keys_alone(looker: Visits, town: Town) -> None:
    visitor = looker("contact")
    page = visitor.go("/applications/{draft}".format(**town.things))

    def go_on(what: str) -> None:
        tab_to(page, what)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    def write(**answers: str) -> None:
        for question, words in answers.items():
            tab_to(page, f"[name='a.{question}']")
            page.keyboard.type(words)

    go_on("main a[href$='/form']")
    write(members="40", employees="0", municipality="Oslo")
    go_on("button[value=next]:not([tabindex='-1'])")
    write(summary="Språkkafé hver torsdag.")
    tab_to(page, "[name='a.continues_earlier']")
    press_until(page, "ArrowDown", "[name='a.continues_earlier'][value=no]:checked")
    write(requested="150000", own_funding="10000", target_group_share="80")
    go_on("button[value=review]:not([tabindex='-1'])")
    tab_to(page, "#confirmed")
    page.keyboard.press("Space")
    go_on("main form button[data-variant=primary]")
    assert page.url.endswith("/receipt"), visitor.words()
    town.everyone.restore()


@pytest.mark.parametrize(("plant", "said"), PLANTED.values(), ids=PLANTED)
def test_a_fault_is_noticed(looker: Visits, plant: str, said: str) -> None:
    visitor = looker(SIGNED_OUT)
    page = visitor.go("/")
    page.evaluate("document.querySelector('main').innerHTML = '<h1>Her</h1><p>Noe <a href=\"/\">der</a></p>'")
    assert faults_in_every_way(page) + visitor.faults == []
    page.evaluate(plant)
    page.wait_for_load_state("networkidle")
    assert [fault for fault in faults_in_every_way(page) + visitor.faults if said in fault] != []
    visitor.faults.clear()
