"""Before one begins an application, and beginning it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.copy_application import copy_application
from grantengine.services.see_start import see_start
from grantengine.services.start_draft import start_draft
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.answers import said
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import WRITERS, words

MARK = re.compile(r"[A-Za-z0-9_-]{8,80}")
KNOWN = "known."
"""How the names of fields begin that carry an answer which is known already."""


@applicant.get("/calls/<id>/apply")
@open_to(Who.SIGNED_IN, *WRITERS)
def start(id: str) -> ResponseReturnValue:
    """For whom one applies, what it takes, what is known, what can be copied, and whether someone has begun."""
    return _page(id, request.args.get("organisation"))


@applicant.post("/calls/<id>/apply")
@open_to(Who.SIGNED_IN, *WRITERS)
def begin(id: str) -> ResponseReturnValue:
    """Begin; the same form sent twice begins one application."""
    typed = request.form
    mark = typed.get("mark", "") if MARK.fullmatch(typed.get("mark", "")) else None
    strand, copied = typed.get("strand") or None, typed.get("copy") or None
    left_out: tuple[str, ...] = ()
    try:
        if copied:
            made = copy_application(
                here.engine(), here.by(), copied, call_id=id, strand=strand, request_id=mark, answers=_known(typed)
            )
            application, left_out = made.application_id, made.left_out
        else:
            application = start_draft(
                here.engine(), here.by(), call_id=id, organisation_id=typed.get("organisation", ""), request_id=mark,
                answers=_known(typed), strand=strand,
            )  # fmt: skip
    except InputError as error:
        return _page(id, typed.get("organisation"), error.problems, 422)
    except NotPossibleError as error:
        return _page(id, typed.get("organisation"), (error.problem,), 409)
    if left_out:
        flash(words().t("web.start.left-out", count=len(left_out)), "info")
    return redirect(url_for("applicant.overview", id=application), 303)


def _page(
    id: str, organisation: str | None, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    seen = see_start(here.engine(), here.by(), id, organisation or None)
    known = [
        (one, said(seen.questions[one.question], one.value), json.dumps(one.value))
        for one in (seen.prepared.proposed if seen.prepared else ())
    ]
    mark = request.form.get("mark", "")
    return render_template(
        "applicant/start/start.html", seen=seen, known=known, problems=problems, now=here.by().at, typed=request.form,
        mark=mark if MARK.fullmatch(mark) else here.engine().new_secret(),
    ), status  # fmt: skip


def _known(typed: Mapping[str, str]) -> dict[str, Any]:
    """The answers that are known and were kept; what is no JSON was not written by our page."""
    found = {}
    for name, value in typed.items():
        if name.startswith(KNOWN):
            try:
                found[name.removeprefix(KNOWN)] = json.loads(value)
            except (ValueError, RecursionError):
                continue
    return found
