"""Where assessors are far apart in a call, and whether they have talked about it."""

from __future__ import annotations

from flask import render_template

from grantengine.services.list_disagreements import list_disagreements
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS


@office.get("/calls/<id>/disagreements")
@open_to(Who.SIGNED_IN, *HANDLERS)
def disagreements(id: str) -> str:
    """Every case and criterion over the limit, those that are not settled first."""
    engine, by = here.engine(), here.by()
    found = sorted(list_disagreements(engine, by, id), key=lambda one: one.discussed)
    return render_template(
        "office/disagreements/disagreements.html", desk=see_desk(engine, by, id), found=found,
        left=sum(not one.discussed for one in found),
    )  # fmt: skip
