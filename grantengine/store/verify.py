"""The whole audit trail is walked, chain by chain, and compared with the rows that it tells of and with the seals."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from grantengine.store.audit import audited_classes, details_digest, hash_of
from grantengine.store.base import Audited
from grantengine.store.chains import NOTHING_BEFORE, Head, Link, diagnose
from grantengine.store.findings import AuditFinding, finding_of
from grantengine.store.streams import Stream, Unreadable, stream
from grantengine.store.tables.operations import AuditDetail, AuditEvent, AuditHead, SealedHead
from grantengine.store.tables.people import OneTimeLink
from grantengine.store.verify_rows import RowStream, Told, lost_files
from grantengine.store.verify_seals import check_seals

Chain = tuple[str, str]
EVENTS_A_PAGE = 1000
ERASURES = frozenset({"application-erased", "user-erased"})
"""Events after which the words of all earlier events in the chain may be gone."""
WORDS_ERASED = "words-erased"
"""The event after which the words of those earlier events may be gone that it names by their places."""
MOST_TRIES = 200_000
"""How many places are tried in all for events that do not fit where they stand."""
NEAR = 1000
"""How far from where it stands an event is looked for."""


@dataclass
class Counted:
    """How much has been walked."""

    events: int = 0
    chains: int = 0
    seals: int = 0


def verify(session: Session, counted: Counted, expected: Sequence[str] = ()) -> Iterator[AuditFinding]:
    """Everything that is not as it was written; ``expected`` are hashes of seals that must be there.

    To be walked in one transaction that sees one moment. Memory: a page of events, a page of rows of each table, and
    the digests of one aggregate.
    """
    for kind in _kinds(session):
        yield from _Walk(session, counted, kind).findings()
    yield from lost_files(session)
    yield from check_seals(session, counted, expected)


def _kinds(session: Session) -> list[str]:
    """Kinds of aggregates: those we know, and those that someone may have written of."""
    known = {cls.aggregate for cls in audited_classes() if cls is not OneTimeLink}
    columns = (AuditEvent.aggregate, AuditHead.aggregate, SealedHead.aggregate, OneTimeLink.chain)
    return sorted(known.union(*(session.scalars(select(column).distinct()) for column in columns)))


class _Walk:
    """All chains of one kind: events, details, heads, seals and rows side by side, in the order of the aggregates' ids."""

    def __init__(self, session: Session, counted: Counted, kind: str) -> None:
        self.session, self.counted, self.kind = session, counted, kind
        self.tries = count()
        self.events = _events(session, AuditEvent.aggregate == kind)
        self.heads = _heads(session, AuditHead.aggregate == kind)
        self.sealed = _sealed(session, SealedHead.aggregate == kind)
        self.rows = [RowStream(session, cls, kind) for cls in audited_classes() if _belongs(cls, kind)]

    def findings(self) -> Iterator[AuditFinding]:
        while True:
            streams: list[Stream | RowStream] = [self.events, self.heads, self.sealed, *self.rows]
            ids = [one.at for one in streams if one.at is not None]
            if not ids:
                return
            self.counted.chains += 1
            yield from self._chain((self.kind, min(ids)))

    def _chain(self, chain: Chain) -> Iterator[AuditFinding]:
        head = next((Head(_number(one.place), one.hash) for one in self.heads.take(chain[1])), None)
        sealed = list(self.sealed.take(chain[1]))
        trail = _Trail(chain, {one.place for one in sealed})
        for event in self.events.take(chain[1]):
            self.counted.events += 1
            trail.follow(event)
        if trail.place == 0 and (head or sealed):
            last = max([one.place for one in sealed] + ([head.place] if head else []))
            yield AuditFinding("audit-chain-removed", chain, last)
            for rows in self.rows:
                rows.skip(chain[1])
            return
        faults = self._faults(trail, head)
        yield from faults
        yield from _against_seals(trail, sealed, faults)
        yield from trail.details()
        for rows in self.rows:
            if not trail.broken:  # else what it tells of rows can not be trusted
                yield from trail.told.compare(chain, rows)
            rows.skip(chain[1])
        if not trail.broken:
            yield from trail.told.left(chain)

    def _faults(self, trail: _Trail, head: Head | None) -> list[AuditFinding]:
        if head is None:
            missing = [AuditFinding("audit-head-missing", trail.chain, trail.place)] if trail.place else []
            return missing + (self._diagnosed(trail, None) if trail.broken else [])
        if trail.broken or (head.place, head.hash) != (trail.place, trail.hash):
            trail.broken = trail.broken or head.place != trail.place
            return self._diagnosed(trail, head)
        return []

    def _diagnosed(self, trail: _Trail, head: Head | None) -> list[AuditFinding]:
        """What is wrong with a chain that is known not to hold: read once more, a link at a time."""
        kind, id = trail.chain
        top = max(trail.place, head.place if head else 0)
        again = _events(self.session, AuditEvent.aggregate == kind, AuditEvent.aggregate_id == id)
        links = [
            Link(
                _number(event.place), str(getattr(event, "hash", "")), str(getattr(event, "previous", "")),
                self._original(event, top),
            )
            for event in again.rest()
        ]  # fmt: skip
        return [finding_of(fault, trail.chain) for fault in diagnose(links, head)]

    def _original(self, event: Any, top: int) -> int | None:
        """The place for which the hash of an event is right."""
        if isinstance(event, Unreadable):
            return None
        if hash_of(event) == event.hash:
            return _number(event.place)
        if not isinstance(event.place, int):
            return None
        for step in range(1, min(NEAR, top) + 1):
            for place in (event.place - step, event.place + step):
                if next(self.tries) > MOST_TRIES:
                    return None
                if place > 0 and hash_of(event, place) == event.hash:
                    return int(place)
        return None


