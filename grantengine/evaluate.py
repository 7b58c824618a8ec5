"""THE path: cases in, outcome out. Services that decide a call and the simulator both go this way."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from grantengine.compile.plan import Plan
from grantengine.errors import EvaluationError, Message, Problem
from grantengine.money import Money
from grantengine.records import GROUNDS, POINT_UNITS, Ground
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import Column, RuleEngine
from grantengine.stages.allocation import FUNDED, Allocation, Amounts, allocate, amounts
from grantengine.stages.eligibility import Eligibility, Verdict, eligibility
from grantengine.stages.ranking import ranking, tie_keys
from grantengine.stages.scoring import Scores, combined, scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

Undetermined = Literal["stop", "exclude"]
"""What a case that can not be decided yet does to its call: it blocks the allocation, or is left out of it."""

UNDECIDED = -1
"""In place of a ground code where a call is blocked."""


@dataclass(frozen=True)
class Outcome:
    """Eligibility to allocation for every case, arrays in table order.

    ``rank`` is 1 for the best and 0 where a case is not ranked; ``granted`` is in øre; ``budget`` is what was there to
    give out. Where ``blocked``, cases are still to be clarified and nothing is allocated.
    """

    plan: Plan
    cases: CaseTable
    as_of: datetime.date
    eligibility: Eligibility
    scores: Scores
    combined: dict[str, Column]
    to_clarify: NDArray[np.bool_]
    order: NDArray[np.intp]
    tie_keys: list[NDArray[np.generic]]
    amounts: Amounts
    allocation: Allocation
    budget: int
    blocked: bool

    @cached_property
    def rank(self) -> NDArray[np.int64]:
        """Rank by position."""
        rank = np.zeros(len(self.cases), np.int64)
        rank[self.order] = np.arange(1, len(self.order) + 1)
        return rank

    @cached_property
    def funded(self) -> NDArray[np.bool_]:
        """Where something was granted."""
        result: NDArray[np.bool_] = np.isin(self.allocation.grounds, FUNDED) & (self.allocation.granted > 0)
        return result

    @property
    def granted_in_all(self) -> int:
        """The sum of all grants in øre."""
        return int(self.allocation.granted.sum())

    def failed(self, position: int) -> list[str]:
        """The rules that refuse the case at ``position``."""
        row = self.eligibility.verdicts[position]
        refusing = (Verdict.NO, Verdict.MISSING)
        return [rule.id for rule, verdict in zip(self.plan.rules, row, strict=True) if verdict in refusing]

    @cached_property
    def _lacking(self) -> dict[str, NDArray[np.bool_]]:
        """Facts that rules and criteria read, and answers that amounts read: where they are lacking."""
        readings = [rule.reading for rule in self.plan.rules] + [c.reading for c in self.plan.criteria]
        facts = sorted({name for reading in readings for name in reading.facts})
        found = {name: self.cases.lacks(name) for name in facts}
        return {name: where for name, where in found.items() if where.any()}

    def facts_lacking(self, position: int) -> list[str]:
        """Facts that rules and criteria read and that were not obtained, and answers the amount waits for."""
        lacking = [name for name, where in self._lacking.items() if where[position]]
        if not lacking and self.to_clarify[position]:
            read = sorted(self.plan.allocation.amount.columns & set(self.plan.columns))
            lacking = [name for name in read if self.cases.lacks(name)[position]] or ["amount"]
        return lacking

    def ground(self, position: int) -> str | None:
        """The ground of a case as files and scripts see it, None where its call is blocked."""
        code = int(self.allocation.grounds[position])
        if code == UNDECIDED:
            return None
        ground = GROUNDS[code]
        if ground is Ground.NOT_ELIGIBLE:
            return f"{ground}: {', '.join(self.failed(position))}"
        if ground is Ground.TO_BE_CLARIFIED:
            return f"{ground}: {', '.join(self.facts_lacking(position))}"
        return str(ground)


def evaluate(
    plan: Plan,
    cases: CaseTable,
    *,
    engine: RuleEngine,
    as_of: datetime.date,
    committed: int = 0,
    undetermined: Undetermined = "stop",
) -> Outcome:
    """Eligibility, points, ranking and allocation of ``cases``; ``committed`` øre of the budget are used already.

    :raises EvaluationError: a rule can not be computed, the call has parts that are not run, or sums do not fit.
    """
    _refuse_what_is_not_run(plan)
    budget = _budget_left(plan, committed)
    judged = eligibility(plan.rules, cases, engine)
    scored = scores(plan.criteria, cases, engine)
    with_points = cases.with_columns(_points_columns(plan, scored))
    wanted = amounts(plan.allocation, _table_for(plan, cases, with_points), engine)
    live = ~cases.withdrawn
    unclear = judged.undetermined | scored.undetermined
    unclear = live & (unclear | (judged.holds & scored.rated & ~wanted.known))
    eligible = live & judged.holds & ~unclear
    keys = tie_keys(plan.allocation.tie_break, with_points, engine)
    order = ranking(np.flatnonzero(eligible & scored.rated), scored.total, keys, cases.id_order)
    blocked = undetermined == "stop" and bool(unclear.any())
    given = _nothing(cases) if blocked else allocate(plan.allocation, order, scored.total, wanted, budget, cases)
    grounds = _grounds(given, live, unclear, eligible, scored.rated)
    allocation = Allocation(given.granted, grounds, given.reserve)
    figures = combined(plan.criteria, cases, engine)
    return Outcome(
        plan, cases, as_of, judged, scored, figures, unclear, order, keys, wanted, allocation, budget, blocked
    )


def _nothing(cases: CaseTable) -> Allocation:
    """No allocation: cases that wait for others to be clarified have no ground yet."""
    size = len(cases)
    return Allocation(np.zeros(size, np.int64), np.full(size, UNDECIDED, np.int8), np.zeros(size, np.int64))


def _grounds(
    given: Allocation,
    live: NDArray[np.bool_],
    unclear: NDArray[np.bool_],
    eligible: NDArray[np.bool_],
    rated: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """The method's grounds for those it saw; for the others the first of these that holds."""
    conditions = [~live, unclear, ~eligible, ~rated]
    codes = [
        ground.code for ground in (Ground.WITHDRAWN, Ground.TO_BE_CLARIFIED, Ground.NOT_ELIGIBLE, Ground.NOT_RATED)
    ]
    grounds: NDArray[np.int8] = np.select(conditions, codes, given.grounds).astype(np.int8)
    return grounds


