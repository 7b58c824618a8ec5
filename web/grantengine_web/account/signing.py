"""Signing in and out, and the language of pages."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import NotAllowedError
from grantengine.services import sign_in as services
from grantengine.settings import LANGUAGES
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.account import account
from grantengine_web.errors import typed


def local(path: str | None, otherwise: str) -> str:
    """An address on this site; anything else is not followed."""
    is_local = path is not None and path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if path and is_local else otherwise


@account.get("/sign-in")
@open_to(Who.EVERYONE)
def sign_in() -> ResponseReturnValue:
    """The form."""
    return render_template("account/sign_in.html", next=local(request.args.get("next"), ""), problems=(), email="")


@account.post("/sign-in")
@open_to(Who.EVERYONE)
def do_sign_in() -> ResponseReturnValue:
    """By password; then on to where one was going, or to send again what was typed."""
    email, to = request.form.get("email", ""), local(request.form.get("next"), "")
    kept = local(request.form.get("kept-to"), "")
    try:
        secret = services.sign_in(here.engine(), here.by(), email=email, password=request.form.get("password", "")).secret
    except NotAllowedError as error:
        problems = (error.problem,)
        if kept:
            again = [(name.removeprefix("kept."), value) for name, value in typed() if name.startswith("kept.")]
            return render_template("account/sign_in_again.html", typed=again, to=kept, problems=problems), 403
        return render_template("account/sign_in.html", next=to, problems=problems, email=email), 403
    language = session.get("language")
    session.clear()  # nothing of before the sign-in is trusted after it
    session[here.TOKEN], session.permanent = secret, True
    if language:
        session["language"] = language
    here.forget()
    if kept:
        again = [(name.removeprefix("kept."), value) for name, value in typed() if name.startswith("kept.")]
        return render_template("resend.html", typed=again, to=kept)
    return redirect(to or url_for("catalogue.front"), 303)


@account.post("/sign-out")
@open_to(Who.EVERYONE)
def sign_out() -> ResponseReturnValue:
    """The session ends, here and in the store."""
    if here.TOKEN in session:
        services.sign_out(here.engine(), here.by(), session[here.TOKEN])
    session.clear()
    return redirect(url_for("catalogue.front"), 303)


@account.post("/language")
@open_to(Who.EVERYONE)
def choose_language() -> ResponseReturnValue:
    """The language of pages, in this browser."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"], session.permanent = chosen, True
    return redirect(local(request.form.get("next"), url_for("catalogue.front")), 303)


@account.get("/me")
@open_to(Who.SIGNED_IN)
def me() -> ResponseReturnValue:
    """What is known of oneself."""
    return render_template("account/me.html")
