"""The method `per_unit`: rates for what is done, such as hours and participants."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import numpy as np
from pydantic import Field

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    Expression,
    Grants,
    KindOptions,
    Money,
    NumberExpression,
    Points,
    Pool,
    RateExpression,
    expr,
    expression,
    literal,
)
from grantengine_plugins.allocation.proportional import divided
from grantengine_plugins.allocation.ranked import reaches, walk
from grantengine_plugins.allocation.sharing import exact_weights


class Line(KindOptions):
    """One kind of unit and what each gives."""

    units: NumberExpression = Field(description="How many units, such as the hours that are planned.")
    rate: RateExpression = Field(description="What each unit gives: a sum, or an expression in whole currency units.")


class PerUnitOptions(AllocationOptions):
    """The lines, and what is done when the budget is short."""

    lines: tuple[Line, ...] = Field(min_length=1, description="The kinds of unit with their rates.")
    when_short: Literal["proportional", "ranked"] = Field(
        "proportional", description="Cut all amounts alike, or go by rank: the last one in gets what is left."
    )
    settle: Literal["reported"] | None = Field(
        None, description="`reported`: what is paid in the end is computed on the units that are reported."
    )
    minimum_points: Points | None = Field(None, description="Nobody with a lower total is funded.")


class PerUnit(AllocationMethod):
    """Σ units × rate, cut when the budget is short."""

    kind = "per_unit"
    Options = PerUnitOptions
    needs_requested = False

    def minimum_points(self, options: Any) -> float | None:
        return None if options.minimum_points is None else float(options.minimum_points)

    def amount(self, options: Any) -> Expression:
        """The sum over the lines; a line that is not answered counts as none, but where no line is, nothing is known."""
        total, answered = None, None
        for line in options.lines:
            units, rate = expression(line.units), _rate(line.rate)
            part = expr("coalesce(greatest({units}, 0) * {rate}, 0)", units=units, rate=rate)
            known = expr("{units} is not null", units=units)
            total = part if total is None else expr("{total} + {part}", total=total, part=part)
            answered = known if answered is None else expr("{some} or {known}", some=answered, known=known)
        assert total is not None
        assert answered is not None
        return expr("case when {answered} then {total} else null end", answered=answered, total=total)

    def share_out(self, options: Any, pool: Pool) -> Grants:
        if options.when_short == "ranked":
            takes_part = reaches(options.minimum_points, pool.totals)
            return walk(pool, pool.amounts, takes_part, (False, Fraction(0)))
        nothing = np.zeros(len(pool), np.int64)
        return divided(pool, exact_weights(pool.amounts), pool.amounts, nothing, options.minimum_points)


def _rate(rate: Money | str) -> Expression:
    return literal(rate.ore / 100) if isinstance(rate, Money) else expression(rate)
