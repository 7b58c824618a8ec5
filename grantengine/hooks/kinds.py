"""Base classes that plugins derive from: each kind of thing a scheme can name.

The engine makes one instance per use in a scheme and gives it the id it has there; options arrive checked.
Titles and helps are texts in the plugin's own catalogue under ``<role>.<kind>.title`` and ``.help``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from grantengine.expressions.types import Type
from grantengine.hooks.options import KindOptions
from grantengine.hooks.pool import Pool
from grantengine.records import Candidates, FactColumn, Grants, RoundTerms

if TYPE_CHECKING:
    from grantengine.expressions.expression import Expression
    from grantengine.hooks.context import Collected, FactContext
    from grantengine.hooks.draw import Draw

Audience = Literal["form", "cases"]
"""Who gives an answer: an applicant through web or API (``form``), or a file of the authority (``cases``)."""


class Kind:
    """Base of all kinds: the name used in YAML, its options, and the id it has in the scheme at hand.

    ``plugin`` is set by the engine: who brings the kind.
    """

    plugin: ClassVar[str] = ""
    role: ClassVar[str]
    kind: ClassVar[str]
    Options: ClassVar[type[KindOptions]] = KindOptions

    def __init__(self, id: str = "") -> None:
        self.id = id


class QuestionKind(Kind):
    """A kind of question: what an answer looks like, which column it becomes, and how long it takes.

    ``widget`` names how the web draws it (an unknown one is drawn by column type), ``default_minutes`` is the time to
    answer unless the question says its own, ``step`` the smallest sensible change of a numeric answer (None: a
    counterfactual may not change it). With ``has_columns`` the scheme declares the columns of a table under
    ``columns``; the engine sets ``parts`` to (kind, options, required) of each; a kind whose columns are fixed sets it
    itself. ``absent_is_false`` names yes/no fields of a row that read as no where they are left out.
    """

    role = "question"
    widget: ClassVar[str] = "text"
    default_minutes: ClassVar[float] = 1
    step: ClassVar[float | None] = None
    has_columns: ClassVar[bool] = False
    absent_is_false: ClassVar[tuple[str, ...]] = ()
    parts: tuple[tuple[QuestionKind, Any, bool], ...] = ()

    def column(self, options: Any) -> Type:
        """The type of the answer's column in the case table."""
        raise NotImplementedError(f"{type(self).__name__}.column")

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of one answer."""
        raise NotImplementedError(f"{type(self).__name__}.schema")

    def names(self, options: Any) -> Mapping[str, str]:
        """The names of the values there are, the same in every language, such as those of places; none for other kinds."""
        return {}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        """Plausible answers for ``draw.n`` synthetic cases, None where one is left out."""
        return [None] * draw.n


class ConditionKind(Kind):
    """A kind of eligibility rule: a yes/no expression. Its reason is the text ``condition.<kind>.because``.

    With ``asks`` a handler answers the rule with yes or no; the answer is the column ``judged.<rule id>``.
    """

    role = "condition"
    asks: ClassVar[bool] = False

    def holds(self, options: Any) -> Expression:
        """True where the rule holds."""
        raise NotImplementedError(f"{type(self).__name__}.holds")


class CriterionKind(Kind):
    """A kind of award criterion: an expression that gives points before they are clipped and weighted.

    ``max_points`` is what the scheme gives this criterion, None where it sets no maximum (then a kind with
    ``needs_max_points`` is a problem of the scheme). A kind with ``rated`` reads assessors' marks as the list
    ``marks.<criterion id>``.
    """

    role = "criterion"
    rated: ClassVar[bool] = False
    needs_max_points: ClassVar[bool] = False

    def __init__(self, id: str = "", max_points: float | None = None) -> None:
        super().__init__(id)
        self.max_points = max_points

    def points(self, options: Any) -> Expression:
        """Points as a number expression over the case table."""
        raise NotImplementedError(f"{type(self).__name__}.points")

    def combined(self, options: Any) -> Expression | None:
        """For rated kinds: the assessors' marks as one number, unrounded."""
        return None

    def mark_schema(self, options: Any) -> dict[str, Any]:
        """The JSON Schema of one assessor's mark."""
        return {"type": "number"}


