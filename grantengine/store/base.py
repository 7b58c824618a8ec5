"""What all rows share, and what an audited row says of itself."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import MetaData, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

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
    change, so that a digest of what has been erased says nothing of it.
    """

    aggregate: ClassVar[str]
    part_of: ClassVar[str] = "id"

    salt: Mapped[str] = mapped_column(init=False, default="")


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
    """SHA-256 of the values in canonical JSON; the salt is one of them."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(type(value).__name__)
