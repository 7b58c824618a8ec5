"""Migrations make what the models say, on both databases; the database itself keeps what must never change."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from worlds import ANSWERS, World

from grantengine.errors import StoreError
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application
from grantengine.store.base import Base
from grantengine.store.database import Database
from grantengine.store.migrate import is_current, revisions, upgrade
from grantengine.store.shapes import SHAPES


def test_migrations_make_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert is_current(database)
    assert upgrade(database) == (SHAPES[-1], SHAPES[-1])
    database.close()


def test_a_database_of_the_shape_before_keeps_its_messages_and_gets_room_for_answers(world: World) -> None:
    world.user("Kari", "kari@example.org")
    [kept] = world.messages("kari@example.org")
    with world.engine.store.database.engine.begin() as connection:
        connection.execute(text("alter table outbox drop column reply_to"))
        connection.execute(text("drop index ix_organisations_listed"))
        connection.execute(text("drop index ix_applications_queue"))
        connection.execute(text("drop index ix_assignments_now"))
        connection.execute(text("drop index ix_assignments_application_id"))
        connection.execute(text("drop table saved_views"))
        connection.execute(text("update alembic_version set version_num = '0004'"))
    database = Database(world.engine.settings.database_url)
    assert not is_current(database)
    assert upgrade(database) == ("0004", SHAPES[-1])
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()
    [again] = world.messages("kari@example.org")
    assert (again.id, again.body, again.reply_to) == (kept.id, kept.body, None)


def test_the_shapes_are_the_migrations() -> None:
    assert revisions() == SHAPES


def test_a_database_that_is_not_there_is_told_of_and_not_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/none.db")
    assert not is_current(database)
    with pytest.raises(StoreError) as error, database.session(write=True) as session:
        session.execute(text("select 1"))
    assert error.value.code == "store-not-set-up"
    assert list(tmp_path.iterdir()) == []
    database.close()


def test_a_database_of_a_later_version_is_not_worked_in(world: World) -> None:
    address = world.engine.settings.database_url
    with world.engine.store.database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    database = Database(address)
    with pytest.raises(StoreError) as error, database.session(write=False) as session:
        session.execute(text("select * from users"))
    assert error.value.code == "store-newer"
    database.close()


def test_an_empty_database_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    assert not is_current(database)
    with pytest.raises(StoreError) as error, database.session(write=False) as session:
        session.execute(text("select * from users"))
    assert error.value.code == "store-not-set-up"
    assert upgrade(database) == (None, SHAPES[-1])
    database.close()


@pytest.fixture
def told(world: World) -> World:
    """A world in which something is published, kept and told."""
    call = world.call()
    kari = world.user()
    application = world.draft(call, world.organisation(kari), kari)
    version = save_draft(world.engine, world.by(kari), application, 1, ANSWERS, keep=True).version
    submit_application(world.engine, world.by(kari), application, version)
    return world


@pytest.mark.parametrize(
    "statement",
    [
        "update scheme_versions set source = 'other'",
        "delete from scheme_versions",
        "update audit_events set verb = 'other'",
        "delete from audit_events",
        "update revisions set cause = 'other'",
        "update revisions set author_id = id",
        "update revisions set answers = '{}'",
        "delete from revisions",
    ],
)
def test_the_database_refuses_to_change_what_is_fixed(told: World, statement: str) -> None:
    with told.engine.store.database.engine.begin() as connection, pytest.raises(DBAPIError, match="never"):
        connection.execute(text(statement))


def test_the_answers_of_a_revision_can_be_erased(told: World) -> None:
    with told.engine.store.database.engine.begin() as connection:
        connection.execute(text("update revisions set answers = null, salt = 'new'"))
