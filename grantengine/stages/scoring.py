"""Points: one whole number of 1/10 000 point for each case and criterion, exact from here on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grantengine.compile.plan import CriterionPlan
from grantengine.records import POINT_UNITS
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import Column, RuleEngine, Wanted
from grantengine.stages.eligibility import not_obtained

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 1e9
"""Points beyond this are no sensible result: where no maximum cuts them they count as not finite, and a weight can not
bring them above, so that totals stay within 64 bits."""


@dataclass(frozen=True)
class Scores:
    """``points`` and ``missing`` have an array a criterion; ``total`` is their sum.

    ``rated`` is where no rating is missing, ``undetermined`` where a fact that some criterion reads was not obtained.
    """

    points: tuple[NDArray[np.int64], ...]
    missing: tuple[NDArray[np.bool_], ...]
    total: NDArray[np.int64]
    rated: NDArray[np.bool_]
    undetermined: NDArray[np.bool_]


def scores(criteria: Sequence[CriterionPlan], cases: CaseTable, engine: RuleEngine) -> Scores:
    """Every criterion over every case."""
    return cases.memory.kept("scores", (criteria,), lambda: _scores(criteria, cases, engine))


def _scores(criteria: Sequence[CriterionPlan], cases: CaseTable, engine: RuleEngine) -> Scores:
    points, missing = _each(criteria, cases, engine)
    unrated = tuple(lacking for one, lacking in zip(criteria, missing, strict=True) if one.reading.marks)
    rated = cases.memory.kept("rated", unrated, lambda: ~_any(unrated, len(cases)))
    facts = tuple(
        gone for one in criteria if one.reading.facts and (gone := not_obtained(cases, one.reading.facts)) is not None
    )
    undetermined = cases.memory.kept("undetermined", facts, lambda: _any(facts, len(cases)))
    return Scores(points, missing, _total(points, cases), rated, undetermined)


def _each(
    criteria: Sequence[CriterionPlan], cases: CaseTable, engine: RuleEngine
) -> tuple[tuple[NDArray[np.int64], ...], tuple[NDArray[np.bool_], ...]]:
    """Points of every criterion, and where there are none; those of criteria that were there the last time are the same."""
    latest = cases.memory.latest("scores")
    found: dict[int, tuple[NDArray[np.int64], NDArray[np.bool_]]] = {}
    if latest is not None:
        before: Any = latest[0][0]
        found = dict(zip(map(id, before), zip(latest[1].points, latest[1].missing, strict=True), strict=True))
    new = [criterion for criterion in criteria if id(criterion) not in found]
    columns = engine.columns(cases, [Wanted(c.reading.expression, "double", c.id) for c in new])
    for criterion, column in zip(new, columns, strict=True):
        found[id(criterion)] = _units(criterion, column)
    points, missing = zip(*(found[id(criterion)] for criterion in criteria), strict=True) if criteria else ((), ())
    return points, missing


def _units(criterion: CriterionPlan, column: Column) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    most, weight = criterion.max_points, criterion.weight
    return column.keep("units", (most, weight), lambda: to_units(column, most, weight))


def _any(masks: Sequence[NDArray[np.bool_]], size: int) -> NDArray[np.bool_]:
    found = np.zeros(size, np.bool_)
    for mask in masks:
        found |= mask
    return found


def _total(points: tuple[NDArray[np.int64], ...], cases: CaseTable) -> NDArray[np.int64]:
    """The sum over criteria; where few of them are others than the last time, the differences are added."""
    latest = cases.memory.latest("total")
    if latest is not None and len(latest[0]) == len(points):
        was_points: Any = latest[0]
        others = [(was, now) for was, now in zip(was_points, points, strict=True) if was is not now]
        if len(others) * 2 < len(points):
            return cases.memory.kept("total", points, lambda: _with_differences(latest[1], others))
    return cases.memory.kept("total", points, lambda: sum(points, start=np.zeros(len(cases), np.int64)))


def _with_differences(
    total: NDArray[np.int64], others: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> NDArray[np.int64]:
    for was, now in others:
        total = total + (now - was)
    return total


def to_units(column: Column, max_points: float | None, weight: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Doubles to whole units: clipped to 0 … max, times weight, rounded half to even, once; and where there is none."""
    clipped, lacking = column.keep("clipped", max_points, lambda: _clipped(column, max_points))
    units = clipped * weight
    units *= POINT_UNITS
    np.rint(units, out=units)
    if weight * (MOST_POINTS if max_points is None else max_points) > MOST_POINTS:
        np.minimum(units, MOST_POINTS * POINT_UNITS, out=units)
    return units.astype(np.int64), lacking


def _clipped(column: Column, max_points: float | None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Points before their weight, 0 where there are none, and where that is."""
    values = column.values.astype(np.float64, copy=False)
    most = MOST_POINTS if max_points is None else min(max_points, MOST_POINTS)
    good = column.known & np.isfinite(values)
    if max_points is None:
        good &= values <= MOST_POINTS
    if not good.all():
        values = np.where(good, values, 0.0)
    if len(values) and (values.min() < 0 or values.max() > most):
        values = np.clip(values, 0.0, most)
    return values, ~good


def combined(criteria: Sequence[CriterionPlan], cases: CaseTable, engine: RuleEngine) -> dict[str, Column]:
    """The unrounded combined rating of each rated criterion, by criterion id."""
    rated = [(c.id, c.combined) for c in criteria if c.combined is not None]
    columns = engine.columns(cases, [Wanted(expression, "double", id) for id, expression in rated])
    return {id: column for (id, _), column in zip(rated, columns, strict=True)}
