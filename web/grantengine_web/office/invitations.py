"""Who is invited to a call by invitation."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, Problem
from grantengine.services.invite_to_call import invite_named, list_invited
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.words import labelled, t


@office.get("/calls/<id>/invitations")
@open_to(Who.SIGNED_IN, *HANDLERS)
def invitations(id: str) -> ResponseReturnValue:
    """Those who are invited, and a form to invite another."""
    return _page(id)


@office.post("/calls/<id>/invitations")
@open_to(Who.SIGNED_IN, *HANDLERS)
def invite(id: str) -> ResponseReturnValue:
    """Invite an organisation by its number or name; invited twice, it is invited once."""
    try:
        name = invite_named(here.engine(), here.by(), call_id=id, named=request.form.get("named", ""))
    except InputError as error:
        return _page(id, labelled(error.problems, "admin.invite"), 422)
    flash(t("web.admin.invite.done", name=name))
    return redirect(url_for("office.invitations", id=id), 303)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    after = request.args.get("after", "")
    page = list_invited(here.engine(), here.by(), id, after=after)
    return render_template(
        "office/admin/invitations.html", desk=see_desk(here.engine(), here.by(), id), page=page, problems=problems,
        form=request.form, goes_on=bool(after),
    ), status  # fmt: skip
