"""The method `ranked`: best first, while the budget lasts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    AmountExpression,
    Grants,
    Ground,
    KindOptions,
    Percent,
    Points,
    Pool,
    refuse,
)

POINT_UNITS = 10_000

MANY_RUNS = 50
"""After so many runs those left are sorted and taken one at a time: sums may alternate so that each run is one case."""

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
    Options: ClassVar[type[KindOptions]] = RankedOptions

    def minimum_points(self, options: Any) -> float | None:
        return None if options.minimum_points is None else float(options.minimum_points)

    def by_rank(self, options: Any) -> bool:
        return True

    def share_out(self, options: Any, pool: Pool) -> Grants:
        return in_order(options, pool, pool.totals)


def in_order(options: RankedOptions, pool: Pool, totals: Amounts) -> Grants:
    """Amounts in the pool's order while the budget lasts; ``totals`` are held against the minimum."""
    amounts = pool.amounts
    if "largest_grant" in pool.columns:
        most = np.maximum(pool.columns["largest_grant"], 0)
        amounts = np.minimum(amounts, most // pool.unit * pool.unit)
    return walk(pool, amounts, reaches(options.minimum_points, totals), _rule(options))


def reaches(minimum: float | None, totals: Amounts) -> NDArray[np.bool_] | None:
    """Where a total reaches the minimum, None where there is none."""
    return None if not minimum else totals >= round(minimum * POINT_UNITS)


def _rule(options: RankedOptions) -> tuple[bool, Fraction | None]:
    """Whether to go on past a case that does not fit, and the share above which it is given what is left."""
    share = None if options.smallest_share is None else Fraction(options.smallest_share)
    if options.when_unaffordable == "partial":
        return False, share if share is not None else Fraction(0)
    return options.when_unaffordable == "skip", share


def walk(
    pool: Pool, amounts: Amounts, takes_part: NDArray[np.bool_] | None, rule: tuple[bool, Fraction | None]
) -> Grants:
    """Walk down the ranking, a run of cases that fit at a time; only the end of each run is sorted."""
    goes_on, share = rule
    # Amounts are whole units of the pool, and so is what the last one in is given.
    budget = pool.budget // pool.unit * pool.unit
    wanted = amounts if takes_part is None else amounts * takes_part
    fits, edge = pool.longest_run(wanted, budget)
    granted = wanted * fits
    grounds = fits * np.int8(Ground.FUNDED.code - Ground.BUDGET_USED.code)
    grounds += np.int8(Ground.BUDGET_USED.code)
    # An amount of nothing is below the least that is given: docs/decisions/009.
    grounds[(wanted == 0).nonzero()[0]] = Ground.BELOW_MINIMUM.code
    left = budget - int(granted.sum())
    passed: list[NDArray[np.intp]] = []
    waiting: NDArray[np.intp] | None = None
    while edge is not None and left > 0:
        if share is not None and left >= share * int(wanted[edge]):
            granted[edge], grounds[edge] = left, Ground.FUNDED_IN_PART.code
            left = 0
            break
        grounds[edge] = Ground.DOES_NOT_FIT.code
        if not goes_on:
            break
        # What is left only shrinks: those that can not have it now never can.
        waiting = np.flatnonzero((wanted > 0) & (granted == 0)) if waiting is None else waiting
        possible = wanted[waiting] <= _most(left, share)
        passed.append(waiting[~possible])
        waiting = waiting[possible]
        if len(passed) == MANY_RUNS:
            left, others = _one_by_one(pool, wanted, waiting, (left, share), granted, grounds)
            passed.append(others)
            break
        fits, edge = pool.longest_run(wanted, left, waiting)
        run, waiting = waiting[fits], waiting[~fits]
        granted[run], grounds[run] = wanted[run], Ground.FUNDED.code
        left -= int(wanted[run].sum())
    if passed:
        _tell_passed(pool, np.concatenate(passed), granted, left, grounds)
    return Grants(granted, grounds)


def _one_by_one(
    pool: Pool,
    wanted: Amounts,
    waiting: NDArray[np.intp],
    rest: tuple[int, Fraction | None],
    granted: Amounts,
    grounds: NDArray[np.int8],
) -> tuple[int, NDArray[np.intp]]:
    """The same for a sorted list, case by case; what is left, and those that were passed over."""
    left, share = rest
    passed = []
    order = pool.best_first(waiting)
    for member, amount in zip(order.tolist(), wanted[order].tolist(), strict=True):
        if left == 0:
            break
        if amount <= left:
            granted[member], grounds[member] = amount, Ground.FUNDED.code
            left -= amount
        elif share is not None and left >= share * amount:
            granted[member], grounds[member] = left, Ground.FUNDED_IN_PART.code
            left = 0
        else:
            passed.append(member)
    return left, np.array(passed, np.intp)


def _tell_passed(pool: Pool, passed: NDArray[np.intp], granted: Amounts, left: int, grounds: NDArray[np.int8]) -> None:
    """Those passed over did not fit when their turn came; those ranked after the last grant found the budget used."""
    grounds[passed] = Ground.DOES_NOT_FIT.code
    if left == 0:
        last = pool.last_of(np.flatnonzero(granted))
        grounds[passed[pool.worse_than(last, passed)]] = Ground.BUDGET_USED.code


def _most(left: int, share: Fraction | None) -> int:
    """The largest amount that can still be met, in full or in part."""
    return left if not share else int(left / share)
