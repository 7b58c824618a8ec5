"""Links from messages: what they are about is shown first, and only a button uses one up."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem
from grantengine.services.invite_member import accept_invitation, see_invitation
from grantengine.services.register_on_behalf import confirm_registered
from grantengine.services.see_registered import object_to_registered, see_registered
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.answers import said_pages
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import file_size


def unknown_link(error: NotFoundError) -> ResponseReturnValue:
    """The page for a link that nobody has sent, or that was not copied whole."""
    return render_template("applicant/link_unknown.html", problem=error.problem), 404


@applicant.get("/link/join/<secret>")
@open_to(Who.EVERYONE)
def see_join(secret: str) -> ResponseReturnValue:
    """Who asks for what; it is accepted by someone who has signed in."""
    try:
        seen = see_invitation(here.engine(), here.by(), secret)
    except NotFoundError as error:
        return unknown_link(error)
    return render_template("applicant/link_join.html", seen=seen, secret=secret)


@applicant.post("/link/join/<secret>")
@open_to(Who.SIGNED_IN)
def accept_join(secret: str) -> ResponseReturnValue:
    """Take the role."""
    try:
        organisation_id = accept_invitation(here.engine(), here.by(), secret)
    except NotFoundError as error:
        return unknown_link(error)
    except NotPossibleError as error:
        seen = see_invitation(here.engine(), here.by(), secret)
        return render_template("applicant/link_join.html", seen=seen, secret=secret, problem=error.problem), 409
    flash(words.t("web.join.welcome"))
    return redirect(url_for("applicant.members", organisation_id=organisation_id), 303)


@applicant.get("/link/confirm/<secret>")
@open_to(Who.EVERYONE)
def see_confirm(secret: str) -> ResponseReturnValue:
    """What was written down of what was told; whoever holds the link can read it."""
    return _confirm(secret)


def _confirm(
    secret: str, problems: tuple[Problem, ...] = (), typed: str = "", status: int = 200
) -> ResponseReturnValue:
    try:
        seen = see_registered(here.engine(), here.by(), secret)
    except NotFoundError as error:
        return unknown_link(error)
    return render_template(
        "applicant/link_confirm.html", seen=seen, secret=secret, problems=problems, typed=typed,
        pages=said_pages(seen.paper) if seen.paper else (), file_size=file_size,
    ), status  # fmt: skip


@applicant.post("/link/confirm/<secret>")
@open_to(Who.EVERYONE)
def do_confirm(secret: str) -> ResponseReturnValue:
    """It is right, and counts from now on; pressed again, it is the same answer."""
    try:
        confirm_registered(here.engine(), here.by(), secret=secret)
    except NotFoundError as error:
        return unknown_link(error)
    except NotPossibleError as error:
        return _confirm(secret, (error.problem,), status=409)
    return redirect(url_for("applicant.see_confirm", secret=secret), 303)


@applicant.post("/link/confirm/<secret>/wrong")
@open_to(Who.EVERYONE)
def object_to(secret: str) -> ResponseReturnValue:
    """It is not right: whoever wrote it down is told what is wrong."""
    typed = request.form.get("words", "")
    try:
        object_to_registered(here.engine(), here.by(), secret, typed)
    except NotFoundError as error:
        return unknown_link(error)
    except InputError as error:
        return _confirm(secret, error.problems, typed, 422)
    except NotPossibleError as error:
        return _confirm(secret, (error.problem,), typed, 409)
    flash(words.t("web.confirm.objected"))
    return redirect(url_for("applicant.see_confirm", secret=secret), 303)
