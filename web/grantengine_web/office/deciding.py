"""A proposal is agreed to and becomes decisions, or it is dropped."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotAllowedError, NotPossibleError, Problem
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.see_allocation import see_allocation
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS
from grantengine_web.office.money_left import parts_left
from grantengine_web.words import labelled, t

OF_PERSONS = frozenset({"second-person-needed", "leader-needed"})


@office.get("/proposals/<id>/decide")
@open_to(Who.SIGNED_IN, *DECIDERS)
def deciding_proposal(id: str) -> ResponseReturnValue:
    """How many get what, who may agree to it, and what can not be undone."""
    return _page("decide", id)


@office.post("/proposals/<id>/decide")
@open_to(Who.SIGNED_IN, *DECIDERS)
def decide_proposal(id: str) -> ResponseReturnValue:
    """Agree to a proposal; it becomes decisions, or goes to the committee."""
    try:
        done = approve_allocation(here.engine(), here.by(), id, seen=request.form.get("seen", ""))
    except NotAllowedError as error:
        if error.code not in OF_PERSONS:
            raise
        return _page("decide", id, (error.problem,), 403)
    except NotPossibleError as error:
        return _page("decide", id, (error.problem,), 409)
    flash(t("web.rank.decided" if done.status == "decided" else "web.rank.approved-now"))
    return redirect(url_for("office.proposal", id=id), 303)


@office.get("/proposals/<id>/drop")
@open_to(Who.SIGNED_IN, *DECIDERS)
def dropping_proposal(id: str) -> ResponseReturnValue:
    """What it means to drop a proposal, before it is done."""
    return _page("drop", id)


@office.post("/proposals/<id>/drop")
@open_to(Who.SIGNED_IN, *DECIDERS)
def drop_proposal(id: str) -> ResponseReturnValue:
    """Drop a proposal, with the reason."""
    try:
        drop_allocation(here.engine(), here.by(), id, reason=request.form.get("reason", ""))
    except InputError as error:
        return _page("drop", id, error.problems, 422)
    except NotPossibleError as error:
        return _page("drop", id, (error.problem,), 409)
    flash(t("web.rank.dropped"))
    seen = see_allocation(here.engine(), here.by(), id)
    return redirect(url_for("office.proposals", id=seen.call_id), 303)


def _page(name: str, id: str, problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_allocation(here.engine(), here.by(), id)
    return render_template(
        f"office/rank/{name}.html", desk=see_desk(here.engine(), here.by(), seen.call_id), seen=seen,
        funded=sum(1 for one in seen.cases if one.granted), left=parts_left(seen), form=request.form,
        problems=labelled(problems, "rank.field"),
    ), status  # fmt: skip
