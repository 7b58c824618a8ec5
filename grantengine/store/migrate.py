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
from grantengine.store.shapes import SHAPES


def upgrade(database: Database) -> tuple[str | None, str | None]:
    """Run every migration that has not been run, in one transaction; returns the shape before and after.

    :raises StoreError: the database can not be reached; ``store-newer``: it was set up by a later version of the package.
    """
    with database.session(write=True, shape="make") as session:
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
    if database.is_missing:
        return None, SHAPES[-1]
    with database.session(write=False, shape="any") as session:
        return _known_shape(database, session.connection()), SHAPES[-1]


def revisions() -> tuple[str, ...]:
    """The revisions of the migrations, oldest first."""
    found = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return tuple(reversed([script.revision for script in found]))


def _known_shape(database: Database, connection: Any) -> str | None:
    there = _shape(connection)
    if there is not None and there not in SHAPES:
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
