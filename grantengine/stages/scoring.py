"""Points: one whole number of 1/10 000 point for each case and criterion, exact from here on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    columns = engine.columns(cases, [Wanted(c.reading.expression, "double", c.id) for c in criteria])
    points, missing = [], []
    total = np.zeros(len(cases), np.int64)
    rated = np.ones(len(cases), np.bool_)
    undetermined = np.zeros(len(cases), np.bool_)
    for criterion, column in zip(criteria, columns, strict=True):
        most, weight = criterion.max_points, criterion.weight
        units, lacking = column.keep("units", (most, weight), lambda c=column, m=most, w=weight: to_units(c, m, w))  # type: ignore[misc]
        if criterion.rated:
            rated &= ~lacking
        gone = not_obtained(cases, criterion.reading.facts)
        if gone is not None:
            undetermined |= gone
        points.append(units)
        missing.append(lacking)
        total += units
    return Scores(tuple(points), tuple(missing), total, rated, undetermined)


def to_units(column: Column, max_points: float | None, weight: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Doubles to whole units: clipped to 0 … max, times weight, rounded half to even, once; and where there is none."""
    values = column.values.astype(np.float64, copy=False)
    most = MOST_POINTS if max_points is None else min(max_points, MOST_POINTS)
    good = column.known & np.isfinite(values)
    if max_points is None:
        good &= values <= MOST_POINTS
    clipped = np.where(good, values, 0.0)
    np.clip(clipped, 0.0, most, out=clipped)
    clipped *= weight
    clipped *= POINT_UNITS
    np.rint(clipped, out=clipped)
    np.clip(clipped, 0.0, MOST_POINTS * POINT_UNITS, out=clipped)
    return clipped.astype(np.int64), ~good


def combined(criteria: Sequence[CriterionPlan], cases: CaseTable, engine: RuleEngine) -> dict[str, Column]:
    """The unrounded combined rating of each rated criterion, by criterion id."""
    rated = [(c.id, c.combined) for c in criteria if c.combined is not None]
    columns = engine.columns(cases, [Wanted(expression, "double", id) for id, expression in rated])
    return {id: column for (id, _), column in zip(rated, columns, strict=True)}
