"""Where one case stands: its round, rank and place on the reserve list, without ranking all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grantengine.outcome import Part, Round
from grantengine.stages.allocation import RESERVE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def round_of(part: Part, row: int) -> Round | None:
    """The round in which the case at ``row`` competed, None where it did not."""
    return next((one for one in part.rounds or () if place_in(one.competing, row) is not None), None)


def place_in(positions: NDArray[np.intp], position: int) -> int | None:
    """Where ``position`` stands in rising ``positions``, None where it does not."""
    place = int(np.searchsorted(positions, position))
    return place if place < len(positions) and positions[place] == position else None


def standing(part: Part, row: int) -> tuple[int, int]:
    """Rank and place on the reserve list of the case at ``row``, 0 for none."""
    if part.rounds is None:
        return int(part.rank[row]), 0
    one = round_of(part, row)
    if one is None:
        return 0, 0
    rank = _ahead(part, row, one.competing) + 1
    if int(part.grounds[row]) not in RESERVE:
        return rank, 0
    if one.grants[0].order is not None:
        return rank, int(part.reserve[row])
    waiting = one.competing[np.isin(part.grounds[one.competing], RESERVE)]
    return rank, _ahead(part, row, waiting) + 1


def _ahead(part: Part, row: int, others: NDArray[np.intp]) -> int:
    """How many of ``others`` are ranked before the case at ``row``, which is one of them."""
    totals, own = part.scores.total[others], part.scores.total[row]
    equal = others[totals == own]
    keys = [part.cases.id_keys(equal), *(key[equal] for key in reversed(part.fields[0].ties))]
    before = int(np.flatnonzero(equal[np.lexsort(keys)] == row)[0])
    return int(np.count_nonzero(totals > own)) + before
