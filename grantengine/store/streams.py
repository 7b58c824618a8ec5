"""Long results in order of their keys, a page at a time, so that a million rows take no more memory than a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, tuple_
from sqlalchemy.orm import Session

from grantengine.store.base import Base


class Unreadable(SimpleNamespace):
    """A row with a value that is none of its column's type, as someone may have written past us; its keys are here."""


class Stream:
    """The rows of a query in the order of ``keys``, columns of it by name; the first key is what :meth:`take` asks for."""

    def __init__(self, session: Session, query: Select[Any], keys: dict[str, ColumnElement[Any]], page: int) -> None:
        self._session, self._query, self._keys, self._page = session, query, keys, page
        self._rows = self._all()
        self._next = next(self._rows, None)
        self._by = next(iter(keys))

    @property
    def at(self) -> str | None:
        """The first key of the next row; None at the end."""
        return None if self._next is None else getattr(self._next, self._by)

    def take(self, key: str) -> Iterator[Any]:
        """The next rows, as long as they have this first key."""
        while self._next is not None and self.at == key:
            row, self._next = self._next, next(self._rows, None)
            yield row

    def rest(self) -> Iterator[Any]:
        """All rows that are left."""
        while self._next is not None:
            row, self._next = self._next, next(self._rows, None)
            yield row

    def _all(self) -> Iterator[Any]:
        columns = list(self._keys.values())
        query = self._query.order_by(*columns).limit(self._page)
        after: Sequence[Any] | None = None
        while True:
            here = query if after is None else query.where(_later(columns, after))
            page = self._fetch(here)
            yield from page
            if len(page) < self._page:
                return
            after = [getattr(page[-1], name) for name in self._keys]

    def _fetch(self, query: Select[Any]) -> list[Any]:
        try:
            return list(self._session.execute(query))
        except ValueError:
            return [self._one(row) for row in self._session.execute(query.with_only_columns(*self._labelled()))]

    def _one(self, keys: Any) -> Any:
        same = [column == getattr(keys, name) for name, column in self._keys.items()]
        try:
            return self._session.execute(self._query.where(and_(*same))).first()
        except ValueError:
            return Unreadable(**{name: getattr(keys, name) for name in self._keys})

    def _labelled(self) -> list[ColumnElement[Any]]:
        return [column.label(name) for name, column in self._keys.items()]


def _later(columns: Sequence[ColumnElement[Any]], after: Sequence[Any]) -> ColumnElement[bool]:
    return columns[0] > after[0] if len(columns) == 1 else tuple_(*columns) > tuple_(*after)


def stream(
    session: Session, columns: Mapping[str, Any], keys: Sequence[str], *where: ColumnElement[bool], page: int,
    beside: tuple[type[Base], ColumnElement[bool]] | None = None,
) -> Stream:  # fmt: skip
    """A stream of these columns by name, in the order of those named ``keys``.

    ``beside``: another table whose columns are among them, and on what; where it has no row they are None.
    """
    query = select(*(column.label(name) for name, column in columns.items())).where(*where)
    if beside is not None:
        query = query.outerjoin(*beside)
    return Stream(session, query, {name: columns[name] for name in keys}, page)
