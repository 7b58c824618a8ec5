"""The methods `lottery` and `first_come`: like `ranked`, in an order that is not that of points."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grantengine import Grants, KindOptions, Pool
from grantengine_plugins.allocation.ranked import Ranked, RankedOptions, in_order


class LotteryOptions(RankedOptions):
    """As `ranked`, and the seed of the draw."""

    seed: int | str = Field(
        description="Decides the draw: the order is that of the SHA-256 of `<seed>:<id>` written in hexadecimal, the "
        "lowest first, so that anyone can repeat it."
    )


class Lottery(Ranked):
    """Like `ranked`, in an order that is drawn.

    The order is that of the SHA-256 of ``<seed>:<id>`` in UTF-8, as hexadecimal text, ascending. Anyone who has the
    seed and the ids can repeat the draw, and nobody can choose a place.
    """

    kind = "lottery"
    Options: ClassVar[type[KindOptions]] = LotteryOptions

    def by_rank(self, options: Any) -> bool:
        return False

    def share_out(self, options: Any, pool: Pool) -> Grants:
        if pool.ids is None:
            raise ValueError("a draw needs the ids of the cases")
        ids = pool.ids.of(np.arange(len(pool))).tolist()
        drawn = [hashlib.sha256(f"{options.seed}:{id}".encode()).hexdigest() for id in ids]
        return _in_order_of(np.array(drawn, np.str_), options, pool)


class FirstCome(Ranked):
    """Like `ranked`, in the order in which cases were submitted, to the instant; equals in order of rank."""

    kind = "first_come"

    def by_rank(self, options: Any) -> bool:
        return False

    def by_time(self, options: Any) -> bool:
        return True

    def share_out(self, options: Any, pool: Pool) -> Grants:
        if pool.submitted is None:
            raise ValueError("first come, first served needs the moments of submission")
        return _in_order_of(pool.submitted.of(np.arange(len(pool))), options, pool)


def _in_order_of(keys: NDArray[Any], options: RankedOptions, pool: Pool) -> Grants:
    ordered = pool.in_order_of(keys)
    return replace(in_order(options, ordered, pool.totals), order=ordered.ranking)
