"""What all rows share, and what an audited row says of itself."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import MetaData, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, declared_attr, mapped_column

from grantengine.store.columns import DOCUMENT, Instant

# Names of constraints are ours, so that migrations can name them on every database.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of all rows."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: DOCUMENT,
        list[Any]: DOCUMENT,
        list[str]: DOCUMENT,
    }


class Audited(MappedAsDataclass, kw_only=True):
    """A row whose every change is told in the audit trail of its aggregate.

    ``aggregate`` names the kind of aggregate, ``part_of`` the attribute with its id. ``salt`` is drawn anew at each
    change, so that a digest of what has been erased says nothing of it. It also tells that nobody has changed the row
    since it was read: a change that is built on what is no longer there is refused, and not told wrongly.
    """

    aggregate: ClassVar[str]
    part_of: ClassVar[str] = "id"

    salt: Mapped[str] = mapped_column(init=False, default="")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - called with the class
        return {"version_id_col": cls.salt, "version_id_generator": False}


def chain_of(row: Audited) -> tuple[str, str]:
    """The aggregate whose audit trail tells of ``row``: its kind and id."""
    return row.aggregate, getattr(row, row.part_of)


def key_of(row: Audited) -> tuple[str, str]:
    """The table of ``row`` and its primary key as text."""
    mapper = inspect(type(row))
    return str(mapper.local_table), "/".join(str(getattr(row, column.key)) for column in mapper.primary_key)


def values_of(row: Audited) -> dict[str, Any]:
    """All values of ``row`` by column, as they are now."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


def digest_of(values: dict[str, Any]) -> str:
    """SHA-256 of the values in canonical JSON; the salt is one of them.

    What is not there (None) is left out: a column that comes later changes no digest told before.
    """
    there = {name: value for name, value in values.items() if value is not None}
    text = json.dumps(there, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(type(value).__name__)
