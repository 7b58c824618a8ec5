"""The pages as people meet them, without a browser: a client that reads pages, follows links and sends forms as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from worlds import PASSWORD, World, parts_of_all

from grantengine.services.sign_in import sign_in
from grantengine_web import create_app
from grantengine_web.here import TOKEN

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CONTROLS = ("input", "textarea", "select")
NAMED_BY_THEMSELVES = ("hidden", "submit", "button")


@dataclass
class Form:
    """A form as it stands on a page: where it goes, and what is in it."""

    action: str
    method: str
    values: MultiDict[str, Any]
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """The name, value and words of each button."""

    def with_values(self, **changes: Any) -> MultiDict[str, Any]:
        """What is sent when these fields are filled in so; None leaves one out, a list gives it several times."""
        values = self.values.copy()
        for name, value in changes.items():
            values.poplist(name)
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    values.add(name, one)
        return values


class Page:
    """An answer of the site."""

    def __init__(self, response: TestResponse) -> None:
        self.response, self.status = response, response.status_code
        self.html = response.get_data(as_text=True)
        self._parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.tree: Element = self._parser.parse(self.html)

    @property
    def place(self) -> str:
        """Where a redirect leads, else the address of the page."""
        return self.response.headers.get("Location") or self.response.request.path

    @property
    def title(self) -> str:
        """The heading of the page."""
        return next((_words(one) for one in self.tree.iter("h1")), "")

    @property
    def words(self) -> str:
        """All that can be read in the main part of the page."""
        main = next(self.tree.iter("main"), self.tree)
        return _words(main)

    @property
    def links(self) -> dict[str, str]:
        """The addresses of links by their words; the first of those with the same."""
        found: dict[str, str] = {}
        for one in self.tree.iter("a"):
            found.setdefault(_words(one), one.get("href") or "")
        return found

    @property
    def problems(self) -> list[str]:
        """What the summary of a form that was not taken says."""
        summary = self.find("div", id="problems")
        return [_words(item) for item in summary.iter("li")] if summary is not None else []

    def find(self, tag: str, **attributes: str) -> Element | None:
        """The first element with these attributes (``class_`` for the class)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        for one in self.tree.iter(tag):
            if all(one.get(name) == value for name, value in wanted.items()):
                return one
        return None

    def form(self, action: str) -> Form:
        """The form whose address ends so.

        :raises LookupError: there is none.
        """
        for form in self.forms():
            if form.action.partition("?")[0].endswith(action):
                return form
        raise LookupError(f"no form to {action} on {self.place}; there are {[one.action for one in self.forms()]}")

    def forms(self) -> Iterator[Form]:
        """All forms of the page."""
        for one in self.tree.iter("form"):
            yield _form(one, self.response.request.path)

    def faults(self) -> list[str]:
        """What is wrong with the page as HTML: errors of the parser, ids twice, fields without a name, headings out of order."""
        found = [f"{code} at {place}" for place, code, _ in self._parser.errors]
        ids = [one.get("id") for one in self.tree.iter() if one.get("id")]
        found += [f"id twice: {id}" for id in sorted({id for id in ids if ids.count(id) > 1} - {None}, key=str)]
        found += list(_unnamed(self.tree))
        for name in ("aria-describedby", "aria-labelledby", "for", "list"):
            for one in self.tree.iter():
                found += [f"{name} of nothing: {id}" for id in (one.get(name) or "").split() if id not in ids]
        levels = [HEADINGS.index(one.tag) + 1 for one in self.tree.iter() if one.tag in HEADINGS]
        if levels.count(1) != 1:
            found.append(f"{levels.count(1)} first headings")
        found += [f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]
        found += [f"inline: {one.tag}" for one in self.tree.iter() if _is_inline(one)]
        found += re.findall(r"\bweb\.[a-z.-]+[a-z]\b", _words(self.tree))
        return found


