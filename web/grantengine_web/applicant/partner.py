"""The page of a partner: no account is needed, and nothing of the application is shown but its own part."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem
from grantengine.services.invite_partner import answer_as_partner, see_as_partner
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.links import unknown_link

FIELDS = ("answer", "person", "task", "amount")


@applicant.get("/link/partner/<secret>")
@open_to(Who.EVERYONE)
def partner(secret: str) -> ResponseReturnValue:
    """Who asks, for what, and what is shared; afterwards what was answered."""
    return _page(secret)


def _page(
    secret: str, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    try:
        part = see_as_partner(here.engine(), here.by(), secret)
    except NotFoundError as error:
        return unknown_link(error)
    typed = typed or {"task": part.task or ""}
    return render_template("applicant/partner.html", part=part, secret=secret, typed=typed, problems=problems), status


@applicant.post("/link/partner/<secret>")
@open_to(Who.EVERYONE)
def answer_partner(secret: str) -> ResponseReturnValue:
    """Yes or no, once, in the partner's own words."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        answer_as_partner(
            here.engine(), here.by(), secret, typed["answer"], person=typed["person"], task=typed["task"],
            amount=typed["amount"],
        )  # fmt: skip
    except NotFoundError as error:
        return unknown_link(error)
    except InputError as error:
        return _page(secret, typed, error.problems, 422)
    except NotPossibleError as error:
        return _page(secret, typed, (error.problem,), 409)
    return redirect(url_for("applicant.partner", secret=secret), 303)
