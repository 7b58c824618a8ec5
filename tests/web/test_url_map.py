"""Every route tried by everyone: who gets in is what ``routes.yaml`` says; to all others there is nothing here."""

from __future__ import annotations

import pytest
from everyone import PEOPLE, STRANGERS, Everyone
from reader import Page
from routes import Line, address_of, read_table, said
from tamper import raw
from werkzeug.test import TestResponse

from grantengine.bootstrap import bootstrap
from grantengine_web import create_app
from grantengine_web.access import Who, access_of

NOT_ASKED = {"HEAD", "OPTIONS"}


TABLE = read_table()


def is_in(answer: TestResponse) -> bool:
    """Whether someone got in; a form that is not filled in right is told so only to those who may send it."""
    return answer.status_code not in (401, 403, 404) and not answer.headers.get("Location", "").startswith("/sign-in?")


def faults_of(answer: TestResponse) -> list[str]:
    """What is wrong with a page as HTML; letters are pages of their own, with the style that the policy names."""
    if answer.mimetype != "text/html" or answer.status_code in (302, 303):
        return []
    own_style = "'sha256-" in answer.headers["Content-Security-Policy"]
    return [fault for fault in Page(answer).faults() if not (own_style and fault == "inline: style")]


def told(answer: TestResponse) -> str:
    """What someone got, in short."""
    words = Page(answer).words[:200] if answer.mimetype == "text/html" else ""
    return f"{answer.status_code} {answer.headers.get('Location', '')} {words}"


def test_every_route_has_its_line() -> None:
    app = create_app(bootstrap({}))
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - NOT_ASKED
    }
    assert routes == TABLE.keys()


def test_those_who_get_in_without_signing_in_are_those_the_views_declare() -> None:
    app = create_app(bootstrap({}))
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint) if rule.endpoint != "static" else None
        for method in (rule.methods or set()) - NOT_ASKED if access else ():
            assert ("signed out" in TABLE[f"{method} {rule.rule}"].who) == (access.who is Who.EVERYONE), rule.rule


@pytest.mark.parametrize("route", sorted(TABLE))
def test_who_gets_in_is_what_the_table_says(everyone: Everyone, route: str) -> None:
    line, method = TABLE[route], route.split(" ", maxsplit=1)[0]
    address = address_of(route, line, everyone.things)
    form = {name: said(value, everyone.things) for name, value in line.form.items()}
    everyone.restore()
    before, wrong = raw(everyone.world), []
    for person in PEOPLE:
        if person not in line.who:
            wrong += _not_refused(person, method, address, everyone.ask(person, method, address, form))
    assert raw(everyone.world) == before
    for person in line.who:
        if method == "POST":
            everyone.restore()
        answer = everyone.ask(person, method, address, form)
        if not is_in(answer):
            wrong.append(f"{person} is refused: {told(answer)}")
        wrong += [f"{person} sees {fault}" for fault in faults_of(answer)]
    assert wrong == []


def _not_refused(person: str, method: str, address: str, answer: TestResponse) -> list[str]:
    """What is wrong with how someone is refused."""
    status = answer.status_code
    if person == "signed out":
        leads = answer.headers.get("Location", "").startswith("/sign-in?")
        fits = status == 401 if method == "POST" else status == 302 and leads
    else:
        # That there is a call, and an authority, everyone knows; that there is a case, nobody who has nothing to do with it.
        is_known = address.startswith(("/office/calls/", "/office/authorities/"))
        fits = status == 404 if person in STRANGERS and not is_known else status in (403, 404)
    return [f"{person} sees {fault}" for fault in faults_of(answer)] if fits else [f"{person} gets {told(answer)}"]


def _insider(line: Line) -> str:
    """Someone for whom much is there."""
    return next((person for person in ("contact", "handler", "leader") if person in line.who), line.who[0])


@pytest.mark.parametrize("route", sorted(route for route in TABLE if "<" in route))
def test_what_does_not_exist_is_not_there_for_anyone(everyone: Everyone, route: str) -> None:
    line, method = TABLE[route], route.split(" ", maxsplit=1)[0]
    form = {name: said(value, everyone.things) for name, value in line.form.items()}
    everyone.restore()
    before, wrong = raw(everyone.world), []
    for name in line.at:
        # One part of the address is of nothing; the others are as they should be.
        other = Line(line.who, {**line.at, name: "nothing-at-all"}, line.query, line.form)
        answer = everyone.ask(_insider(line), method, address_of(route, other, everyone.things), form)
        if answer.status_code != 404 or faults_of(answer):
            wrong.append(f"{name}: {told(answer)} {faults_of(answer)}")
    assert wrong == []
    assert raw(everyone.world) == before


OTHERS = {
    "$draft": "$submitted",
    "$submitted": "$draft",
    "$call": "$other-call",
    "$proposed": "$submitted",
    "$judged": "$submitted",
}


@pytest.mark.parametrize("route", sorted(route for route, line in TABLE.items() if len(line.at) > 1))
def test_what_does_not_belong_together_is_not_there(everyone: Everyone, route: str) -> None:
    line, method = TABLE[route], route.split(" ", maxsplit=1)[0]
    form = {name: said(value, everyone.things) for name, value in line.form.items()}
    everyone.restore()
    before = raw(everyone.world)
    at = {name: OTHERS.get(value, value) for name, value in line.at.items()}
    answer = everyone.ask(
        _insider(line), method, address_of(route, Line(line.who, at, line.query, form), everyone.things), form
    )
    # What stands in the form of both applications, or in the scheme of both calls, is there in either.
    page = "/form/" in route or route.endswith(("/files/<question>", "/rounds/<round>/slots"))
    assert (answer.status_code == 404) != page, told(answer)
    assert page or raw(everyone.world) == before
