"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, String, text
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 26
# Ids are compared by their bytes: a Norwegian collation would sort «aa» after «z».
ID = String(ID_LENGTH).with_variant(String(ID_LENGTH, collation="C"), "postgresql")
KEY = String(80).with_variant(String(80, collation="C"), "postgresql")
DIGEST = String(64)
# JSON and not JSONB: what was written is read back letter by letter, which digests rely on.
DOCUMENT = JSON(none_as_null=True)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, to the microsecond; a time without zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def refers(column: str) -> ForeignKey:
    """A foreign key, checked when the transaction ends, so that rows may be written in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def only(name: str, column: str, where: str) -> Index:
    """A column that may hold a value once among the rows where this is so."""
    return Index(name, column, unique=True, sqlite_where=text(where), postgresql_where=text(where))
