"""Processes that decide, propose, give back and withdraw in calls of one office."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from concurrency.meeting import Gathering, Step
from faults.journal import read
from faults.verdicts import disagreements
from nursery import Nursery
from office import ROLLING, Office
from worlds import World

from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.give_back import decline_grant


@dataclass(frozen=True, slots=True)
class Race:
    """A call with two proposals for the same money: for ``waiting``, who is in the reserve, and for ``late``; ``other`` has a
    small grant.
    """

    call: str
    reserve: str
    batch: str
    waiting: str
    late: str
    other: str


class Contest(Gathering):
    """An office, and processes that meet in its calls."""

    def __init__(self, world: World, nursery: Nursery, folder: Path, source: str = ROLLING) -> None:
        super().__init__(world, nursery, folder)
        self.office = Office(world, source)
        # What is compiled once is compiled before they meet: of a call that nobody meets in.
        call = self.office.call()
        strand = {"strand": "north"} if source != ROLLING else {}
        self.office.came(call, 100_000, **strand)
        world.clock.turn(days=1)
        self.rehearse(self.step("allocate", self.office.handler, call=call))

    def reserve_against_batch(self, late_sum: int) -> Race:
        """Of 510 000, 300 000 were given and declined, and 10 000 stand: 250 000 are proposed for who was next, and this for
        who came since.
        """
        office = self.office
        call = office.call(510_000)
        first, waiting, other = office.came(call, 300_000, 250_000, 10_000)
        self.world.clock.turn(days=1)
        decided = office.propose(call)
        office.approve(decided)
        office.tell(decided)
        decline_grant(self.engine, office.by(office.contact[first]), first)
        [late] = office.came(call, late_sum)
        self.world.clock.turn(days=1)
        reserve = allocate_reserve(self.engine, office.by(office.handler), call)
        return Race(call, reserve, office.propose(call), waiting, late, other)

    def in_turn(self, *steps: Step) -> list[Step]:
        """Each step by a process of its own, one after the other; the outcomes."""
        return [outcome for step in steps for outcome in self.at_once(step)]

    def outcomes(self, file: Path) -> list[Step]:
        """What came of the steps of a process."""
        return read(file)

    def parts(self, call: str) -> dict[str, Any]:
        """The parts of a call's budget."""
        with self.engine.store.read() as reading:
            return dict(reading.decisions.budget_parts(call))

    def used(self, call: str) -> int:
        """Kroner taken of a call's budget."""
        return sum(part.used for part in self.parts(call).values()) // 100

    def state(self, allocation: str) -> tuple[str, int]:
        """Where a proposal stands, and how many decisions were made of it."""
        with self.engine.store.read() as reading:
            row = reading.decisions.allocation(allocation)
            assert row is not None
            return row.status, len(reading.decisions.of_allocation(allocation))

    def statuses(self, *cases: str) -> tuple[str, ...]:
        """Where cases stand."""
        with self.engine.store.read() as reading:
            found = reading.cases.by_ids(cases)
        return tuple(found[id].status for id in cases)

    def sound(self) -> None:
        """As anywhere; and what was decided agrees with itself."""
        super().sound()
        assert disagreements(self.engine) == []
