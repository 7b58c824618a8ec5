"""Single values of a scheme that can be turned without compiling it anew: weights, caps, the minimum, the budget, a rule."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from grantengine.compile.criteria import reading
from grantengine.compile.plan import CriterionPlan, Plan, Reading, RulePlan
from grantengine.errors import Message, MoneyError
from grantengine.expressions.check import check
from grantengine.expressions.expression import ExpressionError
from grantengine.expressions.nodes import Literal, Node, rebuilt
from grantengine.expressions.parse import parse
from grantengine.expressions.types import NUMBER, YES_NO, Type
from grantengine.money import parse_money
from grantengine.scheme.pointer import pointer_steps

_ENDS_IN_NUMBER = re.compile(r"(.*[\s<>=])(0|[1-9][0-9]{0,8})", re.DOTALL)


def turned(plan: Plan, changes: Sequence[tuple[str, Any]]) -> Plan | None:
    """The plan with some values changed, which evaluates as that of the changed scheme does.

    Its ``scheme`` and ``version`` are those it had. None where a change is not such a value, or not a fit one: then
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
        case ("criteria", id, "points"):
            return _points(plan, id, value)
        case ("eligibility", id, "require"):
            return _rule(plan, id, value)
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


def _points(plan: Plan, id: str, text: Any) -> Plan | None:
    place = next((place for place, one in enumerate(plan.criteria) if one.id == id), None)
    if place is None or plan.criteria[place].kind is not None:
        return None
    read = _reading(plan, text, NUMBER)
    if read is None:
        return None
    changed = replace(plan.criteria[place], text=text, reading=read)
    return replace(plan, criteria=(*plan.criteria[:place], changed, *plan.criteria[place + 1 :]))


def _rule(plan: Plan, id: str, text: Any) -> Plan | None:
    place = next((place for place, one in enumerate(plan.rules) if one.id == id), None)
    if place is None or plan.rules[place].of_kind:
        return None
    read = _other_number(plan.rules[place], text) or _reading(plan, text, YES_NO)
    if read is None:
        return None
    because = plan.rules[place].because
    if isinstance(because, Message):
        because = Message(because.key, {"rule": text})
    changed = replace(plan.rules[place], text=text, reading=read, because=because)
    return replace(plan, rules=(*plan.rules[:place], changed, *plan.rules[place + 1 :]))


def _other_number(rule: RulePlan, text: Any) -> Reading | None:
    """The rule with another whole number at its end, as where a threshold is turned; None where it differs otherwise.

    What stands before the number is the same to the letter, so the tree is the same but for one literal, and need not
    be parsed and checked anew, which takes longer than evaluating ten thousand cases.
    """
    was = _ENDS_IN_NUMBER.fullmatch(rule.text)
    now = _ENDS_IN_NUMBER.fullmatch(text) if isinstance(text, str) else None
    if was is None or now is None or was[1] != now[1]:
        return None
    checked = rule.reading.expression
    node = rebuilt(checked.node, lambda one: _turned_literal(one, len(was[1]), int(was[2]), int(now[2])))
    if node is checked.node:
        return None
    return replace(rule.reading, expression=replace(checked, text=text, node=node))


def _turned_literal(node: Node, at: int, was: int, now: int) -> Node:
    turns = isinstance(node, Literal) and node.at == at and type(node.value) is int and node.value == was
    return replace(node, value=now) if turns else node  # type: ignore[call-arg]


def _reading(plan: Plan, text: Any, want: Type) -> Reading | None:
    """An expression read as compiling the scheme reads it; None where it has faults."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return reading(check(parse(text), plan.scope, want=want), plan.known)
    except ExpressionError:
        return None


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
