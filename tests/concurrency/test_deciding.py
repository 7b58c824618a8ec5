"""Those who decide, and those whom it concerns, at the same moment: money is given once, and nobody waits for ever."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from concurrency.contest import Contest
from faults.siege import GIVEN_KILLS
from nursery import Nursery
from office import PART, STRANDS
from worlds import World

Outcome = dict[str, Any]
TURNS = 8 if GIVEN_KILLS else 2
"""How often each race is run: as often as chance needs where it is a long run, as of the sieges."""


@pytest.fixture
def contest(world: World, nursery: Nursery, tmp_path: Path) -> Contest:
    return Contest(world, nursery, tmp_path)


def refusals(outcomes: list[Outcome]) -> list[str | None]:
    return [one.get("refused") for one in outcomes]


def test_two_approvers_race_for_the_last_money(contest: Contest) -> None:
    """The reserve is to have what was given back, and so is who came since: 250 000 and 250 000, or 300 000, of the 500 000 left."""
    wins: Counter[int] = Counter()
    guro, gard = contest.office.approvers
    for number in range(TURNS):
        late = (300_000, 250_000)[number % 2]
        race = contest.reserve_against_batch(late)
        outcomes = contest.at_once(
            contest.step("approve", guro, allocation=race.reserve),
            contest.step("approve", gard, allocation=race.batch),
        )
        if late == 250_000:
            assert refusals(outcomes) == [None, None]
            assert contest.used(race.call) == 510_000
        else:
            assert sorted(refusals(outcomes), key=str) == [None, "budget-exceeded"]
            winner = refusals(outcomes).index(None)
            wins[winner] += 1
            assert contest.used(race.call) == (260_000, 310_000)[winner]
            loser = (race.batch, race.reserve)[winner]
            assert contest.state(loser) == ("proposed", 0), "nothing of it is written"
            assert (
                contest.statuses(race.waiting, race.late) == (("moved-up", "submitted"), ("refused", "decided"))[winner]
            )
    contest.sound()
    print(f"who came first: {dict(wins)}")


def test_who_lost_the_race_proposes_anew(contest: Contest) -> None:
    race = contest.reserve_against_batch(300_000)
    guro, gard = contest.office.approvers
    steps = [contest.step("approve", guro, allocation=one) for one in (race.reserve, race.batch)]
    assert refusals(contest.in_turn(*steps)) == [None, "budget-exceeded"]
    drop = contest.step("drop", contest.office.handler, allocation=race.batch, reason="For lite penger")
    assert refusals(contest.in_turn(drop)) == [None]
    again = contest.office.propose(race.call)
    assert contest.in_turn(contest.step("approve", gard, allocation=again)) == [
        {"did": {"status": "decided", "cases": 1, "granted": 0}}
    ]
    assert contest.used(race.call) == 260_000
    contest.sound()


def test_a_proposal_approved_by_two_at_once_is_decided_once(contest: Contest) -> None:
    guro, gard = contest.office.approvers
    for _ in range(TURNS):
        call = contest.office.call()
        contest.office.came(call, 300_000, 250_000, 200_000)
        contest.world.clock.turn(days=1)
        proposal = contest.office.propose(call)
        users = (guro, guro, gard, gard)
        outcomes = contest.at_once(*(contest.step("approve", user, allocation=proposal) for user in users))
        done = {"did": {"status": "decided", "cases": 3, "granted": 500_000_00}}
        # Who approves again what one has approved is told the same; the other comes too late.
        assert [one if one == done else one["refused"] for one in outcomes] in (
            [done, done, "allocation-settled", "allocation-settled"],
            ["allocation-settled", "allocation-settled", done, done],
        )
        assert contest.state(proposal) == ("decided", 3)
    contest.sound()


def test_an_approval_and_a_withdrawal(contest: Contest) -> None:
    """Who withdraws first is not decided; who withdraws then gives back what was decided, though nobody was told."""
    ways = set()
    for _ in range(TURNS):
        call = contest.office.call()
        first, _, _ = contest.office.came(call, 300_000, 250_000, 200_000)
        contest.world.clock.turn(days=1)
        proposal = contest.office.propose(call)
        outcomes = contest.at_once(
            contest.step("approve", contest.office.approvers[0], allocation=proposal),
            contest.step("withdraw", contest.office.contact[first], id=first),
        )
        assert refusals(outcomes) in ([None, None], ["proposal-outdated", None])
        is_decided = refusals(outcomes) == [None, None]
        ways.add(is_decided)
        assert contest.state(proposal) == (("decided", 3) if is_decided else ("proposed", 0))
        assert contest.used(call) == (200_000 if is_decided else 0)
    contest.sound()
    print(f"decided and then withdrawn: {ways}")


def test_a_grant_is_declined_while_the_reserve_moves_up(contest: Contest) -> None:
    for _ in range(TURNS):
        call = contest.office.call()
        first, waiting, third = contest.office.came(call, 300_000, 250_000, 200_000)
        contest.world.clock.turn(days=1)
        decided = contest.office.propose(call)
        contest.office.approve(decided)
        contest.office.tell(decided)
        step = contest.step("reserve", contest.office.handler, call=call)
        declined, proposed = contest.at_once(contest.step("decline", contest.office.contact[first], id=first), step)
        assert declined == {"did": None}
        if "refused" in proposed:
            assert proposed["refused"] == "reserve-nothing"
            [proposed] = contest.in_turn(step)
        outcomes = contest.at_once(
            contest.step("decline", contest.office.contact[third], id=third),
            contest.step("approve", contest.office.approvers[0], allocation=proposed["did"]),
        )
        assert outcomes == [{"did": None}, {"did": {"status": "decided", "cases": 1, "granted": 250_000_00}}]
        assert contest.used(call) == 250_000
        assert contest.statuses(first, waiting, third) == ("declined", "moved-up", "declined")
    contest.sound()


def test_an_amount_is_set_by_hand_while_someone_approves(contest: Contest) -> None:
    for number in range(TURNS):
        call = contest.office.call()
        first, _, _ = contest.office.came(call, 300_000, 250_000, 200_000)
        contest.world.clock.turn(days=1)
        proposal = contest.office.propose(call)
        by_hand, approved = contest.at_once(
            contest.step(
                "set", contest.office.handler, allocation=proposal, id=first, amount="200000", reason=f"Dyrt {number}"
            ),
            contest.step("approve", contest.office.approvers[0], allocation=proposal),
        )
        # What is approved is what stands then: with what was set before, or without what came too late.
        too_late = by_hand.get("refused")
        assert too_late in (None, "allocation-settled")
        granted = 500_000_00 if too_late else 450_000_00
        assert approved == {"did": {"status": "decided", "cases": 3, "granted": granted}}
    contest.sound()


def test_two_propose_the_same_cases_at_once(contest: Contest) -> None:
    for _ in range(TURNS):
        call = contest.office.call()
        contest.office.came(call, 300_000, 250_000)
        contest.world.clock.turn(days=1)
        outcomes = contest.at_once(*[contest.step("allocate", contest.office.handler, call=call)] * 3)
        assert sorted(refusals(outcomes), key=str) == [None, "case-in-other-proposal", "case-in-other-proposal"]
        [proposal] = [one["did"] for one in outcomes if "did" in one]
        dropped, approved = contest.at_once(
            contest.step("drop", contest.office.handler, allocation=proposal, reason="Angret"),
            contest.step("approve", contest.office.approvers[0], allocation=proposal),
        )
        assert (dropped.get("refused"), approved.get("refused")) in [
            (None, "allocation-settled"), ("allocation-settled", None),
        ]  # fmt: skip
    contest.sound()


def test_strands_are_proposed_and_decided_at_once(world: World, nursery: Nursery, tmp_path: Path) -> None:
    """Each has money of its own, so nobody stands in the other's way, though nothing is known of the budget before."""
    contest = Contest(world, nursery, tmp_path, STRANDS)
    call = contest.office.call()
    contest.office.came(call, 300_000, 250_000, strand="north")
    contest.office.came(call, 200_000, strand="south")
    contest.world.clock.turn(days=60)
    proposed = contest.at_once(
        *(contest.step("allocate", contest.office.handler, call=call, strand=one) for one in ("north", "south"))
    )
    assert refusals(proposed) == [None, None]
    decided = contest.at_once(
        *(
            contest.step("approve", user, allocation=one["did"])
            for user, one in zip(contest.office.approvers, proposed, strict=True)
        )
    )
    assert [one["did"]["granted"] for one in decided] == [300_000_00, 200_000_00]
    contest.sound()


def test_the_reserve_is_proposed_once(contest: Contest) -> None:
    race = contest.reserve_against_batch(250_000)
    assert PART in contest.parts(race.call)
    drop = contest.step("drop", contest.office.handler, allocation=race.reserve, reason="Angret")
    assert refusals(contest.in_turn(drop)) == [None]
    outcomes = contest.at_once(*[contest.step("reserve", contest.office.handler, call=race.call)] * 2)
    assert sorted(refusals(outcomes), key=str) == [None, "case-in-other-proposal"]
    contest.sound()
