"""The method `earmarked`: sums for named organisations, without competition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from grantengine import (
    AllocationMethod,
    AllocationOptions,
    Expression,
    Grants,
    Ground,
    Pool,
    SchemeMoney,
    column,
    expr,
    refuse,
)
from grantengine_plugins.allocation.ranked import walk


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
    """The named sums, if eligible; an organisation with several cases gets its sum for the best of them."""

    kind = "earmarked"
    Options = EarmarkedOptions
    needs_requested = False

    def amount(self, options: Any) -> Expression:
        named = expr("0")
        for number, sum in options.amounts.items():
            named = expr(
                "case when {who} = {number} then {sum} else {others} end",
                who=column("applicant.organisation_number"), number=number, sum=sum.ore / 100, others=named,
            )  # fmt: skip
        return named

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
        grants = walk(pool, amounts, None, (False, None))
        grants.grounds[again] = Ground.BUDGET_USED.code
        return grants
