"""On PostgreSQL those who decide wait for each other in one order, and nobody else waits for them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from concurrency.contest import Contest, Race
from concurrency.test_waiting import Held, impatient
from faults.siege import GIVEN_KILLS
from faults.steps import Step
from nursery import Nursery
from worlds import ANSWERS, World

from grantengine.errors import StoreError

pytestmark = pytest.mark.postgresql
A_WHILE = 0.4
"""Seconds after which who has not ended is taken to wait."""


@pytest.fixture
def contest(postgres_world: World, nursery: Nursery, tmp_path: Path) -> Contest:
    return Contest(postgres_world, nursery, tmp_path)


def steps_of(contest: Contest, race: Race) -> dict[str, dict[str, Any]]:
    """What touches the money or the cases of a race, each by someone."""
    office = contest.office
    guro, gard = office.approvers
    return {
        "approve the reserve": contest.step("approve", guro, allocation=race.reserve),
        "approve the batch": contest.step("approve", gard, allocation=race.batch),
        "decline": contest.step("decline", office.contact[race.other], id=race.other),
        "withdraw": contest.step("withdraw", office.contact[race.late], id=race.late),
        "set": contest.step("set", office.handler, allocation=race.batch, id=race.late, amount="50000", reason="Dyrt"),
        "drop": contest.step("drop", office.handler, allocation=race.batch, reason="Angret"),
    }


def test_a_draft_is_saved_while_someone_decides(contest: Contest) -> None:
    """In the same call and the same organisation; and others apply, and submit."""
    race = contest.reserve_against_batch(250_000)
    office, engine = contest.office, impatient(contest.engine)
    user, organisation = office.applicants[-1]
    begin = {"call_id": race.call, "organisation_id": organisation, "answers": {**ANSWERS, "partners": []}}
    draft = Step("start", user, {**begin, "request_id": "before"}).take(contest.engine)
    for name in ("approve the reserve", "approve the batch", "decline", "set"):
        if name == "set":
            race = contest.reserve_against_batch(250_000)
        one = Held(contest, steps_of(contest, race)[name])
        with contest.engine.store.read() as reading:
            version = reading.applications.draft(draft).version
        Step("save", user, {"id": draft, "version": version, "answers": begin["answers"], "keep": True}).take(engine)
        other = Step("start", user, {**begin, "request_id": name}).take(engine)
        Step("submit", user, {"id": other, "version": 1}).take(engine)
        assert one.holding
        one.end()
    engine.store.database.close()
    contest.sound()


ORDERS = (
    ("approve the reserve", "approve the batch"),
    ("approve the batch", "approve the reserve"),
    ("decline", "approve the reserve"),
    ("approve the reserve", "decline"),
    ("withdraw", "approve the batch"),
    ("approve the batch", "withdraw"),
    ("set", "approve the batch"),
    ("approve the batch", "set"),
    ("drop", "approve the batch"),
    ("set", "withdraw"),
)
"""Who holds, and who waits until that has ended: for the money of the call, a case, or a proposal."""
TRIED = ORDERS if GIVEN_KILLS else ORDERS[1::3]
"""All where it is a long run, as of the sieges; else one for each of these."""


def test_who_comes_second_waits_for_the_first_and_is_answered(contest: Contest) -> None:
    for first, second in TRIED:
        steps = steps_of(contest, contest.reserve_against_batch(200_000))
        one = Held(contest, steps[first])
        file = contest.file()
        child = contest.start("once", journal=str(file), when=0.0, step=steps[second])
        time.sleep(A_WHILE)
        assert (first, second, child.poll()) == (first, second, None)
        one.end()
        assert child.wait() == 0, contest.nursery.said()
        [outcome] = contest.outcomes(file)
        assert str(outcome.get("refused", "")) in (
            "", "allocation-settled", "budget-exceeded", "proposal-outdated",
        ), (first, second, outcome)  # fmt: skip
    contest.sound()


def test_an_impatient_second_is_told_that_the_store_is_busy(contest: Contest) -> None:
    """What shows that the tests above could fail: here nothing is done for who does not wait."""
    race = contest.reserve_against_batch(200_000)
    steps, engine = steps_of(contest, race), impatient(contest.engine)
    one = Held(contest, steps["approve the reserve"])
    with pytest.raises(StoreError) as error:
        Step(**steps["approve the batch"]).take(engine)
    assert error.value.code == "store-busy"
    one.end()
    engine.store.database.close()
    assert contest.state(race.batch) == ("proposed", 0)
    contest.sound()
