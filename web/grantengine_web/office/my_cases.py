"""The cases that someone has to rate or handle in a call."""

from __future__ import annotations

from flask import render_template, request

from grantengine.services.list_my_cases import list_my_cases
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import WORKERS

SHOWN = {"left": False, "delivered": True, "all": None}
"""What can be shown, by the word in the address: only what is, or is not, delivered."""
COLOURS = {"not-begun": "neutral", "draft": "info", "delivered": "success", "to-handle": "neutral"}


@office.get("/calls/<id>/mine")
@open_to(Who.SIGNED_IN, *WORKERS)
def my_cases(id: str) -> str:
    """One's own cases, those that are left unless others are asked for; in the order they were given."""
    engine, by = here.engine(), here.by()
    show = request.args.get("show", "")
    show = show if show in SHOWN else "left"
    found = list_my_cases(engine, by, id, after=request.args.get("after", ""), delivered=SHOWN[show])
    return render_template(
        "office/my_cases/my_cases.html", desk=see_desk(engine, by, id), found=found, show=show, shown=SHOWN,
        colours=COLOURS, goes_on="after" in request.args,
    )  # fmt: skip
