"""Administration: the authorities one works for, who works for them, and as what."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError, Problem
from grantengine.services.appoint import ROLES, appoint_by_email, dismiss
from grantengine.services.see_authority import AuthoritySeen, list_authorities, see_authority
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.words import t

ADMINISTRATORS = ("administrator",)


@office.get("/authorities")
@open_to(Who.SIGNED_IN)
def authorities() -> ResponseReturnValue:
    """Those one works for; who works for one alone comes straight to it."""
    found = list_authorities(here.engine(), here.by())
    if len(found) == 1:
        return redirect(url_for("office.authority", id=found[0].id))
    return render_template("office/admin/authorities.html", found=found)


@office.get("/authorities/<id>")
@open_to(Who.SIGNED_IN, *ROLES)
def authority(id: str) -> ResponseReturnValue:
    """An authority: what one can do there; for its administrators, who works for it."""
    return _page(id)


@office.post("/authorities/<id>")
@open_to(Who.SIGNED_IN, *ADMINISTRATORS)
def give_role(id: str) -> ResponseReturnValue:
    """Give a role to who has an account with an address."""
    form = request.form
    try:
        name = appoint_by_email(
            here.engine(), here.by(), authority_id=id, email=form.get("email", ""), role=form.get("role", "")
        )
    except InputError as error:
        return _page(id, error.problems, 422)
    flash(t("web.admin.given", name=name, role=t(f"web.me.role.{form.get('role')}")))
    return redirect(url_for("office.authority", id=id), 303)


@office.get("/authorities/<id>/dismiss")
@open_to(Who.SIGNED_IN, *ADMINISTRATORS)
def dismissing(id: str) -> ResponseReturnValue:
    """What it means to end the role, before it is done."""
    return _dismissing(id)


@office.post("/authorities/<id>/dismiss")
@open_to(Who.SIGNED_IN, *ADMINISTRATORS)
def dismiss_from(id: str) -> ResponseReturnValue:
    """End a role."""
    user, role = request.form.get("user", ""), request.form.get("role", "")
    try:
        dismiss(here.engine(), here.by(), authority_id=id, user_id=user, role=role)
    except NotPossibleError as error:
        return _dismissing(id, (error.problem,), 409)
    flash(t("web.admin.ended"))
    # Who has ended the last role of one's own has nothing to do there any more.
    mine = any(one.id == id for one in list_authorities(here.engine(), here.by()))
    return redirect(url_for("office.authority", id=id) if mine else url_for("office.authorities"), 303)


def authority_seen(id: str, *roles: str) -> AuthoritySeen:
    """An authority, for those who have one of these roles in it.

    :raises NotFoundError: there is none.
    :raises NotAllowedError: ``role-needed``.
    """
    seen = see_authority(here.engine(), here.by(), id)
    if not set(roles) & set(seen.roles):
        raise NotAllowedError("role-needed", roles=sorted(roles), where=seen.name)
    return seen


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = authority_seen(id, *ADMINISTRATORS) if request.method == "POST" else authority_seen(id, *ROLES)
    return render_template(
        "office/admin/authority.html", seen=seen, problems=problems, form=request.form, roles=ROLES
    ), status  # fmt: skip


def _dismissing(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = authority_seen(id, *ADMINISTRATORS)
    user, role = request.values.get("user", ""), request.values.get("role", "")
    person = next((one for one in seen.people if one.user_id == user), None)
    if person is None or role not in {one.role for one in person.roles}:
        raise NotFoundError("role-not-found")
    return render_template(
        "office/admin/dismiss.html", seen=seen, person=person, role=role, problems=problems
    ), status  # fmt: skip
