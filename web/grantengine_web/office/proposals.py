"""The proposals of a call: what must be clarified first, making one, and those there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.services.allocate_call import allocate_call
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.blockers import Blocker
from grantengine.services.see_desk import see_desk
from grantengine.services.see_proposals import see_proposals
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import labelled, t

MOST_SHOWN = 50
"""How many cases that wait are listed; the rest is counted."""


@dataclass
class Waiting:
    """A case with all that it waits for."""

    application_id: str
    number: str
    blockers: list[Blocker] = field(default_factory=list)


@office.get("/calls/<id>/proposals")
@open_to(Who.SIGNED_IN, *DECIDERS)
def proposals(id: str) -> ResponseReturnValue:
    """The proposals of a call, and what the next one waits for."""
    return _page(id)


@office.post("/calls/<id>/proposals")
@open_to(Who.SIGNED_IN, *HANDLERS)
def propose(id: str) -> ResponseReturnValue:
    """Propose who gets what, by the rules of the call."""
    try:
        strand, until = _wanted()
        made = allocate_call(here.engine(), here.by(), id, strand=strand, until=until)
    except InputError as error:
        return _page(id, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(t("web.rank.made-now"))
    return redirect(url_for("office.proposal", id=made), 303)


@office.post("/calls/<id>/proposals/reserve")
@open_to(Who.SIGNED_IN, *HANDLERS)
def propose_reserve(id: str) -> ResponseReturnValue:
    """Propose grants to those on the reserve list."""
    try:
        made = allocate_reserve(here.engine(), here.by(), id)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(t("web.rank.made-now"))
    return redirect(url_for("office.proposal", id=made), 303)


def _wanted() -> tuple[str | None, date | None]:
    """The strand and the day that were chosen.

    :raises InputError: what was written is no day.
    """
    written = request.values.get("until", "").strip()
    day = spellings.day(written) if written else None
    if written and day is None:
        raise InputError([Problem("date-format", Where(pointer="/until"), {"field": "until", "text": written[:40]})])
    return request.values.get("strand") or None, date.fromisoformat(day) if day else None


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    strand: str | None = None
    until: date | None = None
    try:
        strand, until = _wanted()
    except InputError as error:
        problems, status = error.problems, 422
    seen = see_proposals(here.engine(), here.by(), id, strand=strand, until=until)
    waiting = _by_case(seen.blockers)
    return render_template(
        "office/rank/proposals.html", desk=see_desk(here.engine(), here.by(), id), seen=seen,
        problems=labelled(problems, "rank.field"), status=status, waiting=waiting[:MOST_SHOWN],
        more=len(waiting) - MOST_SHOWN, counts=Counter(one.kind for one in seen.blockers).most_common(),
        until=request.values.get("until", ""), strand=strand,
    ), status  # fmt: skip


def _by_case(blockers: Iterable[Blocker]) -> list[Waiting]:
    found: dict[str, Waiting] = {}
    for one in blockers:
        if one.application_id:
            found.setdefault(one.application_id, Waiting(one.application_id, one.number)).blockers.append(one)
    return list(found.values())
