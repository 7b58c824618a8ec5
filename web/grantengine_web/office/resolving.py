"""A committee decides a proposal: the case paper that it gets, and what it resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.services.case_paper import case_paper
from grantengine.services.change_proposal import Moved
from grantengine.services.record_resolution import record_resolution, see_resolution
from grantengine.services.see_allocation import AllocationSeen, see_allocation
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.forms import spellings
from grantengine_web.letter_page import letter_page
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.office.hand_moves import names_of, sum_after
from grantengine_web.words import labelled, t

ROWS, MORE, MOST = 3, 5, 100


class Resolved(TypedDict):
    """What the services take of a resolution."""

    committee: str
    on: date
    reference: str
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the form: a case by its number, what the committee gave it, and why."""

    place: int
    number: str
    amount: str
    reason: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in it."""
        return not (self.number.strip() or self.amount.strip() or self.reason.strip())


@office.get("/proposals/<id>/resolution")
@open_to(Who.SIGNED_IN, *DECIDERS)
def resolving_proposal(id: str) -> ResponseReturnValue:
    """The way to the case paper, and what the committee resolved."""
    return _page(id)


@office.post("/proposals/<id>/resolution")
@open_to(Who.SIGNED_IN, *HANDLERS)
def resolve_proposal(id: str) -> ResponseReturnValue:
    """More rows (``step`` is ``more``), see what it does (``see``), or write down what was resolved (``record``)."""
    step = request.form.get("step")
    if step == "more":
        return _page(id, rows=len(_changes()) + MORE)
    places: dict[str, int] = {}
    try:
        told = _told(see_allocation(here.engine(), here.by(), id), places)
        if step != "record":
            return _page(id, moved=see_resolution(here.engine(), here.by(), id, **told))
        record_resolution(here.engine(), here.by(), id, **told)
    except InputError as error:
        return _page(id, [_at_row(one, places) for one in error.problems], 422)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(t("web.rank.resolved"))
    return redirect(url_for("office.proposal", id=id), 303)


@office.get("/proposals/<id>/paper")
@open_to(Who.SIGNED_IN, *DECIDERS)
def proposal_paper(id: str) -> ResponseReturnValue:
    """The case paper, a document of its own, with the usual recommendation."""
    return _paper(id, "")


@office.post("/proposals/<id>/paper")
@open_to(Who.SIGNED_IN, *DECIDERS)
def proposal_paper_with(id: str) -> ResponseReturnValue:
    """The same, with a recommendation that was written for it."""
    try:
        return _paper(id, request.form.get("recommendation", ""))
    except InputError as error:
        return _page(id, error.problems, 422)


def _paper(id: str, recommendation: str) -> ResponseReturnValue:
    html = case_paper(here.engine(), here.by(), id, recommendation=recommendation)
    return letter_page(html, render_template("office/rank/paper_bar.html", id=id))


def _changes() -> list[Change]:
    """The rows as they were sent."""
    columns = (request.form.getlist(name) for name in ("number", "amount", "why"))
    rows = list(zip(*columns, strict=False))[:MOST]
    return [Change(place, *row) for place, row in enumerate(rows)]


def _told(seen: AllocationSeen, places: dict[str, int]) -> Resolved:
    """What was resolved; ``places`` learns in which row each case stands.

    :raises InputError: a case that is none of the proposal, one that stands twice, or a day that is none.
    """
    form, problems = request.form, list[Problem]()
    by_number = {one.number: one.application_id for one in seen.cases}
    changes: dict[str, tuple[str, str]] = {}
    for one in _changes():
        if one.is_empty:
            continue
        id = by_number.get(one.number.strip())
        if id is None:
            where = Where(pointer=f"/number-{one.place}")
            problems.append(Problem("case-not-in-proposal", where, {"field": one.number.strip()[:40]}))
        elif id in changes:
            problems.append(Problem("case-twice", Where(pointer=f"/number-{one.place}"), {"number": one.number}))
        else:
            places[id] = one.place
            changes[id] = (spellings.money(one.amount) or one.amount, one.reason)
    day = spellings.day(form.get("on", ""))
    if day is None:
        written = form.get("on", "").strip()
        code = "date-format" if written else "field-missing"
        problems.append(Problem(code, Where(pointer="/on"), {"field": "on", "text": written[:40]}))
    if day is None or problems:
        raise InputError(problems)
    return Resolved(
        committee=form.get("committee", ""), on=date.fromisoformat(day), reference=form.get("reference", ""), changes=changes
    )  # fmt: skip


def _at_row(one: Problem, places: Mapping[str, int]) -> Problem:
    """A problem with what was changed, at the field of its row."""
    parts = one.where.pointer.split("/")
    if len(parts) != 4 or parts[1] != "changes":
        return one
    field = {"amount": "amount", "reason": "why"}[parts[3]]
    where = Where(pointer=f"/{field}-{places.get(parts[2], 0)}")
    return Problem(one.code, where, {**one.params, "field": t(f"web.rank.field.{field}")})


def _page(
    id: str,
    problems: Sequence[Problem] = (),
    status: int = 200,
    *,
    rows: int = 0,
    moved: tuple[Moved, ...] | None = None,
) -> ResponseReturnValue:
    seen = see_allocation(here.engine(), here.by(), id)
    changes = list(_filled(rows))
    return render_template(
        "office/rank/resolution.html", desk=see_desk(here.engine(), here.by(), seen.call_id), seen=seen, form=request.form,
        problems=labelled(problems, "rank.field"), changes=changes, moved=moved, names=names_of(seen),
        sum_after=sum_after(seen, moved or ()), most=MOST,
    ), status  # fmt: skip


def _filled(rows: int) -> Iterator[Change]:
    sent = _changes()
    yield from sent
    for place in range(len(sent), min(max(rows, ROWS), MOST)):
        yield Change(place, "", "", "")
