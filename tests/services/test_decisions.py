"""From a closed call to decisions: proposals, hand moves, the second person, the budget, the reserve; stories of handlers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from worlds import ANSWERS, EXAMPLE, World

from grantengine.errors import EvaluationError, NotAllowedError, NotPossibleError
from grantengine.records import By
from grantengine.services.allocate_call import allocate_call, see_blockers
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import Decided, approve_allocation
from grantengine.services.blockers import BlockedError
from grantengine.services.change_proposal import see_hand_move, set_by_hand
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.replay_allocation import replay_allocation
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application

UNRATED = "\n".join(line for line in EXAMPLE.split("\n") if "kind: rating" not in line and "id: assessment" not in line)
SMALL = (
    UNRATED.replace("budget: 40 000 000 NOK", "budget: 500 000 NOK")
    .replace("minimum_points: 40, when_unaffordable: skip, smallest_share: 60%", "minimum_points: 5, when_unaffordable: skip")
)  # fmt: skip
"""The example without ratings, with a budget for one and a half of its usual applications."""


@dataclass
class Story:
    """A call that has closed, with applications of one organisation each; the first asks for the most points."""

    world: World
    call: str
    handler: By
    second: By
    cases: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    @property
    def engine(self) -> Any:
        return self.world.engine

    def granted(self) -> list[tuple[int, str]]:
        """What is proposed or decided for each case, in kroner, with its ground."""
        with self.engine.store.read() as reading:
            newest = reading.decisions.newest(self.call)
        return [(newest[id].granted // 100, newest[id].ground) for id in self.cases]

    def status(self) -> list[str]:
        with self.engine.store.read() as reading:
            return [reading.applications.get(id).status for id in self.cases]

    def used(self) -> int:
        """Kroner taken of the budget."""
        with self.engine.store.read() as reading:
            return sum(part.used for part in reading.decisions.budget_parts(self.call).values()) // 100

    def now(self, by: By) -> By:
        return By(by.kind, by.id, self.world.clock())


def story(world: World, source: str = SMALL, sums: tuple[int, ...] = (300_000, 250_000, 200_000)) -> Story:
    """Applications for these sums, each with more points than the next."""
    call = world.call(source)
    second = world.user("Guro Godkjenner")
    appoint(
        world.engine, world.by(world.made["admin"]), authority_id=world.made["imdi"], user_id=second, role="approver"
    )
    told = Story(world, call, world.by(world.made["handler"]), world.by(second))
    for place, sum in enumerate(sums):
        kari = world.user(f"Kari {'ABCDEFGH'[place]}")
        organisation = world.organisation(kari, f"Lag {place}", number=None if place else "974760673")
        answers = {**ANSWERS, "requested": str(sum), "own_funding": "0", "target_group_share": 0.9 - place / 10}
        source_call = world.draft(call, organisation, kari, answers)
        told.cases.append(source_call)
        told.people.append(kari)
    for id, kari in zip(told.cases, told.people, strict=True):
        submit_application(world.engine, world.by(kari), id, 1)
    world.clock.turn(days=60)
    told.handler, told.second = told.now(told.handler), told.now(told.second)
    world.declare(call, world.made["handler"], second)
    return told


OPTIONAL = SMALL.replace("organisation_number: required", "organisation_number: optional")


def test_the_money_goes_to_the_best_and_the_rest_wait_in_line(world: World) -> None:
    told = story(world, OPTIONAL)
    allocation = allocate_call(world.engine, told.handler, told.call)
    assert told.status() == ["submitted"] * 3
    with pytest.raises(NotAllowedError) as error:
        approve_allocation(world.engine, told.handler, allocation)
    assert error.value.code == "second-person-needed"
    done = approve_allocation(world.engine, told.second, allocation)
    assert done == Decided(allocation, "decided", 3, 500_000_00)
    assert told.granted() == [(300_000, "funded"), (0, "does not fit"), (200_000, "funded")]
    assert told.status() == ["decided"] * 3
    assert told.used() == 500_000
    assert approve_allocation(world.engine, told.second, allocation) == done
    assert replay_allocation(world.engine, told.handler, allocation).is_same
    with pytest.raises(NotPossibleError) as settled:
        drop_allocation(world.engine, told.handler, allocation, reason="Angret")
    assert settled.value.code == "allocation-settled"


def test_a_hand_move_is_seen_first_has_a_reason_and_shares_the_rest_anew(world: World) -> None:
    told = story(world, OPTIONAL)
    allocation = allocate_call(world.engine, told.handler, told.call)
    seen = see_hand_move(world.engine, told.handler, allocation, told.cases[0], "200000")
    assert [(one.application_id, one.before // 100, one.after // 100) for one in seen] == [
        (told.cases[0], 300_000, 200_000), (told.cases[1], 0, 250_000), (told.cases[2], 200_000, 0),
    ]  # fmt: skip
    assert set_by_hand(world.engine, told.handler, allocation, told.cases[0], "200000", reason="Dyr leie") == seen
    with pytest.raises(EvaluationError):
        set_by_hand(world.engine, told.handler, allocation, told.cases[0], "600000", reason="Mer")
    approve_allocation(world.engine, told.second, allocation)
    assert told.granted() == [(200_000, "set by hand"), (250_000, "funded"), (0, "does not fit")]
    assert replay_allocation(world.engine, told.handler, allocation).is_same


def test_what_has_changed_since_it_was_proposed_is_not_decided(world: World) -> None:
    told = story(world, OPTIONAL)
    allocation = allocate_call(world.engine, told.handler, told.call)
    withdraw_application(world.engine, world.by(told.people[0]), told.cases[0])
    with pytest.raises(NotPossibleError) as error:
        approve_allocation(world.engine, told.second, allocation)
    assert error.value.code == "proposal-outdated"
    assert told.used() == 0
    drop_allocation(world.engine, told.handler, allocation, reason="En søker trakk seg")
    again = allocate_call(world.engine, told.handler, told.call)
    assert approve_allocation(world.engine, told.second, again).granted == 450_000_00


def test_a_call_that_is_open_is_not_allocated(world: World) -> None:
    told = story(world, OPTIONAL)
    world.clock.turn(days=-30)
    with pytest.raises(NotPossibleError) as error:
        allocate_call(world.engine, told.now(told.handler), told.call)
    assert error.value.code == "call-still-open"


def test_what_is_to_be_clarified_stands_in_a_list(world: World) -> None:
    judged = (
        "  - {id: good-standing, kind: judged, ask: {nb: 'Er regnskapet i orden?', nn: 'Er rekneskapen i orden?'}}\n"
    )
    source = OPTIONAL.replace("criteria:\n", f"{judged}\ncriteria:\n", 1)
    told = story(world, source)
    with pytest.raises(BlockedError) as error:
        allocate_call(world.engine, told.handler, told.call)
    assert [(one.application_id, one.kind, one.what) for one in error.value.blockers] == [
        (id, "to-clarify", ("judged.good_standing",)) for id in told.cases
    ]
    assert see_blockers(world.engine, told.handler, told.call) == error.value.blockers


def test_who_withdraws_after_the_decision_moves_the_reserve_up(world: World) -> None:
    told = story(world, OPTIONAL)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    with pytest.raises(NotPossibleError) as error:
        allocate_reserve(world.engine, told.handler, told.call)
    assert error.value.code == "reserve-empty"
