"""Forms with a password that come too late: they are shown again, as the password is not kept.

Sent again without it, what was typed would be one of the tries that are counted.
"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from grantengine.errors import Problem
from grantengine_web import here
from grantengine_web.account import account
from grantengine_web.account.links import show
from grantengine_web.account.typed import kept, local, written
from grantengine_web.errors import not_from_here

LATE = (Problem("form-late"),)
OF_LINKS = {"account.do_verify": "verify", "account.do_reset": "reset"}
OWN = {
    "account.do_change_email": "account/change_email.html", "account.do_change_password": "account/change_password.html",
    "account.do_erase": "account/erase.html",
}  # fmt: skip
"""The forms of one's own page that ask for the password."""


@account.errorhandler(CSRFError)
def form_again(error: CSRFError) -> ResponseReturnValue:
    """The form once more, with the address that was written in it; other forms as everywhere."""
    endpoint, email = request.endpoint or "", written("email")
    if here.wants_json():
        return not_from_here(error)
    if endpoint == "account.do_sign_in":
        carried = kept()
        if carried:
            again = {"typed": carried.typed, "to": carried.to, "problems": LATE, "email": email}
            return render_template("account/sign_in_again.html", **again), 400
        return render_template("account/sign_in.html", next=local(written("next"), ""), problems=LATE, email=email), 400
    if endpoint in OF_LINKS:
        return show(OF_LINKS[endpoint], (request.view_args or {})["secret"], LATE, 400)
    if endpoint in OWN and here.signed_in() is not None:
        return render_template(OWN[endpoint], problems=LATE, email=email), 400
    return not_from_here(error)
