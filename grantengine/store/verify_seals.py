"""The seals themselves: each as it was made, all of them there, in order, and one that was noted elsewhere among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session

from grantengine.store.chains import Head, Link, diagnose
from grantengine.store.findings import SEALS, AuditFinding, finding_of
from grantengine.store.seals import digest_of_heads, heads_in_seals, seal_hash
from grantengine.store.streams import Unreadable, stream
from grantengine.store.tables.operations import AuditSeal

NEAR = 50
"""How far from where it stands a seal is looked for."""
NO_HEADS = digest_of_heads(())


class CountsSeals(Protocol):
    """What counts the seals that have been walked."""

    seals: int


def check_seals(session: Session, counted: CountsSeals, expected: Sequence[str]) -> Iterator[AuditFinding]:
    """Every fault of the chain of seals; ``expected`` are hashes of seals that must be there."""
    columns = {column.key: column for column in AuditSeal.__table__.columns}
    seals = list(stream(session, columns, ("place",), page=1000).rest())
    counted.seals = len(seals)
    digests = _digests(session)
    links = [
        Link(seal.place, str(getattr(seal, "hash", "")), str(getattr(seal, "previous", "")), _original(seal, digests))
        for seal in seals
    ]
    head = Head(max(digests, default=0))
    for fault in diagnose(links, head if head.place else None):
        yield finding_of(fault, SEALS)
    there = {link.hash for link in links}
    for hash in expected:
        if hash not in there:
            yield AuditFinding("audit-seal-unknown", SEALS, 0, {"hash": hash})


def _digests(session: Session) -> dict[int, str]:
    """The digest of the heads in each seal; one seal is in memory as a page at a time."""
    heads = heads_in_seals(session)
    found: dict[int, str] = {}
    while (number := heads.at) is not None:
        found[int(number)] = digest_of_heads(heads.take(number))
    return found


def _original(seal: Any, digests: dict[int, str]) -> int | None:
    if isinstance(seal, Unreadable):
        return None
    here = digests.get(seal.place, NO_HEADS)
    if _fits(seal, seal.place, here):
        return int(seal.place)
    for step in range(1, NEAR + 1):
        for place in (seal.place - step, seal.place + step):
            if any(_fits(seal, place, digest) for digest in (here, digests.get(place, NO_HEADS))):
                return int(place)
    return None


def _fits(seal: Any, place: int, heads: str) -> bool:
    return bool(seal_hash(place, seal.at, seal.chains, seal.previous, heads) == seal.hash)
