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


def line_of(seen: AllocationSeen) -> dict[str, PartLeft]:
    """Where the money ends, by the last case that gets some: one for each strand."""
    last: dict[str | None, ProposedSeen] = {}
    for case in seen.cases:
        if case.granted and case.rank:
            last[case.strand if seen.rules.strands else None] = case
    return {case.application_id: _in_all(seen, strand) for strand, case in last.items()}


def _in_all(seen: AllocationSeen, strand: str | None) -> PartLeft:
    """All years of a strand, or of the whole."""
    names = [name for name in seen.budget if strand is None or name.partition("/")[0] == strand]
    parts = [_part(seen, name) for name in names]
    return PartLeft(
        seen.rules.strands.get(strand or ""), "", sum(one.budget for one in parts), sum(one.used for one in parts),
        sum(one.shared for one in parts), sum(one.left for one in parts),
    )  # fmt: skip


def _part(seen: AllocationSeen, name: str) -> PartLeft:
    budget, used, shared = seen.budget[name], seen.used.get(name, 0), seen.shared.get(name, 0)
    strand, _, year = name.partition("/")
    if not seen.rules.strands:
        strand, year = "", name
    given = shared if seen.allocation.status in OPEN else 0
    return PartLeft(seen.rules.strands.get(strand), year, budget, used, shared, budget - used - given)
