"""Sweeping one or two values of a scheme over a range: what each step would do, and where it tips."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from string import ascii_letters
from typing import Any

import numpy as np

from grantengine.compile.plan import Plan
from grantengine.errors import Message, MoneyError, Problem, SchemeError, Where
from grantengine.evaluate import Committed, Undetermined, evaluate
from grantengine.hooks.registry import Registry
from grantengine.money import parse_money
from grantengine.outcome import Outcome
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import RuleEngine, Wanted
from grantengine.scheme.checks import at
from grantengine.scheme.collect import Source
from grantengine.scheme.patch import put
from grantengine.scheme.pointer import resolve
from grantengine.simulation.compare import Comparison
from grantengine.simulation.dials import turned
from grantengine.simulation.scenario import scenario

MOST_STEPS = 10_000
MOST_AT_ONCE = 100
MOST_VALUES = 4_000_000
"""Values computed for steps to come."""


@dataclass(frozen=True)
class Range:
    """The values that one pointer takes, as a scheme writes them."""

    pointer: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """One point of a sweep against the baseline; sums in hundredths.

    ``tips`` is how many cases are funded here and were not at the step before along the first range, or the other way
    round (0 at its first value). Where the scheme of this step has ``problems``, nothing else is known.
    """

    values: tuple[Any, ...]
    funded: int = 0
    granted: int = 0
    left: int = 0
    gains: int = 0
    loses: int = 0
    newly_funded: int = 0
    no_longer_funded: int = 0
    tips: int = 0
    blocked: bool = False
    problems: tuple[Problem, ...] = ()


def read_range(text: str, data: Mapping[str, Any]) -> Range:
    """Read ``POINTER=START:STOP:STEP``; the last value is included where the steps meet it.

    Values are written in the unit that the range has, else like the one that the scheme has now: a sum takes its
    currency, a percent its sign.

    :raises SchemeError: it is no range, the pointer leads nowhere, or there are too many steps.
    """
    pointer, equals, given = text.partition("=")
    where = Where("--sweep")
    if not equals or given.count(":") != 2:
        raise SchemeError([Problem("sweep-format", where, {"written": text})])
    found = resolve(data, pointer)
    # What the scheme leaves to its default, such as a weight, has no value yet but a place to stand.
    holder = resolve(data, pointer.rpartition("/")[0])
    is_key = pointer.count("/") > 1 and holder and isinstance(at(data, holder[0]), dict)
    if not pointer.startswith("/") or not (found or is_key):
        raise SchemeError([Problem("pointer-nowhere", where, {"target": pointer})])
    try:
        numbers, units = zip(*map(_quantity, given.split(":")), strict=True)
    except InvalidOperation as error:
        raise SchemeError([Problem("sweep-format", where, {"written": text})]) from error
    start, stop, step = numbers
    unit = {*units} - {""} or {_unit_of(at(data, found[0]) if found else None)}
    if len(unit) > 1 or not step or (stop - start) / step < 0:
        raise SchemeError([Problem("sweep-format", where, {"written": text})])
    count = int((stop - start) / step) + 1
    if count > MOST_STEPS:
        raise SchemeError([Problem("sweep-too-long", where, {"count": count, "most": MOST_STEPS})])
    write = _writer(*unit)
    return Range(pointer, tuple(write(start + step * index) for index in range(count)))


def _quantity(text: str) -> tuple[Decimal, str]:
    """A number as people write it, with spaces or a decimal comma, and its currency or per cent sign if it has one."""
    cleaned = "".join(sign for sign in text if not sign.isspace()).replace(",", ".")
    number = cleaned.rstrip("%" + ascii_letters)
    value = Decimal(number)
    if not value.is_finite():
        raise InvalidOperation
    return value, cleaned[len(number) :]


def _unit_of(now: Any) -> str:
    """The currency or per cent sign of a value of the scheme; nothing where it has none."""
    if not isinstance(now, str):
        return ""
    if now.rstrip().endswith("%"):
        return "%"
    try:
        return parse_money(now).currency
    except MoneyError:
        return ""


def _writer(unit: str) -> Callable[[Decimal], Any]:
    """How a value is written in a unit."""
    if unit == "%":
        return lambda value: f"{value:f}%"
    if unit:
        return lambda value: f"{value:f} {unit}"
    return lambda value: int(value) if value == int(value) else float(value)


@dataclass(frozen=True)
class Sweep:
    """A scheme with its cases and their outcome, ready to be asked what other values would do."""

    source: Source
    plan: Plan
    cases: CaseTable
    before: Outcome
    registry: Registry
    engine: RuleEngine
    as_of: datetime.date
    committed: Committed = 0
    undetermined: Undetermined = "stop"

    def steps(self, ranges: Sequence[Range]) -> Iterator[Step]:
        """Each combination of values, the last range the quickest."""
        pointers = [one.pointer for one in ranges]
        last: dict[tuple[Any, ...], Outcome] = {}
        combinations = itertools.product(*(one.values for one in ranges))
        while some := list(itertools.islice(combinations, self._at_once)):
            changes = [tuple(zip(pointers, values, strict=True)) for values in some]
            for values, plan in zip(some, self.plans_with(changes), strict=True):
                if isinstance(plan, SchemeError):
                    yield Step(values, problems=plan.problems)
                    continue
                outcome = self.outcome(plan)
                yield self._step(values, outcome, last.get(values[1:]))
                last[values[1:]] = outcome

    @property
    def _at_once(self) -> int:
        """How many steps have their expressions computed in one go, as far as memory allows."""
        return max(1, min(MOST_AT_ONCE, MOST_VALUES // max(len(self.cases), 1)))

    def plans_with(self, changes: Sequence[Sequence[tuple[str, Any]]]) -> list[Plan | SchemeError]:
        """The plan of each set of changes, or its problems; what is new in all of them is computed at once."""
        plans: list[Plan | SchemeError] = []
        for one in changes:
            try:
                plans.append(self.plan_with(one))
            except SchemeError as error:
                plans.append(error)
        prepare([plan for plan in plans if isinstance(plan, Plan)], self.cases, self.engine)
        return plans

    def plan_with(self, changes: Sequence[tuple[str, Any]]) -> Plan:
        """The plan with other values: turned where that is enough, else compiled from the changed scheme.

        :raises SchemeError: the changed scheme has problems.
        """
        plan = turned(self.plan, changes)
        if plan is not None:
            return plan
        operations = [one for pointer, value in changes for one in put(self.source.data, pointer, value)]
        changed = scenario(self.source, operations, self.registry).plan
        if not changed.read <= set(self.cases.table.column_names):
            raise SchemeError([Problem("sweep-reads-more", params={"names": sorted(changed.read - self.plan.read)})])
        return changed

    def outcome(self, plan: Plan) -> Outcome:
        """What comes of the cases by another plan."""
        return evaluate(
            plan, self.cases, engine=self.engine, as_of=self.as_of, committed=self.committed,
            undetermined=self.undetermined,
        )  # fmt: skip

    def _step(self, values: tuple[Any, ...], outcome: Outcome, last: Outcome | None) -> Step:
        comparison = Comparison(self.before, outcome)
        granted = outcome.granted_in_all
        tips = 0 if last is None else int(np.count_nonzero(outcome.funded != last.funded))
        step = Step(values, int(np.count_nonzero(outcome.funded)), granted, outcome.budget - granted)
        return replace(step, tips=tips, blocked=outcome.blocked, **comparison.counts)  # type: ignore[arg-type]


def prepare(plans: Sequence[Plan], cases: CaseTable, engine: RuleEngine) -> None:
    """Compute the rules and points that are new in some of ``plans`` in one query."""
    if not plans or plans[0].strands:
        return
    rules = {
        id(rule): rule for sections in {id(plan.rules): plan.rules for plan in plans}.values() for rule in sections
    }
    criteria = {
        id(one.reading): one
        for sections in {id(plan.criteria): plan.criteria for plan in plans}.values()
        for one in sections
    }
    wanted = [Wanted(rule.reading.expression, "yes_no", rule.id) for rule in rules.values()]
    wanted += [Wanted(one.reading.expression, "double", one.id) for one in criteria.values()]
    engine.columns(cases, wanted)


def problem_words(step: Step) -> Message | None:
    """The first thing that is wrong with the scheme of a step."""
    if not step.problems:
        return None
    first = step.problems[0]
    return Message(f"problem.{first.code}", first.params)
