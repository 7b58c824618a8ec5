"""A database that can not be used is told of in words; what may stand once stands once."""

from datetime import timedelta

import pytest
from sqlalchemy import QueuePool, create_engine, text
from worlds import START, World

from grantengine.errors import DuplicateError, StoreError
from grantengine.services.create_authority import create_authority
from grantengine.store.database import Database
from grantengine.store.tables.people import Authority, User


def test_what_may_stand_once_stands_once(world: World) -> None:
    def register(name: str) -> None:
        row = User(id=world.engine.new_id(), email="kari@example.org", name=name, since=START)
        with world.engine.store.work(world.system) as work:
            work.add(row)
            work.record("user-registered", row)

    register("Kari")
    with pytest.raises(DuplicateError) as error:
        register("Kari again")
    assert error.value.code == "store-duplicate"


def test_a_change_that_is_not_told_is_refused(world: World) -> None:
    id = create_authority(world.engine, world.system, key="imdi", name={"nb": "IMDi"})

    def change_silently() -> None:
        with world.engine.store.work(world.system) as work:
            authority = work.authorities.get(id)
            assert authority is not None
            authority.email = "post@example.org"

    with pytest.raises(StoreError) as error:
        change_silently()
    assert (error.value.code, error.value.params) == ("audit-untold", {"what": f"authority {id}"})
    with world.engine.store.read() as reading:
        kept = reading.authorities.get(id)
    assert kept is not None
    assert kept.email is None


def test_statements_that_go_behind_the_trail_are_refused(world: World) -> None:
    from sqlalchemy import update

    with pytest.raises(StoreError) as error, world.engine.store.work(world.system) as work:
        work.session.execute(update(Authority).values(email="x@example.org"))
    assert error.value.params == {"what": "Authority"}


@pytest.mark.parametrize(
    "address",
    ["nonsense", "mysql://host/name", "sqlite:/:x:", "sqlite://", "sqlite:///:memory:", "postgresql://host:abc/name"],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(StoreError) as error:
        Database(address)
    assert error.value.code == "store-address"


@pytest.mark.parametrize(
    "address", ["sqlite:////nowhere/at/all.db", "postgresql://kari:secret@127.0.0.1:9/none?connect_timeout=2"]
)
def test_a_database_that_can_not_be_reached(address: str) -> None:
    database = Database(address)
    with pytest.raises(StoreError) as error, database.session(write=False) as session:
        session.execute(text("select 1"))
    assert error.value.code == "store-unreachable"
    assert "secret" not in str(error.value)


def test_more_at_once_than_there_are_connections_is_told(world: World) -> None:
    database = world.engine.store.database
    small = create_engine(database.url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    database._reading = small.execution_options(begin="")
    with database.session(write=False) as held:
        held.execute(text("select 1"))
        with pytest.raises(StoreError) as error, database.session(write=False) as refused:
            refused.execute(text("select 1"))
    small.dispose()
    assert error.value.code == "store-busy"


def test_reading_changes_nothing(world: World) -> None:
    from sqlalchemy.exc import DBAPIError

    create_authority(world.engine, world.system, key="imdi", name={"nb": "IMDi"})
    if world.engine.store.database.is_sqlite:
        return
    with pytest.raises(DBAPIError, match="read-only"), world.engine.store.read() as reading:
        reading.session.execute(text("update users set name = 'x'"))


def test_an_instant_keeps_its_microseconds_and_its_zone(world: World) -> None:
    world.clock.at = START + timedelta(microseconds=123457)
    id = create_authority(world.engine, world.system, key="imdi", name={"nb": "IMDi"})
    with world.engine.store.read() as reading:
        kept = reading.authorities.get(id)
    assert kept is not None
    assert kept.since == world.clock.at
