"""An assessor's sheet beside the application: written as a draft, delivered, and changed after a discussion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import ConflictError, InputError, NotPossibleError, Problem
from grantengine.services.assess import deliver_assessment, revise_assessment, save_assessment
from grantengine.services.see_sheet import see_sheet
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.errors import page as error_page
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.sheet_view import Written, problems_by_title, saved_words, sheet_words
from grantengine_web.words import t

_WHOLE = re.compile(r"-?\d{1,14}", re.ASCII)


@office.get("/cases/<id>/sheet")
@open_to(Who.SIGNED_IN, "assessor")
def sheet(id: str) -> ResponseReturnValue:
    """The application and one's own sheet."""
    return _page(id, request.args.get("round"))


@office.post("/cases/<id>/sheet")
@open_to(Who.SIGNED_IN, "assessor")
def save_sheet(id: str) -> ResponseReturnValue:
    """Keep the draft; then on, as the button that was pressed says."""
    written, go = read_written(), request.form.get("go", "save")
    try:
        saved = save_assessment(
            here.engine(), here.by(), id, written.version, marks=written.marks, notes=written.notes,
            round_id=written.round_id,
        )  # fmt: skip
    except InputError as error:
        return _refused(id, written, error.problems, 422)
    except ConflictError as error:
        mine = replace(written, version=error.version)
        return _refused(id, mine, (Problem("sheet-changed"),), 409, theirs=error.theirs)
    except NotPossibleError as error:
        return _refused(id, written, (error.problem,), 409)
    if here.wants_json():
        return jsonify(saved_words(saved))
    return redirect(_onward(id, written.round_id, go), 303)


@office.get("/cases/<id>/sheet/deliver")
@open_to(Who.SIGNED_IN, "assessor")
def confirm_delivery(id: str) -> ResponseReturnValue:
    """What is about to be delivered, to be looked at once more."""
    return _delivering(id, request.args.get("round"))


@office.post("/cases/<id>/sheet/deliver")
@open_to(Who.SIGNED_IN, "assessor")
def deliver_sheet(id: str) -> ResponseReturnValue:
    """Deliver what was saved."""
    round_id = request.form.get("round")
    try:
        deliver_assessment(here.engine(), here.by(), id, _version(), round_id=round_id)
    except InputError as error:
        return _delivering(id, round_id, error.problems, 422)
    except ConflictError:
        return _delivering(id, round_id, (Problem("sheet-changed"),), 409)
    except NotPossibleError as error:
        return _delivering(id, round_id, (error.problem,), 409)
    flash(t("web.sheet.delivered-now"))
    return redirect(url_for("office.sheet", id=id, round=round_id), 303)


@office.post("/cases/<id>/sheet/revise")
@open_to(Who.SIGNED_IN, "assessor")
def revise_sheet(id: str) -> ResponseReturnValue:
    """Change delivered marks that assessors talk about."""
    written = read_written()
    try:
        revise_assessment(
            here.engine(), here.by(), id, marks=written.marks, notes=written.notes, round_id=written.round_id,
            reason=request.form.get("reason", ""),
        )  # fmt: skip
    except InputError as error:
        return _refused(id, written, error.problems, 422)
    except NotPossibleError as error:
        return _refused(id, written, (error.problem,), 409)
    flash(t("web.sheet.revised-now"))
    return redirect(url_for("office.sheet", id=id, round=written.round_id), 303)


def read_written() -> Written:
    """The marks and notes that were sent; what is no number is sent on as it is, and refused by name."""
    form = request.form
    marks = {name.removeprefix("mark."): _mark(text) for name, text in form.items() if name.startswith("mark.")}
    notes = {name.removeprefix("note."): text for name, text in form.items() if name.startswith("note.")}
    given = {id: mark for id, mark in marks.items() if mark is not None}
    return Written(_version(), form.get("round"), given, notes)


def _version() -> int:
    return spellings.whole(request.form.get("version", "")) or 0


def _mark(text: str) -> Any:
    bare = text.strip().replace(",", ".")
    if not bare:
        return None
    if _WHOLE.fullmatch(bare):
        return int(bare)
    try:
        return float(bare)
    except ValueError:
        return text


def _onward(id: str, round_id: str | None, go: str) -> str:
    """Where one goes from here: to deliver, to the case after this one, or back to the sheet."""
    if go == "deliver":
        return url_for("office.confirm_delivery", id=id, round=round_id)
    flash(t("web.sheet.saved-now"))
    verb, _, following = go.partition(":")
    if verb == "next" and following:
        return url_for("office.sheet", id=following)
    return url_for("office.sheet", id=id, round=round_id, _anchor="sheet")


def _refused(
    id: str, written: Written, problems: tuple[Problem, ...], status: int, *, theirs: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    if here.wants_json():
        return error_page(f"web.error.{status}", problems, status)
    return _page(id, written.round_id, problems, status, written=written, theirs=theirs)


def _page(
    id: str, round_id: str | None, problems: tuple[Problem, ...] = (), status: int = 200, *,
    written: Written | None = None, theirs: Mapping[str, Any] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    page = see_sheet(here.engine(), here.by(), id, round_id)
    return render_template(
        "office/sheet/sheet.html", problems=problems_by_title(page, problems), theirs=theirs,
        reason=request.form.get("reason", ""), **sheet_words(page, written),
    ), status  # fmt: skip


def _delivering(
    id: str, round_id: str | None, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    page = see_sheet(here.engine(), here.by(), id, round_id)
    return render_template(
        "office/sheet/deliver.html", problems=problems_by_title(page, problems), **sheet_words(page)
    ), status  # fmt: skip
