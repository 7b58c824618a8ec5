"""What a process keeps of calls is never old: what another process does is seen by the next request, and the clock turns it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from closed import SMALL, closed, decided
from stage import Stage
from worlds import EXAMPLE, World, new_world

from grantengine.services import read_call as module
from grantengine.services.call_results import FEW
from grantengine.services.change_call import change_call
from grantengine.services.create_authority import create_authority
from grantengine.services.list_calls import list_calls
from grantengine.services.open_call import open_call
from grantengine.services.publish_answer import publish_answer
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.read_call import CallPage, read_call
from grantengine.services.send_letters import send_letters
from grantengine.store.tables.operations import Setting
from grantengine.store.tables.people import Authority
from grantengine.store.tables.schemes import CallResults

LATER = {"op": "replace", "path": "/call/closes", "value": "2027-03-20T12:00"}
MORE = {"op": "replace", "path": "/call/budget", "value": "45 000 000 NOK"}


@pytest.fixture
def other(world: World) -> Iterator[World]:
    """Another process on the same database."""
    other = new_world(world.engine.settings.database_url, world.clock)
    yield other
    other.engine.store.database.close()


def seen(world: World, call: str) -> tuple[Any, CallPage]:
    """What anyone sees of calls: the list, and the page of one."""
    return list_calls(world.engine, world.anyone), read_call(world.engine, world.anyone, call)


def seen_by_a_new_one(world: World, call: str) -> tuple[Any, CallPage]:
    """The same by a process that has kept nothing yet."""
    fresh = new_world(world.engine.settings.database_url, world.clock)
    try:
        return seen(fresh, call)
    finally:
        fresh.engine.store.database.close()


def announce(world: World, call: str) -> None:
    source = EXAMPLE.replace("version: 1.0.0", "version: 1.1.0")
    version = publish_scheme(world.engine, world.by(world.made["handler"]), source)
    open_call(world.engine, world.by(world.made["handler"]), version, patch=[LATER])


def extend(world: World, call: str) -> None:
    change_call(world.engine, world.by(world.made["handler"]), call, [LATER], reason="Flere rekker det")


def give_more(world: World, call: str) -> None:
    change_call(world.engine, world.by(world.made["handler"]), call, [MORE], reason="Stortinget gav mer")


def rename(world: World, call: str) -> None:
    of_authority(world, lambda one: setattr(one, "name", {"nb": "Et annet navn"}))


def write_from_elsewhere(world: World, call: str) -> None:
    of_authority(world, lambda one: setattr(one, "email", "annen@example.org"))


def be_there_for_one_place(world: World, call: str) -> None:
    with world.engine.store.work(world.system) as work:
        authority = work.authorities.get(world.made["imdi"])
        work.add(Setting(authority_id=world.made["imdi"], name="place", value={"place": "4601"}))
        work.record("authority-changed", authority)


def of_authority(world: World, change: Callable[[Authority], None]) -> None:
    with world.engine.store.work(world.system) as work:
        authority = work.authorities.get(world.made["imdi"])
        assert authority is not None
        change(authority)
        work.record("authority-changed", authority)


def answer(world: World, call: str) -> None:
    publish_answer(world.engine, world.by(world.made["handler"]), call, asked="Kan vi?", answer="Ja")


@pytest.mark.parametrize(
    "does", [announce, extend, give_more, rename, write_from_elsewhere, be_there_for_one_place, answer]
)
def test_what_another_process_does_is_seen_at_once(
    world: World, other: World, does: Callable[[World, str], None]
) -> None:
    call = world.call()
    before = seen(other, call)
    assert seen(other, call) == before
    does(world, call)
    now = seen(other, call)
    assert now != before
    assert now == seen_by_a_new_one(world, call)


def test_another_authority_is_found_with_its_calls_at_once(world: World, other: World) -> None:
    call = world.call()
    before = seen(other, call)
    world.made["bergen"] = create_authority(world.engine, world.system, key="bergen", name={"nb": "Bergen"})
    world.made["handler"] = world.handler(world.made["bergen"], "Berit Bergen")
    bergen = EXAMPLE.replace("id: imdi-integration-work", "id: bergen-work").replace(
        "authority: imdi", "authority: bergen"
    )
    new = world.call(bergen, key="bergen")
    assert [len(one.items) for one in (before[0], seen(other, call)[0])] == [1, 2]
    assert read_call(other.engine, other.anyone, new).authority["nb"] == "Bergen"


def test_results_are_seen_at_once(world: World, other: World) -> None:
    on = Stage(world)
    there = closed(on, SMALL, (100_000,) * FEW)
    allocation = decided(on, there)
    before = read_call(other.engine, other.anyone, there.call)
    send_letters(world.engine, world.system, allocation)
    now = read_call(other.engine, other.anyone, there.call)
    assert (before.results, [one.funded for one in now.results]) == ((), [FEW])
    assert now == seen_by_a_new_one(world, there.call)[1]


def test_results_are_seen_at_once_where_nothing_else_has_changed(world: World, other: World) -> None:
    call = world.call()
    assert read_call(other.engine, other.anyone, call).results == ()
    with world.engine.store.work(world.system) as work:
        row = CallResults(call_id=call, told=FEW, funded=FEW, waiting=0, granted=900, unit="NOK", made_at=world.clock())
        work.session.merge(row)
        work.record("results-told", work.schemes.call(call))
    [result] = read_call(other.engine, other.anyone, call).results
    assert (result.applicants, result.granted) == (FEW, 900)


def test_what_depends_on_the_hour_turns_with_it(world: World) -> None:
    call = world.call()
    other = open_call(
        world.engine, world.by(world.made["handler"]),
        publish_scheme(world.engine, world.by(world.made["handler"]), EXAMPLE.replace("version: 1.0.0", "version: 1.1.0")),
        patch=[LATER],
    )  # fmt: skip
    first, second = (read_call(world.engine, world.anyone, one) for one in (call, other))
    assert first.opens
    assert first.closes
    assert second.closes
    moment = timedelta(microseconds=1)
    turns = {
        first.opens - moment: ("coming", [other]), first.opens: ("open", [other]), first.closes - moment: ("open", [other]),
        first.closes: ("closed", [other]), second.closes - moment: ("closed", [other]), second.closes: ("closed", []),
    }  # fmt: skip
    for at, expected in turns.items():
        world.clock.at = at
        page = read_call(world.engine, world.anyone, call)
        assert (page.state, [one.id for one in page.others]) == expected


def test_as_long_as_nothing_changes_it_is_the_same_page(world: World) -> None:
    call = world.call()
    page = read_call(world.engine, world.anyone, call)
    world.clock.turn(hours=1)
    person = world.user("Kari")
    assert read_call(world.engine, world.by(person), call) is page


def test_only_so_many_calls_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS", 2)
    first = world.call()
    handler = world.by(world.made["handler"])
    versions = [
        publish_scheme(world.engine, handler, EXAMPLE.replace("version: 1.0.0", f"version: 1.{n}.0")) for n in (1, 2, 3)
    ]
    calls = [first, *(open_call(world.engine, handler, version, patch=[]) for version in versions)]
    for call in calls * 2:
        assert read_call(world.engine, world.anyone, call).id == call
        assert len(world.engine.calls) <= 2


def test_threads_that_read_while_another_changes_see_each_change(world: World) -> None:
    call = world.call()
    handler = world.by(world.made["handler"])

    def read(number: int) -> tuple[int, int]:
        return len(read_call(world.engine, world.anyone, call).changes), len(
            list_calls(world.engine, world.anyone).items
        )

    with ThreadPoolExecutor(4) as pool:
        for n in range(1, 6):
            reads = [pool.submit(read, one) for one in range(8)]
            value = {"op": "replace", "path": "/call/closes", "value": f"2027-03-{10 + n}T12:00"}
            change_call(world.engine, handler, call, [value], reason="Flere rekker det")
            assert read(0) == (n, 1)
            assert {one.result()[0] for one in reads} <= {n - 1, n}
            assert {read(0)[0] for _ in range(3)} == {n}
