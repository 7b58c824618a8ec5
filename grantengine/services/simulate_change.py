"""Simulate a change to a scheme: read the scheme, the patch and the cases, run both, and report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.errors import SchemeError, Where
from grantengine.evaluate import Committed, Undetermined
from grantengine.rules.case_table import CaseTable
from grantengine.scheme.load import SchemeSource, load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import apply, put, read_operations, set_operations
from grantengine.simulation.caution import caution
from grantengine.simulation.groups import by_column, check_columns
from grantengine.simulation.report import Report, what_changed
from grantengine.simulation.robustness import robustness
from grantengine.simulation.run import simulate, tables
from grantengine.simulation.scenario import Scenario, scenario
from grantengine.simulation.sweep import Sweep, read_range

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

ReadCases = Callable[[Plan, Iterable[str]], CaseTable]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Wish:
    """What is to be simulated. ``set`` are texts ``POINTER=VALUE``, ``sweep`` texts ``POINTER=START:STOP:STEP``.

    ``patch`` is a file of operations, done before ``set``; ``by`` are columns to group by; ``weightings`` is how many
    other weightings are tried for robustness, drawn by ``seed``.
    """

    set: tuple[str, ...] = ()
    patch: Path | None = None
    by: tuple[str, ...] = ()
    sweep: tuple[str, ...] = ()
    weightings: int = 0
    seed: int = 1
    undetermined: Undetermined = "stop"


def simulate_change(
    engine: Engine,
    path: Path,
    wish: Wish,
    read: ReadCases,
    *,
    committed: Callable[[Plan], Committed] = lambda _plan: 0,
    progress: Progress | None = None,
) -> Report:
    """The report of a simulation on the scheme at ``path``.

    :param read: gives the cases as a plan reads them, with further columns by name.
    :raises SchemeError: the scheme, the patch or the changed scheme has problems, or a sweep is none.
    :raises CasesError: as ``read``.
    :raises EvaluationError: a column is not known, a rule can not be computed, or sums do not fit.
    """
    source = load(path)
    baseline = check(source, engine.registry)
    changed = read_scenario(engine, source, wish)
    ranges = tuple(read_range(text, changed.source.data) for text in wish.sweep)
    check_columns(wish.by, baseline)
    extra = {*wish.by, *(name for plan in _ends(engine, changed, wish) for name in plan.read)}
    cases, scenario_cases = tables(baseline, changed.plan, read, extra & baseline.columns.keys())
    comparison = simulate(
        baseline, changed.plan, cases, engine=engine.rules, as_of=engine.today(), scenario_cases=scenario_cases,
        committed=committed(baseline), undetermined=wish.undetermined,
    )  # fmt: skip
    groups = tuple(by_column(comparison, name) for name in wish.by)
    report = Report(
        changed.title, what_changed(source.data, changed.source.data), comparison, groups, caution(comparison)
    )
    if comparison.blocked or not (ranges or wish.weightings):
        return report
    sweep = Sweep(
        changed.source, changed.plan, scenario_cases, comparison.before, engine.registry, engine.rules, engine.today(),
        committed(changed.plan), wish.undetermined,
    )  # fmt: skip
    steps = []
    for step in sweep.steps(ranges) if ranges else ():
        steps.append(step)
        if progress:
            progress(1)
    tried = robustness(replace(sweep, before=comparison.after), wish.weightings, wish.seed) if wish.weightings else None
    return replace(report, ranges=ranges, steps=tuple(steps), robustness=tried)


def read_scenario(engine: Engine, source: SchemeSource, wish: Wish) -> Scenario:
    """The scheme with the patch file and then each ``set`` applied.

    :raises SchemeError: with the first that can not be applied, or all problems of the scheme it leads to.
    """
    operations: list[PatchOperation] = []
    places: list[Where] = []
    title = None
    if wish.patch is not None:
        patch = read_operations(load(wish.patch, list_key="patch"))
        title = patch.title
        operations.extend(patch.operations)
        places.extend(patch.origin(number) for number in range(len(patch.operations)))
    for text in wish.set:
        so_far = apply(source, operations, origin=places.__getitem__).data
        for operation in set_operations(text, so_far, name="--set"):
            operations.append(operation)
            places.append(Where("--set", pointer=operation.path))
    return scenario(source, operations, engine.registry, origin=places.__getitem__, title=title)


def _ends(engine: Engine, changed: Scenario, wish: Wish) -> Sequence[Plan]:
    """The plans at both ends of each range: what they read, the steps between may read as well."""
    plans = []
    for text in wish.sweep:
        values = read_range(text, changed.source.data)
        for value in (values.values[0], values.values[-1]):
            operations = put(changed.source.data, values.pointer, value)
            try:
                plans.append(scenario(changed.source, operations, engine.registry).plan)
            except SchemeError:
                continue  # told at the step where it is
    return plans
