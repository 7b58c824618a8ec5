"""A case on one page, and what a handler does with it there."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError
from grantengine.services.assign_case import assign_case, end_assignment
from grantengine.services.case_entries import case_entries
from grantengine.services.enter_fact import enter_fact
from grantengine.services.judge_rule import judge_rule
from grantengine.services.refresh_facts import refresh_facts, retry_facts
from grantengine.services.see_case import see_case
from grantengine.services.set_checked_value import clear_checked_value, set_checked_value
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.forms.reading import read_answers
from grantengine_web.office import office
from grantengine_web.office.case_view import Tried, back_to, case_words, fact_fields, figure_field
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import t


@office.get("/cases/<id>")
@open_to(Who.SIGNED_IN, *DECIDERS)
def case(id: str) -> ResponseReturnValue:
    """Everything of a case."""
    return _page(id)


@office.post("/cases/<id>/rules/<rule>")
@open_to(Who.SIGNED_IN, *HANDLERS)
def judge_case(id: str, rule: str) -> ResponseReturnValue:
    """Say whether a rule is met that asks a handler."""
    answer = {"yes": True, "no": False}.get(request.form.get("answer", ""))
    return _do(
        id, f"rule-{rule}", "web.case.judged",
        lambda: judge_rule(here.engine(), here.by(), id, rule, answer=answer, reason=_reason()),  # type: ignore[arg-type]
    )  # fmt: skip


@office.post("/cases/<id>/checked/<name>")
@open_to(Who.SIGNED_IN, *HANDLERS)
def set_checked(id: str, name: str) -> ResponseReturnValue:
    """Set a figure of the scheme."""
    entries = case_entries(here.engine(), here.by(), id)
    if name not in entries.checkable:
        abort(404)
    field = figure_field(entries, name)
    value = read_answers([field], request.form)[field.id]
    return _do(
        id, f"checked-{name}", "web.case.checked-set",
        lambda: set_checked_value(here.engine(), here.by(), id, name, value, reason=_reason()),
    )  # fmt: skip


@office.post("/cases/<id>/checked/<name>/clear")
@open_to(Who.SIGNED_IN, *HANDLERS)
def clear_checked(id: str, name: str) -> ResponseReturnValue:
    """The answer counts again."""
    if name not in case_entries(here.engine(), here.by(), id).checkable:
        abort(404)
    return _do(
        id, f"clear-{name}", "web.case.checked-cleared",
        lambda: clear_checked_value(here.engine(), here.by(), id, name, reason=_reason()),
        place=f"checked-{name}",
    )  # fmt: skip


@office.post("/cases/<id>/facts")
@open_to(Who.SIGNED_IN, *HANDLERS)
def ask_sources(id: str) -> ResponseReturnValue:
    """Ask a source again (``source``), or all those that have told nothing, or nothing new."""
    source, entries = request.form.get("source", ""), case_entries(here.engine(), here.by(), id)
    if source and source not in entries.sources:
        abort(404)
    left = (
        refresh_facts(here.engine(), here.by(), id, [source]) if source else retry_facts(here.engine(), here.by(), id)
    )
    flash(t("web.case.facts-left" if left else "web.case.facts-there"), "warning" if left else "message")
    return redirect(back_to(id, f"fact-{source}" if source else "facts"), 303)


@office.post("/cases/<id>/facts/<source>")
@open_to(Who.SIGNED_IN, *HANDLERS)
def enter_by_hand(id: str, source: str) -> ResponseReturnValue:
    """Enter what a source could not tell."""
    entries = case_entries(here.engine(), here.by(), id)
    if source not in entries.columns:
        abort(404)
    fields = fact_fields(entries, source)
    read = read_answers(fields, request.form)
    values = {one.name.removeprefix("v."): read[one.id] for one in fields if read[one.id] is not None}
    return _do(
        id, f"fact-{source}", "web.case.fact-entered",
        lambda: enter_fact(here.engine(), here.by(), id, source, values, note=request.form.get("note", "")),
    )  # fmt: skip


@office.post("/cases/<id>/handlers")
@open_to(Who.SIGNED_IN, *HANDLERS)
def give_case(id: str) -> ResponseReturnValue:
    """Give the case to someone to handle."""
    user = request.form.get("user", "")
    return _do(
        id, "give", "web.case.given", lambda: assign_case(here.engine(), here.by(), id, user, role="handler"),
        place="handlers",
    )  # fmt: skip


@office.post("/cases/<id>/handlers/<assignment>/end")
@open_to(Who.SIGNED_IN, *HANDLERS)
def take_case_back(id: str, assignment: str) -> ResponseReturnValue:
    """Take the case back from someone who handles it."""
    if assignment not in case_entries(here.engine(), here.by(), id).handlers:
        abort(404)
    return _do(
        id, f"end-{assignment}", "web.case.taken-back",
        lambda: end_assignment(here.engine(), here.by(), assignment, reason=_reason()), place="handlers",
    )  # fmt: skip


def _reason() -> str:
    return request.form.get("reason", "")


def _do(id: str, form: str, done: str, deed: Callable[[], object], *, place: str = "") -> ResponseReturnValue:
    """Do what a form of the page asks for, and come back to its place; what can not be done is told there."""
    try:
        deed()
    except InputError as error:
        return _page(id, Tried(form, error.problems, request.form), 422)
    except NotPossibleError as error:
        return _page(id, Tried(form, (error.problem,), request.form), 409)
    flash(t(done))
    return redirect(back_to(id, place or form), 303)


def _page(id: str, tried: Tried | None = None, status: int = 200) -> ResponseReturnValue:
    page = see_case(here.engine(), here.by(), id, all=request.args.get("all") == "yes")
    return render_template("office/case/case.html", **case_words(page, tried)), status
