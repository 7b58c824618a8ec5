"""Bringing a database to the shape that this version of the package needs, and telling whether it has it."""

from __future__ import annotations

from importlib import resources
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from grantengine.errors import StoreError
from grantengine.store.database import Database


def upgrade(database: Database) -> tuple[str | None, str | None]:
    """Run every migration that has not been run, in one transaction; returns the shape before and after.

    :raises StoreError: the database can not be reached; ``store-newer``: it was set up by a later version of the package.
    """
    with database.session(write=True) as session:
        connection = session.connection()
        before = _known_shape(database, connection)
        command.upgrade(_config(connection), "head")
        after = _shape(connection)
        session.commit()
    return before, after


def is_current(database: Database) -> bool:
    """Whether the database has the shape that this version of the package needs.

    :raises StoreError: the database can not be reached.
    """
    there, needed = shape_of(database)
    return there == needed


def shape_of(database: Database) -> tuple[str | None, str | None]:
    """The shape that the database has, and the one that this version of the package needs.

    :raises StoreError: the database can not be reached; ``store-newer``: a later version of the package has set it up.
    """
    with database.session(write=False) as session:
        return _known_shape(database, session.connection()), ScriptDirectory.from_config(
            _config(None)
        ).get_current_head()


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()}


def _known_shape(database: Database, connection: Any) -> str | None:
    there = _shape(connection)
    if there is not None and there not in _known():
        raise StoreError("store-newer", database=database.name, shape=there)
    return there


def _shape(connection: Any) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("grantengine.store") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