class Browser:
    """Someone with a browser, signed in or not."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, *, follow: bool = True, **headers: str) -> Page:
        """Open a page; redirects are followed."""
        return Page(self.client.get(path, follow_redirects=follow, headers=headers))

    def post(self, path: str, values: Any = None, *, follow: bool = True, **headers: str) -> Page:
        """Send values to an address, whatever they are; the token that every form carries is added."""
        token = Page(self.client.get("/")).form("/language").values["csrf_token"]
        data = MultiDict(values or {})
        data.setdefault("csrf_token", token)
        return Page(self.client.post(path, data=data, follow_redirects=follow, headers=headers))

    def send(self, form: Form, *, press: str | None = None, follow: bool = True, **changes: Any) -> Page:
        """Send a form, with some fields filled in, by the button with these words (else the first)."""
        values = form.with_values(**changes)
        pressed = [one for one in form.buttons if press is None or one[2] == press]
        if press is not None and not pressed:
            raise LookupError(f"no button «{press}», only {[words for _, _, words in form.buttons]}")
        if pressed and pressed[0][0]:
            values.setlistdefault(pressed[0][0]).append(pressed[0][1])
        if form.method == "get":
            return Page(self.client.get(form.action, query_string=values, follow_redirects=follow))
        return Page(self.client.post(form.action, data=values, follow_redirects=follow))


@dataclass
class Site:
    """The pages on a small world."""

    world: World
    app: Flask

    @classmethod
    def of(cls, world: World) -> Site:
        """The pages of this world, from now on: a process has one application, which keeps nothing but its templates."""
        app = _pages()
        app.extensions["grantengine"] = world.engine
        return cls(world, app)

    def browser(self, user_id: str | None = None) -> Browser:
        """A browser of someone: signed in as this user, or as nobody."""
        browser = Browser(self.app.test_client())
        if user_id is not None:
            with self.world.engine.store.read() as reading:
                user = reading.users.get(user_id)
                assert user is not None
                email = user.email or ""
            opened = sign_in(self.world.engine, self.world.anyone, email=email, password=PASSWORD)
            with browser.client.session_transaction() as session:
                session[TOKEN], session.permanent = opened.secret, True
        return browser


@cache
def _pages() -> Flask:
    app = create_app(parts_of_all())
    app.testing = True
    app.config["RAISE_UNEXPECTED"] = True
    return app


def _words(element: Element) -> str:
    return " ".join("".join(_shown(element)).split())


def _shown(element: Element) -> Iterable[str]:
    if element.tag in ("script", "style", "template") or element.get("hidden") is not None:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _shown(child)
        yield " " if child.tag in BLOCKS else ""
        if child.tail:
            yield child.tail


BLOCKS = frozenset(
    {"p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th", "tr", "legend", "label", "button"}
)


def _form(element: Element, here: str) -> Form:
    values: MultiDict[str, Any] = MultiDict()
    form = Form(element.get("action") or here, (element.get("method") or "get").lower(), values)
    for one in element.iter():
        name = one.get("name") or ""
        kind = (one.get("type") or ("submit" if one.tag == "button" else "text")).lower()
        if one.get("disabled") is not None:
            continue
        if one.tag == "button" and kind == "submit":
            form.buttons.append((name, one.get("value") or "", _words(one)))
        elif not name or one.tag not in CONTROLS:
            continue
        elif one.tag == "textarea":
            values.add(name, (one.text or "").replace("\n", "\r\n"))
        elif one.tag == "select":
            options = list(one.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            for option in chosen:
                values.add(name, option.get("value") if option.get("value") is not None else _words(option))
        elif kind in ("checkbox", "radio"):
            if one.get("checked") is not None:
                values.add(name, one.get("value", "on"))
        elif kind not in ("file", "submit", "button"):
            values.add(name, one.get("value") or "")
    return form


def _unnamed(tree: Element) -> Iterator[str]:
    """Fields that no label names, and links and buttons without words."""
    labelled = {one.get("for") for one in tree.iter("label")}
    wrapped = {id(control) for label in tree.iter("label") for control in label.iter() if control.tag in CONTROLS}
    for one in tree.iter():
        has_name = bool(one.get("aria-label") or one.get("aria-labelledby"))
        if one.tag in CONTROLS and (one.get("type") or "text") not in NAMED_BY_THEMSELVES and one.get("hidden") is None:
            if not has_name and one.get("id") not in labelled and id(one) not in wrapped:
                yield f"no label: {one.get('name')}"
        elif one.tag in ("a", "button") and not has_name and not _words(one):
            yield f"no words: {one.tag} {one.get('href') or one.get('name')}"


def _is_inline(element: Element) -> bool:
    """What the Content-Security-Policy forbids: styles, scripts and handlers that are written into the page."""
    if element.tag == "style" or (element.tag == "script" and not element.get("src")):
        return element.get("type") not in ("application/json", "text/plain")
    return element.get("style") is not None or any(name.startswith("on") for name in element.attrib)
