"""From a closed call to decisions: proposals, hand moves, the second person, the budget, the reserve; stories of handlers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from closed import COMMITTEE, SMALL
from sqlalchemy import select
from worlds import ANSWERS, World

from grantengine.errors import EvaluationError, InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.allocate_call import allocate_call, see_blockers
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import Decided, approve_allocation
from grantengine.services.blockers import BlockedError
from grantengine.services.change_call import change_call
from grantengine.services.change_proposal import see_hand_move, set_by_hand
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.erase_application import erase_application
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.give_back import decline_grant, forfeit_grant
from grantengine.services.read_application import read_application
from grantengine.services.record_resolution import record_resolution
from grantengine.services.replay_allocation import replay_allocation
from grantengine.services.see_allocation import list_allocations, see_allocation
from grantengine.services.send_letters import send_letters
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store.tables.applications import EarlierGrant


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

    def address(self, by: By) -> str:
        with self.engine.store.read() as reading:
            return reading.users.get(by.id).email

    def now(self, by: By) -> By:
        return By(by.kind, by.id, self.world.clock())


def story(
    world: World,
    source: str = SMALL,
    sums: tuple[int, ...] = (300_000, 250_000, 200_000),
    strands: tuple[str, ...] = (),
) -> Story:
    """Applications for these sums, each with more points than the next."""
    call = world.call(source)
    second = world.user("Guro Godkjenner")
    appoint(
        world.engine, world.by(world.made["admin"]), authority_id=world.made["imdi"], user_id=second, role="approver"
    )
    told = Story(world, call, world.by(world.made["handler"]), world.by(second))
    for place, sum in enumerate(sums):
        kari = world.user(f"Kari {'ABCDEFGH'[place]}")
        organisation = world.organisation(kari, f"Lag {place}", number=None)
        answers = {**ANSWERS, "requested": str(sum), "own_funding": "0", "target_group_share": 0.9 - place / 10}
        told.cases.append(
            start_draft(
                world.engine, world.by(kari), call_id=call, organisation_id=organisation, answers=answers,
                strand=strands[place] if strands else None,
            )
        )  # fmt: skip
        told.people.append(kari)
    for id, kari in zip(told.cases, told.people, strict=True):
        submit_application(world.engine, world.by(kari), id, 1)
    world.clock.turn(days=60)
    told.handler, told.second = told.now(told.handler), told.now(told.second)
    world.declare(call, world.made["handler"], second)
    return told


def test_the_money_goes_to_the_best_and_the_rest_wait_in_line(world: World) -> None:
    told = story(world)
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
    waits = world.messages(template="proposal-made")
    assert [(one.address, "500\xa0000 kr" in one.body) for one in waits] == [(told.address(told.second), True)]
    assert [one.address for one in world.messages(template="proposal-decided")] == [told.address(told.handler)]
    assert replay_allocation(world.engine, told.handler, allocation).is_same
    with pytest.raises(NotPossibleError) as settled:
        drop_allocation(world.engine, told.handler, allocation, reason="Angret")
    assert settled.value.code == "allocation-settled"


def test_a_proposal_is_seen_in_rank_order_with_its_budget(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    seen = see_allocation(world.engine, told.second, allocation)
    assert [(one.rank, one.organisation, one.granted // 100, one.ground, one.reserve) for one in seen.cases] == [
        (1, "Lag 0", 300_000, "funded", None), (2, "Lag 1", 0, "does not fit", 1), (3, "Lag 2", 200_000, "funded", None),
    ]  # fmt: skip
    assert (seen.budget, seen.used, seen.granted) == ({"2027": 500_000_00}, {}, 500_000_00)
    assert (seen.allocation.status, seen.allocation.made_by) == ("proposed", "Hanne Handler")
    assert list_allocations(world.engine, told.handler, told.call) == (seen.allocation,)


def test_a_hand_move_is_seen_first_has_a_reason_and_shares_the_rest_anew(world: World) -> None:
    told = story(world)
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


def test_a_hand_move_gives_those_who_still_get_nothing_their_new_place_in_the_reserve(world: World) -> None:
    told = story(world, sums=(450_000, 300_000, 250_000, 200_000))
    allocation = allocate_call(world.engine, told.handler, told.call)
    moved = set_by_hand(world.engine, told.handler, allocation, told.cases[1], "40000", reason="Til leie")
    assert [one.application_id for one in moved] == [told.cases[1]]
    seen = see_allocation(world.engine, told.handler, allocation)
    assert [(one.organisation, one.reserve) for one in seen.cases] == [
        ("Lag 0", None), ("Lag 1", None), ("Lag 2", 1), ("Lag 3", 2),
    ]  # fmt: skip
    approve_allocation(world.engine, told.second, allocation)
    assert replay_allocation(world.engine, told.handler, allocation).is_same


def test_who_does_not_meet_the_conditions_gets_nothing_by_hand_and_the_handler_is_told(world: World) -> None:
    told = story(world, SMALL.replace("members >= 5", "members >= 500"))
    allocation = allocate_call(world.engine, told.handler, told.call)
    for ask in (
        lambda: see_hand_move(world.engine, told.handler, allocation, told.cases[0], "1000"),
        lambda: set_by_hand(world.engine, told.handler, allocation, told.cases[0], "1000", reason="Likevel"),
    ):
        with pytest.raises(NotPossibleError) as error:
            ask()
        assert (error.value.code, error.value.params["numbers"]) == ("by-hand-not-given", ["2027/1"])
    with pytest.raises(InputError) as below:
        set_by_hand(world.engine, told.handler, allocation, told.cases[0], "-5", reason="Likevel")
    assert [one.code for one in below.value.problems] == ["money-negative"]
    assert {one.hand_reason for one in see_allocation(world.engine, told.handler, allocation).cases} == {None}


def test_who_still_has_time_to_apply_is_waited_for(world: World) -> None:
    told = story(world)
    kari = world.user("Kari Sen")
    late = world.organisation(kari, "Sent lag", None)
    day = "2027-04-20T12:00"
    extend_deadline(world.engine, told.handler, call_id=told.call, organisation_id=late, closes=day, reason="Sykdom")
    with pytest.raises(BlockedError) as error:
        allocate_call(world.engine, told.handler, told.call)
    assert (error.value.code, error.value.params) == ("extensions-run", {"count": 1})


def test_a_proposal_with_a_case_that_is_erased_is_to_be_made_anew(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    withdraw_application(world.engine, world.by(told.people[0]), told.cases[0])
    erase_application(world.engine, world.by(world.made["admin"]), told.cases[0], "Søkeren ba om det")
    with pytest.raises(NotPossibleError) as error:
        see_hand_move(world.engine, told.handler, allocation, told.cases[1], "1000")
    assert (error.value.code, error.value.params["numbers"]) == ("proposal-outdated", ["2027/1"])


def test_a_proposal_of_what_the_call_was_before_is_not_decided(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    grown = [{"op": "replace", "path": "/call/budget", "value": "800 000 NOK"}]
    change_call(world.engine, told.handler, told.call, grown, reason="Revidert budsjett")
    with pytest.raises(NotPossibleError) as error:
        approve_allocation(world.engine, told.second, allocation)
    assert error.value.code == "proposal-of-other-call"


def test_what_has_changed_since_it_was_proposed_is_not_decided(world: World) -> None:
    told = story(world)
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
    told = story(world)
    world.clock.turn(days=-30)
    with pytest.raises(NotPossibleError) as error:
        allocate_call(world.engine, told.now(told.handler), told.call)
    assert error.value.code == "call-still-open"


def test_what_is_to_be_clarified_stands_in_a_list(world: World) -> None:
    judged = (
        "  - {id: good-standing, kind: judged, ask: {nb: 'Er regnskapet i orden?', nn: 'Er rekneskapen i orden?'}}\n"
    )
    source = SMALL.replace("criteria:\n", f"{judged}\ncriteria:\n", 1)
    told = story(world, source)
    with pytest.raises(BlockedError) as error:
        allocate_call(world.engine, told.handler, told.call)
    assert [(one.application_id, one.kind, one.what) for one in error.value.blockers] == [
        (id, "to-clarify", ("judged.good_standing",)) for id in told.cases
    ]
    assert see_blockers(world.engine, told.handler, told.call) == error.value.blockers


def test_the_reserve_moves_up_when_a_grant_is_declined(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    with pytest.raises(NotPossibleError) as early:
        allocate_reserve(world.engine, told.handler, told.call)
    assert early.value.code == "reserve-empty"
    send_letters(world.engine, world.system, allocation)
    assert told.status() == ["granted", "refused", "granted"]
    with pytest.raises(NotPossibleError) as nothing:
        allocate_reserve(world.engine, told.handler, told.call)
    assert nothing.value.code == "reserve-nothing"
    decline_grant(world.engine, world.by(told.people[0]), told.cases[0], reason="Vi fikk penger et annet sted")
    assert (told.status()[0], told.used()) == ("declined", 200_000)
    assert [one.address for one in world.messages(template="grant-freed")] == [told.address(told.handler)]
    reserve = allocate_reserve(world.engine, told.handler, told.call)
    assert [one.organisation for one in see_allocation(world.engine, told.second, reserve).cases] == ["Lag 1"]
    assert approve_allocation(world.engine, told.second, reserve).granted == 250_000_00
    assert told.status() == ["declined", "moved-up", "granted"]
    seen = read_application(world.engine, world.by(told.people[1]), told.cases[1])
    assert seen.status == "refused"
    send_letters(world.engine, world.system, reserve)
    assert told.status() == ["declined", "granted", "granted"]
    assert told.used() == 450_000
    assert replay_allocation(world.engine, told.handler, reserve).is_same
    with world.engine.store.read() as reading:
        noted = {one.amount for one in reading.session.scalars(select(EarlierGrant))}
    assert noted == {250_000_00, 200_000_00}


def test_who_gets_nothing_by_hand_of_the_reserve_is_refused_anew_with_the_reason(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    send_letters(world.engine, world.system, allocation)
    decline_grant(world.engine, world.by(told.people[0]), told.cases[0])
    reserve = allocate_reserve(world.engine, told.handler, told.call)
    set_by_hand(world.engine, told.handler, reserve, told.cases[1], "0", reason="Laget er lagt ned")
    assert approve_allocation(world.engine, told.second, reserve).granted == 0
    assert told.status() == ["declined", "moved-up", "granted"]
    assert send_letters(world.engine, world.system, reserve).sent == 1
    assert (told.status(), told.used()) == (["declined", "refused", "granted"], 200_000)
    with pytest.raises(NotPossibleError) as nobody:
        allocate_reserve(world.engine, told.handler, told.call)
    assert nobody.value.code == "reserve-empty"


def test_what_is_decided_and_not_told_is_free_again_when_the_applicant_withdraws(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    withdraw_application(world.engine, world.by(told.people[0]), told.cases[0])
    assert told.used() == 200_000
    send_letters(world.engine, world.system, allocation)
    assert told.status() == ["withdrawn", "refused", "granted"]
    reserve = allocate_reserve(world.engine, told.handler, told.call)
    assert approve_allocation(world.engine, told.second, reserve).granted == 250_000_00


def test_a_grant_lapses_with_a_reason_that_is_told(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    send_letters(world.engine, world.system, allocation)
    forfeit_grant(world.engine, told.handler, told.cases[2], reason="Ingen bankkonto innen fristen")
    assert (told.status()[2], told.used()) == ("forfeited", 300_000)
    [letter] = world.messages(template="forfeited")
    assert "Ingen bankkonto innen fristen" in letter.body
    with pytest.raises(NotPossibleError) as error:
        forfeit_grant(world.engine, told.handler, told.cases[2], reason="Igjen")
    assert error.value.code == "status-forbids"


def test_a_committee_decides_on_what_was_proposed_and_approved(world: World) -> None:
    told = story(world, COMMITTEE)
    allocation = allocate_call(world.engine, told.handler, told.call)
    words = {"committee": "Kulturutvalget", "on": date(2027, 3, 20), "reference": "Sak 7/27"}
    with pytest.raises(NotPossibleError) as error:
        record_resolution(world.engine, told.handler, allocation, **words)
    assert error.value.code == "allocation-not-approved"
    assert approve_allocation(world.engine, told.second, allocation) == Decided(allocation, "approved")
    assert told.status() == ["submitted"] * 3
    changes = {told.cases[1]: ("50000", "Utvalget vil prøve tiltaket")}
    too_much = {told.cases[1]: ("550000", "Mer")}
    with pytest.raises(EvaluationError):
        record_resolution(world.engine, told.handler, allocation, **words, changes=too_much)
    done = record_resolution(world.engine, told.handler, allocation, **words, changes=changes)
    assert done == Decided(allocation, "decided", 3, 350_000_00)
    assert told.granted() == [(300_000, "funded"), (50_000, "set by hand"), (0, "does not fit")]
    assert record_resolution(world.engine, told.handler, allocation, **words, changes=changes) == done
    others = {told.cases[1]: ("60000", "Utvalget vil prøve tiltaket")}
    with pytest.raises(NotPossibleError) as settled:
        record_resolution(world.engine, told.handler, allocation, **words, changes=others)
    assert settled.value.code == "allocation-settled"
    assert replay_allocation(world.engine, told.second, allocation).is_same


def test_the_administration_is_no_committee(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    with pytest.raises(NotPossibleError) as error:
        record_resolution(
            world.engine, told.handler, allocation, committee="Utvalget", on=date(2027, 3, 20), reference="1"
        )
    assert error.value.code == "no-committee"
    with pytest.raises(InputError) as ahead:
        record_resolution(
            world.engine, told.handler, allocation, committee="Utvalget", on=date(2027, 9, 1), reference=""
        )
    assert [one.code for one in ahead.value.problems] == ["reason-missing", "date-ahead"]


def test_no_committee_met_about_what_had_not_come(world: World) -> None:
    told = story(world, COMMITTEE)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    with pytest.raises(NotPossibleError) as error:
        record_resolution(
            world.engine, told.handler, allocation, committee="Utvalget", on=date(2027, 1, 19), reference="Sak 1"
        )
    assert (error.value.code, error.value.params) == ("resolved-before-submitted", {"came": "2027-01-20"})
    for wrong in (None, "2027-03-20", world.clock()):
        with pytest.raises(InputError):
            record_resolution(
                world.engine, told.handler, allocation, committee="Utvalget", on=wrong, reference="Sak 1"  # type: ignore[arg-type]
            )  # fmt: skip


def test_where_a_leader_must_agree_nobody_else_can(world: World) -> None:
    told = story(world, SMALL.replace("second_person: required", "second_person: leader"))
    allocation = allocate_call(world.engine, told.handler, told.call)
    with pytest.raises(NotAllowedError) as error:
        approve_allocation(world.engine, told.second, allocation)
    assert error.value.code == "leader-needed"
    admin, imdi = world.by(world.made["admin"]), world.made["imdi"]
    appoint(world.engine, admin, authority_id=imdi, user_id=told.second.id or "", role="leader")
    assert approve_allocation(world.engine, told.now(told.second), allocation).status == "decided"


def test_one_handler_alone_proposes_and_decides(world: World) -> None:
    told = story(world, SMALL.replace("second_person: required", "second_person: none"))
    allocation = allocate_call(world.engine, told.handler, told.call)
    set_by_hand(world.engine, told.handler, allocation, told.cases[2], "10000", reason="Lite behov")
    assert approve_allocation(world.engine, told.handler, allocation).granted == 310_000_00


ROLLING = (
    SMALL.replace("intake: window", "intake: rolling")
    .replace("  closes: 2027-03-01T23:59          # Europe/Oslo; the whole minute is in time\n", "")
    .replace("closes: call.closes, ", "closes: 2027-12-01T00:00, ")
)  # fmt: skip


def test_a_rolling_call_is_decided_in_two_batches_from_one_budget(world: World) -> None:
    told = story(world, ROLLING, sums=(300_000, 250_000))
    first = allocate_call(world.engine, told.handler, told.call)
    assert approve_allocation(world.engine, told.second, first).granted == 300_000_00
    kari = world.user("Kari Sen")
    late = world.draft(
        told.call,
        world.organisation(kari, "Sent lag", None),
        kari,
        {**ANSWERS, "requested": "200000", "own_funding": "0"},
    )
    submit_application(world.engine, world.by(kari), late, 1)
    world.declare(told.call, world.made["handler"], told.second.id or "")
    with pytest.raises(NotPossibleError) as error:
        allocate_call(world.engine, told.now(told.handler), told.call)
    assert error.value.code == "nothing-to-allocate"
    with pytest.raises(NotPossibleError) as today:
        allocate_call(world.engine, told.now(told.handler), told.call, until=world.engine.today())
    assert today.value.code == "batch-not-over"
    world.clock.turn(days=1)
    told.cases.append(late)
    second = allocate_call(world.engine, told.now(told.handler), told.call)
    with world.engine.store.read() as reading:
        kept = reading.decisions.allocation(second)
    assert kept is not None
    assert (kept.kind, kept.committed) == ("batch", {"2027": 300_000_00})
    assert approve_allocation(world.engine, told.now(told.second), second).granted == 200_000_00
    assert told.granted() == [(300_000, "funded"), (0, "does not fit"), (200_000, "funded")]
    assert told.used() == 500_000


STRANDS = SMALL.replace(
    "  organisation_number: optional",
    "  strands: [{id: north, budget: 300 000 NOK}, {id: south, budget: 200 000 NOK}]\n  organisation_number: optional",
)


def test_a_strand_is_decided_while_the_other_waits(world: World) -> None:
    told = story(world, STRANDS, sums=(300_000, 250_000, 200_000), strands=("north", "north", "south"))
    north = allocate_call(world.engine, told.handler, told.call, strand="north")
    south = allocate_call(world.engine, told.handler, told.call, strand="south")
    assert approve_allocation(world.engine, told.second, south).granted == 200_000_00
    assert told.status() == ["submitted", "submitted", "decided"]
    assert approve_allocation(world.engine, told.second, north).granted == 300_000_00
    with world.engine.store.read() as reading:
        parts = reading.decisions.budget_parts(told.call)
    assert {name: (one.used, one.budget) for name, one in parts.items()} == {
        "north": (300_000_00, 300_000_00), "south": (200_000_00, 200_000_00),
    }  # fmt: skip
    with pytest.raises(NotFoundError) as error:
        allocate_call(world.engine, told.handler, told.call, strand="west")
    assert error.value.code == "strand-unknown"


def test_what_two_proposals_would_take_together_is_not_more_than_there_is(world: World) -> None:
    told = story(world, ROLLING, sums=(300_000,))
    early = allocate_call(world.engine, told.handler, told.call)
    kari = world.user("Kari Sen")
    late = world.draft(
        told.call,
        world.organisation(kari, "Sent lag", None),
        kari,
        {**ANSWERS, "requested": "300000", "own_funding": "0"},
    )
    submit_application(world.engine, world.by(kari), late, 1)
    world.declare(told.call, world.made["handler"], told.second.id or "")
    world.clock.turn(days=1)
    with pytest.raises(NotPossibleError) as error:
        allocate_call(world.engine, told.now(told.handler), told.call)
    assert error.value.code == "case-in-other-proposal"
    approve_allocation(world.engine, told.now(told.second), early)
    assert told.used() == 300_000


def test_a_budget_is_not_cut_below_what_is_decided_and_may_grow_for_the_reserve(world: World) -> None:
    told = story(world)
    allocation = allocate_call(world.engine, told.handler, told.call)
    approve_allocation(world.engine, told.second, allocation)
    cut = [{"op": "replace", "path": "/call/budget", "value": "400 000 NOK"}]
    with pytest.raises(NotPossibleError) as error:
        change_call(world.engine, told.handler, told.call, cut, reason="Kutt")
    assert error.value.code == "budget-below-used"
    grown = [{"op": "replace", "path": "/call/budget", "value": "800 000 NOK"}]
    change_call(world.engine, told.handler, told.call, grown, reason="Revidert budsjett")
    with world.engine.store.read() as reading:
        [part] = reading.decisions.budget_parts(told.call).values()
    assert (part.budget, part.used) == (800_000_00, 500_000_00)


def test_what_is_decided_stays_in_its_year_and_its_unit(world: World) -> None:
    told = story(world)
    approve_allocation(world.engine, told.second, allocate_call(world.engine, told.handler, told.call))
    for budget, code in (({"2028": "500 000 NOK"}, "budget-below-used"), ("500 000 hours", "call-other-unit")):
        moved = [{"op": "replace", "path": "/call/budget", "value": budget}]
        with pytest.raises(NotPossibleError) as error:
            change_call(world.engine, told.handler, told.call, moved, reason="Flytter")
        assert error.value.code == code
    with world.engine.store.read() as reading:
        assert reading.decisions.budget_parts(told.call).keys() == {"2027"}
