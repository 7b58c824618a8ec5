"""What went wrong, as a page that says what, why and what to do; what was typed is never lost on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from flask import Flask, current_app, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from grantengine.errors import (
    CodedError,
    ConflictError,
    GrantEngineError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotPossibleError,
    PluginError,
    Problem,
    StoreError,
)
from grantengine_web import here
from grantengine_web.layout import address

log = logging.getLogger("grantengine.web")

STATUSES: tuple[tuple[type[GrantEngineError], int], ...] = (
    (NotFoundError, 404), (NotAllowedError, 403), (ConflictError, 409), (NotPossibleError, 409), (InputError, 422),
    (StoreError, 503), (PluginError, 500),
)  # fmt: skip
OF_FORMS = frozenset({"csrf_token", "next", "password", "old_password"})
"""Fields that are not kept when a form could not be taken: they belong to that one try."""
INNER = frozenset({"base", "go", "version", "mark"})
INNER_OF = ("told.", "keep.", "known.")
"""Fields, and beginnings of fields, that nobody has typed: they are sent again and not shown."""

Answer = tuple[str | Response, int]


def status_of(error: GrantEngineError) -> int:
    """The status that goes with an error of the engine."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def problems_of(error: GrantEngineError) -> tuple[Problem, ...]:
    """What an error says, as problems."""
    if isinstance(error, InputError):
        return error.problems
    if isinstance(error, CodedError | PluginError):
        return (error.problem,)
    return (Problem("unexpected"),)


def answer_errors(app: Flask) -> None:
    """Give every error its page."""
    app.jinja_env.globals["readable"] = readable
    app.register_error_handler(GrantEngineError, of_the_engine)
    app.register_error_handler(CSRFError, not_from_here)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _of_the_web)
    app.register_error_handler(Exception, _unexpected)


def sign_in_first() -> Answer:
    """The answer to a form that came without a session: sign in here, and then send it again as it was."""
    if here.wants_json():
        return jsonify(code="sign-in-needed"), 401
    return render_template("account/sign_in_again.html", typed=typed(), to=address()), 401


def typed() -> list[tuple[str, str]]:
    """What was written in a form, to be sent again."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in OF_FORMS]


def name_answers(labels: Mapping[str, str]) -> None:
    """From here on in this request the questions of a form are known by their ids, for the page of an error."""
    g.labels = labels


def readable(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What someone has typed, each with the label of its question where the form is known, once for each question."""
    labels, found, last = g.get("labels", {}), [], ""
    for name, value in fields:
        if value.strip() and name not in INNER and not name.startswith(INNER_OF):
            label = labels.get(name.removeprefix("a.").split(".")[0], "") if name.startswith("a.") else ""
            found.append((label if label != last else "", value))
            last = label
    return found


def page(title: str, problems: Iterable[Problem], status: int, **more: object) -> Answer:
    """A page that tells of problems; to a script, the same as JSON."""
    found = tuple(problems)
    if here.wants_json():
        words = current_app.extensions["words"]
        told = [{"code": one.code, "pointer": one.where.pointer, "words": words.problem(one)} for one in found]
        return jsonify(code=found[0].code if found else title, problems=told), status
    return render_template("error.html", title=title, problems=found, status=status, **more), status


def of_the_engine(error: GrantEngineError) -> Answer:
    """The page of an error of the engine, with the status that goes with it."""
    status = status_of(error)
    if isinstance(error, NotAllowedError) and error.code == "sign-in-needed":
        return sign_in_first()
    if isinstance(error, StoreError):
        g.setdefault("signed_in", None)  # who asks can not be looked up either, and the page asks for it again
    # Where the database is, and what to run, is for the log: visitors are told that there is no answer.
    problems = () if isinstance(error, StoreError) else problems_of(error)
    if status >= 500:
        log.error("request %s: %s", g.get("request_id"), error, exc_info=error)
    lost = typed() if status in (409, 422, 503) else []
    return page(f"web.error.{status}", problems, status, typed=lost)


def not_from_here(error: CSRFError) -> Answer:
    """The answer to a form that is too old, or not ours: what was typed is shown, and sent again when its reader says so."""
    if here.wants_json():
        return page("web.error.form", [Problem("form-expired")], 400)
    is_known = request.url_rule is not None and not request.files
    return (
        render_template("resend.html", typed=typed() if is_known else [], to=address()), 400,
    )  # fmt: skip


def _too_large(error: RequestEntityTooLarge) -> Answer:
    return page("web.error.413", [Problem("request-too-large", params={"limit": 25})], 413)


def _of_the_web(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    return page(f"web.error.{status}" if status in (400, 404, 405) else "web.error.500", [], status)


def _unexpected(error: Exception) -> Answer:
    if current_app.testing and current_app.config.get("RAISE_UNEXPECTED"):
        raise error
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return page("web.error.500", [], 500, request_id=g.get("request_id"))
