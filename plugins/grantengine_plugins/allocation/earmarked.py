"""The method `earmarked`: sums for named organisations, without competition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    Expression,
    Grants,
    Money,
    Pool,
    SchemeMoney,
    column,
    expr,
    refuse,
)
from grantengine_plugins.allocation.ranked import walk

AT_ONCE = 50
"""So many organisations are told apart in one expression; longer templates are refused, and deeper ones too."""


class EarmarkedOptions(AllocationOptions):
    """Who is named, and the sums."""

    amounts: Mapping[str, SchemeMoney] = Field(description="Organisation number to sum.")

    @model_validator(mode="after")
    def _numbers(self) -> EarmarkedOptions:
        if not self.amounts:
            raise refuse("earmarked-nobody", at="amounts")
        for number in self.amounts:
            if not (number.isascii() and number.isdigit() and len(number) == 9):
                raise refuse("earmarked-number", at="amounts", number=number)
        return self


class Earmarked(AllocationMethod):
    """The named sums, if eligible, in rank order while the budget lasts.

    An organisation with several cases gets its sum for the best of them; the others have no sum to get.
    """

    kind = "earmarked"
    Options = EarmarkedOptions
    needs_requested = False

    def amount(self, options: Any) -> Expression:
        named = list(options.amounts.items())
        lists = [_sum_of(named[start : start + AT_ONCE]) for start in range(0, len(named), AT_ONCE)]
        if len(lists) == 1:
            return lists[0]
        # An organisation is in one list only; the others say nothing for it.
        holes = {f"list{index}": one for index, one in enumerate(lists)}
        return expr(f"greatest({', '.join(f'{{{name}}}' for name in holes)})", **holes)

    def columns(self, options: Any) -> Mapping[str, Expression]:
        return {"organisation": column("applicant.organisation_number")}

    def share_out(self, options: Any, pool: Pool) -> Grants:
        amounts = pool.amounts.copy()
        first: set[Any] = set()
        again = []
        for member in pool.best_first(np.flatnonzero(amounts > 0)).tolist():
            organisation = pool.columns["organisation"][member]
            if organisation in first:
                again.append(member)
            first.add(organisation)
        amounts[again] = 0
        return walk(pool, amounts, None, (False, None))


def _sum_of(named: Sequence[tuple[str, Money]]) -> Expression:
    """The sum of one of these organisations, for others nothing."""
    branches = " ".join(f"when {{who}} = {{number{index}}} then {{sum{index}}}" for index in range(len(named)))
    numbers = {f"number{index}": number for index, (number, _) in enumerate(named)}
    sums = {f"sum{index}": sum.ore / 100 for index, (_, sum) in enumerate(named)}
    who = column("applicant.organisation_number")
    return expr(f"case {branches} else 0 end", who=who, **numbers, **sums)
