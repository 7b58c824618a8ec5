"""Running a scheme and a scenario over the same cases."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import replace

from grantengine.compile.plan import Plan
from grantengine.evaluate import Committed, Undetermined, evaluate
from grantengine.outcome import Outcome
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import RuleEngine
from grantengine.simulation.compare import Comparison

ReadCases = Callable[[Plan, Iterable[str]], CaseTable]
"""Gives the cases as a plan reads them, with further columns by name."""


def tables(baseline: Plan, scenario: Plan, read: ReadCases, extra: Iterable[str] = ()) -> tuple[CaseTable, CaseTable]:
    """The same cases for both plans: one table wherever both read the answers alike, else one each.

    :raises CasesError: as ``read``.
    """
    wanted = {*extra}
    if reads_alike(baseline, scenario):
        table = read(baseline, wanted | (scenario.read & baseline.columns.keys()))
        return table, table
    return read(baseline, wanted), read(
        _answered_by(scenario, baseline), {name for name in wanted if name in scenario.columns}
    )


def _answered_by(scenario: Plan, baseline: Plan) -> Plan:
    """The scenario for reading cases of the baseline: questions that it drops were answered all the same."""
    dropped = tuple(field for field in baseline.form.fields if field.id not in scenario.form.by_id)
    if not dropped:
        return scenario
    form = replace(scenario.form, fields=(*scenario.form.fields, *dropped))
    return replace(scenario, form=form)


def reads_alike(baseline: Plan, scenario: Plan) -> bool:
    """Whether a table read for ``baseline`` serves ``scenario``: the same form, and columns of the same types."""
    same_form = baseline.scheme.form == scenario.scheme.form and baseline.by_time >= scenario.by_time
    return same_form and all(baseline.columns.get(name) == scenario.columns[name] for name in scenario.read)


def simulate(
    baseline: Plan,
    scenario: Plan,
    cases: CaseTable,
    *,
    engine: RuleEngine,
    as_of: datetime.date,
    scenario_cases: CaseTable | None = None,
    committed: Committed = 0,
    undetermined: Undetermined = "stop",
    before: Outcome | None = None,
) -> Comparison:
    """Evaluate both by the ordinary path and compare.

    :param scenario_cases: the same cases, in the same order, as the scenario reads them; without it ``cases``.
    :param before: the outcome of the baseline, where it is there already.
    :raises EvaluationError: as :func:`grantengine.evaluate.evaluate`.
    """
    how = {"engine": engine, "as_of": as_of, "committed": committed, "undetermined": undetermined}
    before = before or evaluate(baseline, cases, **how)  # type: ignore[arg-type]
    after = evaluate(scenario, scenario_cases or cases, **how)  # type: ignore[arg-type]
    return Comparison(before, after)
