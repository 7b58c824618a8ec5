"""The letters of what was decided: having them sent, and how far they have come."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.see_desk import see_desk
from grantengine.services.see_telling import see_telling
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS
from grantengine_web.words import t

SAMPLES, MOST_SHOWN = 5, 20


@office.get("/proposals/<id>/letters")
@open_to(Who.SIGNED_IN, *DECIDERS)
def telling_proposal(id: str) -> ResponseReturnValue:
    """How many letters have gone out, of how many; before that, what they will look like."""
    seen = see_telling(here.engine(), here.by(), id)
    return render_template(
        "office/rank/telling.html", desk=see_desk(here.engine(), here.by(), seen.call_id), seen=seen, id=id,
        samples=seen.waits[:SAMPLES], shown=seen.waits[:MOST_SHOWN],
    )  # fmt: skip


@office.post("/proposals/<id>/letters")
@open_to(Who.SIGNED_IN, *DECIDERS)
def tell_proposal(id: str) -> ResponseReturnValue:
    """Have the letters sent, in the background."""
    ordered = publish_decisions(here.engine(), here.by(), id)
    flash(t("web.rank.letters.ordered" if ordered else "web.rank.letters.none-wait"))
    return redirect(url_for("office.telling_proposal", id=id), 303)
