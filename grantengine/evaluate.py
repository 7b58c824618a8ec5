"""THE path: cases in, outcome out. Services that decide a call and the simulator both go this way."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow.compute as pc

from grantengine.compile.plan import Plan
from grantengine.errors import EvaluationError, Problem
from grantengine.money import WHOLE_UNITS, Money
from grantengine.outcome import UNDECIDED, Outcome, Part, Round
from grantengine.records import POINT_UNITS
from grantengine.rules.case_table import CaseTable, to_bools
from grantengine.rules.duckdb_engine import RuleEngine
from grantengine.stages.allocation import Amounts, Competition, allocate, amounts
from grantengine.stages.eligibility import Eligibility, eligibility, not_obtained
from grantengine.stages.intake import Batch, batches, money_for, without_moment
from grantengine.stages.ranking import tie_keys
from grantengine.stages.scoring import Scores, scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["UNDECIDED", "Committed", "Outcome", "Undetermined", "evaluate"]

Undetermined = Literal["stop", "exclude"]
"""What a case that can not be decided yet does to its call: it blocks the allocation, or is left out of it."""

Committed = int | Mapping[str, int]
"""Øre of the budget that are used already; by year («2027»), strand («north») or both («north/2027») where it is."""


def evaluate(
    plan: Plan,
    cases: CaseTable,
    *,
    engine: RuleEngine,
    as_of: datetime.date,
    committed: Committed = 0,
    undetermined: Undetermined = "stop",
) -> Outcome:
    """Eligibility, points, ranking and allocation of ``cases``; ``committed`` of the budget is used already.

    :raises EvaluationError: a rule can not be computed, or sums do not fit.
    :raises PluginError: the allocation method raised, or broke its contract.
    """
    used = _used(plan, committed)
    _refuse_parts_by_hand(plan, cases)
    places = _strands(plan, cases) if plan.strands else None
    tables = [cases] if places is None else [cases.part(place) for place in places]
    judged = [_judge(part, table, engine) for part, table in zip(plan.parts, tables, strict=True)]
    unplaced = places is not None and _some_unplaced(cases, places)
    blocked = undetermined == "stop" and (unplaced or any(_some_unclear(part) for part in judged))
    parts = judged if blocked else [_share_out(part, gone) for part, gone in zip(judged, used, strict=True)]
    return Outcome(plan, cases, as_of, tuple(parts), places, tuple(used), blocked)


def _refuse_parts_by_hand(plan: Plan, cases: CaseTable) -> None:
    """A handler can not give a part of what is not divided."""
    if plan.currency not in WHOLE_UNITS or not cases.some_by_hand:
        return
    in_parts = np.flatnonzero(cases.by_hand[0] % 100)
    sums = (Money(int(cases.by_hand[0][position]), plan.currency) for position in in_parts)
    problems = [
        Problem("by-hand-not-whole", params={"id": id, "sum": one})
        for id, one in zip(cases.ids_at(in_parts).tolist(), sums, strict=True)
    ]
    if problems:
        raise EvaluationError(problems)


def _some_unplaced(cases: CaseTable, places: Sequence[NDArray[np.intp]]) -> bool:
    """Whether a case that has not been withdrawn is in no strand."""
    waiting = ~cases.withdrawn
    for place in places:
        waiting[place] = False
    return bool(waiting.any())


def _some_unclear(part: Part) -> bool:
    return part.cases.memory.kept("some unclear", (part.to_clarify,), lambda: bool(part.to_clarify.any()))


def _judge(plan: Plan, cases: CaseTable, engine: RuleEngine) -> Part:
    """Everything about the cases but who gets what."""
    judged = eligibility(plan.rules, cases, engine)
    scored = scores(plan.criteria, cases, engine)
    with_points = _with_points(plan, cases, scored)
    fields = []
    for year in plan.years:
        wanted = amounts(year.allocation, with_points, engine)
        ties = tie_keys(year.allocation.tie_break, with_points, engine)
        fields.append(Competition(year.allocation, cases, scored.total, wanted, ties, plan.by_time))
    unclear = _unclear(plan, cases, judged, scored, [field.amounts for field in fields])
    return Part(plan, cases, judged, scored, unclear, tuple(fields), None, engine)


def _unclear(
    plan: Plan, cases: CaseTable, judged: Eligibility, scored: Scores, wanted: Sequence[Amounts]
) -> NDArray[np.bool_]:
    """Where a fact that something reads is lacking, or the amount of a case that would compete is not known."""
    facts = tuple(year.allocation.facts for year in plan.years)
    key = (judged, scored.undetermined, scored.rated, *wanted, *facts, plan.by_time)
    return cases.memory.kept("unclear", key, lambda: _find_unclear(plan, cases, judged, scored, wanted))


def _find_unclear(
    plan: Plan, cases: CaseTable, judged: Eligibility, scored: Scores, wanted: Sequence[Amounts]
) -> NDArray[np.bool_]:
    unclear = judged.undetermined | scored.undetermined
    for year in plan.years:
        lacking = not_obtained(cases, year.allocation.facts)
        if lacking is not None:
            unclear |= lacking
    without = without_moment(plan.intake, plan.by_time, cases)
    if without is not None:
        unclear |= without
    by_hand = cases.by_hand[1]
    for year, amount in zip(plan.years, wanted, strict=True):
        if not year.allocation.method.amount_is_limit and not amount.known.all():
            # What a handler has set needs no amount.
            unclear |= judged.holds & scored.rated & ~amount.known & ~by_hand
    return unclear & ~cases.withdrawn


def _with_points(plan: Plan, cases: CaseTable, scored: Scores) -> CaseTable:
    """The table with points and total as numbers; the plain one where nothing reads them, so that kept columns serve."""
    if all(year.allocation.reads <= plan.columns.keys() for year in plan.years):
        return cases
    read = frozenset().union(*(year.allocation.reads for year in plan.years))
    names = [f"points.{criterion.id.replace('-', '_')}" for criterion in plan.criteria]
    units = dict(zip(names, scored.points, strict=True)) | {"total": scored.total}
    return cases.with_columns({name: values / POINT_UNITS for name, values in units.items() if name in read})


def _share_out(part: Part, used: Sequence[int]) -> Part:
    """The part with each batch's share of each year's money, one batch after the other."""
    plan = part.plan
    left = [year.budget - gone for year, gone in zip(plan.years, used, strict=True)]
    all_batches = batches(plan.intake, part.cases)
    rounds, whole = [], 100 if plan.currency in WHOLE_UNITS else 1
    for index, batch in enumerate(all_batches):
        competing = _competing(part, batch)
        budgets = tuple(
            money_for(index, all_batches, year.budget, rest) // whole * whole
            for year, rest in zip(plan.years, left, strict=True)
        )
        grants = tuple(allocate(field, competing, budget) for field, budget in zip(part.fields, budgets, strict=True))
        if index + 1 < len(all_batches):
            left = [rest - int(one.granted.sum()) for rest, one in zip(left, grants, strict=True)]
        rounds.append(Round(batch.name, competing, budgets, grants))
    return Part(
        plan, part.cases, part.eligibility, part.scores, part.to_clarify, part.fields, tuple(rounds), part.engine
    )


def _competing(part: Part, batch: Batch) -> NDArray[np.intp]:
    """Where the cases of a batch are that are eligible and rated."""
    eligible, rated, members = part.eligible, part.scores.rated, batch.members
    return part.cases.memory.kept(
        "competing",
        (eligible, rated, members),
        lambda: np.flatnonzero(eligible & rated if members is None else eligible & rated & members),
    )


def _strands(plan: Plan, cases: CaseTable) -> tuple[NDArray[np.intp], ...]:
    """Where the cases of each strand are."""
    named = cases.table.column("strand")
    return tuple(np.flatnonzero(to_bools(pc.fill_null(pc.equal(named, strand.id), False))) for strand in plan.strands)


def committed_names(plan: Plan) -> list[list[str]]:
    """What :data:`Committed` calls each part's budget, by year: «2027», «north», or «north/2027»."""
    if not plan.strands:
        return [[str(year.year or "") for year in plan.years]]
    several = len(plan.years) > 1
    return [[f"{one.id}/{year.year}" if several else one.id for year in one.plan.years] for one in plan.strands]


def _used(plan: Plan, committed: Committed) -> list[tuple[int, ...]]:
    """What is used of each year's budget, for each part of the plan."""
    if not committed:
        return [(0,) * len(part.years) for part in plan.parts]
    names = committed_names(plan)
    known = [name for part in names for name in part]
    if not isinstance(committed, Mapping):
        committed = {known[0] if len(known) == 1 else "": committed}
    if not committed.keys() <= set(known):
        raise EvaluationError([Problem("committed-of-what", params={"names": known})])
    used = [tuple(committed.get(name, 0) for name in part) for part in names]
    for part, gone in zip(plan.parts, used, strict=True):
        _check_used(part, gone)
    return used


def _check_used(plan: Plan, used: Sequence[int]) -> None:
    for year, gone in zip(plan.years, used, strict=True):
        if gone < 0 or gone > year.budget:
            params = {"committed": Money(gone, plan.currency), "budget": Money(year.budget, plan.currency)}
            raise EvaluationError([Problem("committed-over-budget", params=params)])
