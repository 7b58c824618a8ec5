"""What every page shows around itself: addresses of files, where one is, and the way to one's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from urllib.parse import quote

from flask import Flask, request, url_for

from grantengine.services.scan_file import has_scanner
from grantengine_web import here
from grantengine_web.office.desk import call_ways, case_ways


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page, by the key of its words."""

    url: str
    words: str
    current: bool


def lay_out(app: Flask, *, demo: bool = False) -> None:
    """Give the templates what the layout needs."""
    app.jinja_env.globals["is_demo"] = demo
    app.jinja_env.globals.update(
        asset=asset, here_is=here_is, own_links=own_links, this_page=this_page, has_scanner=scans, call_ways=call_ways,
        case_ways=case_ways,
    )  # fmt: skip


def asset(name: str) -> str:
    """The address of a file of ours; it changes with what is in it, so that browsers may keep it for long."""
    return url_for("static", filename=name, v=_mark(name))


@lru_cache(maxsize=64)
def _mark(name: str) -> str:
    content = (resources.files("grantengine_web") / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


def here_is(beginning: str) -> bool:
    """Whether this page is one of those."""
    return (request.endpoint or "").startswith(beginning)


def this_page() -> str:
    """The address of this page, to come back to; that of a form's answer has none."""
    return address() if request.method == "GET" else "/"


def address() -> str:
    """The address that was asked for, as it came: path and query, in signs that an address may hold."""
    query = request.query_string.decode("ascii", errors="ignore")
    return quote(request.path, safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")


def scans() -> bool:
    """Whether files are looked at by a scanner."""
    return has_scanner(here.engine())


def own_links() -> tuple[Link, ...]:
    """The ways for someone who is signed in."""
    person = here.signed_in()
    if person is None:
        return ()
    mine = Link(url_for("applicant.mine"), "web.mine.title", here_is("applicant."))
    return (Link(url_for("office.front"), "web.office.title", here_is("office.")), mine) if person.is_staff else (mine,)
