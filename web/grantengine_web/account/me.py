"""What is known of oneself, and what one may change of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from flask import Response, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import GrantEngineError
from grantengine.services.change_password import change_password
from grantengine.services.edit_user import FIELDS, ask_to_change_email, edit_user
from grantengine.services.erase_own_account import erase_own_account
from grantengine.services.own_account import see_own_account, see_own_data
from grantengine.services.sign_in import sign_out_elsewhere
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.account import account
from grantengine_web.account.signing import leave
from grantengine_web.account.typed import told, written


def this_session() -> str:
    """The id of the session of this browser."""
    person = here.signed_in()
    return person.session if person else ""


def _back_to_me(text: str) -> ResponseReturnValue:
    flash(words.t(text))
    return redirect(url_for("account.me"), 303)


@account.get("/me")
@open_to(Who.SIGNED_IN)
def me() -> ResponseReturnValue:
    """What is known of oneself."""
    own = see_own_account(here.engine(), here.by())
    said = {name: getattr(own, name) or "" for name in FIELDS}
    return render_template("account/me.html", own=own, said=said, problems=(), this=this_session())


@account.post("/me")
@open_to(Who.SIGNED_IN)
def edit_me() -> ResponseReturnValue:
    """Name, language, telephone, and how messages come."""
    said = {name: written(name) for name in FIELDS}
    try:
        edit_user(here.engine(), here.by(), said)
    except GrantEngineError as error:
        problems, status = told(error)
        own = see_own_account(here.engine(), here.by())
        page = render_template("account/me.html", own=own, said=said, problems=problems, this=this_session())
        return page, status
    session["language"] = said["language"]
    here.forget()
    return _back_to_me("web.me.saved")


@account.get("/me/email")
@open_to(Who.SIGNED_IN)
def email() -> ResponseReturnValue:
    """The form for another address."""
    return render_template("account/change_email.html", email="", problems=())


@account.post("/me/email")
@open_to(Who.SIGNED_IN)
def do_change_email() -> ResponseReturnValue:
    """A link goes to the new address; until it is used the old one stays."""
    address = written("email")
    try:
        ask_to_change_email(here.engine(), here.by(), address, written("password"))
    except GrantEngineError as error:
        problems, status = told(error)
        return render_template("account/change_email.html", email=address, problems=problems), status
    return render_template("account/link_sent.html", purpose="email", email=address.strip(), kept=None)


@account.get("/me/password")
@open_to(Who.SIGNED_IN)
def password() -> ResponseReturnValue:
    """The form for another password."""
    return render_template("account/change_password.html", problems=())


@account.post("/me/password")
@open_to(Who.SIGNED_IN)
def do_change_password() -> ResponseReturnValue:
    """The new password counts, and other browsers are signed out."""
    old, new = written("old_password"), written("password")
    try:
        change_password(here.engine(), here.by(), old=old, new=new, session=this_session())
    except GrantEngineError as error:
        problems, status = told(error)
        return render_template("account/change_password.html", problems=problems), status
    return _back_to_me("web.me.password.saved")


@account.post("/me/sessions/end")
@open_to(Who.SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """Signed out everywhere but here."""
    sign_out_elsewhere(here.engine(), here.by(), this_session())
    return _back_to_me("web.me.sessions.ended")


@account.get("/me/data")
@open_to(Who.SIGNED_IN)
def own_data() -> ResponseReturnValue:
    """All that is known of oneself, as a file."""
    found = see_own_data(here.engine(), here.by())
    data = asdict(found.account)
    for one in data["sessions"]:
        del one["id"]
    data["events"] = [{"at": at, "what": what} for at, what in found.events]
    text = json.dumps(data, ensure_ascii=False, indent=2, default=_plain)
    return Response(
        text, mimetype="application/json", headers={"Content-Disposition": "attachment; filename=my-data.json"}
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(type(value).__name__)


@account.get("/me/erase")
@open_to(Who.SIGNED_IN)
def erase() -> ResponseReturnValue:
    """What erasing the account means, and the form."""
    return render_template("account/erase.html", problems=())


@account.post("/me/erase")
@open_to(Who.SIGNED_IN)
def do_erase() -> ResponseReturnValue:
    """The account is erased; there is no way back."""
    try:
        erase_own_account(here.engine(), here.by(), here.by().id or "", written("password"))
    except GrantEngineError as error:
        problems, status = told(error)
        return render_template("account/erase.html", problems=problems), status
    leave()
    flash(words.t("web.me.erase.done"))
    return redirect(url_for("catalogue.front"), 303)
