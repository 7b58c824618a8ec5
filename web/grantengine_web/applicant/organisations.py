"""An organisation: made for the first time, its profile, and how others see it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import ConflictError, InputError, NotAllowedError, NotPossibleError, Problem
from grantengine.services.create_organisation import create_organisation
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.find_organisations import see_entry
from grantengine.services.look_up_organisation import RegisterSays, look_up_organisation
from grantengine.services.read_organisation import OrganisationView, read_organisation
from grantengine.services.refresh_organisation import refresh_organisation
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.account.typed import local, sender, told
from grantengine_web.applicant import applicant
from grantengine_web.applicant.profile_form import (
    KINDS,
    as_written,
    at_fields,
    changes_of,
    clashes,
    places,
    written,
)
from grantengine_web.forms import spellings


def is_contact(view: OrganisationView) -> bool:
    """Whether who asks is a contact, and is shown what contacts can do; the services know it by themselves."""
    return any(one.user_id == here.by().id and one.role == "contact" for one in view.people)


@applicant.get("/organisations/new")
@open_to(Who.SIGNED_IN)
def new_organisation() -> str:
    """Begin by the number; without one, by the name. Where one comes from is kept, and one goes on there afterwards."""
    if "unnumbered" in request.args:
        return _new({"language": here.language()}, None)
    return _number()


@applicant.post("/organisations/new/number")
@open_to(Who.SIGNED_IN)
def look_up_number() -> ResponseReturnValue:
    """Ask the register, and show what it says; nothing is made yet."""
    number = request.form.get("number", "")
    try:
        says = look_up_organisation(here.engine(), here.by(), number, sender=sender())
    except InputError as error:
        return _number(error.problems, number), 422
    except NotPossibleError as error:
        return _number((_at_number(error.problem),), number, exists=True), 409
    except NotAllowedError as error:
        problems, status = told(error)
        return _number(problems, number), status
    typed = {
        "number": says.number, "name": says.name or "", "municipality": says.municipality or "",
        "founded": str(says.founded or ""), "language": here.language(),
    }  # fmt: skip
    return _new(typed, says)


@applicant.post("/organisations/new")
@open_to(Who.SIGNED_IN)
def make_organisation() -> ResponseReturnValue:
    """Make it, as it stands in the form; who does so is its first contact."""
    typed = written(request.form)
    given = changes_of(typed)
    try:
        made = create_organisation(
            here.engine(), here.by(), name=given["name"], number=given["number"] or None,
            kind=given["kind"] or "organisation", municipality=given["municipality"] or None, founded=given["founded"],
            language=given["language"] or here.language(),
        )  # fmt: skip
    except InputError as error:
        return _new(typed, None, at_fields(error.problems)), 422
    except NotPossibleError as error:
        return _number((_at_number(error.problem),), typed.get("number", ""), exists=True), 409
    to = _next()
    if to:
        flash(words.t("web.organisation.made-on"))
        return redirect(to if "?" in to else f"{to}?organisation={made}", 303)
    flash(words.t("web.organisation.made"))
    return redirect(url_for("applicant.organisation", organisation_id=made), 303)


def _next() -> str:
    """Where one was on the way to, on this site; empty where one was not."""
    return local(request.values.get("next"), "")


def _number(problems: tuple[Problem, ...] = (), number: str = "", *, exists: bool = False) -> str:
    return render_template(
        "applicant/new_number.html", problems=problems, number=number, exists=exists, next=_next()
    )  # fmt: skip


def _new(typed: dict[str, str], says: RegisterSays | None, problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "applicant/new_organisation.html", typed=typed, says=says, problems=problems, kinds=KINDS, places=places(),
        next=_next(),
    )  # fmt: skip


def _at_number(problem: Problem) -> Problem:
    return at_fields([Problem(problem.code, type(problem.where)(pointer="/number"), problem.params)])[0]


@applicant.get("/organisations/<organisation_id>")
@open_to(Who.SIGNED_IN, "contact", "writer", "signatory")
def organisation(organisation_id: str) -> str:
    """The profile; a contact can change it."""
    view = read_organisation(here.engine(), here.by(), organisation_id)
    return _profile(view, as_written(view), view.version)


@applicant.post("/organisations/<organisation_id>")
@open_to(Who.SIGNED_IN, "contact")
def change_organisation(organisation_id: str) -> ResponseReturnValue:
    """Keep the profile; where someone else has changed it meanwhile, show both sides, and keep neither."""
    typed = written(request.form)
    version = spellings.whole(typed.get("version", "")) or 0
    changes = changes_of(typed, without=() if "number" in typed else ("number",))
    try:
        edit_organisation(here.engine(), here.by(), organisation_id, version, changes)
    except InputError as error:
        view = read_organisation(here.engine(), here.by(), organisation_id)
        return _profile(view, typed, version, at_fields(error.problems)), 422
    except ConflictError as error:
        view = read_organisation(here.engine(), here.by(), organisation_id)
        return _profile(view, typed, error.version, conflict=True), 409
    except NotPossibleError as error:
        view = read_organisation(here.engine(), here.by(), organisation_id)
        return _profile(view, typed, version, (_at_number(error.problem),)), 409
    flash(words.t("web.organisation.saved"))
    return redirect(url_for("applicant.organisation", organisation_id=organisation_id), 303)


@applicant.post("/organisations/<organisation_id>/register")
@open_to(Who.SIGNED_IN, "contact")
def take_from_register(organisation_id: str) -> ResponseReturnValue:
    """Take over place, year and employees from the register."""
    try:
        changed = refresh_organisation(here.engine(), here.by(), organisation_id)
    except NotPossibleError as error:
        flash(words.problem(error.problem), "warning")
    else:
        flash(words.t("web.organisation.refreshed" if changed else "web.organisation.as-register"))
    return redirect(url_for("applicant.organisation", organisation_id=organisation_id), 303)


def _profile(
    view: OrganisationView,
    typed: dict[str, str],
    version: int,
    problems: tuple[Problem, ...] = (),
    *,
    conflict: bool = False,
) -> str:
    return render_template(
        "applicant/organisation.html", organisation=view, typed=typed, version=version, problems=problems, kinds=KINDS,
        places=places(), may_change=is_contact(view), clashes=clashes(typed, as_written(view)) if conflict else (),
    )  # fmt: skip


@applicant.get("/organisations/<organisation_id>/about")
@open_to(Who.EVERYONE)
def about_organisation(organisation_id: str) -> str:
    """What an organisation that wants to be found tells everyone; nothing of its people."""
    entry = see_entry(here.engine(), here.by(), organisation_id)
    return render_template("applicant/about_organisation.html", entry=entry)
