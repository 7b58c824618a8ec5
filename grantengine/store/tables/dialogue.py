"""What is said after submission: threads, requests for changes, rounds, meetings, answers to all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import ID, KEY, only, refers


class Thread(Audited, Base, kw_only=True):
    """What is said about one field of one kept state of an application, or about a criterion, or about the whole.

    ``audience`` is ``applicant`` (both sides), ``authority`` (its own notes) or ``assessors`` (those who rate, and handlers).
    ``round_id`` is the scheme's name of the round in which it was opened.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("audience in ('applicant', 'authority', 'assessors')", name="audience_known"),
        Index("ix_threads_application_id_id", "application_id", "id"),
    )
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    revision_id: Mapped[str] = mapped_column(ID, refers("revisions.id"))
    audience: Mapped[str]
    question: Mapped[str | None] = mapped_column(default=None)
    criterion: Mapped[str | None] = mapped_column(default=None)
    round_id: Mapped[str | None] = mapped_column(KEY, default=None)
    opened_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    opened_at: Mapped[datetime]
    resolved_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)


class Comment(Audited, Base, kw_only=True):
    """One thing said in a thread; ``side`` is ``applicant`` or ``authority``. ``body`` is None once it has been erased."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("side in ('applicant', 'authority')", name="side_known"),
        Index("ix_comments_application_id_id", "application_id", "id"),
    )
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    thread_id: Mapped[str] = mapped_column(ID, refers("threads.id"))
    side: Mapped[str]
    body: Mapped[str | None]
    author_id: Mapped[str] = mapped_column(ID, refers("users.id"))
    written_at: Mapped[datetime]


class ChangeRequest(Audited, Base, kw_only=True):
    """The authority asks the applicant to change some answers, until ``due_at`` (the first instant that is too late).

    ``exchange`` counts within the round. ``revision_id`` is what was submitted then and stays the record until it is answered.
    ``status`` is ``open``, ``answered``, ``lapsed`` (no answer in time) or ``taken-back``; an application has one open at
    most. The case clock stands from ``asked_at`` until ``closed_at``.
    """

    __tablename__ = "change_requests"
    __table_args__ = (
        CheckConstraint("status in ('open', 'answered', 'lapsed', 'taken-back')", name="status_known"),
        Index("ix_change_requests_application_id_id", "application_id", "id"),
        Index("ix_change_requests_status_due_at", "status", "due_at"),
        only("uq_change_requests_open", "application_id", "status = 'open'"),
    )
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    round_id: Mapped[str] = mapped_column(KEY)
    exchange: Mapped[int]
    revision_id: Mapped[str] = mapped_column(ID, refers("revisions.id"))
    questions: Mapped[list[str]]
    reason: Mapped[str | None]
    due_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="open")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    answer: Mapped[str | None] = mapped_column(default=None)
    answered_revision_id: Mapped[str | None] = mapped_column(ID, refers("revisions.id"), default=None)


class ClosedRound(Audited, Base, kw_only=True):
    """A round of a call that someone has closed by hand; ``round_id`` is the scheme's name of it."""

    __tablename__ = "closed_rounds"
    aggregate = "call"
    part_of = "call_id"

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    round_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    closed_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    closed_at: Mapped[datetime]


class PublishedAnswer(Audited, Base, kw_only=True):
    """An answer of general interest, for all who apply to a call; ``comment_id`` is where it was first given."""

    __tablename__ = "published_answers"
    __table_args__ = (Index("ix_published_answers_call_id_id", "call_id", "id"),)
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    asked: Mapped[str]
    answer: Mapped[str]
    comment_id: Mapped[str | None] = mapped_column(ID, refers("comments.id"), default=None)
    published_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    published_at: Mapped[datetime]


class MeetingSlot(Audited, Base, kw_only=True):
    """A time that can be booked in a guidance or pitch round of a call."""

    __tablename__ = "meeting_slots"
    __table_args__ = (Index("ix_meeting_slots_of", "call_id", "round_id", "starts_at"),)
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    round_id: Mapped[str] = mapped_column(KEY)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    with_id: Mapped[str] = mapped_column(ID, refers("users.id"))
    made_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class Booking(Audited, Base, kw_only=True):
    """A slot taken by an organisation; a slot has one that is not cancelled at most."""

    __tablename__ = "bookings"
    __table_args__ = (
        Index("ix_bookings_of", "call_id", "organisation_id"),
        only("uq_bookings_taken", "slot_id", "cancelled_at is null"),
    )
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    slot_id: Mapped[str] = mapped_column(ID, refers("meeting_slots.id"))
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    application_id: Mapped[str | None] = mapped_column(ID, refers("applications.id"), default=None)
    wish: Mapped[str | None] = mapped_column(default=None)
    booked_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    booked_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)


class MeetingLog(Audited, Base, kw_only=True):
    """What was said in a meeting or on the telephone, for both sides to read. ``present`` are users of the authority."""

    __tablename__ = "meeting_logs"
    __table_args__ = (
        CheckConstraint("kind in ('guidance', 'pitch', 'telephone', 'other')", name="kind_known"),
        Index("ix_meeting_logs_of", "call_id", "organisation_id"),
    )
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    application_id: Mapped[str | None] = mapped_column(ID, refers("applications.id"), default=None, index=True)
    booking_id: Mapped[str | None] = mapped_column(ID, refers("bookings.id"), default=None)
    kind: Mapped[str]
    held_at: Mapped[datetime]
    present: Mapped[list[str]]
    summary: Mapped[str | None]
    logged_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    logged_at: Mapped[datetime]


class PitchPanel(Audited, Base, kw_only=True):
    """Who hears every pitch of a round, and what all are asked: the same for all from the first pitch on."""

    __tablename__ = "pitch_panels"
    aggregate = "call"
    part_of = "call_id"

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    round_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    members: Mapped[list[str]]
    set_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    set_at: Mapped[datetime]
