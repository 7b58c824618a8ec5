"""The methods `proportional` and `equal`: everyone that takes part gets a part."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    AmountExpression,
    Grants,
    Ground,
    NumberExpression,
    Points,
    Pool,
    WeightExpression,
)
from grantengine_plugins.allocation.ranked import reaches
from grantengine_plugins.allocation.sharing import Numbers, exact_weights, shares

NO_LIMIT = np.iinfo(np.int64).max


class EqualOptions(AllocationOptions):
    """Who takes part."""

    minimum_points: Points | None = Field(None, description="Nobody with a lower total takes part.")


class ProportionalOptions(EqualOptions):
    """What each gets first, and by what the rest is divided."""

    base: WeightExpression | None = Field(None, description="The rest is divided by this; left out: the amount.")
    fixed: AmountExpression | None = Field(None, description="What each gets first; left out: nothing.")
    factor: NumberExpression | None = Field(None, description="The base is multiplied by this; left out: 1.")
    ceiling: AmountExpression | None = Field(None, description="No case is given more than this; left out: no limit.")
    share_freed: bool = Field(True, description="What limits free is divided again among the others.")


class Proportional(AllocationMethod):
    """fixed + rest × base × factor / Σ(base × factor), never above the ceiling or the amount."""

    kind = "proportional"
    Options = ProportionalOptions
    needs_requested = False
    amount_is_limit = True

    def needs_amount(self, options: Any) -> bool:
        return options.base is None

    def minimum_points(self, options: Any) -> float | None:
        return None if options.minimum_points is None else float(options.minimum_points)

    def share_out(self, options: Any, pool: Pool) -> Grants:
        limit = pool.amounts
        if "ceiling" in pool.columns:
            limit = np.minimum(limit, np.maximum(pool.columns["ceiling"], 0))
        base = pool.columns.get("base", pool.amounts if pool.limited is None else pool.amounts * pool.limited)
        factors = [base]
        factors += [pool.columns["factor"]] if "factor" in pool.columns else []
        fixed = _known(pool.columns["fixed"]) if "fixed" in pool.columns else np.zeros(len(pool), np.int64)
        weights = exact_weights(*map(_known, factors))
        return divided(pool, weights, limit, fixed, options.minimum_points, freed=options.share_freed)


class Equal(AllocationMethod):
    """The budget in equal parts, never above what is requested; what is freed is shared again."""

    kind = "equal"
    Options = EqualOptions

    def minimum_points(self, options: Any) -> float | None:
        return None if options.minimum_points is None else float(options.minimum_points)

    def share_out(self, options: Any, pool: Pool) -> Grants:
        nothing = np.zeros(len(pool), np.int64)
        return divided(pool, [1] * len(pool), pool.amounts, nothing, options.minimum_points)


def _known(values: NDArray[Any]) -> NDArray[Any]:
    """Sums that are not known count as nothing here."""
    return np.where(values == NO_LIMIT, 0, values) if values.dtype == np.int64 else values


def divided(
    pool: Pool,
    weights: list[int],
    limit: Numbers,
    fixed: Numbers,
    minimum: float | None = None,
    *,
    freed: bool = True,
) -> Grants:
    """Each one's fixed sum, then the rest by weight, all in whole units of the pool and below the limits."""
    takes_part = reaches(minimum, pool.totals)
    room = limit // pool.unit
    if takes_part is not None:
        room = np.where(takes_part, room, 0)
        weights = [weight if takes else 0 for weight, takes in zip(weights, takes_part.tolist(), strict=True)]
    budget = pool.budget // pool.unit
    set_aside = np.maximum(fixed // pool.unit, 0)
    if takes_part is not None:
        set_aside = np.where(takes_part, set_aside, 0)
    first = np.minimum(set_aside, room)
    if int(first.sum()) > budget:
        # Not even what each gets first is there: it is cut in proportion to itself.
        granted = shares(budget, first.tolist(), first, pool.best_first)
    else:
        # What a limit frees of a fixed sum is shared again like the rest, or not at all.
        rest = max(budget - int(first.sum() if freed else sum(set_aside.tolist())), 0)
        granted = first + shares(rest, weights, room - first, pool.best_first, freed=freed)
    granted *= pool.unit
    grounds = np.full(len(pool), Ground.FUNDED_IN_PART.code, np.int8)
    grounds[granted == 0] = Ground.BUDGET_USED.code
    # Who has no part in what is divided waits for nothing, however much is left: docs/decisions/009.
    no_part = np.array([weight == 0 for weight in weights], np.bool_) & (first == 0)
    grounds[(room == 0) | no_part] = Ground.BELOW_MINIMUM.code
    in_full = granted == room * pool.unit
    if pool.limited is not None:
        # Where nothing limits it, what the formula gives is all there is to get.
        in_full |= ~pool.limited
    grounds[(granted > 0) & in_full] = Ground.FUNDED.code
    return Grants(granted, grounds)
