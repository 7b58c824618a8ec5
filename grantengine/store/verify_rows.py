"""Rows are compared with what the audit trail tells of them, and files with their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from grantengine.store.base import Audited, digest_of
from grantengine.store.findings import AuditFinding
from grantengine.store.streams import Stream, Unreadable, stream
from grantengine.store.tables.applications import Attachment, AttachmentContent
from grantengine.store.tables.people import OneTimeLink

ROWS_A_PAGE = 100
"""Few: a row may hold a whole application."""

Key = tuple[str, str]


class RowStream:
    """The rows of a table that belong to aggregates of one kind, by the id of the aggregate."""

    def __init__(self, session: Session, cls: type[Audited], kind: str) -> None:
        self.session = session
        mapper = inspect(cls)
        self.table = str(mapper.local_table)
        self.is_files = cls is Attachment
        self._key = [column.key for column in mapper.primary_key]
        columns = {attribute.key: attribute.columns[0] for attribute in mapper.column_attrs}
        where = [OneTimeLink.chain == kind] if cls is OneTimeLink else []
        self._part_of = cls.part_of
        self._names = list(columns)
        keys = dict.fromkeys((cls.part_of, *self._key))
        self._stream: Stream = stream(session, columns, list(keys), *where, page=ROWS_A_PAGE)

    @property
    def at(self) -> str | None:
        """The aggregate of the next row; None at the end."""
        return self._stream.at

    def take(self, id: str) -> Iterator[tuple[Key, str | None, Any]]:
        """The next rows of this aggregate: key, digest of what it says now, the row."""
        for row in self._stream.take(id):
            key = self.table, "/".join(str(getattr(row, name)) for name in self._key)
            yield key, None if isinstance(row, Unreadable) else self._digest(row), row

    def skip(self, id: str) -> None:
        """Pass over the rows of this aggregate."""
        for _ in self._stream.take(id):
            pass

    def _digest(self, row: Any) -> str | None:
        try:
            return digest_of({name: row._mapping[name] for name in self._names})
        except (TypeError, ValueError):
            return None


class Told:
    """The last digest that a chain tells of each row, and at which place."""

    def __init__(self) -> None:
        self._last: dict[Key, tuple[str | None, int]] = {}
        self._broken: list[tuple[Key, int]] = []

    def hear(self, changes: Any, place: int) -> None:
        """Take what an event says of rows. What it says of the time before must be what was told last."""
        for change in changes if isinstance(changes, list) else ():
            if not isinstance(change, list) or len(change) != 4:
                continue
            table, id, before, after = change
            key = str(table), str(id)
            known = self._last.get(key)
            if (known[0] if known else None) != before:
                self._broken.append((key, known[1] if known else place))
            self._last[key] = after, place

    def compare(self, chain: tuple[str, str], rows: RowStream) -> Iterator[AuditFinding]:
        """The rows of a table as they are now."""
        for key, digest, row in rows.take(chain[1]):
            told, place = self._last.pop(key, (None, 0))
            if told is None:
                yield AuditFinding("audit-row-inserted", chain, place, {"row": _name(key)})
            elif told != digest:
                yield AuditFinding("audit-row-changed", chain, place, {"row": _name(key)})
            elif rows.is_files:
                yield from _file(rows.session, chain, place, row)

    def left(self, chain: tuple[str, str]) -> Iterator[AuditFinding]:
        """Rows that were told of and are not there, and rows that were changed in between."""
        for key, (told, place) in sorted(self._last.items()):
            if told is not None:
                yield AuditFinding("audit-row-removed", chain, place, {"row": _name(key)})
        for key, place in self._broken:
            yield AuditFinding("audit-row-changed", chain, place, {"row": _name(key)})


def _name(key: Key) -> str:
    return " ".join(key)


def _file(session: Session, chain: tuple[str, str], place: int, row: Any) -> Iterator[AuditFinding]:
    """The bytes of a file; one that was erased has no digest and no bytes."""
    content = session.scalar(select(AttachmentContent.content).where(AttachmentContent.attachment_id == row.id))
    params = {"row": f"attachment_contents {row.id}"}
    if content is None:
        if row.content_digest:
            yield AuditFinding("audit-file-removed", chain, place, params)
    elif hashlib.sha256(content).hexdigest() != row.content_digest:
        yield AuditFinding("audit-file-changed", chain, place, params)


def lost_files(session: Session) -> Iterator[AuditFinding]:
    """Bytes that no attachment tells of."""
    there = select(Attachment.id).where(Attachment.id == AttachmentContent.attachment_id).exists()
    for id in session.scalars(select(AttachmentContent.attachment_id).where(~there).order_by("attachment_id")):
        yield AuditFinding("audit-file-inserted", ("attachment", id), 0, {"row": f"attachment_contents {id}"})
