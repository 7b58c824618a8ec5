"""Allocation: the scheme's method over the ranked cases, its answer checked, grounds and the reserve list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grantengine.compile.plan import AllocationPlan
from grantengine.errors import EvaluationError, PluginError, Problem
from grantengine.money import Money
from grantengine.records import GROUNDS, Candidates, Ground
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import As, Column, RuleEngine, Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUNDED = (Ground.FUNDED.code, Ground.FUNDED_IN_PART.code, Ground.SET_BY_HAND.code)
RESERVE = (Ground.DOES_NOT_FIT.code, Ground.BUDGET_USED.code)


@dataclass(frozen=True)
class Amounts:
    """What each case would get if money were no limit, in øre, and the method's own columns by option."""

    ore: NDArray[np.int64]
    known: NDArray[np.bool_]
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Allocation:
    """Øre, ground code and place on the reserve list (0: none) for every case, in table order."""

    granted: NDArray[np.int64]
    grounds: NDArray[np.int8]
    reserve: NDArray[np.int64]


def amounts(plan: AllocationPlan, cases: CaseTable, engine: RuleEngine) -> Amounts:
    """Evaluate the amount and the method's other expressions; amounts are rounded down, never below zero."""
    wanted = [Wanted(plan.amount, "ore", "amount")]
    wanted += [
        Wanted(checked, "ore" if name in plan.sums else _form(checked.type.name), name)
        for name, checked in plan.columns.items()
    ]
    amount, *others = engine.columns(cases, wanted)
    ore = np.maximum(amount.values.astype(np.int64), 0)
    return Amounts(ore // plan.round_to * plan.round_to, amount.known, dict(zip(plan.columns, others, strict=True)))


def _form(name: str) -> As:
    return {"money": "ore", "text": "text", "yes_no": "yes_no"}.get(name, "double")  # type: ignore[return-value]


def allocate(
    plan: AllocationPlan,
    order: NDArray[np.intp],
    total: NDArray[np.int64],
    wanted: Amounts,
    budget: int,
    cases: CaseTable,
) -> Allocation:
    """Give out ``budget`` øre over the cases in ``order``; what a handler has set comes first.

    :raises EvaluationError: amounts set by hand exceed the budget.
    :raises PluginError: the method gave more than there is, or to someone it should not.
    """
    granted = np.zeros(len(cases), np.int64)
    grounds = np.full(len(cases), Ground.NOT_RATED.code, np.int8)
    by_hand, is_set = cases.by_hand
    left = budget - _set_by_hand(order[is_set[order]], by_hand, granted, grounds, budget, plan.currency)
    free = order[~is_set[order]]
    candidates = Candidates(total[free], wanted.ore[free], left, _method_columns(wanted, free))
    grants = plan.method.allocate(plan.options, candidates)
    _check_grants(plan, candidates, grants.granted, grants.grounds)
    granted[free], grounds[free] = grants.granted, grants.grounds
    reserve = np.zeros(len(cases), np.int64)
    waiting = free[np.isin(grants.grounds, RESERVE)]
    reserve[waiting] = np.arange(1, len(waiting) + 1)
    return Allocation(granted, grounds, reserve)


def _method_columns(wanted: Amounts, free: NDArray[np.intp]) -> dict[str, NDArray[np.generic]]:
    """The method's columns for its candidates. A limit that is not known is no limit."""
    columns = {}
    for name, column in wanted.columns.items():
        values = column.values
        if values.dtype == np.int64:
            values = np.where(column.known, values, np.iinfo(np.int64).max)
        columns[name] = values[free]
    return columns


def _set_by_hand(
    positions: NDArray[np.intp],
    by_hand: NDArray[np.int64],
    granted: NDArray[np.int64],
    grounds: NDArray[np.int8],
    budget: int,
    currency: str,
) -> int:
    granted[positions] = by_hand[positions]
    grounds[positions] = Ground.SET_BY_HAND.code
    used = int(by_hand[positions].sum())
    if used > budget:
        params = {"sum": Money(used, currency), "budget": Money(budget, currency)}
        raise EvaluationError([Problem("by-hand-over-budget", params=params)])
    return used


def _check_grants(
    plan: AllocationPlan, candidates: Candidates, granted: NDArray[np.int64], grounds: NDArray[np.int8]
) -> None:
    """A method, also a stranger's, never gives more than there is nor more than a case would get."""
    size = len(candidates.totals)
    name = plan.method.kind
    if len(granted) != size or len(grounds) != size:
        raise PluginError(name, "allocation-wrong-size", wanted=size, got=len(granted))
    if size and (int(granted.min()) < 0 or bool((granted > candidates.amounts).any())):
        raise PluginError(name, "allocation-wrong-amount")
    if int(granted.sum()) > candidates.budget:
        raise PluginError(name, "allocation-over-budget", granted=int(granted.sum()), budget=candidates.budget)
    if size and not np.isin(grounds, np.arange(len(GROUNDS))).all():
        raise PluginError(name, "allocation-wrong-ground")
