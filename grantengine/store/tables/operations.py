"""What the system does for itself: messages to send, work to do, settings, and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import DIGEST, ID, KEY, refers


class OutboxMessage(Base, kw_only=True):
    """A message to deliver at least once; its id is its mark, by which a repeat is recognised.

    ``claimed_until`` keeps other workers away while one sends it; ``sent_at`` or ``given_up_at`` ends it. ``attachments`` are
    files that go with it: ``{"file_name", "media_type", "content"}``, the content in base64. ``reply_to`` is the address of a
    person who wrote it.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due_at_id", "due_at", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    reply_to: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str]
    template: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[Any] | None] = mapped_column(default=None)
    about: Mapped[str | None] = mapped_column(ID, default=None, index=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    given_up_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(default=None)


class Job(Base, kw_only=True):
    """Work to do in the background, such as asking a source again. ``done`` counts steps of ``steps``.

    ``key`` is unique among jobs that wait: the same work is never queued twice.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due_at_id", "due_at", "id"), UniqueConstraint("kind", "key"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    key: Mapped[str] = mapped_column(KEY)
    params: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    steps: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(default=None)


class Setting(Audited, Base, kw_only=True):
    """A setting of an authority, by name."""

    __tablename__ = "settings"
    aggregate = "authority"
    part_of = "authority_id"

    authority_id: Mapped[str] = mapped_column(ID, refers("authorities.id"), primary_key=True)
    name: Mapped[str] = mapped_column(KEY, primary_key=True)
    value: Mapped[dict[str, Any]]


class AuditEvent(Base, kw_only=True):
    """One change to an aggregate: who, when, what, and digests of the rows before and after.

    ``changes`` lists ``[table, key, digest before or null, digest after or null]``. ``hash`` covers everything here and
    the hash of the event before in the same chain. The database refuses to change or remove a row.
    """

    __tablename__ = "audit_events"
    __table_args__ = (UniqueConstraint("aggregate", "aggregate_id", "place"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    aggregate: Mapped[str] = mapped_column(KEY)
    aggregate_id: Mapped[str] = mapped_column(ID)
    place: Mapped[int]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str | None] = mapped_column(ID, index=True)
    verb: Mapped[str]
    details_digest: Mapped[str | None] = mapped_column(DIGEST)
    changes: Mapped[list[Any]]
    previous: Mapped[str] = mapped_column(DIGEST)
    hash: Mapped[str] = mapped_column(DIGEST)


class AuditDetail(Base, kw_only=True):
    """The words of an event, such as a reason; the event keeps a salted digest of them.

    They may be erased (None), and their salt with them; the database lets nothing else of a row change.
    """

    __tablename__ = "audit_details"

    event_id: Mapped[str] = mapped_column(ID, primary_key=True)
    salt: Mapped[str]
    body: Mapped[dict[str, Any] | None]


class AuditHead(Base, kw_only=True):
    """The last event of each chain."""

    __tablename__ = "audit_heads"

    aggregate: Mapped[str] = mapped_column(KEY, primary_key=True)
    aggregate_id: Mapped[str] = mapped_column(ID, primary_key=True)
    place: Mapped[int]
    hash: Mapped[str] = mapped_column(DIGEST)


class AuditSeal(Base, kw_only=True):
    """The heads of all chains that had grown since the seal before; ``hash`` covers them and that seal's hash."""

    __tablename__ = "audit_seals"

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    chains: Mapped[int]
    previous: Mapped[str] = mapped_column(DIGEST)
    hash: Mapped[str] = mapped_column(DIGEST)


class SealedHead(Base, kw_only=True):
    """One head in a seal."""

    __tablename__ = "audit_sealed_heads"
    __table_args__ = (Index("ix_audit_sealed_heads_chain", "aggregate", "aggregate_id", "seal"),)

    seal: Mapped[int] = mapped_column(refers("audit_seals.place"), primary_key=True)
    aggregate: Mapped[str] = mapped_column(KEY, primary_key=True)
    aggregate_id: Mapped[str] = mapped_column(ID, primary_key=True)
    place: Mapped[int]
    hash: Mapped[str] = mapped_column(DIGEST)


class PersonalRead(Base, kw_only=True):
    """Someone of the authority has read what an application says. Rows are added, and removed when they are old.

    ``what`` is ``application``, ``revision``, ``attachment``, ``export``, ``threads``, ``assessments``, ``letter`` or
    ``appeal``; ``subject`` says which one of them.
    """

    __tablename__ = "personal_reads"
    __table_args__ = (Index("ix_personal_reads_of", "application_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    what: Mapped[str]
    subject: Mapped[str | None] = mapped_column(default=None)
