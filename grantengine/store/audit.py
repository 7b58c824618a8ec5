"""The audit trail: one chain of events for each aggregate, each event bound to the one before it by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from grantengine.errors import StoreError
from grantengine.store.base import Audited, Base, chain_of, digest_of, key_of, values_of
from grantengine.store.chains import NOTHING_BEFORE
from grantengine.store.tables.decisions import BudgetPart
from grantengine.store.tables.operations import (
    AuditDetail,
    AuditEvent,
    AuditHead,
    AuditSeal,
    Job,
    OutboxMessage,
    PersonalRead,
    SealedHead,
)
from grantengine.store.tables.queues import SavedView
from grantengine.store.tables.schemes import CallAlertTold, CallResults
from grantengine.store.tables.sign_in import Tries, UserSession

OPERATIONAL = (
    BudgetPart, OutboxMessage, Job, AuditEvent, AuditDetail, AuditHead, AuditSeal, SealedHead, PersonalRead, CallAlertTold,
    CallResults, UserSession, Tries, SavedView,
)  # fmt: skip
"""Rows that may be written without an event: they carry out or sum up what another event has told, are a record
themselves, or are of use to one person alone.
"""

Chain = tuple[str, str]
MOST_AT_ONCE = 500
"""Chains in one statement."""


@dataclass
class Change:
    """The digest of a row before and after; None where there was, or is, no such row."""

    before: str | None
    after: str | None


@dataclass
class Told:
    """An event as a service tells it, before it has a place in its chain."""

    verb: str
    details: Mapping[str, Any]


@dataclass
class Changes:
    """What a transaction changes in the rows of each aggregate, and what it says of it."""

    rows: dict[Chain, dict[tuple[str, str], Change]] = field(default_factory=dict)
    told: dict[Chain, list[Told]] = field(default_factory=dict)
    unaudited: set[str] = field(default_factory=set)

    def tell(self, chain: Chain, verb: str, details: Mapping[str, Any]) -> None:
        """Note that an event of this name is to be written."""
        self.told.setdefault(chain, []).append(Told(verb, details))

    def note(self, session: Session, new_salt: Any) -> None:
        """Note every row that is about to be written, and draw its new salt."""
        for row in session.new:
            self._note(row, None, new_salt)
        for row in session.dirty:
            if session.is_modified(row):
                self._note(row, _digest_before(row), new_salt)
        for row in session.deleted:
            if isinstance(row, Audited):
                self._change(row, _digest_before(row), None)

    def _note(self, row: Any, before: str | None, new_salt: Any) -> None:
        if isinstance(row, Audited):
            row.salt = new_salt()
            self._change(row, before, digest_of(values_of(row)))
        elif not isinstance(row, OPERATIONAL):
            self.unaudited.add(type(row).__name__)

    def _change(self, row: Audited, before: str | None, after: str | None) -> None:
        rows = self.rows.setdefault(chain_of(row), {})
        known = rows.get(key_of(row))
        rows[key_of(row)] = Change(known.before if known else before, after)

    def check(self) -> None:
        """Every changed aggregate has an event.

        :raises StoreError: ``audit-untold``: a service changes something without saying so, a mistake of ours.
        """
        silent = sorted(f"{kind} {id}" for kind, id in self.rows if (kind, id) not in self.told)
        if silent or (self.unaudited and not self.told):
            raise StoreError("audit-untold", what=", ".join(silent or sorted(self.unaudited)))


def _digest_before(row: Any) -> str:
    state = inspect(row)
    values = {}
    for attribute in inspect(type(row)).column_attrs:
        history = state.attrs[attribute.key].history
        values[attribute.key] = (history.deleted or history.unchanged or (None,))[0]
    return digest_of(values)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made the events of a transaction, and when."""

    at: datetime
    actor_kind: str
    actor_id: str | None


