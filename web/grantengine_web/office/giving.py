"""Many cases are given to a handler at once, moved or taken back: what will happen is shown before it does."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, Problem
from grantengine.services.give_cases import DEEDS, Giving, give_cases, preview_giving
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office, queue_view
from grantengine_web.office.desk import HANDLERS
from grantengine_web.office.inbox import show_cases
from grantengine_web.words import labelled, t


@office.get("/calls/<id>/give")
@open_to(Who.SIGNED_IN, *HANDLERS)
def giving(id: str) -> ResponseReturnValue:
    """What would happen to the cases that are ticked, or to all that match."""
    said = request.args
    matching = queue_view.chosen() if said.get("which") == "all" else None
    try:
        seen = preview_giving(
            here.engine(), here.by(), id, said.get("deed", ""), said.get("to", ""), cases=said.getlist("case"),
            matching=matching,
        )  # fmt: skip
    except InputError as error:
        return show_cases(id, labelled(error.problems, "queue"), 422)
    return _preview(id, seen, queue_view.query(queue_view.chosen()), said.get("to", ""))


@office.post("/calls/<id>/give")
@open_to(Who.SIGNED_IN, *HANDLERS)
def give(id: str) -> ResponseReturnValue:
    """Do it, as far as it is still possible."""
    form = request.form
    chosen, query, to = form.get("cases", "").split(), form.get("query", ""), form.get("to", "")
    deed = form.get("deed", "")
    try:
        done = give_cases(here.engine(), here.by(), id, deed, to, cases=chosen, reason=form.get("reason", ""))
    except InputError as error:
        if deed not in DEEDS or not chosen:
            raise
        seen = preview_giving(here.engine(), here.by(), id, deed, to, cases=chosen)
        return _preview(id, seen, query, to, labelled(error.problems, "queue"), 422)
    back = queue_view.list_url(id, queue_view.of_query(query))
    if done.left_out or not done.done:
        desk = see_desk(here.engine(), here.by(), id)
        return render_template("office/queue/given.html", desk=desk, done=done, back=back, view=queue_view)
    flash(t(queue_view.of_number(f"web.queue.done.{done.deed}", len(done.done)), count=len(done.done), name=done.to))
    return redirect(back, 303)


def _preview(
    id: str, seen: Giving, query: str, to: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    desk = see_desk(here.engine(), here.by(), id)
    return render_template(
        "office/queue/give.html", desk=desk, view=queue_view, seen=seen, query=query, to=to, problems=problems,
        back=queue_view.list_url(id, queue_view.of_query(query)), reason=request.form.get("reason", ""),
    ), status  # fmt: skip
