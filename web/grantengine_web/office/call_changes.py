"""Dates and budget of a call that is announced are changed for all, or the deadline for one; always with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.money import Money
from grantengine.services.change_call import change_call as change
from grantengine.services.extend_deadline import extend_named
from grantengine.services.see_call_change import BudgetSeen, CallChangeSeen, see_call_change
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.words import OSLO, t

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is to be another: the key of its name, as it is, as it will be, and the operation that does it; of a
    budget which of them it is.
    """

    words: str
    before: Any
    after: Any
    operation: dict[str, Any]
    budget: BudgetSeen | None = None


@office.get("/calls/<id>/change")
@open_to(Who.SIGNED_IN, *HANDLERS)
def change_call(id: str) -> ResponseReturnValue:
    """What may be changed, and what was."""
    return _page(see_call_change(here.engine(), here.by(), id))


@office.post("/calls/<id>/change")
@open_to(Who.SIGNED_IN, *HANDLERS)
def change_call_now(id: str) -> ResponseReturnValue:
    """Show what would be published, or do it."""
    seen, reason = see_call_change(here.engine(), here.by(), id), request.form.get("reason", "")
    try:
        steps = _steps(seen)
        if "preview" in request.form:
            if not reason.strip():
                raise InputError([Problem("reason-missing", Where(pointer="/reason"))])
            return _page(seen, steps=steps)
        change(here.engine(), here.by(), id, [one.operation for one in steps], reason=reason)
    except InputError as error:
        return _page(seen, error.problems, 422)
    except NotPossibleError as error:
        return _page(seen, (error.problem,), 409)
    flash(t("web.rounds.changed"))
    return redirect(url_for("office.change_call", id=id), 303)


@office.post("/calls/<id>/extend")
@open_to(Who.SIGNED_IN, *HANDLERS)
def extend(id: str) -> ResponseReturnValue:
    """A later deadline for one applicant."""
    form = request.form
    try:
        name = extend_named(
            here.engine(), here.by(), call_id=id, named=form.get("named", ""),
            closes=f"{form.get('until_day', '')}T{form.get('until_clock', '')}", reason=form.get("why", ""),
        )  # fmt: skip
    except (InputError, NotPossibleError) as error:
        problems = error.problems if isinstance(error, InputError) else (error.problem,)
        return _page(
            see_call_change(here.engine(), here.by(), id), problems, 422 if isinstance(error, InputError) else 409,
            of_one=True,
        )  # fmt: skip
    flash(t("web.rounds.extended", name=name))
    return redirect(url_for("office.change_call", id=id, _anchor="one"), 303)


def _steps(seen: CallChangeSeen) -> list[Step]:
    """What is filled in otherwise than it is.

    :raises InputError: a field that can not be read, or ``nothing-changed``.
    """
    form, now, problems, steps = request.form, _now(seen), list[Problem](), list[Step]()
    closes = (form.get("day", now["day"]), form.get("clock", now["clock"]))
    if closes != (now["day"], now["clock"]):
        steps.append(_closing(seen, *closes, problems))
    decided = spellings.day(form.get("decided_by", now["decided_by"])) or ""
    if decided and decided != now["decided_by"]:
        operation = {"op": "replace" if seen.desk.decided_by else "add", "path": "/call/decided_by", "value": decided}
        after = datetime.fromisoformat(decided).date()
        steps.append(Step("web.rounds.decided-by", seen.desk.decided_by, after, operation))
    elif not decided and now["decided_by"]:
        problems.append(Problem("day-needed", Where(pointer="/decided_by")))
    for place, one in enumerate(seen.budgets):
        name = f"budget-{place}"
        sum = spellings.money(form.get(name, now[name]))
        if sum is None:
            problems.append(Problem("sum-needed", Where(pointer=f"/{name}")))
        elif sum != spellings.money(now[name]):
            was, wanted = Money(one.ore, seen.unit), Money(int(sum.replace(".", "")), seen.unit)
            operation = {"op": "replace", "path": one.path, "value": f"{sum} {seen.unit}"}
            steps.append(Step("web.rounds.budget", was, wanted, operation, one))
    if not steps and not problems:
        problems.append(Problem("nothing-changed"))
    if problems:
        raise InputError(problems)
    return steps


def _closing(seen: CallChangeSeen, day: str, clock: str, problems: list[Problem]) -> Step:
    written = f"{spellings.day(day) or ''}T{clock}"
    try:
        after = datetime.fromisoformat(written).replace(tzinfo=OSLO)
    except ValueError:
        problems.append(Problem("day-needed", Where(pointer="/day")))
        after = here.by().at
    operation = {"op": "replace", "path": "/call/closes", "value": written}
    before = seen.desk.closes - MINUTE if seen.desk.closes else None
    return Step("web.rounds.closes", before, after, operation)


def _now(seen: CallChangeSeen) -> dict[str, str]:
    """What the fields say before anything is changed: of the deadline the last minute that is in time."""
    last = (seen.desk.closes - MINUTE).astimezone(OSLO) if seen.desk.closes and seen.one_deadline else None
    decided = seen.desk.decided_by
    return {
        "day": last.date().isoformat() if last else "", "clock": f"{last:%H:%M}" if last else "",
        "decided_by": decided.isoformat() if decided else "",
        **{f"budget-{place}": _written(one.ore) for place, one in enumerate(seen.budgets)},
    }  # fmt: skip


def _written(ore: int) -> str:
    return spellings.written_money(f"{ore // 100}.{ore % 100:02}", here.language()) or ""


def _page(
    seen: CallChangeSeen, problems: tuple[Problem, ...] = (), status: int = 200, steps: list[Step] | None = None,
    of_one: bool = False,
) -> ResponseReturnValue:  # fmt: skip
    return render_template(
        "office/rounds/change.html", desk=seen.desk, seen=seen, problems=() if of_one else problems,
        problems_of_one=problems if of_one else (), steps=steps, places=_places(seen),
        form=request.form, now=_now(seen) | request.form.to_dict(),
        today=here.by().at,
    ), status  # fmt: skip


def _places(seen: CallChangeSeen) -> dict[str, str]:
    """The fields of what a refused change is about."""
    budgets = {one.path: f"budget-{place}" for place, one in enumerate(seen.budgets)}
    return {"/call/closes": "day", "/call/decided_by": "decided_by", "/call/budget": "budget-0", **budgets}
