"""Single numbers of a scheme that can be turned without compiling it anew: weights, caps, the minimum, the budget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from grantengine.compile.plan import CriterionPlan, Plan
from grantengine.errors import MoneyError
from grantengine.money import parse_money
from grantengine.scheme.pointer import pointer_steps


def turned(plan: Plan, changes: Sequence[tuple[str, Any]]) -> Plan | None:
    """The plan with some values changed, which evaluates as that of the changed scheme does.

    Its ``scheme`` and ``version`` are those it had. None where a change is not such a number, or not a fit one: then
    the changed scheme must be checked.
    """
    if plan.strands:
        return None
    for pointer, value in changes:
        changed = _turned(plan, pointer_steps(pointer), value)
        if changed is None:
            return None
        plan = changed
    return plan


def _turned(plan: Plan, steps: tuple[str, ...], value: Any) -> Plan | None:
    match steps:
        case ("criteria", id, ("weight" | "max_points") as key):
            return _criterion(plan, id, key, value)
        case ("allocation", "options", "minimum_points"):
            return _minimum(plan, value)
        case ("call", "budget"):
            return _budget(plan, value)
    return None


def _criterion(plan: Plan, id: str, key: str, value: Any) -> Plan | None:
    number = _number(value)
    place = next((place for place, one in enumerate(plan.criteria) if one.id == id), None)
    if number is None or place is None:
        return None
    criterion: CriterionPlan = plan.criteria[place]
    if key == "weight":
        changed = replace(criterion, weight=number)
    elif criterion.kind is None and criterion.max_points is not None:
        # A kind may compute with its maximum; a formula is only cut at it.
        changed = replace(criterion, max_points=number)
    else:
        return None
    return replace(plan, criteria=(*plan.criteria[:place], changed, *plan.criteria[place + 1 :]))


def _number(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if fits else None


def _minimum(plan: Plan, value: Any) -> Plan | None:
    cls = type(plan.allocation.options)
    if _number(value) is None or "minimum_points" not in cls.model_fields:
        return None
    given = dict(plan.scheme.allocation.options)
    try:
        options = cls.model_validate({**given, "minimum_points": value})
    except ValidationError:
        return None
    years = (replace(year, allocation=replace(year.allocation, options=options)) for year in plan.years)
    return replace(plan, years=tuple(years))


def _budget(plan: Plan, value: Any) -> Plan | None:
    if len(plan.years) > 1 or plan.intake.deadlines or not isinstance(value, str):
        return None
    try:
        money = parse_money(value)
    except MoneyError:
        return None
    if money.currency != plan.currency or money.ore < 0:
        return None
    return replace(plan, years=(replace(plan.years[0], budget=money.ore),))
