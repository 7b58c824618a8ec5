"""Making an account, and asking for a link where the password, or the first message, is lost."""

from __future__ import annotations

from flask import render_template, request, session
from flask.typing import ResponseReturnValue

from grantengine.errors import GrantEngineError
from grantengine.services.ask_by_mail import ask_by_mail
from grantengine.services.register_user import register_user
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.account import account
from grantengine_web.account.signing import GO_ON
from grantengine_web.account.typed import local, sender, told, written


@account.get("/register")
@open_to(Who.EVERYONE)
def register() -> ResponseReturnValue:
    """The form."""
    found = {"name": "", "email": "", "language": here.language()}
    return render_template("account/register.html", said=found, next=local(request.args.get("next"), ""), problems=())


@account.post("/register")
@open_to(Who.EVERYONE)
def do_register() -> ResponseReturnValue:
    """The account is made; whether there was one already, only the mailbox tells."""
    said = {name: written(name) for name in ("name", "email", "language")}
    to = local(written("next"), "")
    try:
        register_user(here.engine(), here.by(), password=written("password"), sender=sender(), **said)
    except GrantEngineError as error:
        problems, status = told(error)
        return render_template("account/register.html", said=said, next=to, problems=problems), status
    session[GO_ON] = to
    return render_template("account/link_sent.html", purpose="verify", email=said["email"].strip(), kept=None)


@account.get("/forgotten")
@open_to(Who.EVERYONE)
def forgotten() -> ResponseReturnValue:
    """The form of someone who has forgotten the password."""
    return _ask("reset")


@account.post("/forgotten")
@open_to(Who.EVERYONE)
def send_reset() -> ResponseReturnValue:
    """A link by which a new one can be set, where there is an account."""
    return _send("reset")


@account.get("/confirm-again")
@open_to(Who.EVERYONE)
def verify_again() -> ResponseReturnValue:
    """The form of someone whose first message is lost."""
    return _ask("verify")


@account.post("/confirm-again")
@open_to(Who.EVERYONE)
def send_verify() -> ResponseReturnValue:
    """The link that confirms an account once more, where one waits for it."""
    return _send("verify")


def _ask(purpose: str) -> ResponseReturnValue:
    return render_template("account/ask_for_link.html", purpose=purpose, email="", problems=())


def _send(purpose: str) -> ResponseReturnValue:
    email = written("email")
    try:
        ask_by_mail(here.engine(), here.by(), purpose, email, sender())
    except GrantEngineError as error:
        problems, status = told(error)
        return render_template("account/ask_for_link.html", purpose=purpose, email=email, problems=problems), status
    return render_template("account/link_sent.html", purpose=purpose, email=email.strip(), kept=None)
