"""While one thing is read, the same question is sent once; where something is changed, each time."""

from __future__ import annotations

from statements import counted
from worlds import World


def test_a_question_is_sent_once_while_one_thing_is_read(world: World) -> None:
    authority = world.authority()
    with world.engine.store.read() as reading, counted(world) as sent:
        first = reading.users.in_role(authority, {"administrator"}, world.clock())
        found = reading.users.in_role(authority, {"administrator"}, world.clock())
        assert [one.id for one in found] == [world.made["admin"]]
        found.clear()  # of whoever asked
        assert reading.users.in_role(authority, {"administrator"}, world.clock()) == first
        assert reading.users.in_role(authority, {"handler"}, world.clock()) == []
        assert reading.authorities.get(authority) is reading.authorities.get(authority)
        assert reading.authorities.get("nobody") is reading.authorities.get("nobody") is None
    assert len(sent) == 4


def test_whoever_changes_something_is_told_what_is_there_now(world: World) -> None:
    authority = world.authority()
    with world.engine.store.work(world.system) as work, counted(world) as sent:
        for _ in range(2):
            work.users.in_role(authority, {"administrator"}, world.clock())
    assert len(sent) == 2
