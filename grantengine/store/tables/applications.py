"""Applications: the working draft, revisions, attachments, partners, facts, checked values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import ID, KEY, refers


class ApplicationNumber(Base, kw_only=True):
    """Numbers of cases, each given once; the database counts, so that nobody waits for another."""

    __tablename__ = "application_numbers"
    __table_args__ = {"sqlite_autoincrement": True}

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True, init=False
    )
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), unique=True)


class Application(Audited, Base, kw_only=True):
    """One organisation's case in a call. ``status`` is one of those of the lifecycle.

    ``channel`` says how it was told: ``web``, ``oral`` or ``paper``. ``request_id`` is the sender's own mark of the
    request that began it, so that a repeat finds it. ``host_id`` receives the money where the applicant can not.
    ``submitted_at`` is when the submission arrived, before any lock; ``revision_id`` is what was submitted.
    ``erased_at`` is when everything that people wrote in it was erased.
    """

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("channel in ('web', 'oral', 'paper')", name="channel_known"),
        Index("ix_applications_call_id_id", "call_id", "id"),
        Index("ix_applications_queue", "call_id", "status", "submitted_at", "id"),
        Index("ix_applications_status_id", "status", "id"),
        Index("ix_applications_organisation_id_id", "organisation_id", "id"),
    )
    aggregate = "application"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[str] = mapped_column(KEY, unique=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    status: Mapped[str]
    strand: Mapped[str | None] = mapped_column(default=None)
    channel: Mapped[str] = mapped_column(default="web")
    request_id: Mapped[str | None] = mapped_column(KEY, unique=True, default=None)
    copied_from: Mapped[str | None] = mapped_column(ID, refers("applications.id"), default=None)
    host_id: Mapped[str | None] = mapped_column(ID, refers("organisations.id"), default=None)
    begun_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    revision_id: Mapped[str | None] = mapped_column(ID, default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)


class Draft(Audited, Base, kw_only=True):
    """What is being written. ``version`` grows with each save; ``author_id`` wrote last, ``revised_at`` is the last
    time that it was kept as a revision.
    """

    __tablename__ = "drafts"
    aggregate = "application"
    part_of = "application_id"

    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    author_id: Mapped[str] = mapped_column(ID, refers("users.id"))
    saved_at: Mapped[datetime]
    revised_at: Mapped[datetime]


class Revision(Audited, Base, kw_only=True):
    """A kept state of an application. The database lets nothing of it change but the erasure of its answers.

    ``cause`` is ``author`` (another one went on), ``kept`` (at the author's wish), ``interval``, ``submitted``,
    ``completed``, ``changed`` (the authority had asked) or ``registered``. ``draft_version`` is the version of the draft
    that it holds.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("application_id", "place"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    place: Mapped[int]
    cause: Mapped[str]
    draft_version: Mapped[int]
    answers: Mapped[dict[str, Any] | None]
    author_id: Mapped[str] = mapped_column(ID, refers("users.id"))
    kept_at: Mapped[datetime]


class Attachment(Audited, Base, kw_only=True):
    """A file with an application. ``scan`` is ``clean``, ``refused`` or ``unscanned``; its bytes lie beside it."""

    __tablename__ = "attachments"
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), index=True)
    question: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    content_digest: Mapped[str]
    scan: Mapped[str] = mapped_column(default="unscanned")
    added_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class AttachmentContent(Base, kw_only=True):
    """The bytes of an attachment; its row in ``attachments`` holds their digest."""

    __tablename__ = "attachment_contents"

    attachment_id: Mapped[str] = mapped_column(ID, refers("attachments.id"), primary_key=True)
    content: Mapped[bytes]