class _Trail:
    """One chain as it is followed: what it tells of rows, where it ends, and whether it holds so far."""

    def __init__(self, chain: Chain, sealed: Collection[int]) -> None:
        self.chain, self.place, self.hash, self.broken = chain, 0, NOTHING_BEFORE, False
        self.told = Told()
        self.hashes: dict[int, str] = {}  # of the places that are sealed
        self._sealed, self._erased_by = sealed, 0
        self._named: dict[int, int] = {}  # places whose words were erased one by one, and the place that says so
        self._blank: list[int] = []
        self._found: list[AuditFinding] = []

    def follow(self, event: Any) -> None:
        """Take the next event."""
        readable = not isinstance(event, Unreadable)
        follows = event.place == self.place + 1 and readable and event.previous == self.hash
        if not follows or hash_of(event) != event.hash:
            self.broken = True
        self.place = _number(event.place)
        if not readable:
            return
        self.hash = event.hash
        if self.place in self._sealed:
            self.hashes[self.place] = event.hash
        if event.verb in ERASURES:
            self._erased_by = self.place
        if event.verb == WORDS_ERASED:
            self._named |= dict.fromkeys(_places_of(event), self.place)
        if event.detail is not None and event.detail_body is None:
            self._blank.append(self.place)
        else:
            self._look_at(event)
        self.told.hear(event.changes, self.place)

    def _look_at(self, event: Any) -> None:
        told, there = event.details_digest is not None, event.detail is not None
        if told != there:
            code = "audit-detail-removed" if told else "audit-detail-inserted"
            self._found.append(AuditFinding(code, self.chain, self.place))
        elif told and _digest_of_words(event) != event.details_digest:
            self._found.append(AuditFinding("audit-detail-changed", self.chain, self.place))

    def details(self) -> Iterator[AuditFinding]:
        """What is wrong with the words of events. Words may be gone where a later event says that they were erased."""
        yield from self._found
        for place in self._blank:
            if place >= max(self._erased_by, self._named.get(place, 0)):
                yield AuditFinding("audit-detail-removed", self.chain, place)


def _places_of(event: Any) -> list[int]:
    """The places that an event names; none, where its words are not what was told, which is a finding of its own."""
    if event.details_digest is None or _digest_of_words(event) != event.details_digest:
        return []
    places = json.loads(event.detail_body).get("places")
    return [one for one in places if isinstance(one, int)] if isinstance(places, list) else []


def _digest_of_words(event: Any) -> str | None:
    try:
        return details_digest(event.detail_salt, json.loads(event.detail_body))
    except (AttributeError, TypeError, ValueError):
        return None


def _against_seals(trail: _Trail, sealed: Sequence[Any], faults: Sequence[AuditFinding]) -> Iterator[AuditFinding]:
    """What the seals say of a chain, but for places that something else has been found at."""
    for one in sealed:
        if any(found.place <= one.place < found.place + found.params.get("count", 1) for found in faults):
            continue
        if one.place not in trail.hashes:
            yield AuditFinding("audit-chain-short", trail.chain, one.place, {"seal": one.seal})
        elif trail.hashes[one.place] != one.hash:
            yield AuditFinding("audit-seal-differs", trail.chain, one.place, {"seal": one.seal})


def _events(session: Session, *where: Any) -> Stream:
    """Events with their words beside them; these as text, so that what is no JSON can be told of."""
    columns: dict[str, Any] = {column.key: column for column in AuditEvent.__table__.columns}
    columns |= {
        "detail": AuditDetail.event_id,
        "detail_salt": AuditDetail.salt,
        "detail_body": cast(AuditDetail.body, Text),
    }
    beside = AuditDetail, AuditDetail.event_id == AuditEvent.id
    return stream(session, columns, ("aggregate_id", "place", "id"), *where, page=EVENTS_A_PAGE, beside=beside)


def _heads(session: Session, *where: Any) -> Stream:
    columns = {column.key: column for column in AuditHead.__table__.columns}
    return stream(session, columns, ("aggregate_id",), *where, page=EVENTS_A_PAGE)


def _sealed(session: Session, *where: Any) -> Stream:
    columns = {column.key: column for column in SealedHead.__table__.columns}
    return stream(session, columns, ("aggregate_id", "seal"), *where, page=EVENTS_A_PAGE)


def _belongs(cls: type[Audited], kind: str) -> bool:
    return cls is OneTimeLink or cls.aggregate == kind


def _number(place: Any) -> int:
    return place if isinstance(place, int) else -1
