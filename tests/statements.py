"""How many statements something sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event
from worlds import World


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that are sent within the block; where a transaction begins is none."""
    sent: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    bind = world.engine.store.database.engine
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
