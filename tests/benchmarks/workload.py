"""The workload that every implementation runs: cases, rules, budget, and the changes that scenarios make.

Only NumPy and the standard library, so that the worker of another environment imports it as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

POINT_UNITS = 10_000
THEMES = ("integration", "health", "culture", "environment")
REGIONS = ("north", "inland", "west", "south", "east")
MOST_POINTS: Mapping[str, float] = {
    "reach": 10, "target": 15, "continuity": 8, "volunteers": 10, "own": 12, "youth": 10, "theme": 10, "place": 9,
    "completion": 10, "activity": 10,
}  # fmt: skip
WEIGHTS: Mapping[str, float] = {
    "reach": 1, "target": 1.2, "continuity": 1, "volunteers": 0.8, "own": 1.5, "youth": 0.7, "theme": 1, "place": 1,
    "completion": 0.9, "activity": 1,
}  # fmt: skip
SHARE = 30
"""Percent of what eligible cases ask for that the budget covers."""

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Settings:
    """What a scenario may change. ``budget`` is in øre; ``other_reach`` takes the other formula of ``reach``."""

    budget: int
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    minimum_points: float = 30
    least_members: int = 5
    other_reach: bool = False

    def weighing(self, **weights: float) -> Settings:
        """The same with other weights of some criteria."""
        return replace(self, weights={**self.weights, **weights})


@dataclass(frozen=True)
class Comparison:
    """Øre granted after a change, and the positions of those who get more, less, something at last, nothing any more."""

    granted: NDArray[np.int64]
    gains: NDArray[np.intp]
    loses: NDArray[np.intp]
    newly: NDArray[np.intp]
    no_longer: NDArray[np.intp]

    @property
    def counts(self) -> dict[str, int]:
        """How many gain, lose, are newly and no longer funded."""
        return {
            "gains": len(self.gains),
            "loses": len(self.loses),
            "newly_funded": len(self.newly),
            "no_longer_funded": len(self.no_longer),
        }


def figures(compared: Any) -> NDArray[np.int64]:
    """What a step of a sweep tells, of whoever compared."""
    return np.array(list(compared.counts.values()), np.int64)


def compare(before: NDArray[np.int64], after: NDArray[np.int64]) -> Comparison:
    """Who gains and who loses; only cases whose sum changed are looked at twice."""
    changed = np.flatnonzero(before != after)
    old, new = before[changed], after[changed]
    return Comparison(after, changed[new > old], changed[new < old], changed[old == 0], changed[new == 0])


def columns(size: int, seed: int = 1) -> Columns:
    """``size`` cases: ``id`` as a number whose text with leading zeros sorts alike, and 16 columns, money in øre.

    Others are spared the text of ids and choices: they get numbers.
    """
    rng = np.random.default_rng(seed)
    requested = np.exp(rng.normal(np.log(60_000), 0.8, size)).clip(2_000, 5_000_000).round(-2).astype(np.int64)
    return {
        "id": rng.permutation(size).astype(np.int64),
        "members": np.exp(rng.normal(3.8, 1.3, size)).astype(np.int64),
        "employees": rng.poisson(3, size).astype(np.int64),
        "volunteers": rng.poisson(25, size).astype(np.int64),
        "years_running": rng.integers(0, 12, size),
        "participants": rng.poisson(60, size).astype(np.int64),
        "activities": rng.integers(0, 20, size),
        "target_share": rng.beta(4, 2, size).round(3),
        "youth_share": rng.beta(2, 2, size).round(3),
        "completion_share": rng.beta(6, 2, size).round(3),
        "continues": rng.random(size) < 0.6,
        "has_statutes": rng.random(size) < 0.95,
        "local_partner": rng.random(size) < 0.4,
        "theme": rng.integers(0, len(THEMES), size).astype(np.uint8),
        "region": rng.integers(0, len(REGIONS), size).astype(np.uint8),
        "requested": requested * 100,
        "own_funding": (requested * rng.uniform(0, 0.35, size)).astype(np.int64) * 100,
    }


def baseline_settings(cases: Columns, share: int = SHARE) -> Settings:
    """The baseline: a budget of ``share`` percent of what cases eligible by it ask for, in whole units of currency."""
    from by_numpy import eligible

    everyone = Settings(0)
    return replace(everyone, budget=int(cases["requested"][eligible(cases, everyone)].sum()) * share // 10_000 * 100)


def scenarios(base: Settings) -> dict[str, Settings]:
    """The four single changes, by name."""
    return {
        "weight": base.weighing(target=1.5),
        "threshold": replace(base, minimum_points=70),
        "budget": replace(base, budget=base.budget * 110 // 10_000 * 100),
        "formula": replace(base, other_reach=True),
    }


def sweep(base: Settings, count: int = 200) -> list[Settings]:
    """Changes in turn of weights (three of five), thresholds (points and members by turns) and the budget, none twice."""
    steps = []
    names = list(WEIGHTS)
    for index in range(count):
        part, step = index % 5, index // 5 + 1
        if part < 3:
            name = names[(index // 5 * 3 + part) % len(names)]
            steps.append(base.weighing(**{name: round(WEIGHTS[name] * (0.5 + step / 41), 4)}))
        elif part == 3 and step % 2:
            steps.append(replace(base, minimum_points=60 + step / 2.5))
        elif part == 3:
            steps.append(replace(base, least_members=5 + step // 2))
        else:
            steps.append(replace(base, budget=base.budget * (70 + 2 * step) // 10_000 * 100))
    return steps


def scheme(settings: Settings) -> str:
    """The scheme as a file."""
    points = FORMULAS | {"reach": points_of_reach(settings)}
    criteria = "\n".join(
        f"  - {{id: {name}, title: {{en: {name}}}, max_points: {most}, weight: {settings.weights[name]}, "
        f'points: "{points[name]}"}}'
        for name, most in MOST_POINTS.items()
    )
    rules = RULES | {"enough-members": f"members >= {settings.least_members}"}
    eligibility = "\n".join(
        f'  - {{id: {name}, require: "{rule}", because: {{en: {name}}}}}' for name, rule in rules.items()
    )
    return SCHEME.format(
        budget=settings.budget // 100,
        questions="\n".join(
            f"      - {{id: {name}, kind: {kind}, label: {{en: {name}}}}}" for name, kind in _questions()
        ),
        eligibility=eligibility,
        criteria=criteria,
        minimum=settings.minimum_points,
    )


def points_of_reach(settings: Settings) -> str:
    """The formula of the one criterion that may have another."""
    return "members / 50" if settings.other_reach else REACH


def _questions() -> list[tuple[str, str]]:
    integers = ("members", "employees", "volunteers", "years_running", "participants", "activities")
    choices = {"theme": THEMES, "region": REGIONS}
    listed = {name: ", ".join(f"{{id: {one}, label: {{en: {one}}}}}" for one in ids) for name, ids in choices.items()}
    return [
        *((name, "integer, minimum: 0") for name in integers),
        *((name, "percent") for name in ("target_share", "youth_share", "completion_share")),
        *((name, "yes_no") for name in ("continues", "has_statutes", "local_partner")),
        *((name, f"choice, choices: [{ids}]") for name, ids in listed.items()),
        *((name, "money, minimum: 0 NOK, maximum: 10 000 000 NOK") for name in ("requested", "own_funding")),
    ]


REACH = "case when members >= 500 then 10 when members >= 100 then 6 when members >= 25 then 3 else 0 end"
FORMULAS = {
    "target": "target_share * 15",
    "continuity": "case when continues then least(years_running, 3) / 3 * 8 else 0 end",
    "volunteers": "volunteers / 4",
    "own": "own_funding / requested * 60",
    "youth": "youth_share * youth_share * 10",
    "theme": (
        "case when theme = 'integration' then 10 when theme = 'health' then 7 when theme = 'culture' then 5 else 2 end"
    ),
    "place": (
        "case when local_partner then 5 else 0 end "
        "+ case when region = 'north' then 4 when region = 'inland' then 2 else 0 end"
    ),
    "completion": "greatest(completion_share - 0.5, 0) * 20",
    "activity": "least(activities, 12) * 0.75 + case when employees = 0 then 1 else 0 end",
}
RULES = {
    "enough-members": "members >= 5",
    "size": "requested >= 10000 and requested <= 1500000",
    "staff": "employees <= 4 or local_partner",
    "statutes": "has_statutes",
    "volume": "participants * activities >= 200",
}
SCHEME = """\
format: 1
id: benchmark
version: 1.0.0
status: example
authority: test
kind: project
languages: [en]
plugins: []
title: {{en: Benchmark}}
regulation: {{}}
call: {{budget: {budget} NOK, opens: 2027-01-15T09:00, closes: 2027-03-01T23:59}}
form:
  - id: page
    title: {{en: Page}}
    questions:
{questions}
eligibility:
{eligibility}
criteria:
{criteria}
allocation:
  method: ranked
  options: {{minimum_points: {minimum}, when_unaffordable: stop}}
  tie_break: [requested asc]
"""
