"""What would have changed an outcome: the nearest other answer for a failed rule, the points short for a lost rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from grantengine.compile.plan import Plan, RulePlan
from grantengine.expressions.nodes import Literal, Node, children
from grantengine.form.build import Field
from grantengine.money import format_ore
from grantengine.outcome import Part, Round
from grantengine.records import POINT_UNITS
from grantengine.rules.case_table import CaseTable, arrow_type
from grantengine.rules.duckdb_engine import RuleEngine, Wanted
from grantengine.stages.allocation import RESERVE, Amounts, Competition, allocate, amounts
from grantengine.stages.eligibility import Verdict, eligibility
from grantengine.standing import place_in, round_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAN = 64
"""Values tried at once while a threshold is narrowed down."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another answer to one question, in the form a cases file has it; ``steps`` is how far it is from today's."""

    question: str
    value: Any
    today: Any
    steps: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Points a case lacks to be funded, others unchanged; ``reachable`` tells whether the criteria can give as many.

    ``minimum`` is what the scheme requires in points, where the case has fewer and as many would not have been enough;
    ``crowded`` that it was then the money that lacked, which went to others, and not an amount of its own.
    """

    points: float
    total_needed: float
    reachable: bool
    minimum: float | None = None
    crowded: bool = False


# --- a failed rule ---------------------------------------------------------------------------------------------------


def nearest_change(outcome: Part, rule: RulePlan, position: int, engine: RuleEngine) -> Change | None:
    """The smallest change of one answer that makes ``rule`` hold for the case, others fixed; None where none was found.

    Nearest is exact where the rule changes its mind once between two tried values; every answer given has been put in
    and evaluated by the ordinary path.
    """
    case = outcome.cases.rows([position])
    fields = [outcome.plan.form.by_id[name] for name in rule.reading.answers if name in outcome.plan.form.by_id]
    found: list[Change] = []
    for field in fields:
        if field.step is None or not _is_shown(field, case, engine):
            continue
        trial = _Trial(outcome.plan, rule, field, case, engine)
        change = trial.numeric() if field.type.name in _NUMERIC else trial.among(_others(field))
        if change is not None:
            found.append(change)
    return min(found, key=lambda change: change.steps, default=None)


_NUMERIC = frozenset({"integer", "number", "percent", "money"})


def _others(field: Field) -> list[Any]:
    if field.type.name == "yes_no":
        return [True, False]
    return list(field.type.values or ())


def _is_shown(field: Field, case: CaseTable, engine: RuleEngine) -> bool:
    if field.visible_if is None:
        return True
    column = engine.columns(case, [Wanted(field.visible_if, "yes_no", field.id)])[0]
    return bool(column.known[0] and column.values[0])


class _Trial:
    """One rule, one case, one question: which values of the answer make the rule hold."""

    def __init__(self, plan: Plan, rule: RulePlan, field: Field, case: CaseTable, engine: RuleEngine) -> None:
        self.plan, self.rule, self.field, self.case, self.engine = plan, rule, field, case, engine
        self.today = case.table.column(field.id)[0].as_py()

    def holds(self, values: Sequence[Any]) -> NDArray[np.bool_]:
        """Whether the rule holds for the case with each of these answers."""
        table = self.case.table.take(pa.array([0] * len(values), pa.int64()))
        index = table.column_names.index(self.field.id)
        changed = pa.array(values, arrow_type(self.field.type))
        cases = hide_again(self.plan, CaseTable(table.set_column(index, self.field.id, changed)), self.engine)
        verdicts = eligibility([self.rule], cases, self.engine).verdicts[0]
        result: NDArray[np.bool_] = verdicts == Verdict.YES
        return result

    def among(self, values: list[Any]) -> Change | None:
        """The first of a few values that makes the rule hold."""
        values = [value for value in values if value != self.today]
        if not values:
            return None
        good = np.flatnonzero(self.holds(values))
        return Change(self.field.id, values[good[0]], self.today, 1) if len(good) else None

    def numeric(self) -> Change | None:
        """The nearest number, in whole steps, that makes the rule hold."""
        low, high = _bounds(self.field)
        step = Decimal(str(self.field.step))
        first, last = int(-(-low // step)), int(high // step)
        start = min(max(int((_decimal(self.today) or Decimal(0)) // step), first), last)
        tried = sorted(_spread(first, last, start, _literals(self.rule.reading.expression.node), step))
        good = self.holds([self._value(k) for k in tried])
        if not good.any():
            return None
        nearest = min((k for k, ok in zip(tried, good, strict=True) if ok), key=lambda k: abs(k - start))
        nearest = self._narrow(nearest, start, tried, good)
        return Change(self.field.id, self._as_answer(nearest), self._today(), max(abs(nearest - start), 1))

    def _narrow(self, good: int, start: int, tried: list[int], verdicts: NDArray[np.bool_]) -> int:
        """Between a value that holds and the next one towards today's that does not, find where it turns."""
        between = [k for k in tried if min(good, start) <= k <= max(good, start) and k != good]
        bad = min(between, key=lambda k: abs(k - good), default=start)
        while abs(good - bad) > 1:
            inner = sorted({bad + (good - bad) * part // FAN for part in range(1, FAN)} - {bad, good})
            holds = dict(zip(inner, self.holds([self._value(k) for k in inner]), strict=True))
            towards = sorted(inner, key=lambda k: abs(k - bad))
            first_good = next((k for k in towards if holds[k]), None)
            closer = good if first_good is None else first_good
            bad = max(
                (k for k in (bad, *towards) if k == bad or (abs(k - bad) < abs(closer - bad))),
                key=lambda k: abs(k - bad),
            )
            good = closer
        return good

    def _value(self, k: int) -> Any:
        value = k * Decimal(str(self.field.step))
        if self.field.type.name == "integer":
            return int(value)
        return value.quantize(Decimal("0.01")) if self.field.type.name == "money" else float(value)

    def _as_answer(self, k: int) -> Any:
        value = self._value(k)
        return format_ore(int(value * 100)) if self.field.type.name == "money" else value

    def _today(self) -> Any:
        return format_ore(int(self.today * 100)) if isinstance(self.today, Decimal) else self.today


def hide_again(plan: Plan, cases: CaseTable, engine: RuleEngine) -> CaseTable:
    """After an answer changed: answers whose questions are now hidden become missing."""
    table = cases.table
    for field in plan.form.by_dependency:
        if field.visible_if is None or field.id not in table.column_names:
            continue
        shown = engine.columns(CaseTable(table), [Wanted(field.visible_if, "yes_no", field.id)])[0]
        keep = shown.known & shown.values.astype(np.bool_)
        if keep.all():
            continue
        kind = arrow_type(field.type)
        empty = pa.array([[] if field.type.name == "list" else None] * len(keep), kind)
        values = pa.compute.if_else(pa.array(keep), table.column(field.id), empty)
        table = table.set_column(table.column_names.index(field.id), field.id, values)
    return CaseTable(table)


def _bounds(field: Field) -> tuple[Decimal, Decimal]:
    schema = field.kind.schema(field.options, "form")
    if "x-money" in schema:
        return Decimal(schema["x-money"]["minimum"]) / 100, Decimal(schema["x-money"]["maximum"]) / 100
    low, high = schema.get("minimum", -1e9), schema.get("maximum", 1e9)
    return Decimal(str(low)), Decimal(str(high))


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _literals(node: Node) -> list[Decimal]:
    own = [Decimal(str(node.value))] if isinstance(node, Literal) and _is_number(node.value) else []
    return own + [value for child in children(node) for value in _literals(child)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _spread(first: int, last: int, start: int, literals: list[Decimal], step: Decimal) -> set[int]:
    """Whole steps worth trying: near the rule's own numbers, doubling away from today's answer, and an even grid."""
    near = {int(value // step) + offset for value in literals for offset in (-1, 0, 1, 2)}
    doubling = {start + sign * 2**power for power in range(48) for sign in (-1, 1)}
    grid = {first + (last - first) * part // 24 for part in range(25)}
    return {k for k in near | doubling | grid | {start, start + 1} if first <= k <= last}


# --- a lost rank -----------------------------------------------------------------------------------------------------


def points_short(part: Part, row: int, engine: RuleEngine) -> Shortfall | None:
    """How many points more would have funded a ranked case that got nothing; None where points were not what it lacked."""
    lost = part.grounds[row] in RESERVE or _below_minimum(part, row)
    one = round_of(part, row)
    if one is None or not lost:
        return None
    own = int(part.scores.total[row])
    trial = _OtherTotal(part, one, row, engine)
    minimum = _minimum(part)
    ceiling = max(int(part.scores.total[one.competing].max()), round((minimum or 0) * POINT_UNITS), own) + 1
    if not trial.funded(ceiling):
        return None
    high = _turn(trial.funded, own, ceiling, _cut_off(part, one))
    found = Shortfall((high - own) / POINT_UNITS, high / POINT_UNITS, high <= _most_points(part.plan))
    floor = round((minimum or 0) * POINT_UNITS)
    if own >= floor or trial.funded(floor):
        return found
    return replace(found, minimum=minimum, crowded=trial.has_amount(floor))


def _cut_off(part: Part, one: Round) -> int:
    """The lowest total that was funded, near which another would be."""
    funded = one.competing[part.granted[one.competing] > 0]
    return int(part.scores.total[funded].min()) if len(funded) else 0


def _turn(funded: Callable[[int], bool], low: int, high: int, guess: int) -> int:
    """The total at which ``funded`` turns from no (at ``low``) to yes (at ``high``), looked for from ``guess`` outwards."""
    step, at = 1, guess
    while high - low > 1:
        at = at if low < at < high else (low + high) // 2
        if funded(at):
            high, at = at, at - step
        else:
            low, at = at, at + step
        step *= 4
    return high


def _minimum(part: Part) -> float | None:
    return part.plan.allocation.method.minimum_points(part.plan.allocation.options)


def _below_minimum(part: Part, row: int) -> bool:
    minimum = _minimum(part)
    ranked = part.eligible[row] and part.scores.rated[row]
    return bool(minimum is not None and ranked and part.scores.total[row] < round(minimum * POINT_UNITS))


def _most_points(plan: Plan) -> float:
    return sum(
        float("inf") if c.max_points is None else round(c.max_points * c.weight * POINT_UNITS) for c in plan.criteria
    )


class _OtherTotal:
    """One case that competes with another total, all others as they are."""

    def __init__(self, part: Part, one: Round, row: int, engine: RuleEngine) -> None:
        self.part, self.one, self.row, self.engine = part, one, row, engine
        self.place = place_in(one.competing, row) or 0

    def funded(self, total: int) -> bool:
        """Whether the case gets anything in some year."""
        totals = self.part.scores.total.copy()
        totals[self.row] = total
        for field, budget in zip(self.part.fields, self.one.budgets, strict=True):
            changed = replace(field, total=totals, amounts=self._amounts(field, total))
            if allocate(changed, self.one.competing, budget).granted[self.place] > 0:
                return True
        return False

    def has_amount(self, total: int) -> bool:
        """Whether there is something to give it in some year, were there money enough."""
        found = (self._amounts(field, total) for field in self.part.fields)
        return any(bool(one.known[self.row]) and int(one.ore[self.row]) > 0 for one in found)

    def _amounts(self, field: Competition, total: int) -> Amounts:
        """Amounts where the case has another total; the same as before unless amounts read the total."""
        plan, row = field.plan, self.row
        if "total" not in plan.amount.columns:
            return field.amounts
        units = {"total": np.array([total / POINT_UNITS])} | {
            f"points.{c.id.replace('-', '_')}": self.part.scores.points[index][[row]] / POINT_UNITS
            for index, c in enumerate(self.part.plan.criteria)
        }
        changed = amounts(plan, self.part.cases.rows([row]).with_columns(units), self.engine)
        ore = field.amounts.ore.copy()
        ore[row] = changed.ore[0]
        return Amounts(ore, field.amounts.known, field.amounts.columns)
