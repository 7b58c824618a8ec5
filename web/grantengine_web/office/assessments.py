"""What assessors have found in a case, side by side; who rates it, given and taken back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotAllowedError, NotPossibleError, Problem
from grantengine.services.assign_case import assign_case, end_assignment
from grantengine.services.see_assessments import see_assessments
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.compared import compared
from grantengine_web.office.desk import HANDLERS, WORKERS
from grantengine_web.words import t


@office.get("/cases/<id>/assessments")
@open_to(Who.SIGNED_IN, *WORKERS)
def assessments(id: str) -> ResponseReturnValue:
    """The delivered sheets and the talk about them."""
    return _page(id)


@office.post("/cases/<id>/assessors")
@open_to(Who.SIGNED_IN, *HANDLERS)
def give_to_assessor(id: str) -> ResponseReturnValue:
    """Give the case to one more assessor."""
    form = request.form
    try:
        if not form.get("user"):
            return _page(id, (Problem("assessor-not-chosen"),), 422)
        assign_case(here.engine(), here.by(), id, form["user"], round_id=form.get("round", ""))
    except InputError as error:
        return _page(id, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(t("web.apart.given-now"))
    return redirect(url_for("office.assessments", id=id, _anchor="assessors"), 303)


@office.post("/cases/<id>/assessors/<assignment>/end")
@open_to(Who.SIGNED_IN, *HANDLERS)
def take_from_assessor(id: str, assignment: str) -> ResponseReturnValue:
    """Take the case back from an assessor, with the reason; a leader can say that it is for a conflict of interest."""
    try:
        end_assignment(
            here.engine(), here.by(), assignment, reason=request.form.get("reason", ""),
            conflict=request.form.get("conflict") == "yes", of_case=id,
        )  # fmt: skip
    except InputError as error:
        return _page(id, error.problems, 422, ending=assignment)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409, ending=assignment)
    except NotAllowedError as error:
        if error.code != "own-interest":
            raise
        return _page(id, (error.problem,), 403, ending=assignment)
    flash(t("web.apart.taken-now"))
    return redirect(url_for("office.assessments", id=id, _anchor="assessors"), 303)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200, *, ending: str = "") -> ResponseReturnValue:
    page = see_assessments(here.engine(), here.by(), id)
    fields = {"/reason": f"reason-{ending}"} if ending else {}
    return render_template(
        "office/assessments/assessments.html", page=page, desk=page.desk, tables=compared(page.found, page.plan),
        problems=problems, ending=ending, form=request.form, fields=fields,
    ), status  # fmt: skip
