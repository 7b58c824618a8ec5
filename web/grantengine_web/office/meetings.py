"""What was said in a meeting or on the telephone is written down, for both sides to read."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.log_meeting import KINDS, log_meeting
from grantengine.services.see_log import LogSeen, see_booking_log, see_case_log
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.words import OSLO, t


@office.get("/cases/<id>/meetings/log")
@open_to(Who.SIGNED_IN, *HANDLERS)
def log_case(id: str) -> ResponseReturnValue:
    """A talk with the applicant of a case that nobody had booked."""
    return _page(see_case_log(here.engine(), here.by(), id), request.path)


@office.post("/cases/<id>/meetings/log")
@open_to(Who.SIGNED_IN, *HANDLERS)
def keep_case_log(id: str) -> ResponseReturnValue:
    """Write it down."""
    seen = see_case_log(here.engine(), here.by(), id)
    has_page = "office.case" in current_app.view_functions
    return _keep(seen, None, url_for("office.case", id=id, _anchor="meetings") if has_page else request.path)


@office.get("/calls/<id>/bookings/<booking>/log")
@open_to(Who.SIGNED_IN, *HANDLERS)
def log_booking(id: str, booking: str) -> ResponseReturnValue:
    """A meeting that was booked."""
    return _page(see_booking_log(here.engine(), here.by(), id, booking), request.path)


@office.post("/calls/<id>/bookings/<booking>/log")
@open_to(Who.SIGNED_IN, *HANDLERS)
def keep_booking_log(id: str, booking: str) -> ResponseReturnValue:
    """Write it down."""
    seen = see_booking_log(here.engine(), here.by(), id, booking)
    endpoint = "office.pitches" if seen.pitch else "office.slots"
    past = None if seen.pitch else "yes"
    return _keep(seen, booking, url_for(endpoint, id=id, round=seen.round_id, past=past))


def _keep(seen: LogSeen, booking: str | None, then: str) -> ResponseReturnValue:
    form = request.form
    try:
        log_meeting(
            here.engine(), here.by(), call_id=seen.call_id, organisation_id=seen.organisation_id,
            kind=form.get("kind", ""), held_at=f"{form.get('day', '')}T{form.get('clock', '')}",
            summary=form.get("summary", ""), application_id=seen.application_id, booking_id=booking,
            present=form.getlist("present"),
        )  # fmt: skip
    except InputError as error:
        return _page(seen, request.path, error.problems, 422)
    except NotPossibleError as error:
        return _page(seen, request.path, (error.problem,), 409)
    flash(t("web.meet.logged"))
    return redirect(then, 303)


def _page(seen: LogSeen, action: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    form, at = request.form, (seen.starts or here.by().at).astimezone(OSLO)
    usual = seen.panel if seen.pitch else (here.by().id,)
    kinds = ("pitch",) if seen.pitch else tuple(one for one in KINDS if one != "pitch")
    return render_template(
        "office/meetings/log.html", desk=seen.desk, seen=seen, action=action, problems=problems, kinds=kinds,
        kind=form.get("kind") or ("guidance" if seen.starts else "telephone"), day=form.get("day", at.date().isoformat()),
        clock=form.get("clock", f"{at:%H:%M}" if seen.starts else ""), said=form.get("summary", ""),
        present=form.getlist("present") if request.method == "POST" else usual,
    ), status  # fmt: skip
