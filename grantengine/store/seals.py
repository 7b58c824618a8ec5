"""Seals: the heads of all chains that have grown, bound together, so that a chain rewritten or removed whole shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, literal, select, text
from sqlalchemy.orm import Session

from grantengine.store.chains import NOTHING_BEFORE
from grantengine.store.streams import Stream, stream
from grantengine.store.tables.operations import AuditHead, AuditSeal, SealedHead

HEADS_A_PAGE = 1000


def last_seal(session: Session) -> AuditSeal | None:
    """The seal made last."""
    return session.scalar(select(AuditSeal).order_by(AuditSeal.place.desc()).limit(1))


def seal(session: Session, at: datetime) -> AuditSeal | None:
    """Seal the heads that have grown since they were sealed last; None where none has. Others wait until it is done."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("lock table audit_seals in exclusive mode"))
    last = last_seal(session)
    place, previous = (last.place + 1, last.hash) if last else (1, NOTHING_BEFORE)
    sealed = select(SealedHead.place).where(
        SealedHead.aggregate == AuditHead.aggregate,
        SealedHead.aggregate_id == AuditHead.aggregate_id,
        SealedHead.place >= AuditHead.place,
    )
    grown = select(literal(place), AuditHead.aggregate, AuditHead.aggregate_id, AuditHead.place, AuditHead.hash).where(
        ~sealed.exists()
    )
    # One statement: the heads as they are at one moment, however many they are.
    session.execute(insert(SealedHead).from_select(["seal", "aggregate", "aggregate_id", "place", "hash"], grown))
    chains = session.scalar(select(func.count()).where(SealedHead.seal == place)) or 0
    if not chains:
        return None
    digest = digest_of_heads(heads_in_seals(session, SealedHead.seal == place).rest())
    made = AuditSeal(
        place=place, at=at, chains=chains, previous=previous, hash=seal_hash(place, at, chains, previous, digest)
    )
    session.add(made)
    return made


def heads_in_seals(session: Session, *where: Any) -> Stream:
    """Sealed heads by seal, and in each by chain."""
    columns = {column.key: column for column in SealedHead.__table__.columns}
    return stream(session, columns, ("seal", "aggregate", "aggregate_id"), *where, page=HEADS_A_PAGE)


def digest_of_heads(heads: Iterable[Any]) -> str:
    """SHA-256 over the heads in a seal, a line of JSON each, in order of kind and id."""
    digest = hashlib.sha256()
    for head in heads:
        digest.update(_line([head.aggregate, head.aggregate_id, head.place, head.hash]))
    return digest.hexdigest()


def seal_hash(place: int, at: datetime, chains: int, previous: str, heads: str) -> str:
    """SHA-256 over what a seal says, the digest of its heads, and the hash of the seal before."""
    return hashlib.sha256(_line([place, at.astimezone(UTC).isoformat(), chains, previous, heads])).hexdigest()


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
