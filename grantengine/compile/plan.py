"""The Plan: a scheme compiled to typed expressions, ready to run on any case table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from grantengine.compile.scopes import Columns
from grantengine.errors import Message
from grantengine.expressions.expression import Checked
from grantengine.expressions.types import Scope, Type
from grantengine.form.build import Form
from grantengine.hooks.kinds import AllocationMethod, CriterionKind
from grantengine.hooks.moments import LocalMoment
from grantengine.hooks.registry import PluginInfo
from grantengine.records import FactColumn, RoundTerms
from grantengine.scheme.model import Scheme

Words = Mapping[str, str] | Message
"""A text of the scheme by language, or a message of a plugin's catalogue."""


@dataclass(frozen=True)
class Reading:
    """An expression and what it needs: ``facts`` must be obtained, ``answers`` may be missing, ``marks`` are ratings.

    Among the facts is ``facts.<source>`` where an answer is read that this source completes.
    """

    expression: Checked
    facts: tuple[str, ...]
    answers: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class RulePlan:
    """An eligibility rule: it holds where its expression is true."""

    id: str
    text: str
    reading: Reading
    because: Words
    asks: bool = False
    of_kind: bool = False


@dataclass(frozen=True)
class CriterionPlan:
    """An award criterion. Points are clipped to 0 … ``max_points``, multiplied by ``weight`` and rounded once.

    ``round`` is the review round in which marks for it are given, as its options say; None: any round that rates.
    """

    id: str
    title: Words
    text: str
    reading: Reading
    max_points: float | None
    weight: float
    combined: Checked | None
    mark_schema: Mapping[str, Any]
    kind: CriterionKind | None = None
    round: str | None = None

    @property
    def rated(self) -> bool:
        """Whether a missing rating takes the total away."""
        return bool(self.reading.marks)


@dataclass(frozen=True)
class TieBreak:
    """An expression that orders cases of equal totals."""

    expression: Checked
    descending: bool


@dataclass(frozen=True)
class AllocationPlan:
    """The method with its options; ``amount`` and ``columns`` are its expressions.

    ``sums`` names the columns that are sums of money: they are evaluated to øre, also where the scheme writes a plain
    number, which is whole currency units. ``facts`` are those that the amount, a column or a tie-break reads. Amounts
    are whole multiples of ``unit`` øre. ``owner`` is the plugin that brings the method.
    """

    method: AllocationMethod
    options: Any
    amount: Checked
    columns: Mapping[str, Checked]
    sums: frozenset[str]
    tie_break: tuple[TieBreak, ...]
    facts: tuple[str, ...]
    unit: int
    currency: str
    owner: str

    @cached_property
    def expressions(self) -> tuple[Checked, ...]:
        """Everything that is evaluated for each case."""
        return (self.amount, *self.columns.values(), *(tie.expression for tie in self.tie_break))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names of everything that these read."""
        return frozenset().union(*(one.columns for one in self.expressions))


@dataclass(frozen=True)
class YearPlan:
    """One year's money: ``budget`` in øre and how it is allocated. ``year`` is None where the call names none."""

    year: int | None
    budget: int
    allocation: AllocationPlan


@dataclass(frozen=True)
class Deadline:
    """One of several deadlines: the first instant (microseconds since 1970, UTC) that is too late, and its money.

    ``share`` is øre, a part of the budget, or None for what the others leave.
    """

    name: str
    closes: int
    share: int | Fraction | None


@dataclass(frozen=True)
class Intake:
    """How cases come in: all together, at ``deadlines``, or in batches of one ``period`` after the other."""

    kind: str = "window"
    deadlines: tuple[Deadline, ...] = ()
    period: str = "day"


@dataclass(frozen=True)
class RoundPlan:
    """A review round: what it allows, for whom, and what the scheme says of its time.

    ``rule`` is yes for the cases that it is offered to; None where ``terms.offered_to_all``. ``opens`` and ``closes``
    are moments, or `call.opens` or `call.closes`; ``days`` are calendar days. ``stages/rounds.py`` makes instants of
    them.
    """

    id: str
    kind: str
    title: Words
    terms: RoundTerms
    rule: Checked | None = None
    opens: LocalMoment | str | None = None
    closes: LocalMoment | str | None = None
    days: int | None = None


@dataclass(frozen=True)
class StrandPlan:
    """A part of the scheme: its id, and the plan of its own rules with its own budget."""

    id: str
    plan: Plan


@dataclass(frozen=True)
class Plan:
    """Everything evaluation needs. ``columns`` types the whole case table.

    ``scope`` is what rules and points see, ``known`` what its names mean.

    ``years`` has one entry where the budget is one sum. With ``strands`` each case is evaluated by the plan of its
    strand; ``rules`` and ``criteria`` are then those that strands start from.
    """

    scheme: Scheme
    form: Form
    columns: Mapping[str, Type]
    facts: Mapping[str, FactColumn]
    rules: tuple[RulePlan, ...]
    criteria: tuple[CriterionPlan, ...]
    years: tuple[YearPlan, ...]
    intake: Intake
    reports: tuple[tuple[str, Checked | None], ...]
    checked_types: Mapping[str, Type]
    currency: str
    version: str
    plugins: tuple[PluginInfo, ...]
    scope: Scope
    known: Columns
    strands: tuple[StrandPlan, ...] = ()
    rounds: tuple[RoundPlan, ...] = ()

    def round(self, id: str) -> RoundPlan | None:
        """The review round of that id, None where the scheme has none."""
        return next((one for one in self.rounds if one.id == id), None)

    @property
    def allocation(self) -> AllocationPlan:
        """How the money of the first year is allocated."""
        return self.years[0].allocation

    @property
    def budget(self) -> int:
        """All the money there is, in øre."""
        return sum(year.budget for year in self.years)

    @cached_property
    def parts(self) -> tuple[Plan, ...]:
        """The plans that cases are evaluated by: those of the strands, or this one."""
        return tuple(strand.plan for strand in self.strands) or (self,)

    @cached_property
    def by_time(self) -> bool:
        """Whether it matters when a case was submitted, to the instant."""
        allocations = (part.allocation for part in self.parts)
        return self.intake.kind != "window" or any(one.method.by_time(one.options) for one in allocations)

    @cached_property
    def all_rules(self) -> tuple[RulePlan, ...]:
        """The rules of the scheme and of its strands, each id once."""
        return tuple({rule.id: rule for plan in (*self.parts, self) for rule in plan.rules}.values())

    @cached_property
    def all_criteria(self) -> tuple[CriterionPlan, ...]:
        """The criteria of the scheme and of its strands, each id once."""
        return tuple({one.id: one for plan in (*self.parts, self) for one in plan.criteria}.values())

    @cached_property
    def read(self) -> frozenset[str]:
        """The columns of the case table that some expression reads."""
        if self.strands:
            return frozenset({"strand"}).union(*(part.read for part in self.parts))
        expressions = [rule.reading.expression for rule in self.rules]
        expressions += [criterion.reading.expression for criterion in self.criteria]
        expressions += [criterion.combined for criterion in self.criteria if criterion.combined]
        expressions += [one for year in self.years for one in year.allocation.expressions]
        found = frozenset().union(*(expression.columns for expression in expressions))
        return frozenset(name for name in found if name in self.columns)
