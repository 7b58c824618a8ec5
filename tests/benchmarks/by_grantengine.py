"""The same by grantengine. What scenarios are made of stands here alone, so that another interface is put in here alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from workload import REGIONS, THEMES, Columns, Comparison, Settings, compare, scheme

from grantengine.compile.plan import Plan
from grantengine.evaluate import Outcome, evaluate
from grantengine.explain import Explanation, explain
from grantengine.rules.case_table import CaseTable
from grantengine.testing import engine_with, plan_of

CHOICES = {"theme": THEMES, "region": REGIONS}


class ByGrantengine:
    """The scheme as a file, compiled; the cases as the table that reading a file gives."""

    name = "grantengine"

    def __init__(self) -> None:
        self.engine = engine_with()

    def load(self, cases: Columns, base: Settings) -> None:
        self.base = base
        self.plan = self.compiled(base)
        self.table = _table(cases)
        assert set(self.table.column_names) == {"id", "withdrawn", "by_hand", *self.plan.read}

    def compiled(self, settings: Settings) -> Plan:
        """The plan of the scheme as a file, checked."""
        return plan_of(scheme(settings), self.engine)

    def baseline(self) -> NDArray[np.int64]:
        """A first evaluation: a table that is new to the engine, so that nothing is kept for it."""
        self.before = self._evaluate(self.plan, CaseTable(self.table))
        return self.before.granted

    def scenario(self, settings: Settings) -> Comparison:
        after = self._evaluate(self._changed(settings), self.before.cases)
        return compare(self.before.granted, after.granted)

    def sweep(self, steps: list[Settings]) -> list[Comparison]:
        return [self.scenario(settings) for settings in steps]

    def explain(self, number: int) -> Explanation:
        return explain(self.before, _id(number), engine=self.engine.rules)

    def _evaluate(self, plan: Plan, cases: CaseTable) -> Outcome:
        return evaluate(plan, cases, engine=self.engine.rules, as_of=self.engine.today())

    def _changed(self, settings: Settings) -> Plan:
        """The plan with other settings: figures are put in, another expression makes the scheme be checked anew."""
        if (settings.other_reach, settings.least_members) != (self.base.other_reach, self.base.least_members):
            return self.compiled(settings)
        criteria = tuple(replace(one, weight=float(settings.weights[one.id])) for one in self.plan.criteria)
        year = self.plan.years[0]
        options = year.allocation.options.model_copy(update={"minimum_points": settings.minimum_points})
        years = (replace(year, budget=settings.budget, allocation=replace(year.allocation, options=options)),)
        return replace(self.plan, criteria=criteria, years=years)


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
