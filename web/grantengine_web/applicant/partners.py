"""Partners of an application: asked, reminded, taken off."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.invite_partner import invite_partner, remind_partner, remove_partner
from grantengine.services.see_overview import see_overview
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import WRITERS, words

FIELDS = ("name", "email", "organisation_number", "task", "language")


@applicant.get("/applications/<id>/partners")
@open_to(Who.SIGNED_IN, *WRITERS)
def partners(id: str) -> ResponseReturnValue:
    """Who has been asked, and what they have answered."""
    return _page(id)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_overview(here.engine(), here.by(), id)
    return render_template(
        "applicant/partners/partners.html", seen=seen, problems=problems, typed=request.form if problems else {},
    ), status  # fmt: skip


@applicant.post("/applications/<id>/partners")
@open_to(Who.SIGNED_IN, *WRITERS)
def ask_partner(id: str) -> ResponseReturnValue:
    """Ask one more."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        invite_partner(
            here.engine(), here.by(), application_id=id, name=typed["name"], email=typed["email"],
            organisation_number=typed["organisation_number"] or None, task=typed["task"] or None,
            language=typed["language"] or here.language(),
        )  # fmt: skip
    except InputError as error:
        return _page(id, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(words().t("web.partners.asked", name=typed["name"].strip()))
    return redirect(url_for("applicant.partners", id=id), 303)


@applicant.post("/applications/<id>/partners/<partner>/remind")
@open_to(Who.SIGNED_IN, *WRITERS)
def remind(id: str, partner: str) -> ResponseReturnValue:
    """Send the link anew."""
    try:
        remind_partner(here.engine(), here.by(), partner, application_id=id)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(words().t("web.partners.reminded"))
    return redirect(url_for("applicant.partners", id=id), 303)


@applicant.post("/applications/<id>/partners/<partner>/remove")
@open_to(Who.SIGNED_IN, *WRITERS)
def take_off(id: str, partner: str) -> ResponseReturnValue:
    """Take one off; its link can no longer be used."""
    try:
        remove_partner(here.engine(), here.by(), partner, application_id=id)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(words().t("web.partners.removed"))
    return redirect(url_for("applicant.partners", id=id), 303)
