"""The cases that compete for one budget, as an allocation method sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from grantengine.records import Candidates

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 256
"""So few cases are sorted at once rather than narrowed down further."""
BINS = 16
"""Totals are narrowed down by 2^16 levels at a time, by fewer where there are fewer cases: about eight on each."""
EXACT = 2**53
"""Sums below this are exact also as doubles, which is how levels are summed."""
CHUNK = 100_000
"""Cases summed at a time where sums are huge: 100 000 amounts of at most 10^13 øre stay within 64 bits."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Eligible, rated cases that share ``budget`` øre, in no order; a member is named by its place in the arrays.

    ``totals`` are in 1/10 000 point, ``amounts`` in øre: what each would get if money were no limit. ``columns`` holds
    the values of the method's own expressions by name: øre for sums (the largest int64 where there is none), float64
    for numbers, text. ``ties`` are the sort keys among equal totals, most important first and unique in the end.
    ``ids`` and ``submitted`` (microseconds since 1970, UTC) say who they are and when they came. ``unit`` is the smallest
    sum that is given: an øre, the scheme's ``round_to``, or a whole seat. ``limited`` is where an amount is known, None
    for everywhere; where it is not, the amount is the whole budget.
    """

    totals: NDArray[np.int64]
    amounts: NDArray[np.int64]
    budget: int
    unit: int = 1
    limited: NDArray[np.bool_] | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}))
    ties: Sequence[Taken] = ()
    ids: Taken | None = None
    submitted: Taken | None = None

    def __len__(self) -> int:
        return len(self.totals)

    @cached_property
    def ranking(self) -> NDArray[np.intp]:
        """Every member, best first."""
        return self.best_first(np.arange(len(self)))

    def best_first(self, members: NDArray[np.intp]) -> NDArray[np.intp]:
        """These members, the highest total first, equals by the scheme's tie-breaks and last by id."""
        return members[self._order(members)]

    def _order(self, members: NDArray[np.intp]) -> NDArray[np.intp]:
        keys = [tie.of(members) for tie in reversed(self.ties)]
        order: NDArray[np.intp] = np.lexsort([*keys, -self.totals[members]])
        return order

    def worse_than(self, member: int, members: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of ``members`` are ranked after ``member``."""
        totals = self.totals[members]
        worse: NDArray[np.bool_] = totals < self.totals[member]
        equal = np.flatnonzero(totals == self.totals[member])
        for tie in self.ties:
            *_, own = keys = tie.of(np.append(members[equal], member))
            worse[equal[keys[:-1] > own]] = True
            equal = equal[keys[:-1] == own]
        return worse

    def last_of(self, members: NDArray[np.intp]) -> int:
        """The one of ``members`` that is ranked last."""
        totals = self.totals[members]
        return int(self.best_first(members[totals == totals.min()])[-1])

    def longest_run(
        self, amounts: NDArray[np.int64], budget: int, members: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.bool_], int | None]:
        """The most members, best first, whose amounts sum to at most ``budget``, and the first that does not fit.

        Where the budget ends is found by summing amounts by level of total; only the level at the edge is sorted.

        :param amounts: øre by member of the pool, 0 for one that does not take part.
        :param members: who is looked at; without it all.
        :returns: where in ``members`` they fit (for who takes no part it means nothing), and the member next in rank, None
            where all fit.
        """
        wanted = amounts if members is None else amounts[members]
        fits: NDArray[np.bool_] | None = None
        here = np.flatnonzero(wanted) if len(wanted) <= FEW else None
        left = budget
        while here is None or len(here) > FEW:
            found = self._edge_level(wanted, left, members, here)
            if found is None:
                break
            fitting, here, used = found
            if fits is None:
                fits = fitting
            else:
                fits[fitting] = True
            left -= used
        if fits is None:
            fits = np.zeros(len(wanted), np.bool_)
        if here is None:
            here = np.flatnonzero(wanted)
        named = here if members is None else members[here]
        run, first = self._walk(named, amounts, left)
        fits[here[run]] = True
        return fits, first

    def _edge_level(
        self,
        wanted: NDArray[np.int64],
        left: int,
        members: NDArray[np.intp] | None,
        here: NDArray[np.intp] | None,
    ) -> tuple[NDArray[Any], NDArray[np.intp], int] | None:
        """Who is above the level where ``left`` ends, who is on it, and what the first use.

        None where all totals are equal, where sums are too large to be exact, or where everyone fits.
        """
        totals = self.totals if members is None else self.totals[members]
        if here is not None:
            totals, wanted = totals[here], wanted[here]
        if not len(totals):
            return None
        low, high = int(totals.min()), int(totals.max())
        if low == high:
            return None
        levels = high - totals
        levels >>= max((high - low).bit_length() - min(BINS, len(levels).bit_length() - 4), 0)
        sums = np.bincount(levels, weights=wanted).cumsum()
        if sums[-1] >= EXACT:
            return None
        edge = int(sums.searchsorted(left, side="right"))
        above, on_edge = levels < edge, (levels == edge).nonzero()[0]
        if here is None:
            # Who takes no part has an amount of nothing, which fits and gives nothing.
            return above, on_edge[wanted[on_edge] > 0], int(sums[edge - 1]) if edge else 0
        return here[above], here[on_edge], int(sums[edge - 1]) if edge else 0

    def _walk(
        self, members: NDArray[np.intp], amounts: NDArray[np.int64], left: int
    ) -> tuple[NDArray[np.intp], int | None]:
        """The same by sorting, a chunk at a time so that sums stay within 64 bits; places in ``members``."""
        order = self._order(members)
        for start in range(0, len(order), CHUNK):
            sums = np.cumsum(amounts[members[order[start : start + CHUNK]]])
            fit = int(np.searchsorted(sums, left, side="right"))
            if fit < len(sums):
                return order[: start + fit], int(members[order[start + fit]])
            left -= int(sums[-1])
        return order, None

    def part(self, members: NDArray[np.intp], budget: int, amounts: NDArray[np.int64] | None = None) -> Pool:
        """A pool of some members with a budget, and perhaps amounts, of its own."""
        return replace(
            self,
            totals=self.totals[members],
            amounts=(self.amounts if amounts is None else amounts)[members],
            budget=budget,
            limited=None if self.limited is None else self.limited[members],
            columns={name: values[members] for name, values in self.columns.items()},
            ties=tuple(tie.part(members) for tie in self.ties),
            ids=self.ids and self.ids.part(members),
            submitted=self.submitted and self.submitted.part(members),
        )

    def in_order_of(self, keys: NDArray[Any]) -> Pool:
        """The same members ranked by ``keys`` ascending instead of totals; equals as before."""
        first, by_total = taken_from(keys), taken_from(-self.totals)
        return replace(self, totals=np.zeros(len(self), np.int64), ties=(first, by_total, *self.ties))

    def candidates(self) -> Candidates:
        """The members in rank order, for methods that walk a list."""
        order = self.ranking
        columns = {name: values[order] for name, values in self.columns.items()}
        return Candidates(self.totals[order], self.amounts[order], self.budget, columns)


@dataclass(frozen=True, eq=False)
class Taken:
    """Values of cases that a pool has some of: taken only when, and for whom, they are needed.

    ``take`` gives the values at positions of the whole; those of one call can be compared with each other.
    """

    take: Callable[[NDArray[np.intp]], NDArray[Any]]
    positions: NDArray[np.intp]

    def of(self, members: NDArray[np.intp]) -> NDArray[Any]:
        """The values of these members."""
        return self.take(self.positions[members])

    def part(self, members: NDArray[np.intp]) -> Taken:
        """The same values for some of the members."""
        return Taken(self.take, self.positions[members])


def taken_from(values: NDArray[Any], positions: NDArray[np.intp] | None = None) -> Taken:
    """The values of an array, at ``positions`` or all."""
    return Taken(values.__getitem__, np.arange(len(values)) if positions is None else positions)
