"""Links from messages about an account: opened they show what they are for, and only the button uses them up.

Programs that look through mail open every link in it.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import GrantEngineError, InputError, NotFoundError, NotPossibleError, Problem
from grantengine.services.edit_user import change_email
from grantengine.services.reset_password import reset_password
from grantengine.services.see_link import see_account_link
from grantengine.services.sign_in import sign_in_by_link
from grantengine.services.verify_user import verify_and_sign_in
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.account import account
from grantengine_web.account.signing import GO_ON, enter, own_front
from grantengine_web.account.typed import local, sender, told, written


def show(purpose: str, secret: str, problems: tuple[Problem, ...] = (), status: int = 422) -> ResponseReturnValue:
    """What a link is for, and its form; or why it can not be used."""
    try:
        seen = see_account_link(here.engine(), here.by(), purpose, secret)
    except (NotFoundError, NotPossibleError) as error:
        return _failed(purpose, error)
    page = render_template("account/link.html", link=seen, problems=problems)
    return page, status if problems else 200


def _failed(purpose: str, error: NotFoundError | NotPossibleError) -> ResponseReturnValue:
    """It can not be used: why, and how to get another one."""
    status = 404 if isinstance(error, NotFoundError) else 410
    return render_template("account/link_failed.html", purpose=purpose, problem=error.problem), status


def _signed_out_to(text: str) -> ResponseReturnValue:
    flash(words.t(text))
    return redirect(url_for("account.sign_in", next=local(session.pop(GO_ON, None), "") or None), 303)


@account.get("/link/verify/<secret>")
@open_to(Who.EVERYONE)
def see_verify(secret: str) -> ResponseReturnValue:
    """Whose account it confirms, and the form for its password."""
    return show("verify", secret)


@account.post("/link/verify/<secret>")
@open_to(Who.EVERYONE)
def do_verify(secret: str) -> ResponseReturnValue:
    """The account can be used, and is: who knows its password as well is signed in."""
    to = local(session.get(GO_ON), "")
    try:
        opened = verify_and_sign_in(here.engine(), here.by(), secret, password=written("password"), sender=sender())
    except (NotFoundError, NotPossibleError) as error:
        return _failed("verify", error)
    except GrantEngineError as error:
        return show("verify", secret, *told(error))
    enter(opened)
    flash(words.t("web.link.verify.done"))
    return redirect(to or own_front(), 303)


@account.get("/link/reset/<secret>")
@open_to(Who.EVERYONE)
def see_reset(secret: str) -> ResponseReturnValue:
    """The form for a new password."""
    return show("reset", secret)


@account.post("/link/reset/<secret>")
@open_to(Who.EVERYONE)
def do_reset(secret: str) -> ResponseReturnValue:
    """The new password counts; whoever was signed in with the old one no longer is."""
    try:
        reset_password(here.engine(), here.by(), secret, written("password"))
    except InputError as error:
        return show("reset", secret, error.problems)
    except (NotFoundError, NotPossibleError) as error:
        return _failed("reset", error)
    here.forget()
    return _signed_out_to("web.link.reset.done")


@account.get("/link/email/<secret>")
@open_to(Who.EVERYONE)
def see_email(secret: str) -> ResponseReturnValue:
    """Whose new address it confirms."""
    return show("email", secret)


@account.post("/link/email/<secret>")
@open_to(Who.EVERYONE)
def do_email(secret: str) -> ResponseReturnValue:
    """The new address counts."""
    try:
        change_email(here.engine(), here.by(), secret)
    except (NotFoundError, NotPossibleError) as error:
        return _failed("email", error)
    if here.signed_in() is None:
        return _signed_out_to("web.link.email.done")
    flash(words.t("web.link.email.done"))
    return redirect(url_for("account.me"), 303)


@account.get("/link/sign-in/<secret>")
@open_to(Who.EVERYONE)
def see_sign_in(secret: str) -> ResponseReturnValue:
    """Who signs in by it."""
    return show("sign-in", secret)


@account.post("/link/sign-in/<secret>")
@open_to(Who.EVERYONE)
def do_sign_in_by_link(secret: str) -> ResponseReturnValue:
    """Signed in, or on to the code."""
    to = local(session.get(GO_ON), "")
    try:
        opened = sign_in_by_link(here.engine(), here.by(), secret)
    except (NotFoundError, NotPossibleError) as error:
        return _failed("sign-in", error)
    enter(opened)
    if opened.needs_code:
        session[GO_ON] = to
        return redirect(url_for("account.code"), 303)
    return redirect(to or own_front(), 303)
