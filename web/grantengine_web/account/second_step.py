"""A code from a telephone after the password: turned on, with a picture for the telephone to read, and off."""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import GrantEngineError, Problem
from grantengine.services.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    end_second_factor,
    see_second_factor,
)
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.account import account
from grantengine_web.account.me import this_session
from grantengine_web.account.typed import told, written


def _show(problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    factor = see_second_factor(here.engine(), here.by())
    picture = _picture(factor.address) if factor and factor.address else ""
    return render_template("account/second_factor.html", factor=factor, picture=picture, problems=problems), status


def _picture(address: str) -> str:
    """The address as a picture that a telephone reads, inside the page: dark on light in both schemes of colour."""
    drawn: str = segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return drawn


@account.get("/me/second-factor")
@open_to(Who.SIGNED_IN)
def second_factor() -> ResponseReturnValue:
    """Whether it is on, and the form for the next step."""
    return _show()


@account.post("/me/second-factor/begin")
@open_to(Who.SIGNED_IN)
def begin() -> ResponseReturnValue:
    """A secret for a telephone is drawn."""
    try:
        begin_second_factor(here.engine(), here.by())
    except GrantEngineError as error:
        return _show(*told(error))
    return redirect(url_for("account.second_factor"), 303)


@account.post("/me/second-factor")
@open_to(Who.SIGNED_IN)
def confirm() -> ResponseReturnValue:
    """The telephone has it; the codes for a lost one are shown, this once."""
    try:
        spare = confirm_second_factor(here.engine(), here.by(), written("code"), this_session())
    except GrantEngineError as error:
        return _show(*told(error))
    return render_template("account/spare_codes.html", codes=spare)


@account.post("/me/second-factor/end")
@open_to(Who.SIGNED_IN)
def end() -> ResponseReturnValue:
    """No code is asked for any more."""
    try:
        end_second_factor(here.engine(), here.by(), written("code"), this_session())
    except GrantEngineError as error:
        return _show(*told(error))
    flash(words.t("web.factor.ended"))
    return redirect(url_for("account.me"), 303)