def append_events(session: Session, changes: Changes, by: Signature, new_id: Any, new_salt: Any) -> None:
    """Write the events told of, each at the end of its chain; chains in order, so that no two wait for each other."""
    heads = _heads(session, sorted(changes.told))
    for chain in sorted(changes.told):
        head = heads.get(chain)
        if head is None:
            head = AuditHead(aggregate=chain[0], aggregate_id=chain[1], place=0, hash=NOTHING_BEFORE)
            session.add(head)
        told = changes.told[chain]
        rows = changes.rows.get(chain, {})
        for index, one in enumerate(told):
            # What changed goes with the last event: the digests are those at the end of the transaction.
            listed = _listed(rows) if index == len(told) - 1 else []
            event = _event(session, chain, head, one, by, listed, new_id(), new_salt)
            head.place, head.hash = event.place, event.hash
            session.add(event)


def _heads(session: Session, chains: Sequence[Chain]) -> dict[Chain, AuditHead]:
    """Where these chains end, locked in their order: many in one statement, as all cases of a call may be decided at once."""
    found: dict[Chain, AuditHead] = {}
    for kind, some in groupby(chains, lambda chain: chain[0]):
        ids = [id for _, id in some]
        for start in range(0, len(ids), MOST_AT_ONCE):
            rows = select(AuditHead).where(
                AuditHead.aggregate == kind, AuditHead.aggregate_id.in_(ids[start : start + MOST_AT_ONCE])
            )
            locked = rows.order_by(AuditHead.aggregate_id).with_for_update().execution_options(populate_existing=True)
            found |= {(head.aggregate, head.aggregate_id): head for head in session.scalars(locked)}
    return found


def _listed(rows: Mapping[tuple[str, str], Change]) -> list[Any]:
    return [[table, key, change.before, change.after] for (table, key), change in sorted(rows.items())]


def _event(
    session: Session,
    chain: Chain,
    head: AuditHead,
    told: Told,
    by: Signature,
    listed: list[Any],
    id: str,
    new_salt: Any,
) -> AuditEvent:
    digest = None
    if told.details:
        salt = new_salt()
        digest = details_digest(salt, told.details)
        session.add(AuditDetail(event_id=id, salt=salt, body=dict(told.details)))
    event = AuditEvent(
        id=id, aggregate=chain[0], aggregate_id=chain[1], place=head.place + 1, at=by.at, actor_kind=by.actor_kind,
        actor_id=by.actor_id, verb=told.verb, details_digest=digest, changes=listed, previous=head.hash, hash="",
    )  # fmt: skip
    event.hash = hash_of(event)
    return event


def details_digest(salt: str, body: Mapping[str, Any]) -> str:
    """The salted digest of an event's words."""
    return digest_of({"salt": salt, **{f"body.{name}": value for name, value in body.items()}})


def hash_of(event: Any, place: int | None = None) -> str:
    """SHA-256 over everything an event says (a row, or a line of a query), and the hash of the one before it.

    ``place``: as if it stood there.
    """
    content = [
        event.id, event.aggregate, event.aggregate_id, event.place if place is None else place,
        event.at.astimezone(UTC).isoformat(), event.actor_kind, event.actor_id, event.verb, event.details_digest,
        event.changes, event.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def events_of(session: Session, chain: Chain) -> list[AuditEvent]:
    """The events of one aggregate, oldest first."""
    found = select(AuditEvent).where(AuditEvent.aggregate == chain[0], AuditEvent.aggregate_id == chain[1])
    return list(session.scalars(found.order_by(AuditEvent.place)))


def details_of(session: Session, events: Iterable[AuditEvent]) -> dict[str, dict[str, Any]]:
    """The words of these events by event id, where they have not been erased."""
    ids = [event.id for event in events]
    rows = session.scalars(select(AuditDetail).where(AuditDetail.event_id.in_(ids)))
    return {row.event_id: row.body for row in rows if row.body is not None}


def audited_classes() -> list[type[Audited]]:
    """The classes of all audited rows."""
    return [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Audited)]
