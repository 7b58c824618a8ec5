"""Who works in a call: cases given out evenly, and those who stand in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.assign_cases import assign_cases
from grantengine.services.see_people import see_people
from grantengine.services.see_sharing import see_sharing
from grantengine.services.stand_in import ROLES, appoint_stand_in, end_stand_in
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.words import labelled, t

APPOINTERS = ("leader", "administrator")
MOST_TOLD = 50
"""Cases that still lack assessors are named up to so many."""


@office.get("/calls/<id>/people")
@open_to(Who.SIGNED_IN, *HANDLERS, "administrator")
def people(id: str) -> ResponseReturnValue:
    """Everyone who works in the call, and those who stand in."""
    return _page(id)


@office.get("/calls/<id>/people/share")
@open_to(Who.SIGNED_IN, *HANDLERS)
def sharing(id: str) -> ResponseReturnValue:
    """How the cases of a round would be given out."""
    return _sharing(id, request.args.get("round", ""))


@office.post("/calls/<id>/people/share")
@open_to(Who.SIGNED_IN, *HANDLERS)
def share_out(id: str) -> ResponseReturnValue:
    """Give the cases of a round to assessors, evenly."""
    round_id = request.form.get("round", "")
    made = assign_cases(here.engine(), here.by(), id, round_id).made
    flash(t("web.people.shared", count=len(made)) if made else t("web.people.shared-none"))
    return redirect(url_for("office.sharing", id=id, round=round_id), 303)


@office.post("/calls/<id>/stand-ins")
@open_to(Who.SIGNED_IN, *APPOINTERS)
def appoint_stand_in_here(id: str) -> ResponseReturnValue:
    """Have someone stand in, in the call or in one case of it."""
    form = request.form
    try:
        appoint_stand_in(
            here.engine(), here.by(), id, email=form.get("email", ""), role=form.get("role", ""),
            reason=form.get("reason", ""), number=form.get("number", ""),
        )  # fmt: skip
    except InputError as error:
        return _page(id, labelled(error.problems, "people"), 422)
    flash(t("web.people.appointed"))
    return redirect(url_for("office.people", id=id, _anchor="stand-ins"), 303)


@office.post("/calls/<id>/stand-ins/<stand_in>/end")
@open_to(Who.SIGNED_IN, *APPOINTERS)
def end_stand_in_here(id: str, stand_in: str) -> ResponseReturnValue:
    """Someone stands in no longer."""
    try:
        end_stand_in(here.engine(), here.by(), stand_in, reason=request.form.get("reason", ""), of_call=id)
    except InputError as error:
        return _page(id, error.problems, 422, ending=stand_in)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409, ending=stand_in)
    flash(t("web.people.ended"))
    return redirect(url_for("office.people", id=id, _anchor="stand-ins"), 303)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200, *, ending: str = "") -> ResponseReturnValue:
    page = see_people(here.engine(), here.by(), id)
    fields = {"/reason": f"reason-{ending}"} if ending else {}
    return render_template(
        "office/people/people.html", page=page, desk=page.desk, problems=problems, ending=ending, form=request.form,
        fields=fields, roles=ROLES,
    ), status  # fmt: skip


def _sharing(id: str, round_id: str) -> ResponseReturnValue:
    page = see_sharing(here.engine(), here.by(), id, round_id)
    return render_template("office/people/sharing.html", page=page, desk=page.desk, most=MOST_TOLD)
