"""The method `quota`: each group has a share of the budget; what it leaves is there for all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    AnyExpression,
    Expression,
    Grants,
    Ground,
    KindOptions,
    Percent,
    Points,
    Pool,
    expr,
    expression,
    refuse,
)
from grantengine_plugins.allocation.drawn import FirstCome, Lottery
from grantengine_plugins.allocation.proportional import NO_LIMIT, Equal, Proportional
from grantengine_plugins.allocation.ranked import Ranked, reaches

METHODS: Mapping[str, type[AllocationMethod]] = {
    cls.kind: cls for cls in (Ranked, Proportional, Equal, Lottery, FirstCome)
}
EXPRESSIONS = ("amount", "round_to", "base", "fixed", "factor", "ceiling", "largest_grant")
"""Options that belong to the whole allocation, or would have to be evaluated for each case."""


class Then(KindOptions):
    """The method by which groups, and then all, get their money."""

    method: str = Field("ranked", description="`ranked`, `proportional`, `equal`, `lottery` or `first_come`.")
    options: Mapping[str, Any] = Field(default={}, description="Its options, but for expressions.")


class QuotaOptions(AllocationOptions):
    """The groups and their shares."""

    by: AnyExpression = Field(
        description="What says which group a case is in, compared as text: numbers and sums in whole units without "
        "decimals (`3`, else `2.5`), yes/no as `true` and `false`. Where it is not known, a case is in no group."
    )
    shares: Mapping[str, Percent] = Field(
        min_length=1, description="Group to its share of the budget; at most 100 % in all."
    )
    then: Then | str = Field("ranked", description="The method within each group, and for what they leave.")
    minimum_points: Points | None = Field(None, description="Nobody with a lower total is funded.")

    @model_validator(mode="after")
    def _fits(self) -> QuotaOptions:
        if sum(self.shares.values(), Decimal(0)) > 1:
            raise refuse("quota-over-hundred", at="shares")
        then = chosen(self)
        if then.method not in METHODS:
            raise refuse("quota-method", at="then", method=then.method, allowed=", ".join(METHODS))
        wrong = sorted(name for name in then.options if name in EXPRESSIONS)
        if wrong:
            raise refuse("quota-expression", at="then", names=wrong)
        try:
            METHODS[then.method].Options.model_validate(dict(then.options))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(step) for step in first["loc"]) or then.method
            raise refuse("quota-options", at="then", name=name) from error
        return self


def chosen(options: QuotaOptions) -> Then:
    """The method, also where only its name is written."""
    return options.then if isinstance(options.then, Then) else Then(method=options.then)


class Quota(AllocationMethod):
    """Each group its share by the chosen method; what groups leave goes to all by the same method.

    In the second round a case competes with what it lacks. Cases in no group with a share take part in it alone.
    """

    kind = "quota"
    Options = QuotaOptions

    def by_time(self, options: Any) -> bool:
        return chosen(options).method == FirstCome.kind

    def minimum_points(self, options: Any) -> float | None:
        return None if options.minimum_points is None else float(options.minimum_points)

    def columns(self, options: Any) -> Mapping[str, Expression]:
        # A yes/no that is not answered is no answer: it belongs to no group.
        return {"known": expr("{by} is not null", by=expression(options.by))}

    def share_out(self, options: Any, pool: Pool) -> Grants:
        then = chosen(options)
        method = METHODS[then.method](then.method)
        settings = method.Options.model_validate(dict(then.options))
        granted = np.zeros(len(pool), np.int64)
        grounds = np.full(len(pool), Ground.BELOW_MINIMUM.code, np.int8)
        takes_part = reaches(options.minimum_points, pool.totals)
        everyone = np.flatnonzero(pool.amounts > 0 if takes_part is None else takes_part & (pool.amounts > 0))
        groups = _as_text(pool.columns["by"], pool.columns.get("known"))
        for group, share in options.shares.items():
            members = everyone[groups[everyone] == group]
            budget = int(pool.budget * share) // pool.unit * pool.unit
            granted[members] = method.share_out(settings, pool.part(members, budget)).granted
        left = pool.budget - int(granted.sum())
        lacking = everyone[granted[everyone] < pool.amounts[everyone]]
        grounds[everyone] = Ground.FUNDED.code
        second = method.share_out(settings, pool.part(lacking, left, pool.amounts - granted))
        grounds[lacking] = np.where(
            (granted[lacking] > 0) & (second.granted == 0), np.int8(Ground.FUNDED_IN_PART.code), second.grounds
        )
        granted[lacking] += second.granted
        return Grants(granted, grounds, None if second.order is None else lacking[second.order])


def _as_text(values: NDArray[Any], known: NDArray[Any] | None) -> NDArray[np.object_]:
    """Group names as a scheme writes them, None where nothing is known."""
    if values.dtype == np.int64:
        values = np.where(values == NO_LIMIT, np.nan, values / 100)
    names = np.array([_name(value) for value in values.tolist()], object)
    if known is not None:
        names[~known] = None
    return names


def _name(value: Any) -> str | None:
    """Whole numbers and sums without decimals, yes and no as true and false."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value != value:  # noqa: PLR0124 - a number that is not known is not a number
            return None
        case float() if value.is_integer():
            return str(int(value))
    return None if value is None else str(value)
