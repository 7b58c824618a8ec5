"""The list of calls, and what one call says."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from grantengine.errors import InputError, Problem
from grantengine.services.list_calls import Calls, list_calls
from grantengine.services.publish_answer import list_answers
from grantengine.services.read_call import read_call
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.catalogue import catalogue
from grantengine_web.catalogue.asked import asked_for, with_sum, without

FILTERS = ("words", "kind", "place", "target", "amount")
ANSWERS = 50


@catalogue.get("/calls")
@open_to(Who.EVERYONE)
def calls() -> str:
    """Calls that are open, coming and closed. A filter that can not be understood is told of, and left out."""
    asked = asked_for(*FILTERS)
    state, after = request.args.get("state", "open"), request.args.get("after", "")
    found, problems = _found({**with_sum(asked), "state": state, "after": after})
    wrong = {problem.where.pointer.lstrip("/") for problem in problems}
    used = {name: value for name, value in asked.items() if value and name not in wrong}
    return render_template(
        "catalogue/calls.html", calls=found, asked=asked, used=used, problems=problems, after=after,
        state="open" if "state" in wrong else state,
    )  # fmt: skip


def _found(asked: dict[str, Any]) -> tuple[Calls, tuple[Problem, ...]]:
    try:
        return list_calls(here.engine(), here.by(), **asked), ()
    except InputError as error:
        return list_calls(here.engine(), here.by(), **without(asked, error)), error.problems


@catalogue.get("/calls/<call_id>")
@open_to(Who.EVERYONE)
def call(call_id: str) -> str:
    """What a call is for, who can apply, what counts, and how it is decided."""
    return render_template("catalogue/call.html", call=read_call(here.engine(), here.by(), call_id))


@catalogue.get("/calls/<call_id>/answers")
@open_to(Who.EVERYONE)
def answers(call_id: str) -> str:
    """What applicants have asked that concerns all of them, and the answers."""
    of, after = read_call(here.engine(), here.by(), call_id), request.args.get("after", "")
    found = list_answers(here.engine(), here.by(), call_id, after=after, limit=ANSWERS + 1)
    return render_template(
        "catalogue/answers.html", call=of, answers=found[:ANSWERS], after=after,
        then=found[ANSWERS - 1].id if len(found) > ANSWERS else None,
    )  # fmt: skip
