"""The front page: what this is, and the ways in."""

from __future__ import annotations

from flask import render_template

from grantengine.services.list_calls import list_calls
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.catalogue import catalogue

SHOWN = 4


@catalogue.get("/")
@open_to(Who.EVERYONE)
def front() -> str:
    """Where one begins, and the calls whose deadlines are next."""
    return render_template("catalogue/front.html", calls=list_calls(here.engine(), here.by(), limit=SHOWN))
