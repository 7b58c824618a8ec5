"""Answers of a call that are published to all who apply in it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, Problem
from grantengine.services.publish_answer import list_answers, publish_answer
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS, WORKERS
from grantengine_web.words import t

MOST = 50
"""Answers on a page."""


@office.get("/calls/<id>/answers")
@open_to(Who.SIGNED_IN, *WORKERS, "administrator")
def published(id: str) -> ResponseReturnValue:
    """What is published, oldest first, and a form to publish more."""
    return _page(id)


@office.post("/calls/<id>/answers")
@open_to(Who.SIGNED_IN, *HANDLERS)
def publish_new(id: str) -> ResponseReturnValue:
    """Publish a question and its answer."""
    form = request.form
    try:
        publish_answer(here.engine(), here.by(), id, asked=form.get("asked", ""), answer=form.get("answer", ""))
    except InputError as error:
        return _page(id, error.problems, 422)
    flash(t("web.talk.published"))
    return redirect(url_for("office.published", id=id), 303)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    after, form = request.args.get("after", ""), request.form
    desk = see_desk(here.engine(), here.by(), id)
    answers = list_answers(here.engine(), here.by(), id, after=after, limit=MOST + 1)
    return render_template(
        "office/talk/published.html", desk=desk, answers=answers[:MOST], after=after, problems=problems,
        then=answers[MOST - 1].id if len(answers) > MOST else None, asked=form.get("asked", ""),
        answer=form.get("answer", ""),
    ), status  # fmt: skip