class FactSource(Kind):
    """A source outside the application: the typed columns ``facts.<kind>.<column>`` that it gives.

    With ``fills`` (a kind of question) it gives no columns; it completes the answers to such questions instead, with
    what an applicant may not say of itself. Until it has done so, rules that read such an answer are undetermined.
    """

    role = "fact_source"
    fills: ClassVar[str | None] = None

    def columns(self) -> Mapping[str, FactColumn]:
        """Column name to type."""
        raise NotImplementedError(f"{type(self).__name__}.columns")

    def sample(self, draw: Draw) -> Mapping[str, list[Any]]:
        """Plausible facts for ``draw.n`` synthetic cases, a list per column; None is a fact not obtained."""
        return {name: [None] * draw.n for name in self.columns()}

    def collect(self, context: FactContext) -> Collected:
        """The facts of one submission, as JSON values by column.

        :raises SourceDown: the source can not be asked now; it is asked again later.
        """
        raise NotImplementedError(f"{type(self).__name__}.collect")


class RoundKind(Kind):
    """A kind of review round (behandlingsrunde): what it allows, as data.

    An option ``rule`` that is a :data:`YesNoExpression` says which cases it is offered to.
    """

    role = "round"

    def terms(self, options: Any) -> RoundTerms:
        """Who works in the round and what they may do; ``offered_to_all`` unless the options have a ``rule``."""
        raise NotImplementedError(f"{type(self).__name__}.terms")


class AllocationMethod(Kind):
    """From cases that compete for a budget to amounts.

    A method that walks down the ranking gives ``allocate``; one that needs no order, or its own, gives ``share_out``.
    ``needs_requested`` says that the scheme must have a money question with the id ``requested`` or say an amount. With
    ``amount_is_limit`` an amount is only what no case may have more than: where it is not known, there is no limit.
    """

    role = "allocation"
    needs_requested: ClassVar[bool] = True
    amount_is_limit: ClassVar[bool] = False

    def amount(self, options: Any) -> Expression | None:
        """What a case would get if money were no limit, where the scheme does not say; None: what it requests."""
        return None

    def needs_amount(self, options: Any) -> bool:
        """Whether it can do nothing without ``requested`` or an amount that the scheme says."""
        return self.needs_requested

    def by_time(self, options: Any) -> bool:
        """Whether it goes by the moment of submission, so that each case must have one."""
        return False

    def by_rank(self, options: Any) -> bool:
        """Whether it goes down the ranking until the money ends, so that a line can be drawn there."""
        return type(self).allocate is not AllocationMethod.allocate

    def columns(self, options: Any) -> Mapping[str, Expression]:
        """Expressions to evaluate for each case, beside the options that are expressions: sums, numbers or texts."""
        return {}

    def share_out(self, options: Any, pool: Pool) -> Grants:
        """Amounts in øre and grounds for the pool's members, in the pool's order, never above its budget."""
        grants = self.allocate(options, pool.candidates())
        granted, grounds = np.empty_like(grants.granted), np.empty_like(grants.grounds)
        granted[pool.ranking], grounds[pool.ranking] = grants.granted, grants.grounds
        return Grants(granted, grounds)

    def allocate(self, options: Any, candidates: Candidates) -> Grants:
        """The same for cases in rank order."""
        raise NotImplementedError(f"{type(self).__name__}.allocate")

    def minimum_points(self, options: Any) -> float | None:
        """The total below which no case is funded, None where there is no such line."""
        return None


class PaymentPlan(Kind):
    """From a decision to disbursements: the options a scheme may give the plan."""

    role = "payment"


class ReportProfile(Kind):
    """What a recipient must report; ``minutes`` is what the report costs the recipient."""

    role = "report"
    minutes: ClassVar[float] = 0


ROLES: Mapping[str, type[Kind]] = {
    base.role: base
    for base in (
        QuestionKind, ConditionKind, CriterionKind, FactSource, RoundKind, AllocationMethod, PaymentPlan, ReportProfile,
    )
}  # fmt: skip
"""Every role a plugin can fill, by name."""
