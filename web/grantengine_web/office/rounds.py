"""The rounds of a call: what is open, what waits for whom, and closing one that has no end of its own."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import NotPossibleError, Problem
from grantengine.services.close_round import close_round as close
from grantengine.services.see_rounds import see_rounds
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.reading import time_left
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import t


@office.get("/calls/<id>/rounds")
@open_to(Who.SIGNED_IN, *DECIDERS)
def rounds(id: str) -> ResponseReturnValue:
    """Every round of a call in order."""
    return render_template(
        "office/rounds/rounds.html", board=(board := see_rounds(here.engine(), here.by(), id)), desk=board.desk,
        time_left=time_left,
    )  # fmt: skip


@office.get("/calls/<id>/rounds/<round>/close")
@open_to(Who.SIGNED_IN, *DECIDERS)
def close_round(id: str, round: str) -> ResponseReturnValue:
    """What it means to close a round, before it is done."""
    return _closing(id, round)


@office.post("/calls/<id>/rounds/<round>/close")
@open_to(Who.SIGNED_IN, *HANDLERS)
def close_round_now(id: str, round: str) -> ResponseReturnValue:
    """Close it."""
    try:
        close(here.engine(), here.by(), id, round)
    except NotPossibleError as error:
        return _closing(id, round, (error.problem,), 409)
    flash(t("web.rounds.closed-now"))
    return redirect(url_for("office.rounds", id=id), 303)


def _closing(id: str, round: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    board = see_rounds(here.engine(), here.by(), id)
    one = board.round(round)
    if one is None:
        abort(404)
    return render_template(
        "office/rounds/close.html", desk=board.desk, board=board, one=one, problems=problems
    ), status  # fmt: skip
