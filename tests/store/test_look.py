"""Looking without a transaction: what is refused is refused as ever, and a line is as good for the next as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from worlds import START, World

from grantengine.errors import StoreError
from grantengine.services.create_authority import create_authority
from grantengine.store import kept_lines
from grantengine.store.database import Database
from grantengine.store.tables.people import User


def looked(database: Database, statement: str = "select 1") -> object:
    with database.look() as connection:
        return connection.execute(text(statement)).scalar()


def test_where_no_database_is_set_up_it_is_said_and_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    with pytest.raises(StoreError) as error:
        looked(Database(f"sqlite:///{file}"))
    assert (error.value.code, file.exists()) == ("store-not-set-up", False)
    file.touch()
    with pytest.raises(StoreError) as error:
        looked(Database(f"sqlite:///{file}"))
    assert error.value.code == "store-not-set-up"


def test_an_embedded_database_that_goes_meanwhile_is_said_to_be_gone(tmp_path: Path, sqlite_pattern: Path) -> None:
    file = tmp_path / "gone.db"
    file.write_bytes(sqlite_pattern.read_bytes())
    database = Database(f"sqlite:///{file}")
    assert looked(database) == 1
    file.unlink()
    with pytest.raises(StoreError) as error:
        looked(database)
    database.close()
    assert (error.value.code, file.exists()) == ("store-not-set-up", False)


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        looked(Database("postgresql://kari:secret@127.0.0.1:9/none?connect_timeout=2"))
    assert error.value.code == "store-unreachable"


def test_a_database_of_another_shape_is_not_looked_at(world: World) -> None:
    with world.engine.store.database.session(write=True, shape="any") as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
        session.commit()
    database = Database(world.engine.settings.database_url)
    with pytest.raises(StoreError) as error:
        looked(database)
    database.close()
    assert error.value.code == "store-newer"


def test_each_look_sees_what_is_there_then(world: World) -> None:
    count = "select count(*) from authorities"
    with world.engine.store.database.look() as connection:
        assert connection.execute(text(count)).scalar() == 0
        create_authority(world.engine, world.system, key="imdi", name={"nb": "IMDi"})
        assert connection.execute(text(count)).scalar() == 1


def test_a_line_that_was_looked_on_is_used_for_transactions_again(world: World) -> None:
    database = world.engine.store.database
    database.close()
    looked(database)
    with database.session(write=True) as session:
        session.add(User(id="u1", email="kari@example.org", name="Kari", since=START))
        session.flush()  # and nothing is committed
    assert looked(database, "select count(*) from users") == 0
    with pytest.raises(StoreError), world.engine.store.work(world.system) as work:
        work.session.execute(text("select 1 from nothing_of_the_kind"))
    assert looked(database) == 1


@pytest.fixture
def asked(world: World) -> list[str]:
    """What is asked of a PostgreSQL server before a line is used."""
    questions: list[str] = []
    engine: Engine = world.engine.store.database.engine
    ping = engine.dialect.do_ping

    def noted(connection: object) -> bool:
        questions.append("still there?")
        return bool(ping(connection))  # type: ignore[arg-type]

    engine.dialect.do_ping = noted  # type: ignore[method-assign]
    return questions


def test_lines_that_the_server_has_ended_are_made_anew(world: World, asked: list[str]) -> None:
    database = world.engine.store.database
    if database.is_sqlite:
        return
    for ask in (looked, read_through):
        assert ask(database) == 1
        end_all_lines(world)
        assert ask(database) == 1
    assert len(asked) == 2


def test_the_server_is_asked_after_a_rest_only(world: World, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    database = world.engine.store.database
    if database.is_sqlite:
        return
    for _ in range(3):
        looked(database)
    assert asked == []
    monkeypatch.setattr(kept_lines, "RESTED", 0.0)
    looked(database)
    assert len(asked) == 1


def read_through(database: Database) -> object:
    with database.session(write=False) as session:
        return session.execute(text("select 1")).scalar()


def end_all_lines(world: World) -> None:
    """What a server does with its lines that is told to stop."""
    other = Database(world.engine.settings.database_url)
    with other.engine.connect() as connection:
        ended = text(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
        assert connection.execute(ended).scalars().all()
    other.close()
