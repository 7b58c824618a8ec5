"""An applicant is asked to change some answers: which, why and until when; looked over before it is sent, and taken back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.ask_changes import AskPreview, preview_changes
from grantengine.services.ask_changes import ask_changes as ask
from grantengine.services.close_changes import take_back_changes
from grantengine.services.see_asking import see_asking
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.answers import said_pages
from grantengine_web.applicant.reading import file_address, file_size
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import OSLO, t


@office.get("/cases/<id>/changes")
@open_to(Who.SIGNED_IN, *DECIDERS)
def ask_changes(id: str) -> ResponseReturnValue:
    """The answers that can be asked about (those in ``question`` are ticked), and what was asked before."""
    return _page(id, request.args.getlist("question"))


@office.post("/cases/<id>/changes")
@open_to(Who.SIGNED_IN, *HANDLERS)
def send_changes(id: str) -> ResponseReturnValue:
    """Show the message that the applicant would get, or send it."""
    form, questions = request.form, request.form.getlist("question")
    wanted: dict[str, Any] = {
        "questions": questions, "reason": form.get("reason", ""), "round_id": form.get("round") or None, "due": _due()
    }  # fmt: skip
    try:
        if "preview" in form:
            return _page(id, questions, preview=preview_changes(here.engine(), here.by(), id, **wanted))
        ask(here.engine(), here.by(), id, **wanted)
    except InputError as error:
        return _page(id, questions, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, questions, (error.problem,), 409)
    flash(t("web.talk.changes.sent"))
    return redirect(url_for("office.ask_changes", id=id), 303)


@office.post("/cases/<id>/changes/take-back")
@open_to(Who.SIGNED_IN, *HANDLERS)
def take_back(id: str) -> ResponseReturnValue:
    """The authority needs no answer any more."""
    try:
        take_back_changes(here.engine(), here.by(), id, reason=request.form.get("reason", ""))
    except InputError as error:
        return _page(id, [], error.problems, 422)
    except NotPossibleError as error:
        return _page(id, [], (error.problem,), 409)
    flash(t("web.talk.changes.taken-back"))
    return redirect(url_for("office.ask_changes", id=id), 303)


def _due() -> str | None:
    """The last minute of the day that was chosen, which is in time."""
    day = request.form.get("due", "").strip()
    return f"{day}T23:59" if day else None


def _page(
    id: str, questions: list[str], problems: tuple[Problem, ...] = (), status: int = 200, preview: AskPreview | None = None
) -> ResponseReturnValue:  # fmt: skip
    seen, form = see_asking(here.engine(), here.by(), id), request.form
    said = said_pages(seen.paper)
    shown = {one.id for page in said for one in page.answers}
    editable = {name for one in seen.rounds for name in (shown if one.editable is None else shown & one.editable)}
    return render_template(
        "office/talk/changes.html", desk=seen.desk, seen=seen, said=said, questions=questions, editable=editable,
        others=len(shown - editable),
        problems=problems, preview=preview, reason=form.get("reason", ""), due=form.get("due", ""),
        round=form.get("round", ""), today=here.by().at.astimezone(OSLO).date().isoformat(),
        address=file_address, file_size=file_size,
    ), status  # fmt: skip
