"""The same by grantengine. What scenarios are made of stands here alone, so that another interface is put in here alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from workload import REGIONS, THEMES, Columns, Settings, points_of_reach, scheme

from grantengine.compile.check import check
from grantengine.evaluate import Outcome, evaluate
from grantengine.explain import Explanation, explain
from grantengine.rules.case_table import CaseTable
from grantengine.scheme.load import load
from grantengine.simulation.compare import Comparison
from grantengine.simulation.sweep import Sweep
from grantengine.testing import engine_with

CHOICES = {"theme": THEMES, "region": REGIONS}


class ByGrantengine:
    """The scheme as a file, compiled; the cases as the table that reading a file gives."""

    name = "grantengine"

    def __init__(self) -> None:
        self.engine = engine_with()

    def load(self, cases: Columns, base: Settings) -> None:
        self.base = base
        self.source = load(scheme(base), name="scheme.yaml")
        self.plan = check(self.source, self.engine.registry)
        self.table = _table(cases)
        assert set(self.table.column_names) == {"id", "withdrawn", "by_hand", *self.plan.read}

    def baseline(self) -> NDArray[np.int64]:
        """A first evaluation: a table that is new to the engine, so that nothing is kept for it."""
        self.before = self._evaluate(CaseTable(self.table))
        return self.before.granted

    def scenario(self, settings: Settings) -> Done:
        return next(self.sweep([settings]))

    def sweep(self, steps: list[Settings]) -> Iterator[Done]:
        engine = self.engine
        simulator = Sweep(
            self.source, self.plan, self.before.cases, self.before, engine.registry, engine.rules, engine.today()
        )
        plans = simulator.plans_with([self._changes(settings) for settings in steps])
        return (Done(Comparison(self.before, simulator.outcome(plan))) for plan in plans)

    def explain(self, number: int) -> Explanation:
        return explain(self.before, _id(number), engine=self.engine.rules)

    def _evaluate(self, cases: CaseTable) -> Outcome:
        return evaluate(self.plan, cases, engine=self.engine.rules, as_of=self.engine.today())

    def _changes(self, settings: Settings) -> list[tuple[str, object]]:
        """What a person would write at ``--set`` or ``--sweep``."""
        base, changes = self.base, list[tuple[str, object]]()
        for name, weight in settings.weights.items():
            if weight != base.weights[name]:
                changes.append((f"/criteria/{name}/weight", weight))
        if settings.minimum_points != base.minimum_points:
            changes.append(("/allocation/options/minimum_points", settings.minimum_points))
        if settings.budget != base.budget:
            changes.append(("/call/budget", f"{settings.budget // 100} NOK"))
        if settings.least_members != base.least_members:
            changes.append(("/eligibility/enough-members/require", f"members >= {settings.least_members}"))
        if settings.other_reach != base.other_reach:
            changes.append(("/criteria/reach/points", points_of_reach(settings)))
        return changes


class Done:
    """A comparison with everything in it computed: who gains, loses, is newly and no longer funded."""

    def __init__(self, comparison: Comparison) -> None:
        self.granted, self.counts = comparison.after.granted, comparison.counts


def _id(number: int) -> str:
    """The id of a case as text: numbers of one length, which sort alike."""
    return f"case-{number:07d}"


def _table(cases: Columns) -> pa.Table:
    size = len(cases["id"])
    made: dict[str, pa.Array] = {
        "id": pa.array([_id(number) for number in cases["id"].tolist()], pa.string()),
        "withdrawn": pa.array(np.zeros(size, np.bool_)),
        "by_hand": pa.nulls(size, pa.int64()),
    }
    for name, values in cases.items():
        if name in CHOICES:
            made[name] = pa.DictionaryArray.from_arrays(values.astype(np.int32), list(CHOICES[name])).cast(pa.string())
        elif name in ("requested", "own_funding"):
            made[name] = _money(values)
        elif name != "id":
            made[name] = pa.array(values)
    return pa.table(made)


def _money(ore: NDArray[np.int64]) -> pa.Array:
    """Øre as DECIMAL(15,2): the same whole number in 128 bits."""
    wide = np.stack([ore, ore >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(15, 2), len(ore), [None, pa.py_buffer(np.ascontiguousarray(wide))])
