"""The method `ranked`: best first, while the budget lasts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    AmountExpression,
    Candidates,
    Grants,
    Ground,
    Percent,
    Points,
    refuse,
)

POINT_UNITS = 10_000
CHUNK = 100_000
"""Cases summed at a time: 100 000 amounts of at most 10^13 øre stay within 64 bits."""

Amounts = NDArray[np.int64]


class RankedOptions(AllocationOptions):
    """What to do at the edge of the budget."""

    minimum_points: Points | None = Field(None, description="Nobody with a lower total is funded.")
    when_unaffordable: Literal["skip", "stop", "partial"] = Field(
        "stop", description="Pass over a case that does not fit, stop there, or give it what is left and stop."
    )
    smallest_share: Percent | None = Field(
        None, description="The least share of its amount that a case may be given in part (`skip` and `partial`)."
    )
    largest_grant: AmountExpression | None = Field(None, description="No case is given more than this.")

    @model_validator(mode="after")
    def _share_has_use(self) -> RankedOptions:
        if self.smallest_share is not None and self.when_unaffordable == "stop":
            raise refuse("smallest-share-without-use", at="smallest_share")
        return self


class Ranked(AllocationMethod):
    """Amounts in rank order while the budget lasts."""

    kind = "ranked"
    Options = RankedOptions

    def minimum_points(self, options: Any) -> float | None:
        return None if options.minimum_points is None else float(options.minimum_points)

    def allocate(self, options: Any, candidates: Candidates) -> Grants:
        amounts = candidates.amounts
        if "largest_grant" in candidates.columns:
            amounts = np.minimum(amounts, candidates.columns["largest_grant"])
        granted = np.zeros(len(amounts), np.int64)
        grounds = np.full(len(amounts), Ground.BELOW_MINIMUM.code, np.int8)
        least = round((options.minimum_points or 0) * POINT_UNITS)
        # An amount of nothing is nothing to decide about: such a case is left with «below minimum».
        taking_part = np.flatnonzero((candidates.totals >= least) & (amounts > 0))
        given, why = _give(amounts[taking_part], candidates.budget, _rule(options))
        granted[taking_part], grounds[taking_part] = given, why
        return Grants(granted, grounds)


def _rule(options: RankedOptions) -> tuple[bool, Fraction | None]:
    """Whether to go on past a case that does not fit, and the share above which it is given what is left."""
    share = None if options.smallest_share is None else Fraction(options.smallest_share)
    if options.when_unaffordable == "partial":
        return False, share if share is not None else Fraction(0)
    return options.when_unaffordable == "skip", share


def _give(amounts: Amounts, budget: int, rule: tuple[bool, Fraction | None]) -> tuple[Amounts, NDArray[np.int8]]:
    """Walk the ranked amounts, a run of cases that fit at a time."""
    goes_on, share = rule
    granted = np.zeros(len(amounts), np.int64)
    grounds = np.full(len(amounts), Ground.BUDGET_USED.code, np.int8)
    left, waiting = budget, np.arange(len(amounts))
    while len(waiting) and left > 0:
        fits = np.cumsum(amounts[waiting[:CHUNK]]) <= left
        run = waiting[: len(fits) if fits.all() else int(np.argmin(fits))]
        granted[run], grounds[run] = amounts[run], Ground.FUNDED.code
        left -= int(amounts[run].sum())
        waiting = waiting[len(run) :]
        if fits.all() or left == 0:
            continue
        edge = int(waiting[0])
        if share is not None and left >= share * int(amounts[edge]):
            granted[edge], grounds[edge] = left, Ground.FUNDED_IN_PART.code
            left = 0
            break
        grounds[edge] = Ground.DOES_NOT_FIT.code
        if not goes_on:
            break
        waiting = _pass_over(waiting[1:], amounts, left, share, grounds)
    if left == 0 and granted.any():
        # Some were passed over at once as too large; those after the last grant found the budget used.
        grounds[int(np.flatnonzero(granted)[-1]) + 1 :] = Ground.BUDGET_USED.code
    return granted, grounds


def _pass_over(
    waiting: NDArray[np.intp], amounts: Amounts, left: int, share: Fraction | None, grounds: NDArray[np.int8]
) -> NDArray[np.intp]:
    """Drop at once all who can never fit: what is left only shrinks from here."""
    most = left if share is None or share == 0 else left / share
    possible = amounts[waiting] <= int(most)
    grounds[waiting[~possible]] = Ground.DOES_NOT_FIT.code
    return waiting[possible]
