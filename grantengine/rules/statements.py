"""Queries that a process asks again and again: planned once in each thread, which takes far longer than to answer one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import duckdb

MOST_PLANNED = 200
"""Queries that a thread keeps planned."""
MOST_SEEN = 2_000
"""Queries of which it is remembered that they were asked before."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a row is read from: a query with ``$1``, ``$2``, and so on, and SQL literals for these."""

    query: str
    literals: tuple[str, ...]


class Statements:
    """The planned queries of a connection. Safe to share between threads: each has a cursor of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection, self._numbers = connection, count()
        self._here = threading.local()

    def was_asked(self, query: str) -> bool:
        """Whether this thread has asked whether it was asked: what is asked once only is not worth a plan that is kept."""
        seen: dict[int, None] = self._here.__dict__.setdefault("seen", {})
        if hash(query) in seen:
            return True
        if len(seen) >= MOST_SEEN:
            seen.clear()
        seen[hash(query)] = None
        return False

    def ask(self, query: str, literals: Sequence[str]) -> duckdb.DuckDBPyConnection:
        """The cursor with the answer to a query, which is to be fetched before the thread asks the next."""
        here = self._here.__dict__
        if "cursor" not in here:
            here["cursor"], here["names"] = self._connection.cursor(), {}
        cursor: duckdb.DuckDBPyConnection = here["cursor"]
        names: dict[str, str] = here["names"]
        name = names.pop(query, None)
        if name is None:
            name = f"asked_{next(self._numbers)}"
            cursor.execute(f"prepare {name} as {query}")
        names[query] = name  # what was used last stands last
        if len(names) > MOST_PLANNED:
            cursor.execute(f"deallocate {names.pop(next(iter(names)))}")
        return cursor.execute(f"execute {name}({', '.join(literals)})")


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"
