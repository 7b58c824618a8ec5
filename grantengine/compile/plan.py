"""The Plan: a scheme compiled to typed expressions, ready to run on any case table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grantengine.errors import Message
from grantengine.expressions.expression import Checked
from grantengine.expressions.types import Type
from grantengine.form.build import Form
from grantengine.hooks.kinds import AllocationMethod, CriterionKind
from grantengine.hooks.registry import PluginInfo
from grantengine.records import FactColumn
from grantengine.scheme.model import Scheme

Words = Mapping[str, str] | Message
"""A text of the scheme by language, or a message of a plugin's catalogue."""


@dataclass(frozen=True)
class Reading:
    """An expression and what it needs: ``facts`` must be obtained, ``answers`` may be missing, ``marks`` are ratings."""

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


@dataclass(frozen=True)
class CriterionPlan:
    """An award criterion. Points are clipped to 0 … ``max_points``, multiplied by ``weight`` and rounded once."""

    id: str
    title: Words
    text: str
    reading: Reading
    max_points: float | None
    weight: float
    combined: Checked | None
    mark_schema: Mapping[str, Any]
    kind: CriterionKind | None = None

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
    """The method with its options; ``amount`` and ``columns`` are its expressions, ``round_to`` is in øre.

    ``sums`` names the columns that are sums of money: they are evaluated to øre, also where the scheme writes a plain
    number, which is whole currency units.
    """

    method: AllocationMethod
    options: Any
    amount: Checked
    columns: Mapping[str, Checked]
    sums: frozenset[str]
    tie_break: tuple[TieBreak, ...]
    round_to: int
    currency: str


@dataclass(frozen=True)
class Plan:
    """Everything evaluation needs. ``columns`` types the whole case table, ``later`` what exists once points are known."""

    scheme: Scheme
    form: Form
    columns: Mapping[str, Type]
    facts: Mapping[str, FactColumn]
    rules: tuple[RulePlan, ...]
    criteria: tuple[CriterionPlan, ...]
    allocation: AllocationPlan
    reports: tuple[tuple[str, Checked | None], ...]
    checked_types: Mapping[str, Type]
    budget: int
    currency: str
    version: str
    plugins: tuple[PluginInfo, ...]

    @cached_property
    def read(self) -> frozenset[str]:
        """The columns of the case table that some expression reads."""
        expressions = [rule.reading.expression for rule in self.rules]
        expressions += [criterion.reading.expression for criterion in self.criteria]
        expressions += [criterion.combined for criterion in self.criteria if criterion.combined]
        expressions += [self.allocation.amount, *self.allocation.columns.values()]
        expressions += [tie.expression for tie in self.allocation.tie_break]
        found = frozenset().union(*(expression.columns for expression in expressions))
        return frozenset(name for name in found if name in self.columns)
