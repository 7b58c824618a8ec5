"""What a proposal takes of a budget, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grantengine.services.see_allocation import AllocationSeen, ProposedSeen

OPEN = ("proposed", "approved")


@dataclass(frozen=True, slots=True)
class PartLeft:
    """A part of the budget, in hundredths: what there is, what decisions have taken (of others only, while the proposal is
    open), what the proposal gives, and what is left then. ``strand`` is its title, ``year`` the year; both may be empty.
    """

    strand: Mapping[str, str] | None
    year: str
    budget: int
    used: int
    shared: int
    left: int

    @property
    def is_freed(self) -> bool:
        """Whether less is used now than the proposal has given: some of it has been given back."""
        return self.used < self.shared

    @property
    def bar(self) -> tuple[str, str]:
        """How wide the parts of a bar of 100 are: what decisions have taken, and what the proposal takes beside it."""
        taken = max(self.budget - self.used - self.left, 0)
        whole = max(self.budget, self.used + taken, 1)
        return f"{self.used * 100 / whole:.2f}", f"{taken * 100 / whole:.2f}"


def parts_left(seen: AllocationSeen) -> list[PartLeft]:
    """The parts of the budget that a proposal is about."""
    own = seen.allocation.strand
    names = [name for name in seen.budget if own is None or name.partition("/")[0] == own]
    return [_part(seen, name) for name in names]


@dataclass(frozen=True, slots=True)
class Line:
    """Below the last case that gets money: what is given above, and what is left; of a strand by its title, or of all.

    ``ends``: someone below waits for money, so that it ends here.
    """

    strand: Mapping[str, str] | None
    above: int
    left: int
    ends: bool


def line_of(seen: AllocationSeen) -> dict[str, Line]:
    """Where the money ends, by the last case that gets some: one for each strand."""
    last: dict[str, ProposedSeen] = {}
    for case in seen.cases:
        if case.granted and case.rank:
            last[case.strand or "" if seen.rules.strands else ""] = case
    return {case.application_id: _line(seen, strand) for strand, case in last.items()}


def _line(seen: AllocationSeen, strand: str) -> Line:
    """What is left beside what others use now, or did when it was decided."""
    used = seen.used if seen.allocation.status in OPEN else seen.before
    names = [name for name in seen.budget if not strand or name.partition("/")[0] == strand]
    above = sum(seen.shared.get(name, 0) for name in names)
    left = sum(seen.budget[name] - used.get(name, 0) for name in names) - above
    ends = any(one.reserve for one in seen.cases if not strand or one.strand == strand)
    return Line(seen.rules.strands.get(strand), above, left, ends)


def _part(seen: AllocationSeen, name: str) -> PartLeft:
    budget, used, shared = seen.budget[name], seen.used.get(name, 0), seen.shared.get(name, 0)
    strand, _, year = name.partition("/")
    if not seen.rules.strands:
        strand, year = "", name
    given = shared if seen.allocation.status in OPEN else 0
    return PartLeft(seen.rules.strands.get(strand), year, budget, used, shared, budget - used - given)
