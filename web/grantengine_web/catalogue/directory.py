"""The directory of organisations: partners to work with, and mentors."""

from __future__ import annotations

from flask import render_template

from grantengine.errors import InputError, Problem
from grantengine.services.find_organisations import Entries, find_organisations
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.catalogue import catalogue
from grantengine_web.catalogue.asked import asked_for, without

FILTERS = ("words", "place", "activity", "language", "mentor")
SHOWN = 24


@catalogue.get("/organisations")
@open_to(Who.EVERYONE)
def organisations() -> str:
    """Organisations that want to be found, by what they do and where."""
    asked, after = asked_for(*FILTERS), asked_for("after")["after"]
    found, problems = _found({**asked, "after": after})
    return render_template(
        "catalogue/organisations.html", found=found, asked=asked, after=after, problems=problems,
        used={name: value for name, value in asked.items() if value},
    )  # fmt: skip


def _found(asked: dict[str, str]) -> tuple[Entries, tuple[Problem, ...]]:
    try:
        return find_organisations(here.engine(), here.by(), **asked, limit=SHOWN), ()
    except InputError as error:
        return find_organisations(here.engine(), here.by(), **without(asked, error), limit=SHOWN), error.problems
