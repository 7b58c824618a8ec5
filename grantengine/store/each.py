"""Conditions that are looked up for each row of a list by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, literal, literal_column, select


def at_most(number: int) -> ColumnElement[int]:
    """A limit as it is written: of one that is only given when it is asked, PostgreSQL thinks it to be a tenth of all rows
    once it plans a statement for good, and then reads tables whole.
    """
    return literal_column(str(int(number)), Integer)


def there_is(one: Select[Any]) -> ColumnElement[bool]:
    """Whether there is such a row beside that of the query around, found by its index for each row that is read.

    ``EXISTS`` says the same, but PostgreSQL may answer it by reading the whole table once, also for a list of fifty rows.
    """
    return one.with_only_columns(literal(1)).limit(at_most(1)).scalar_subquery().is_not(None)


def there_is_where(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same of what these conditions are about."""
    return there_is(select(literal(1)).where(*conditions))
