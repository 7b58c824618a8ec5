"""Allocation: the scheme's method over the cases that compete, its answer checked, what handlers have set first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grantengine.compile.plan import AllocationPlan
from grantengine.errors import EvaluationError, PluginError, Problem
from grantengine.hooks.calls import call_plugin
from grantengine.hooks.pool import Pool, Taken, taken_from
from grantengine.money import Money
from grantengine.records import GROUNDS, Grants, Ground
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import As, Column, RuleEngine, Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUNDED = (Ground.FUNDED.code, Ground.FUNDED_IN_PART.code, Ground.SET_BY_HAND.code)
RESERVE = (Ground.DOES_NOT_FIT.code, Ground.BUDGET_USED.code)
NO_LIMIT = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Amounts:
    """What each case would get if money were no limit, in øre, and the method's own columns by name."""

    ore: NDArray[np.int64]
    known: NDArray[np.bool_]
    columns: Mapping[str, Column]


@dataclass(frozen=True, eq=False)
class Competition:
    """What decides among cases, in table order: totals, amounts, and sort keys among equals (last the ids)."""

    plan: AllocationPlan
    cases: CaseTable
    total: NDArray[np.int64]
    amounts: Amounts
    ties: tuple[NDArray[np.generic], ...]
    by_time: bool


def amounts(plan: AllocationPlan, cases: CaseTable, engine: RuleEngine) -> Amounts:
    """Evaluate the amount and the method's other expressions; amounts are rounded down, never below zero."""
    key = (plan.amount, plan.unit, *plan.columns.values())
    return cases.memory.kept("amounts", key, lambda: _amounts(plan, cases, engine))


def _amounts(plan: AllocationPlan, cases: CaseTable, engine: RuleEngine) -> Amounts:
    wanted = [Wanted(plan.amount, "ore", "amount")]
    wanted += [
        Wanted(checked, "ore" if name in plan.sums else _form(checked.type.name), name)
        for name, checked in plan.columns.items()
    ]
    amount, *others = engine.columns(cases, wanted)
    ore = amount.keep("amount", plan.unit, lambda: _rounded(amount.values, plan.unit))
    return Amounts(ore, amount.known, dict(zip(plan.columns, others, strict=True)))


def _rounded(values: NDArray[Any], unit: int) -> NDArray[np.int64]:
    ore: NDArray[np.int64] = np.maximum(values.astype(np.int64, copy=False), 0)
    return ore if unit == 1 else ore // unit * unit


def _form(name: str) -> As:
    forms: dict[str, As] = {"money": "ore", "text": "text", "date": "text", "yes_no": "yes_no"}
    return forms.get(name, "double")


def allocate(field: Competition, competing: NDArray[np.intp], budget: int) -> Grants:
    """Give out ``budget`` øre among the cases at ``competing``; what a handler has set comes first.

    :returns: øre and ground for each of ``competing``, in that order.
    :raises EvaluationError: amounts set by hand exceed the budget.
    :raises PluginError: the method raised, or gave more than there is or to someone it should not.
    """
    if not field.cases.some_by_hand:
        return _by_method(field, competing, budget)
    by_hand, is_set = field.cases.by_hand
    set_here = is_set[competing]
    granted = np.where(set_here, by_hand[competing], 0)
    used = int(granted.sum())
    if used > budget:
        currency = field.plan.currency
        raise EvaluationError(
            [Problem("by-hand-over-budget", params={"sum": Money(used, currency), "budget": Money(budget, currency)})]
        )
    grounds = np.full(len(competing), Ground.SET_BY_HAND.code, np.int8)
    free = np.flatnonzero(~set_here)
    grants = _by_method(field, competing[free], budget - used)
    granted[free], grounds[free] = grants.granted, grants.grounds
    return Grants(granted, grounds, None if grants.order is None else free[grants.order])


def _by_method(field: Competition, competing: NDArray[np.intp], budget: int) -> Grants:
    plan = field.plan
    pool = _pool(field, competing, budget)
    grants = call_plugin(
        plan.owner, f"allocation.{plan.method.kind}", lambda: plan.method.share_out(plan.options, pool)
    )
    _check_grants(plan, pool, grants)
    return grants


def _pool(field: Competition, competing: NDArray[np.intp], budget: int) -> Pool:
    cases = field.cases
    ties = (*(taken_from(key, competing) for key in field.ties), Taken(cases.id_keys, competing))
    total, ore = field.total, field.amounts.ore
    limited = None
    if field.plan.method.amount_is_limit and not field.amounts.known.all():
        ore = np.where(field.amounts.known, ore, budget)
        limited = field.amounts.known[competing]
    return Pool(
        cases.memory.kept("totals that compete", (total, competing), lambda: total[competing]),
        cases.memory.kept("amounts that compete", (ore, competing), lambda: ore[competing]),
        budget,
        field.plan.unit,
        limited,
        {name: _column_of(column)[competing] for name, column in field.amounts.columns.items()},
        ties,
        Taken(cases.ids_at, competing),
        taken_from(cases.submitted, competing) if field.by_time else None,
    )


def _column_of(column: Column) -> NDArray[Any]:
    """The values that a method sees. A sum that is not known is no limit, a number that is not known not a number."""
    values: NDArray[Any] = column.values
    if values.dtype == np.int64:
        return np.where(column.known, values, NO_LIMIT)
    if values.dtype == np.float64:
        return np.where(column.known, values, np.nan)
    if values.dtype == np.bool_:
        return np.where(column.known, values, False)
    made: NDArray[Any] = np.where(column.known, values, None)  # type: ignore[call-overload]
    return made


def _check_grants(plan: AllocationPlan, pool: Pool, grants: object) -> None:
    """A method, also a stranger's, never gives more than there is nor more than a case would get."""
    size = len(pool)
    if not isinstance(grants, Grants):
        raise PluginError(plan.owner, "plugin-bad-return", role="allocation", got=type(grants).__name__)
    granted, grounds = np.asarray(grants.granted), np.asarray(grants.grounds)
    if granted.shape != (size,) or grounds.shape != (size,):
        raise PluginError(plan.owner, "allocation-wrong-size", wanted=size, got=len(granted))
    if granted.dtype.kind not in "iu" or grounds.dtype.kind not in "iu":
        raise PluginError(plan.owner, "plugin-bad-return", role="allocation", got=f"{granted.dtype}, {grounds.dtype}")
    # Seen as unsigned, less than nothing is more than any amount.
    if granted.dtype != np.int64 or (granted.view(np.uint64) > pool.amounts.view(np.uint64)).any():
        raise PluginError(plan.owner, "allocation-wrong-amount")
    if int(granted.sum()) > pool.budget:
        raise PluginError(plan.owner, "allocation-over-budget", granted=int(granted.sum()), budget=pool.budget)
    if grounds.dtype != np.int8 or (size and int(grounds.view(np.uint8).max()) >= len(GROUNDS)):
        raise PluginError(plan.owner, "allocation-wrong-ground")
