"""Who may take part in what, who rates what, and what they find."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import ID, KEY, refers


class InterestDeclaration(Audited, Base, kw_only=True):
    """Someone of the authority has read the list of applicants of a call and said which ties there are.

    It covers those who had applied at ``declared_at``.
    """

    __tablename__ = "interest_declarations"
    aggregate = "call"
    part_of = "call_id"

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), primary_key=True, index=True)
    declared_at: Mapped[datetime]
    applicants: Mapped[int]


class Interest(Audited, Base, kw_only=True):
    """A tie of someone of the authority to an applicant, and what a leader has decided about it.

    ``status`` is ``declared`` (nobody has decided: it counts as a conflict), ``conflict`` or ``no-conflict``.
    ``whole_call``: by the scheme, the tie touches every case of the call, and not only those of this applicant.
    """

    __tablename__ = "interests"
    __table_args__ = (
        CheckConstraint("status in ('declared', 'conflict', 'no-conflict')", name="status_known"),
        UniqueConstraint("call_id", "user_id", "organisation_id"),
    )
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    description: Mapped[str]
    whole_call: Mapped[bool]
    declared_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="declared")
    decided_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)


class StandIn(Audited, Base, kw_only=True):
    """Someone, perhaps of another authority, who has a role in one call, or in one case of it, in another's place."""

    __tablename__ = "stand_ins"
    __table_args__ = (Index("ix_stand_ins_of", "call_id", "user_id"),)
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    application_id: Mapped[str | None] = mapped_column(ID, refers("applications.id"), default=None)
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    role: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
    appointed_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    until: Mapped[datetime | None] = mapped_column(default=None)


class Assignment(Audited, Base, kw_only=True):
    """A case given to someone: to rate in a round (``assessor``), or to handle (``handler``; then ``round_id`` is empty)."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("role in ('assessor', 'handler')", name="role_known"),
        Index("ix_assignments_of", "user_id", "application_id"),
        Index("ix_assignments_application_id", "application_id", "id"),
        Index(
            "ix_assignments_now", "user_id", "id", sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index(
            "uq_assignments_standing", "application_id", "round_id", "user_id", unique=True,
            sqlite_where=text("ended_at is null"), postgresql_where=text("ended_at is null"),
        ),
    )  # fmt: skip
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    round_id: Mapped[str] = mapped_column(KEY, default="")
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"))
    role: Mapped[str]
    assigned_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str | None] = mapped_column(default=None)


class Assessment(Audited, Base, kw_only=True):
    """One assessor's sheet for a case in a round: a mark and a note for each criterion, by criterion id.

    ``delivered_at`` is None while it is a draft, which nobody else sees. ``earlier`` holds what was delivered before the
    marks were changed after a discussion: ``{"at", "marks"}``.
    """

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("application_id", "round_id", "assessor_id"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    round_id: Mapped[str] = mapped_column(KEY)
    assessor_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    marks: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    notes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    saved_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    earlier: Mapped[list[Any]] = mapped_column(default_factory=list)


class Judgement(Audited, Base, kw_only=True):
    """A handler's yes or no to a rule of the scheme that asks for it, with the reason."""

    __tablename__ = "judgements"
    __table_args__ = (UniqueConstraint("application_id", "rule"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    rule: Mapped[str] = mapped_column(KEY)
    answer: Mapped[bool]
    reason: Mapped[str]
    judged_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    judged_at: Mapped[datetime]
