"""The event logs in words: of a case, a call and an authority; in every language, and at the same cost whatever has happened."""

from __future__ import annotations

import ast
from pathlib import Path

from closed import closed, decided, sent
from reader import Site
from stage import Stage
from statements import counted

import grantengine
from grantengine.lifecycle import LIFECYCLE
from grantengine.services.erase_application import erase_application
from grantengine.services.see_trail import AT_ONCE
from grantengine.services.write_reasons import write_reasons
from grantengine_web.words import texts_of

OF_OTHERS = {
    # of users
    "code-used", "email-change-asked", "email-changed", "password-changed", "password-hashed-anew", "password-reset",
    "password-reset-asked", "second-factor-begun", "second-factor-dropped", "second-factor-off", "second-factor-on",
    "sign-in-link-asked", "sign-in-link-used", "signed-in", "signed-out", "signed-out-elsewhere", "spare-code-used",
    "user-edited", "user-erased", "user-registered", "user-verified", "verification-asked",
    # of organisations
    "alerts-asked", "alerts-stopped", "host-asked", "host-consented", "host-ended", "invitation-taken-back",
    "member-invited", "member-joined", "member-left", "member-left-network", "member-taken-in", "membership-asked",
    "organisation-created", "organisation-edited", "organisation-refreshed", "written-to",
    # of schemes
    "version-published",
}  # fmt: skip
"""What is told in trails that no page of the authority shows."""
PUT_TOGETHER = {"partner-confirmed", "partner-declined", "words-erased"} | {one.verb for one in LIFECYCLE.transitions}
SERVICES = Path(grantengine.__file__).parent / "services"


def recorded() -> set[str]:
    """Every verb that a service records outright."""
    return {
        verb.value
        for file in SERVICES.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
        and isinstance(node.func.value, ast.Name) and node.func.value.id == "work" and node.args
        for verb in ast.walk(node.args[0])
        if isinstance(verb, ast.Constant) and isinstance(verb.value, str) and not verb.value.endswith("-")
    }  # fmt: skip


def test_everything_that_services_tell_of_has_words(site: Site) -> None:
    texts = texts_of(site.world.engine)
    verbs = (recorded() | PUT_TOGETHER) - OF_OTHERS
    assert {verb for verb in verbs if not texts.has(f"web.trail.verb.{verb}")} == set()
    assert recorded() >= OF_OTHERS


def test_a_decided_case_is_told_in_words(site: Site) -> None:
    stage = Stage(site.world)
    there = sent(stage)
    browser = site.browser(stage.handler.id)
    page = browser.get(f"/office/cases/{there.first.id}/trail")
    assert (page.status, page.faults()) == (200, [])
    words = page.words.replace("\xa0", " ")
    told = ["Brevet om tilskudd ble sendt", "Vedtok svaret", "Det ble foreslått et svar", "Sendte inn søknaden"]
    places = [words.index(one) for one in told]
    assert places == sorted(places), "newest first"
    assert "300 000 kr" in words
    assert "Hanne Handler" in words
    assert "Lagret utkastet" not in words
    for language in ("nn", "en"):
        browser.send(page.form("/language"), language=language)
        page = browser.get(f"/office/cases/{there.first.id}/trail")
        assert (page.faults(), page.tree.get("lang")) == ([], language)


def test_of_a_call_nothing_is_told_that_was_written_of_one_applicant(site: Site) -> None:
    stage = Stage(site.world)
    there = closed(stage)
    decided(stage, there)
    administrator = site.browser(stage.admin.id)
    page = administrator.get(f"/office/calls/{there.call}/trail")
    assert (page.status, page.faults()) == (200, [])
    assert "Fordelingen ble vedtatt" in page.words
    page = administrator.get(f"/office/authorities/{stage.authority}/trail")
    assert (page.status, page.faults()) == (200, [])
    assert "Ga en person en rolle" in page.words
    assert administrator.get(f"/office/cases/{there.first.id}/trail").status in (403, 404)
    assert site.browser(there.second.id).get(f"/office/calls/{there.call}/trail").status == 403
    assert site.browser(there.second.id).get(f"/office/cases/{there.first.id}/trail").status == 403


def test_what_has_been_erased_is_told_as_erased(site: Site) -> None:
    stage = Stage(site.world)
    case = stage.withdrawn()
    stage.world.clock.turn(days=4000)
    erase_application(stage.engine, stage.system, case.id, reason="Lang tid siden")
    page = site.browser(stage.handler.id).get(f"/office/cases/{case.id}/trail")
    assert (page.status, page.faults()) == (200, [])
    assert "Slettet det som var skrevet i saken" in page.words
    assert "Det som sto her, er slettet." in page.words


def test_few_and_many_events_cost_the_same(site: Site) -> None:
    stage = Stage(site.world)
    there = closed(stage)
    browser, path = site.browser(stage.handler.id), f"/office/cases/{there.first.id}/trail"
    browser.get(path)
    with counted(site.world) as few:
        browser.get(path)
    for place in range(AT_ONCE + 5):
        write_reasons(stage.engine, stage.handler, there.first.id, note=f"Merknad {place}")
    with counted(site.world) as many:
        page = browser.get(path)
    assert len(few) == len(many)
    assert page.words.count("Skrev begrunnelsen til brevet") >= AT_ONCE
    older = browser.get(page.links["Eldre"])
    assert older.faults() == []
    assert "Sendte inn søknaden" in older.words
    assert "Det nyeste" in older.links
