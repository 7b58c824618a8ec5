"""Deadlines to the minute, in summer time and winter time, for all and for one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from worlds import ANSWERS, NUMBERS, World

from grantengine.errors import InputError, NotAllowedError, NotPossibleError, SchemeError
from grantengine.services.change_call import change_call
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.open_call import open_call
from grantengine.services.submit_application import submit_application

SECOND = timedelta(seconds=1)


def _call(world: World, opens: str, closes: str) -> str:
    return world.call(
        patch=[
            {"op": "replace", "path": "/call/opens", "value": opens},
            {"op": "replace", "path": "/call/closes", "value": closes},
            {"op": "replace", "path": "/call/decided_by", "value": "2027-12-15"},
        ]
    )


def _submits_at(world: World, call: str, at: datetime, kari: str, organisation: str) -> bool:
    id = world.draft(call, organisation, kari, ANSWERS)
    world.clock.at = at
    try:
        submit_application(world.engine, world.by(kari), id, 1)
    except NotPossibleError as error:
        assert error.code in ("deadline-passed", "call-not-open-yet")
        return False
    return True


@pytest.mark.parametrize(
    ("closes", "too_late"),
    [
        ("2027-03-01T23:59", datetime(2027, 3, 1, 23, 0, tzinfo=UTC)),  # winter: Oslo is an hour ahead
        ("2027-03-27T23:59", datetime(2027, 3, 27, 23, 0, tzinfo=UTC)),  # the evening before summer time begins
        ("2027-03-28T01:59", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),  # the last minute of winter time
        ("2027-03-28T03:00", datetime(2027, 3, 28, 1, 1, tzinfo=UTC)),  # the first minute of summer time
        ("2027-03-28T23:59", datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),  # two hours ahead
        ("2027-10-30T23:59", datetime(2027, 10, 30, 22, 0, tzinfo=UTC)),  # the evening before it ends
        ("2027-10-31T03:00", datetime(2027, 10, 31, 2, 1, tzinfo=UTC)),  # the first minute that is there once
        ("2027-10-31T23:59", datetime(2027, 10, 31, 23, 0, tzinfo=UTC)),
        ("2027-03-01T12:00:30", datetime(2027, 3, 1, 11, 0, 31, tzinfo=UTC)),  # to the second where it says so
    ],
)
def test_the_whole_last_minute_is_in_time(world: World, closes: str, too_late: datetime) -> None:
    call = _call(world, "2027-01-15T09:00", closes)
    kari = world.user()
    organisation = world.organisation(kari)
    start = world.clock.at
    assert _submits_at(world, call, too_late - timedelta(microseconds=1), kari, organisation)
    world.clock.at = start
    assert not _submits_at(world, call, too_late, kari, organisation)


def test_nothing_is_submitted_before_the_call_opens(world: World) -> None:
    call = _call(world, "2027-02-01T09:00", "2027-03-01T23:59")
    kari = world.user()
    organisation = world.organisation(kari)
    opens = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
    start = world.clock.at
    assert not _submits_at(world, call, opens - SECOND, kari, organisation)
    world.clock.at = start
    assert _submits_at(world, call, opens, kari, organisation)


@pytest.mark.parametrize("closes", ["2027-03-28T02:30", "2027-10-31T02:30"])
def test_a_time_that_is_not_there_or_there_twice_is_refused(world: World, closes: str) -> None:
    with pytest.raises(SchemeError) as error:
        _call(world, "2027-01-15T09:00", closes)
    assert error.value.problems[0].code in ("moment-does-not-exist", "moment-twice")


def test_one_applicant_gets_more_time_with_a_reason(world: World) -> None:
    call = world.call()
    kari, ola = world.user("Kari", "kari@example.org"), world.user("Ola")
    mine, other = world.organisation(kari), world.organisation(ola, "Andre", NUMBERS[1])
    handler = world.by(world.made["handler"])
    how = {"call_id": call, "organisation_id": mine}
    with pytest.raises(NotPossibleError) as earlier:
        extend_deadline(world.engine, handler, **how, closes="2027-03-01T23:59", reason="Sykdom")
    assert earlier.value.code == "extension-not-later"
    with pytest.raises(InputError):
        extend_deadline(world.engine, handler, **how, closes="2027-03-28T02:30", reason="Sykdom")
    with pytest.raises(InputError):
        extend_deadline(world.engine, handler, **how, closes="2027-03-28T12:00", reason="")
    with pytest.raises(NotAllowedError):
        extend_deadline(world.engine, world.by(kari), **how, closes="2027-03-05T12:00", reason="Sykdom")
    extend_deadline(world.engine, handler, **how, closes="2027-03-28T03:30", reason="Sykdom")
    assert world.messages("kari@example.org")[-1].template == "deadline-extended"
    late = datetime(2027, 3, 28, 1, 30, 59, tzinfo=UTC)
    start = world.clock.at
    assert _submits_at(world, call, late, kari, mine)
    world.clock.at = start
    assert not _submits_at(world, call, late, ola, other)


def test_a_later_deadline_for_all_is_a_patch_that_is_kept(world: World) -> None:
    call = world.call()
    kari = world.user()
    organisation = world.organisation(kari)
    handler = world.by(world.made["handler"])
    patch = [{"op": "replace", "path": "/call/closes", "value": "2027-03-08T12:00"}]
    writing = world.user("Nina", "nina@example.org")
    world.draft(call, world.organisation(writing, "Nettet", NUMBERS[1]), writing)
    change_call(world.engine, handler, call, patch, reason="Nettsidene var nede")
    [told] = world.messages(template="deadline-moved")
    assert told.address == "nina@example.org"
    assert "08.03.2027 12:00:59" in told.body
    assert "Nettsidene var nede" in told.body
    assert _submits_at(world, call, datetime(2027, 3, 8, 11, 0, 59, tzinfo=UTC), kari, organisation)


@pytest.mark.parametrize(
    "path",
    ["/criteria/collaboration/max_points", "/allocation/options/minimum_points", "/call", "/call/strands/a/patch"],
)
def test_the_rules_of_a_call_never_change(world: World, path: str) -> None:
    call = world.call()
    handler = world.by(world.made["handler"])
    with pytest.raises(SchemeError) as error:
        change_call(world.engine, handler, call, [{"op": "replace", "path": path, "value": 1}], reason="Fordi")
    assert error.value.problems[0].code == "patch-beyond-call"
    with world.engine.store.read() as reading:
        announced = reading.schemes.call(call)
    assert announced is not None
    with pytest.raises(SchemeError):
        open_call(world.engine, handler, announced.version_id, patch=[{"op": "replace", "path": path, "value": 1}])


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([{"op": "increase", "path": "/call/budget", "value": "1 NOK"}], "not-one-of"),
        ([{"op": "replace", "path": "/call/budget"}], "missing-key"),
        (["more"], "wrong-type"),
        ([{"op": "replace", "path": "/call/budgets", "value": "1 NOK"}], "pointer-nowhere"),
        ([{"op": "replace", "path": "/call/budget", "value": "much"}], "money-format"),
    ],
)
def test_a_change_that_makes_no_sense_is_told_of(world: World, operations: list[Any], code: str) -> None:
    call = world.call()
    with pytest.raises(SchemeError) as error:
        change_call(world.engine, world.by(world.made["handler"]), call, operations, reason="Mer penger")
    assert [problem.code for problem in error.value.problems] == [code]
