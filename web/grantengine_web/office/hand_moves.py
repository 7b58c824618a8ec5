"""What a case gets is set by hand: with a reason, and after one has seen what that does to the others."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem, Where
from grantengine.services.change_proposal import Moved, see_hand_move, set_by_hand
from grantengine.services.see_allocation import AllocationSeen, see_allocation
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import labelled, t


@office.get("/proposals/<id>/cases/<case>")
@open_to(Who.SIGNED_IN, *DECIDERS)
def hand_move(id: str, case: str) -> ResponseReturnValue:
    """What a case gets now, and a field for what it is to get."""
    return _page(id, case)


@office.post("/proposals/<id>/cases/<case>")
@open_to(Who.SIGNED_IN, *HANDLERS)
def set_hand(id: str, case: str) -> ResponseReturnValue:
    """See what a new amount does (``step`` is ``see``), or set it (``set``); ``rules``: what the rules say again."""
    form = request.form
    amount = None if form.get("rules") else (spellings.money(form.get("amount", "")) or form.get("amount", ""))
    reason = form.get("reason", "")
    try:
        if form.get("step") != "set":
            return _seen_first(id, case, amount, reason)
        set_by_hand(here.engine(), here.by(), id, case, amount, reason=reason, seen=form.get("seen"))
    except InputError as error:
        return _page(id, case, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, case, (error.problem,), 409)
    flash(t("web.rank.hand.done"))
    return redirect(url_for("office.proposal", id=id, _anchor=f"case-{case}"), 303)


def _seen_first(id: str, case: str, amount: str | None, reason: str) -> ResponseReturnValue:
    moved = see_hand_move(here.engine(), here.by(), id, case, amount)
    if not reason.strip():
        raise InputError([Problem("reason-missing", Where(pointer="/reason"), {"field": "reason"})])
    return _page(id, case, moved=moved)


def _page(
    id: str, case: str, problems: Sequence[Problem] = (), status: int = 200, *, moved: tuple[Moved, ...] | None = None
) -> ResponseReturnValue:
    seen = see_allocation(here.engine(), here.by(), id)
    one = next((one for one in seen.cases if one.application_id == case), None)
    if one is None:
        raise NotFoundError("application-not-found")
    return render_template(
        "office/rank/hand_move.html", desk=see_desk(here.engine(), here.by(), seen.call_id), seen=seen, one=one,
        form=request.form, problems=labelled(problems, "rank.field"), moved=moved, names=names_of(seen),
        sum_after=sum_after(seen, moved or ()),
    ), status  # fmt: skip


def names_of(seen: AllocationSeen) -> dict[str, str]:
    """The applicants of a proposal by case."""
    return {one.application_id: one.organisation for one in seen.cases}


def sum_after(seen: AllocationSeen, moved: Sequence[Moved]) -> int:
    """What a proposal gives in all once these have been moved."""
    return seen.granted + sum(one.after - one.before for one in moved)
