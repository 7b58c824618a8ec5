"""Dividing a sum by weights, each share below a limit, exactly: whole numbers only, every unit given out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
BestFirst = Callable[[NDArray[np.intp]], NDArray[np.intp]]
"""Orders members by rank: who gets the unit that is left where remainders are equal."""


def exact_weights(*factors: NDArray[Any]) -> list[int]:
    """The products of some columns as whole numbers in exact proportion; below zero and unknown count as nothing.

    Doubles are what they are in binary: each is a whole number over a power of two.
    """
    products, powers = [1] * len(factors[0]), [0] * len(factors[0])
    for factor in factors:
        for index, value in enumerate(factor.tolist()):
            if not value > 0 or value == float("inf"):
                products[index] = 0
            elif products[index]:
                number, below = value.as_integer_ratio()
                products[index] *= number
                powers[index] += below.bit_length() - 1
    most = max((power for power, product in zip(powers, products, strict=True) if product), default=0)
    return [product << (most - power) if product else 0 for product, power in zip(products, powers, strict=True)]


def shares(total: int, weights: Sequence[int], room: Numbers, best_first: BestFirst, *, freed: bool = True) -> Numbers:
    """``total`` units divided by ``weights``, no share above ``room``.

    With ``freed`` what the limits free is divided again among the others, until nothing is freed; all is given out, or
    everyone with a weight has all there is room for. Without it, all weights count, also of those with no room. Shares
    are rounded down; units left over go one each to the largest remainders, equals in order of rank.
    """
    given = np.zeros(len(room), np.int64)
    limits = room.tolist()
    waiting = [index for index, weight in enumerate(weights) if weight and limits[index] > 0]
    left, whole = total, sum(weights[index] for index in waiting)
    if not freed:
        whole = sum(weights)
        full = [index for index in waiting if limits[index] * whole <= left * weights[index]]
        return _once(given, left, weights, whole, waiting, full, limits, best_first)
    while waiting:
        full = [index for index in waiting if limits[index] * whole <= left * weights[index]]
        if not full:
            break
        for index in full:
            given[index] = limits[index]
            left -= limits[index]
            whole -= weights[index]
        reached = set(full)
        waiting = [index for index in waiting if index not in reached]
    if waiting and left > 0:
        _round(given, left, weights, whole, waiting, left, best_first)
    return given


def _once(
    given: Numbers,
    left: int,
    weights: Sequence[int],
    whole: int,
    waiting: list[int],
    full: list[int],
    limits: list[int],
    best_first: BestFirst,
) -> Numbers:
    """One division: what the limits free is not given to others."""
    reached = set(full)
    for index in full:
        given[index] = limits[index]
    rest = [index for index in waiting if index not in reached]
    if rest:
        to_give = left * sum(weights[index] for index in rest) // whole
        _round(given, left, weights, whole, rest, to_give, best_first)
    return given


def _round(
    given: Numbers,
    left: int,
    weights: Sequence[int],
    whole: int,
    members: list[int],
    to_give: int,
    best_first: BestFirst,
) -> None:
    """Each member's part of ``left`` rounded down, then one unit more for the largest remainders up to ``to_give``."""
    remainders = []
    used = 0
    for index in members:
        share, remainder = divmod(left * weights[index], whole)
        given[index] = share
        used += share
        remainders.append((remainder, index))
    over = to_give - used
    if over <= 0:
        return
    remainders.sort(key=lambda pair: -pair[0])
    edge = remainders[over - 1][0]
    sure = [index for remainder, index in remainders if remainder > edge]
    equal = np.array([index for remainder, index in remainders if remainder == edge], np.intp)
    given[np.array(sure, np.intp)] += 1
    given[best_first(equal)[: over - len(sure)]] += 1
