"""Every route tried by everyone: who gets in is what ``routes.yaml`` says; to all others there is nothing here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from everyone import OWN, PEOPLE, STRANGERS, Everyone
from reader import Page
from ruamel.yaml import YAML
from tamper import dump
from werkzeug.test import TestResponse

from grantengine.bootstrap import bootstrap
from grantengine_web import create_app
from grantengine_web.access import Who, access_of

FILE = Path(__file__).with_name("routes.yaml")
GROUPS = {"everyone": PEOPLE, "signed in": PEOPLE[1:], "own": OWN}
NOT_ASKED = {"HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Line:
    """A line of the table: who gets in, with what in the address (``at``), the query and the form.

    ``unread`` are parts of the address that the page does not need: what it is about, another part says.
    """

    who: tuple[str, ...]
    at: dict[str, str]
    query: dict[str, str]
    form: dict[str, str]
    unread: tuple[str, ...] = ()


def read_table() -> dict[str, Line]:
    """The lines by method and rule, such as ``GET /calls/<call_id>``.

    :raises ValueError: someone is named whom nobody knows.
    """
    sections: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return {route: _line(route, line) for lines in sections.values() for route, line in lines.items()}


def _line(route: str, line: Any) -> Line:
    parts = line if isinstance(line, dict) else {"who": line}
    named = parts["who"] if isinstance(parts["who"], list) else [parts["who"]]
    who = tuple(person for name in named for person in GROUPS.get(name, (name,)))
    if unknown := set(who) - set(PEOPLE):
        raise ValueError(f"{route}: {', '.join(sorted(unknown))}")
    return Line(who, parts.get("at", {}), parts.get("query", {}), parts.get("form", {}), tuple(parts.get("unread", ())))


TABLE = read_table()


@pytest.fixture(scope="module")
def everyone(sqlite_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    file = tmp_path_factory.mktemp("everyone") / "world.db"
    shutil.copy(sqlite_pattern, file)
    found = Everyone.on(file)
    yield found
    found.world.engine.store.database.close()


def address_of(route: str, line: Line, things: dict[str, str]) -> str:
    """The address that is tried; ``$name`` is a thing of the world."""
    rule = route.split(" ", 1)[1]
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: _said(line.at[found[1]], things), rule)
    query = urlencode({name: _said(value, things) for name, value in line.query.items()})
    return f"{path}?{query}" if query else path


def _said(value: str, things: dict[str, str]) -> str:
    return things[value[1:]] if str(value).startswith("$") else str(value)


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
    form = {name: _said(value, everyone.things) for name, value in line.form.items()}
    everyone.restore()
    before, wrong = dump(everyone.world), []
    for person in PEOPLE:
        if person not in line.who:
            wrong += _not_refused(person, method, everyone.ask(person, method, address, form))
    assert dump(everyone.world) == before
    for person in line.who:
        if method == "POST":
            everyone.restore()
        answer = everyone.ask(person, method, address, form)
        if not is_in(answer):
            wrong.append(f"{person} is refused: {told(answer)}")
        wrong += [f"{person} sees {fault}" for fault in faults_of(answer)]
    assert wrong == []


def _not_refused(person: str, method: str, answer: TestResponse) -> list[str]:
    """What is wrong with how someone is refused."""
    status = answer.status_code
    if person == "signed out":
        leads = answer.headers.get("Location", "").startswith("/sign-in?")
        fits = status == 401 if method == "POST" else status == 302 and leads
    else:
        fits = status == 404 if person in STRANGERS else status in (403, 404)
    return [f"{person} sees {fault}" for fault in faults_of(answer)] if fits else [f"{person} gets {told(answer)}"]


@pytest.mark.parametrize("route", sorted(route for route in TABLE if "<" in route))
def test_what_does_not_exist_is_not_there_for_anyone(everyone: Everyone, route: str) -> None:
    line, method = TABLE[route], route.split(" ", maxsplit=1)[0]
    form = {name: _said(value, everyone.things) for name, value in line.form.items()}
    everyone.restore()
    before, wrong = dump(everyone.world), []
    for name in line.at.keys() - set(line.unread):
        # One part of the address is of nothing; the others are as they should be.
        other = Line(line.who, {**line.at, name: "nothing-at-all"}, line.query, line.form)
        answer = everyone.ask("contact", method, address_of(route, other, everyone.things), form)
        if answer.status_code != 404 or faults_of(answer):
            wrong.append(f"{name}: {told(answer)} {faults_of(answer)}")
    assert wrong == []
    assert dump(everyone.world) == before
