"""The authority's front page, the cases of a call, and a person's own choices of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.keep_view import keep_view, remove_view
from grantengine.services.list_cases import DUES, SHOWN, list_cases
from grantengine.services.see_office import see_office
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office, queue_view
from grantengine_web.office.desk import DECIDERS
from grantengine_web.words import labelled, t

LISTERS = (*DECIDERS, "reviewer")


@office.get("")
@open_to(Who.SIGNED_IN)
def front() -> str:
    """What waits for whoever asks, and how it stands with the calls."""
    after = request.args.get("after", "")
    page = see_office(here.engine(), here.by(), after=after)
    return render_template(
        "office/queue/front.html", page=page, goes_on=bool(after), now=here.by().at, view=queue_view, over=queue_view.OVER
    )  # fmt: skip


@office.get("/calls/<id>")
@open_to(Who.SIGNED_IN, *LISTERS)
def cases(id: str) -> ResponseReturnValue:
    """The cases of a call, those that are asked for."""
    return show_cases(id)


@office.post("/calls/<id>/views")
@open_to(Who.SIGNED_IN, *LISTERS)
def keep(id: str) -> ResponseReturnValue:
    """Keep a choice of cases under a name."""
    filter = queue_view.of_query(request.form.get("query", ""))
    try:
        keep_view(here.engine(), here.by(), id, name=request.form.get("name", ""), query=queue_view.query(filter))
    except InputError as error:
        return show_cases(id, labelled(error.problems, "queue"), 422)
    except NotPossibleError as error:
        return show_cases(id, (error.problem,), 409)
    flash(t("web.queue.kept"))
    return redirect(queue_view.list_url(id, filter), 303)


@office.post("/calls/<id>/views/<view>/remove")
@open_to(Who.SIGNED_IN, *LISTERS)
def drop_view(id: str, view: str) -> ResponseReturnValue:
    """Keep a choice of one's own no longer."""
    remove_view(here.engine(), here.by(), id, view)
    flash(t("web.queue.removed"))
    return redirect(queue_view.list_url(id, queue_view.of_query(request.form.get("query", ""))), 303)


def show_cases(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    """The list, with what is wrong in one of its forms."""
    asked = request.form.get("query")
    filter, after = queue_view.chosen() if asked is None else queue_view.of_query(asked), request.args.get("after", "")
    found = list_cases(here.engine(), here.by(), id, filter, after=after)
    return render_template(
        "office/queue/cases.html", desk=found.desk, found=found, filter=filter, after=after, problems=problems, view=queue_view,
        over=queue_view.OVER, shown=SHOWN, dues=DUES, strands=dict(found.strands), me=here.by().id,
        typed=request.form.get("name", ""), ticked=request.args.getlist("case"),
    ), status  # fmt: skip
