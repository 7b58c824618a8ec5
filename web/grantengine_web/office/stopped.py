"""Someone who has to declare interests first is led there, and comes back."""

from __future__ import annotations

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import NotAllowedError
from grantengine_web.errors import of_the_engine
from grantengine_web.layout import address
from grantengine_web.office import office
from grantengine_web.words import t


@office.errorhandler(NotAllowedError)
def not_allowed(error: NotAllowedError) -> ResponseReturnValue:
    """To the list of applicants, where that is what stands in the way; else what any page says."""
    call = error.params.get("call_id")
    if (
        error.code != "interests-undeclared"
        or request.method != "GET"
        or "office.interests" not in current_app.view_functions
    ):
        return of_the_engine(error)
    flash(t("web.office.declare-first"), "info")
    return redirect(url_for("office.interests", id=call, next=address()))
