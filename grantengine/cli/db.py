"""`grantengine db`: brings the database to the shape that this version needs, and tells whether it has it."""

from __future__ import annotations

import os

import click

from grantengine.cli.show import all_texts, language
from grantengine.errors import Message
from grantengine.settings import read_settings


@click.group("db")
def command() -> None:
    """Set up the database, bring it up to date, or look whether it is."""


@command.command("upgrade")
def upgrade_database() -> int:
    """Bring the database to the shape that this version needs; what is in it is kept.

    The database is the one that GRANTENGINE_DATABASE_URL names. An empty one is set up.
    """
    from grantengine.store.database import Database
    from grantengine.store.migrate import upgrade

    database = Database(read_settings(os.environ).database_url)
    try:
        before, after = upgrade(database)
    finally:
        database.close()
    figures = {"database": database.name, "before": before or "", "after": after or ""}
    if before is None:
        _say(Message("db.set-up", figures))
    else:
        _say(Message("db.current" if before == after else "db.upgraded", figures))
    return 0


@command.command("check")
def check_database() -> int:
    """Whether the database has the shape that this version needs: exit 0 where it has, 1 where not."""
    from grantengine.store.database import Database
    from grantengine.store.migrate import shape_of

    database = Database(read_settings(os.environ).database_url)
    try:
        there, needed = shape_of(database)
    finally:
        database.close()
    figures = {"database": database.name, "before": there or "–", "after": needed or ""}
    if there == needed:
        _say(Message("db.current", figures))
        return 0
    _say(Message("db.outdated", figures), err=True)
    return 1


def _say(words: Message, *, err: bool = False) -> None:
    click.echo(all_texts().say(words, language()), err=err)
