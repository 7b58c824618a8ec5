"""Signing in and out, and the language of pages."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from grantengine.errors import GrantEngineError, NotPossibleError
from grantengine.services import sign_in as services
from grantengine.services.ask_by_mail import ask_by_mail
from grantengine.services.edit_user import edit_user
from grantengine.services.sessions import Opened
from grantengine.settings import LANGUAGES
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.account import account
from grantengine_web.account.typed import kept, local, sender, told, written

HALF = "half"
"""Where the signed cookie keeps the secret of what waits for a code."""
GO_ON = "go-on"
"""Where it keeps the address that someone was on the way to, over a message by e-mail."""


@account.get("/sign-in")
@open_to(Who.EVERYONE)
def sign_in() -> ResponseReturnValue:
    """The form."""
    return render_template("account/sign_in.html", next=local(request.args.get("next"), ""), problems=(), email="")


@account.post("/sign-in")
@open_to(Who.EVERYONE)
def do_sign_in() -> ResponseReturnValue:
    """By password, or by asking for a link; then on to where one was going, or to send again what was typed."""
    email, to, carried = written("email"), local(written("next"), ""), kept()
    try:
        if written("way") == "link":
            ask_by_mail(here.engine(), here.by(), "sign-in", email, sender())
            session[GO_ON] = to
            return render_template("account/link_sent.html", purpose="sign-in", email=email.strip(), kept=carried)
        opened = services.sign_in(here.engine(), here.by(), email=email, password=written("password"), sender=sender())
    except GrantEngineError as error:
        problems, status = told(error)
        if carried:
            again = {"typed": carried.typed, "to": carried.to, "problems": problems, "email": email}
            return render_template("account/sign_in_again.html", **again), status
        return render_template("account/sign_in.html", next=to, problems=problems, email=email), status
    enter(opened)
    if opened.needs_code:
        session[GO_ON] = to
        return render_template("account/code.html", next=to, kept=carried, problems=())
    return carried.resend() if carried else redirect(to or own_front(), 303)


def enter(opened: Opened) -> None:
    """The browser keeps the new secret, and nothing of before but the language."""
    language = session.get("language")
    session.clear()  # nothing of before the sign-in is trusted after it
    if opened.needs_code:
        session[HALF] = opened.secret
    else:
        session[here.TOKEN], session.permanent = opened.secret, True
    if language:
        session["language"] = language
    here.forget()


def own_front() -> str:
    """Where someone who has signed in begins: who works for an authority with the cases, others with what they apply for."""
    person = here.signed_in()
    return url_for("office.front" if person is not None and person.is_staff else "applicant.mine")


def leave() -> None:
    """The browser keeps nothing but the language that was chosen in it."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"], session.permanent = language, True
    here.forget()


@account.get("/sign-in/code")
@open_to(Who.EVERYONE)
def code() -> ResponseReturnValue:
    """The second step, for who has taken the first."""
    if HALF not in session:
        return redirect(url_for("account.sign_in"))
    return render_template("account/code.html", next=local(session.get(GO_ON), ""), kept=kept(), problems=())


@account.post("/sign-in/code")
@open_to(Who.EVERYONE)
def enter_code() -> ResponseReturnValue:
    """A code; then on as after a password."""
    to, carried = local(written("next"), ""), kept()
    try:
        secret = services.enter_code(here.engine(), here.by(), session.get(HALF, ""), written("code"))
    except NotPossibleError as error:
        session.pop(HALF, None)
        if carried:
            again = {"typed": carried.typed, "to": carried.to, "problems": (error.problem,)}
            return render_template("account/sign_in_again.html", **again), 409
        return render_template("account/sign_in.html", next=to, problems=(error.problem,), email=""), 409
    except GrantEngineError as error:
        problems, status = told(error)
        return render_template("account/code.html", next=to, kept=carried, problems=problems), status
    enter(Opened(secret, needs_code=False))
    return carried.resend() if carried else redirect(to or own_front(), 303)


@account.post("/sign-in/kept")
@open_to(Who.EVERYONE)
def resend_kept() -> ResponseReturnValue:
    """What was typed is shown to be sent again, by someone who has signed in by a link in another window meanwhile."""
    carried = kept()
    if not carried:
        return redirect(url_for("account.sign_in"), 303)
    if here.signed_in() is None:
        return render_template("account/sign_in_again.html", typed=carried.typed, to=carried.to), 401
    return carried.resend()


@account.record_once
def _from_before_the_sign_in(state: BlueprintSetupState) -> None:
    # Whoever signs in gets a new token against forged forms. This form is older than that, and changes nothing.
    state.app.extensions["csrf"].exempt(f"{__name__}.{resend_kept.__name__}")


@account.post("/sign-out")
@open_to(Who.EVERYONE)
def sign_out() -> ResponseReturnValue:
    """The session ends, here and in the store."""
    if here.TOKEN in session:
        services.sign_out(here.engine(), here.by(), session[here.TOKEN])
    leave()
    flash(words.t("web.sign-out.done"))
    return redirect(url_for("catalogue.front"), 303)


@account.post("/language")
@open_to(Who.EVERYONE)
def choose_language() -> ResponseReturnValue:
    """The language of pages in this browser, and of messages to who is signed in."""
    chosen, person = written("language"), here.signed_in()
    if chosen in LANGUAGES:
        session["language"], session.permanent = chosen, True
        if person is not None and person.language != chosen:
            edit_user(here.engine(), here.by(), {"language": chosen})
    return redirect(local(request.form.get("next"), url_for("catalogue.front")), 303)
