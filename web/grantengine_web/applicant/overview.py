"""The page of an application: where it stands, what can be done now, and what comes next."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.register_on_behalf import confirm_registered
from grantengine.services.see_overview import see_overview
from grantengine.services.withdraw_application import withdraw_application
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import SIGNERS, WRITERS, file_address, file_size, time_left, words


@applicant.get("/applications/<id>")
@open_to(Who.SIGNED_IN, *WRITERS)
def overview(id: str) -> ResponseReturnValue:
    """One's own application at a glance."""
    return _page("overview", id)


def _page(name: str, id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_overview(here.engine(), here.by(), id, after=name == "overview")
    return render_template(
        f"applicant/overview/{name}.html", seen=seen, after=seen.after, now=here.by().at, problems=problems,
        file_size=file_size, address=file_address, typed=request.form, time_left=time_left,
    ), status  # fmt: skip


@applicant.get("/applications/<id>/withdraw")
@open_to(Who.SIGNED_IN, *SIGNERS)
def withdrawing(id: str) -> ResponseReturnValue:
    """What withdrawing means, before it is done."""
    return _page("withdraw", id)


@applicant.post("/applications/<id>/withdraw")
@open_to(Who.SIGNED_IN, *SIGNERS)
def withdraw(id: str) -> ResponseReturnValue:
    """Withdraw, with a reason where one is given."""
    try:
        withdraw_application(here.engine(), here.by(), id, reason=request.form.get("reason", ""))
    except InputError as error:
        return _page("withdraw", id, error.problems, 422)
    except NotPossibleError as error:
        return _page("overview", id, (error.problem,), 409)
    flash(words().t("web.withdraw.done"))
    return redirect(url_for("applicant.overview", id=id), 303)


@applicant.post("/applications/<id>/confirm")
@open_to(Who.SIGNED_IN, *SIGNERS)
def confirm_told(id: str) -> ResponseReturnValue:
    """What a handler wrote down is right."""
    try:
        confirm_registered(here.engine(), here.by(), application_id=id)
    except NotPossibleError as error:
        return _page("overview", id, (error.problem,), 409)
    return redirect(url_for("applicant.receipt", id=id), 303)
