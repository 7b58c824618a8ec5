"""The authority's front page, and the cases of a call."""

from __future__ import annotations

from flask import render_template, request

from grantengine.services.list_applications import list_of_call
from grantengine.services.see_desk import see_desk
from grantengine.services.what_next import what_next
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS


@office.get("")
@open_to(Who.SIGNED_IN)
def front() -> str:
    """The calls of one's authorities."""
    return render_template("office/front.html", page=what_next(here.engine(), here.by()))


@office.get("/calls/<id>")
@open_to(Who.SIGNED_IN, *DECIDERS, "reviewer")
def cases(id: str) -> str:
    """The cases of a call."""
    desk = see_desk(here.engine(), here.by(), id)
    found = list_of_call(here.engine(), here.by(), id, after=request.args.get("after", ""))
    return render_template("office/cases.html", desk=desk, found=found)
