"""How robust a ranking is to the weights: the share of all weightings in which each case is funded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from grantengine.compile.plan import Plan
from grantengine.simulation.sweep import Sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Robustness:
    """``share`` is, for each case, the part of ``tried`` weightings in which it is funded, from 0 to 1.

    Only cases that compete, eligible and rated, are counted.
    """

    tried: int
    seed: int
    share: NDArray[np.float64]
    funded_now: NDArray[np.bool_]
    competes: NDArray[np.bool_]

    @property
    def always(self) -> int:
        """How many cases are funded whatever the weights."""
        return int(np.count_nonzero(self.share == 1))

    @property
    def never(self) -> int:
        """How many cases are funded by no weighting."""
        return int(np.count_nonzero(self.competes & (self.share == 0)))

    @property
    def depends(self) -> int:
        """How many cases are funded by some weightings and not by others."""
        return int(np.count_nonzero(self.competes)) - self.always - self.never

    @property
    def unsure(self) -> int:
        """How many of those funded now would not be in more than half of the weightings."""
        return int(np.count_nonzero(self.funded_now & (self.share < 0.5)))


def robustness(sweep: Sweep, tried: int, seed: int) -> Robustness:
    """Allocate again with ``tried`` other weightings, drawn evenly from all that have the same most points in all.

    What a criterion can give at most is its ``max_points`` times its weight; the sum over criteria is kept and divided
    anew, each division as likely as any other (a flat Dirichlet distribution). Criteria without a maximum, and those
    whose maximum or weight is zero, keep their weight.
    """
    rng = np.random.default_rng(seed)
    funded = np.zeros(len(sweep.cases), np.int64)
    for _ in range(tried):
        funded += sweep.outcome(_reweighted(sweep.plan, rng)).funded
    now = sweep.before
    return Robustness(tried, seed, funded / tried, now.funded, now.eligible & now.rated)


def _reweighted(plan: Plan, rng: np.random.Generator) -> Plan:
    if plan.strands:
        strands = (replace(strand, plan=_reweighted(strand.plan, rng)) for strand in plan.strands)
        return replace(plan, strands=tuple(strands))
    most = [(one.max_points or 0) * one.weight for one in plan.criteria]
    shared = [index for index, value in enumerate(most) if value > 0]
    parts = dict(zip(shared, rng.dirichlet([1.0] * len(shared)), strict=True)) if shared else {}
    whole = sum(most)
    criteria = tuple(
        replace(one, weight=parts[index] * whole / (one.max_points or 1)) if index in parts else one
        for index, one in enumerate(plan.criteria)
    )
    return replace(plan, criteria=criteria)