def _points_columns(plan: Plan, scored: Scores) -> dict[str, NDArray[np.float64]]:
    """Points and total as the numbers that tie-breaks and amounts read."""
    names = [f"points.{criterion.id.replace('-', '_')}" for criterion in plan.criteria]
    units = dict(zip(names, scored.points, strict=True)) | {"total": scored.total}
    return {name: values / POINT_UNITS for name, values in units.items()}


def _table_for(plan: Plan, cases: CaseTable, with_points: CaseTable) -> CaseTable:
    """The plain table where amounts read no points, so that the engine's kept columns serve."""
    expressions = [plan.allocation.amount, *plan.allocation.columns.values()]
    read = frozenset().union(*(expression.columns for expression in expressions))
    return cases if read <= plan.columns.keys() else with_points


def _budget_left(plan: Plan, committed: int) -> int:
    if committed < 0 or committed > plan.budget:
        params = {"committed": Money(committed, plan.currency), "budget": Money(plan.budget, plan.currency)}
        raise EvaluationError([Problem("committed-over-budget", params=params)])
    return plan.budget - committed


def _refuse_what_is_not_run(plan: Plan) -> None:
    """Parts of the format that are checked but not yet run are refused rather than passed over."""
    call = plan.scheme.call
    parts = {
        "call.budget": not isinstance(call.budget, Money),
        "call.intake": call.intake != "window",
        "call.strands": bool(plan.scheme.strands),
    }
    problems = [
        Problem("not-run-yet", params={"what": Message("value.code", {"code": name})})
        for name, is_so in parts.items()
        if is_so
    ]
    if problems:
        raise EvaluationError(problems)
