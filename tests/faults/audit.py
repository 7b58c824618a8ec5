"""Whether the audit trail holds, reckoned apart from the code that writes it and the service that verifies it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from grantengine.bootstrap import Engine
from grantengine.records import By
from grantengine.services.verify_audit import verify_audit
from grantengine.store.audit import audited_classes, details_digest, hash_of
from grantengine.store.base import chain_of, digest_of, key_of, values_of
from grantengine.store.tables.operations import AuditDetail, AuditEvent, AuditHead

NOTHING_BEFORE = "0" * 64


def audit_findings(engine: Engine, of: Collection[str] | None = None) -> list[str]:
    """What is wrong in the chains of these aggregates (ids; None: all) and in the rows that they tell of.

    Where all are looked at, what the service finds counts as well.
    """
    found = (
        [] if of is not None else [str(one) for one in verify_audit(engine, By("system", None, engine.now())).findings]
    )
    with engine.store.read() as reading:
        session = reading.session
        mine = () if of is None else (AuditEvent.aggregate_id.in_(sorted(of)),)
        events = session.scalars(
            select(AuditEvent).where(*mine).order_by(AuditEvent.aggregate, AuditEvent.aggregate_id, AuditEvent.place)
        )
        chains: dict[tuple[str, str], list[AuditEvent]] = defaultdict(list)
        for event in events:
            chains[event.aggregate, event.aggregate_id].append(event)
        heads = {(head.aggregate, head.aggregate_id): head for head in session.scalars(select(AuditHead))}
        details = {one.event_id: one for one in session.scalars(select(AuditDetail))}
        told: dict[tuple[str, str, str, str], str | None] = {}
        for chain, links in chains.items():
            place, previous = 0, NOTHING_BEFORE
            for event in links:
                place += 1
                detail = details.get(event.id)
                digest = details_digest(detail.salt, detail.body) if detail and detail.body is not None else None
                if (event.place, event.previous, event.hash, event.details_digest) != (
                    place, previous, hash_of(event), digest,
                ):  # fmt: skip
                    found.append(f"event {event.id} of {chain} does not fit")
                previous = event.hash
                for table, key, before, after in event.changes:
                    if told.get((*chain, table, key)) != before:
                        found.append(f"event {event.id} of {chain} tells of another {table} {key}")
                    told[*chain, table, key] = after
            head = heads.pop(chain, None)
            if head is None or (head.place, head.hash) != (place, previous):
                found.append(f"the head of {chain} is not its last event")
        if of is None:
            found += [f"no event of {chain}" for chain in heads]
        for cls in audited_classes():
            part_of = getattr(cls, cls.part_of)
            for row in session.scalars(select(cls).where(*() if of is None else (part_of.in_(sorted(of)),))):
                if told.pop((*chain_of(row), *key_of(row)), "none") != digest_of(values_of(row)):
                    found.append(f"{key_of(row)} is not what was told")
    return found + [f"{key} is gone" for key, digest in told.items() if digest is not None]