class Partner(Audited, Base, kw_only=True):
    """A partner of an application, with the invitation and its own answer.

    ``status`` is ``invited``, ``confirmed`` or ``declined``. ``task`` and ``amount`` (øre) are what the partner says.
    """

    __tablename__ = "partners"
    __table_args__ = (CheckConstraint("status in ('invited', 'confirmed', 'declined')", name="status_known"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), index=True)
    name: Mapped[str]
    organisation_number: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(default="nb")
    status: Mapped[str] = mapped_column(default="invited")
    task: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[int | None] = mapped_column(BigInteger, default=None)
    answered_as: Mapped[str | None] = mapped_column(default=None)
    invited_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class PlannedActivity(Audited, Base, kw_only=True):
    """An activity in what was submitted, so that others who plan the same near by can be told. Dates are ISO texts.

    ``ended_at`` is set when the application no longer stands, or says something else.
    """

    __tablename__ = "planned_activities"
    __table_args__ = (Index("ix_planned_activities_place", "municipality", "ends"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    name: Mapped[str]
    target_group: Mapped[str | None]
    municipality: Mapped[str | None]
    starts: Mapped[str | None]
    ends: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Fact(Audited, Base, kw_only=True):
    """What a source outside the application said, or that it could not be asked.

    ``values`` is None where the fact was not obtained; ``failure`` says why the source gave nothing when it was last asked,
    ``retry_at`` when it is asked again, and ``attempts`` how often in a row it gave nothing.
    ``entered_by`` is the handler who entered it, with ``source_note`` as its source.
    """

    __tablename__ = "facts"
    __table_args__ = (UniqueConstraint("application_id", "source"), Index("ix_facts_retry_at", "retry_at"))
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    source: Mapped[str] = mapped_column(KEY)
    values: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    raw: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    plugin: Mapped[str | None] = mapped_column(default=None)
    asked_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=1)
    failure: Mapped[str | None] = mapped_column(default=None)
    retry_at: Mapped[datetime | None] = mapped_column(default=None)
    entered_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    source_note: Mapped[str | None] = mapped_column(default=None)


class CheckedValue(Audited, Base, kw_only=True):
    """The handler's value of an answer, or of a figure of the scheme's ``checked`` list, with the reason."""

    __tablename__ = "checked_values"
    __table_args__ = (UniqueConstraint("application_id", "name"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    name: Mapped[str]
    value: Mapped[dict[str, Any]]
    reason: Mapped[str]
    set_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    set_at: Mapped[datetime]


class Extension(Audited, Base, kw_only=True):
    """A later deadline for one applicant in a call, with the reason. ``closes_at`` is the first instant too late."""

    __tablename__ = "extensions"
    __table_args__ = (Index("ix_extensions_of", "call_id", "organisation_id"),)
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    closes_at: Mapped[datetime]
    reason: Mapped[str]
    given_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    given_at: Mapped[datetime]


class EarlierGrant(Audited, Base, kw_only=True):
    """A grant given before, as imported or as decided here. ``report`` is ``none``, ``due``, ``overdue`` or ``delivered``.

    ``activity``, ``target_group``, ``municipality``, ``starts`` and ``ends`` (ISO dates) tell what it runs for.
    """

    __tablename__ = "earlier_grants"
    __table_args__ = (
        Index("ix_earlier_grants_place", "municipality", "ends"),
        Index("ix_earlier_grants_of", "authority_id", "id"),
    )
    aggregate = "authority"
    part_of = "authority_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    authority_id: Mapped[str] = mapped_column(ID, refers("authorities.id"))
    organisation_number: Mapped[str | None] = mapped_column(KEY, default=None, index=True)
    organisation_id: Mapped[str | None] = mapped_column(ID, refers("organisations.id"), default=None, index=True)
    scheme: Mapped[str]
    year: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    report: Mapped[str] = mapped_column(default="none")
    report_due: Mapped[str | None] = mapped_column(default=None)
    activity: Mapped[str | None] = mapped_column(default=None)
    target_group: Mapped[str | None] = mapped_column(default=None)
    municipality: Mapped[str | None] = mapped_column(default=None)
    starts: Mapped[str | None] = mapped_column(default=None)
    ends: Mapped[str | None] = mapped_column(default=None)
