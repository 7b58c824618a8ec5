"""The front page and the list of calls."""

from __future__ import annotations

from flask import render_template

from grantengine_web.access import Who, open_to
from grantengine_web.catalogue import catalogue


@catalogue.get("/")
@open_to(Who.EVERYONE)
def front() -> str:
    """Where one begins."""
    return render_template("catalogue/front.html")


@catalogue.get("/calls")
@open_to(Who.EVERYONE)
def calls() -> str:
    """Calls that are open, coming and closed."""
    return render_template("catalogue/calls.html")
