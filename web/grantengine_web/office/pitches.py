"""The pitches of a round: who hears them, and a time for each that nobody chooses."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.plan_pitches import plan_pitches
from grantengine.services.see_pitches import see_pitches
from grantengine.services.set_panel import set_panel
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.meetings import weekday
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import OSLO, t


@office.get("/calls/<id>/rounds/<round>/pitches")
@open_to(Who.SIGNED_IN, *DECIDERS)
def pitches(id: str, round: str) -> ResponseReturnValue:
    """What is the same for all, the times, and forms for panel and plan."""
    return _page(id, round)


@office.post("/calls/<id>/rounds/<round>/panel")
@open_to(Who.SIGNED_IN, *HANDLERS)
def choose_panel(id: str, round: str) -> ResponseReturnValue:
    """Say who hears every pitch."""
    try:
        set_panel(here.engine(), here.by(), id, round, request.form.getlist("members"))
    except InputError as error:
        return _page(id, round, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, round, (error.problem,), 409)
    flash(t("web.meet.panel-set"))
    return redirect(url_for("office.pitches", id=id, round=round), 303)


@office.post("/calls/<id>/rounds/<round>/pitches")
@open_to(Who.SIGNED_IN, *HANDLERS)
def plan(id: str, round: str) -> ResponseReturnValue:
    """Give everyone who has none a time."""
    form = request.form
    try:
        count = plan_pitches(
            here.engine(), here.by(), id, round, first=f"{form.get('day', '')}T{form.get('first', '')}",
            place=form.get("place", ""), pause_minutes=_number("pause"), per_day=_number("per_day"),
        )  # fmt: skip
    except InputError as error:
        return _page(id, round, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, round, (error.problem,), 409)
    flash(t("web.meet.planned", count=count))
    return redirect(url_for("office.pitches", id=id, round=round), 303)


def _number(name: str) -> int:
    """A whole number of the form; what is none is refused by the service as too small."""
    found = spellings.whole(request.form.get(name, ""))
    return -1 if found is None else found


def _page(id: str, round: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_pitches(here.engine(), here.by(), id, round)
    posted = request.method == "POST"
    return render_template(
        "office/meetings/pitches.html", desk=seen.desk, seen=seen, problems=problems, form=request.form,
        members=request.form.getlist("members") if posted and "members" in request.form else seen.members,
        weekday=weekday, today=here.by().at.astimezone(OSLO).date().isoformat(),
    ), status  # fmt: skip
