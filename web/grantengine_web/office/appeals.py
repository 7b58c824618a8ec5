"""Appeals that come on paper or by telephone, and grants that lapse."""

from __future__ import annotations

from datetime import datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotAllowedError, NotPossibleError, Problem, Where
from grantengine.services.give_back import forfeit_grant
from grantengine.services.see_desk import see_case_desk
from grantengine.services.submit_appeal import submit_appeal
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.office.letters import day_of
from grantengine_web.words import OSLO, labelled, t

ON_BEHALF = ("oral", "paper")


@office.get("/cases/<id>/appeal")
@open_to(Who.SIGNED_IN, *HANDLERS)
def appeal(id: str) -> ResponseReturnValue:
    """A form for an appeal that someone has told, or sent on paper."""
    return _page("appeal", id)


@office.post("/cases/<id>/appeal")
@open_to(Who.SIGNED_IN, *HANDLERS)
def register_appeal(id: str) -> ResponseReturnValue:
    """Write an appeal down; the same text again is the same appeal."""
    channel = request.form.get("channel", "")
    try:
        if channel not in ON_BEHALF:
            raise InputError([Problem("appeal-channel-needed", Where(pointer="/channel"))])
        receipt = submit_appeal(
            here.engine(), here.by(), id, request.form.get("text", ""), channel=channel, received=_received()
        )
    except InputError as error:
        return _page("appeal", id, labelled(error.problems, "letters.appeal"), 422)
    except NotPossibleError as error:
        return _page("appeal", id, (error.problem,), 409)
    flash(t("web.letters.appeal.kept" if receipt.in_time else "web.letters.appeal.kept-late"))
    return redirect(url_for("office.letter", id=id, _anchor="appeals"), 303)


@office.get("/cases/<id>/forfeit")
@open_to(Who.SIGNED_IN, *HANDLERS)
def forfeit(id: str) -> ResponseReturnValue:
    """What it means that a grant lapses, before it does."""
    return _page("forfeit", id)


@office.post("/cases/<id>/forfeit")
@open_to(Who.SIGNED_IN, *HANDLERS)
def forfeit_grant_of(id: str) -> ResponseReturnValue:
    """Let the grant lapse."""
    if not request.form.get("sure"):
        return _page("forfeit", id, (Problem("tick-to-forfeit", Where(pointer="/sure")),), 422)
    try:
        forfeit_grant(here.engine(), here.by(), id, reason=request.form.get("reason", ""))
    except InputError as error:
        return _page("forfeit", id, error.problems, 422)
    except NotPossibleError as error:
        return _page("forfeit", id, (error.problem,), 409)
    flash(t("web.letters.forfeit.done"))
    return redirect(url_for("office.letter", id=id), 303)


def _received() -> datetime | None:
    """Noon of the day that was given; None: now, also where that day is today."""
    day = day_of("received")
    if day is None or day == here.by().at.astimezone(OSLO).date():
        return None
    return datetime.combine(day, time(12), OSLO)


def _page(name: str, id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    desk = see_case_desk(here.engine(), here.by(), id)
    if not desk.roles & set(HANDLERS):
        raise NotAllowedError("role-needed", roles=sorted(HANDLERS), where=desk.number)
    return render_template(
        f"office/letters/{name}.html", desk=desk, problems=problems, form=request.form
    ), status  # fmt: skip
