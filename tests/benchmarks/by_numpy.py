"""The same by hand in NumPy: straight vectorised code for this scheme, and a second one that keeps what it can."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from workload import MOST_POINTS, POINT_UNITS, Columns, Comparison, Settings, compare

BITS = 16
FEW = 2_048


def rules(cases: Columns, settings: Settings) -> dict[str, NDArray[np.bool_]]:
    """Each eligibility rule."""
    requested = cases["requested"]
    return {
        "enough-members": cases["members"] >= settings.least_members,
        "size": (requested >= 10_000_00) & (requested <= 1_500_000_00),
        "staff": (cases["employees"] <= 4) | cases["local_partner"],
        "statutes": cases["has_statutes"],
        "volume": cases["participants"] * cases["activities"] >= 200,
    }


def eligible(cases: Columns, settings: Settings) -> NDArray[np.bool_]:
    """Where every rule holds."""
    held: NDArray[np.bool_] = np.logical_and.reduce(list(rules(cases, settings).values()))
    return held


def formula(name: str, cases: Columns, settings: Settings) -> NDArray[np.float64]:
    """The points of one criterion, before they are cut and weighed."""
    match name:
        case "reach" if settings.other_reach:
            return cases["members"] / 50
        case "reach":
            return np.array([0.0, 3.0, 6.0, 10.0])[np.searchsorted([25, 100, 500], cases["members"], side="right")]
        case "target":
            return cases["target_share"] * 15
        case "continuity":
            return np.where(cases["continues"], np.minimum(cases["years_running"], 3) / 3 * 8, 0.0)
        case "volunteers":
            return cases["volunteers"] / 4
        case "own":
            return cases["own_funding"] / cases["requested"] * 60
        case "youth":
            return cases["youth_share"] * cases["youth_share"] * 10
        case "theme":
            return np.array([10.0, 7.0, 5.0, 2.0])[cases["theme"]]
        case "place":
            return np.where(cases["local_partner"], 5.0, 0.0) + np.array([4.0, 2.0, 0.0, 0.0, 0.0])[cases["region"]]
        case "completion":
            return np.maximum(cases["completion_share"] - 0.5, 0.0) * 20
        case "activity":
            return np.minimum(cases["activities"], 12) * 0.75 + np.where(cases["employees"] == 0, 1.0, 0.0)
    raise KeyError(name)


def units(points: NDArray[np.float64], most: float, weight: float) -> NDArray[np.int64]:
    """Whole units of 1/10 000 point: cut to 0 … ``most``, weighed, rounded half to even, once."""
    cut = np.clip(points, 0.0, most)
    cut *= weight
    cut *= POINT_UNITS
    return np.rint(cut, out=cut).astype(np.int64)


def allocate(
    total: NDArray[np.int64], competing: NDArray[np.bool_], cases: Columns, settings: Settings
) -> NDArray[np.int64]:
    """Øre for each case: best first until one does not fit; equals by the lower sum, then by id."""
    members = np.flatnonzero(competing & (total >= round(settings.minimum_points * POINT_UNITS)))
    requested = cases["requested"][members]
    order = members[np.lexsort((cases["id"][members], requested, -total[members]))]
    fit = order[: np.searchsorted(np.cumsum(cases["requested"][order]), settings.budget, side="right")]
    granted = np.zeros(len(total), np.int64)
    granted[fit] = cases["requested"][fit]
    return granted


def select(
    total: NDArray[np.int64], competing: NDArray[np.bool_], cases: Columns, settings: Settings
) -> NDArray[np.int64]:
    """As :func:`allocate`, but sums by level of total tell where the budget ends, and only that level is sorted."""
    members = np.flatnonzero(competing & (total >= round(settings.minimum_points * POINT_UNITS)))
    requested, left = cases["requested"], settings.budget
    granted = np.zeros(len(total), np.int64)
    if len(members) > FEW:
        own = total[members]
        high = int(own.max())
        level = (high - own) >> max((high - int(own.min())).bit_length() - BITS, 0)
        wanted = requested[members]
        # Doubles are exact here: sums are far below 2^53 øre.
        sums = np.cumsum(np.bincount(level, weights=wanted))
        edge = int(np.searchsorted(sums, left, side="right"))
        above = level < edge
        granted[members[above]] = wanted[above]
        left -= int(sums[edge - 1]) if edge else 0
        members = members[level == edge]
    order = members[np.lexsort((cases["id"][members], requested[members], -total[members]))]
    fit = order[: np.searchsorted(np.cumsum(requested[order]), left, side="right")]
    granted[fit] = requested[fit]
    return granted


class ByNumpy:
    """Everything anew each time: what one writes first, and can read."""

    name = "NumPy by hand"

    def load(self, cases: Columns, base: Settings) -> None:
        self.cases, self.base = cases, base

    def baseline(self) -> NDArray[np.int64]:
        self.before = self.evaluate(self.base)
        return self.before

    def evaluate(self, settings: Settings) -> NDArray[np.int64]:
        total = np.zeros(len(self.cases["id"]), np.int64)
        for name, most in MOST_POINTS.items():
            total += units(formula(name, self.cases, settings), most, settings.weights[name])
        return allocate(total, eligible(self.cases, settings), self.cases, settings)

    def scenario(self, settings: Settings) -> Comparison:
        return compare(self.before, self.evaluate(settings))

    def sweep(self, steps: list[Settings]) -> Iterator[Comparison]:
        return (self.scenario(settings) for settings in steps)


class ByNumpyKeeping(ByNumpy):
    """The same with the baseline's points and verdicts kept, and the edge of the budget found without a full sort."""

    name = "NumPy, tuned"

    def baseline(self) -> NDArray[np.int64]:
        self.units = {
            name: units(formula(name, self.cases, self.base), most, self.base.weights[name])
            for name, most in MOST_POINTS.items()
        }
        self.total = sum(self.units.values(), start=np.zeros(len(self.cases["id"]), np.int64))
        self.competing = eligible(self.cases, self.base)
        self.before = select(self.total, self.competing, self.cases, self.base)
        return self.before

    def evaluate(self, settings: Settings) -> NDArray[np.int64]:
        total = self.total
        for name, most in MOST_POINTS.items():
            other_formula = name == "reach" and settings.other_reach != self.base.other_reach
            if other_formula or settings.weights[name] != self.base.weights[name]:
                changed = units(formula(name, self.cases, settings), most, settings.weights[name])
                total = total + (changed - self.units[name])
        same_rules = settings.least_members == self.base.least_members
        competing = self.competing if same_rules else eligible(self.cases, settings)
        return select(total, competing, self.cases, settings)
