"""Who gets what: proposals, decisions, the money they take of the budget, letters, appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import DIGEST, ID, KEY, only, refers


class Allocation(Audited, Base, kw_only=True):
    """A proposal for a call, a strand of it, a batch of cases, or the reserve; what is needed to repeat it stands here.

    ``kind`` is ``call``, ``strand``, ``batch`` or ``reserve``. ``status`` is ``proposed``, ``approved`` (a second person
    agrees, and a committee is to decide), ``decided`` or ``dropped``. ``as_of`` is an ISO date. ``committed`` is what was
    used of each part of the budget before, in øre, by its name. ``digest`` and ``patch`` name the rules, ``plugins`` the
    versions of those who made them. ``resolution`` is a committee's: ``committee``, ``date``, ``reference``.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("kind in ('call', 'strand', 'batch', 'reserve')", name="kind_known"),
        CheckConstraint("status in ('proposed', 'approved', 'decided', 'dropped')", name="status_known"),
        Index("ix_allocations_call_id_id", "call_id", "id"),
    )
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    kind: Mapped[str]
    strand: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(default="proposed")
    as_of: Mapped[str]
    committed: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(DIGEST)
    patch: Mapped[list[Any]]
    plugins: Mapped[dict[str, Any]]
    made_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    made_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    resolution: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)


class ProposedCase(Audited, Base, kw_only=True):
    """What is proposed for one case. ``record`` is the line of a cases file that was evaluated (None once erased).

    ``computed`` and ``granted`` are hundredths of the call's currency or unit: what the rules give, and what is proposed. They
    differ where a handler has set it, with ``hand_reason``. ``outcome`` holds points, total, rank, grounds as evaluated;
    ``lines`` the award by part of the budget, year and unit. A case is in one proposal that is not ``settled_at`` at most.
    """

    __tablename__ = "proposed_cases"
    __table_args__ = (
        UniqueConstraint("allocation_id", "application_id"),
        only("uq_proposed_cases_open", "application_id", "settled_at is null"),
    )
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    allocation_id: Mapped[str] = mapped_column(ID, refers("allocations.id"))
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    record: Mapped[dict[str, Any] | None]
    outcome: Mapped[dict[str, Any]]
    computed: Mapped[int] = mapped_column(BigInteger)
    granted: Mapped[int] = mapped_column(BigInteger)
    ground: Mapped[str]
    lines: Mapped[list[Any]]
    hand_reason: Mapped[str | None] = mapped_column(default=None)
    hand_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class Decision(Audited, Base, kw_only=True):
    """The authority's formal answer to an application. The database lets nothing of it change but the erasure of ``content``.

    ``place`` counts the decisions of a case. ``content`` holds ``record`` and ``hand_reason`` as in the proposal.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("application_id", "place"),
        UniqueConstraint("allocation_id", "application_id"),
        Index("ix_decisions_call_id_id", "call_id", "id"),
    )
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    allocation_id: Mapped[str] = mapped_column(ID, refers("allocations.id"))
    place: Mapped[int]
    granted: Mapped[int] = mapped_column(BigInteger)
    ground: Mapped[str]
    outcome: Mapped[dict[str, Any]]
    decided_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    decided_at: Mapped[datetime]
    content: Mapped[dict[str, Any] | None]


class BudgetPart(Base, kw_only=True):
    """A part of a call's budget (``2027``, ``north``, ``north/2027``, or empty), and what decisions have taken of it.

    The database itself reckons ``used`` from the lines of awards, and refuses to let it be more than ``budget``.
    """

    __tablename__ = "budget_parts"
    __table_args__ = (CheckConstraint("used >= 0 and used <= budget", name="within_budget"),)

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    part: Mapped[str] = mapped_column(KEY, primary_key=True)
    budget: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, default=0)


class AwardLine(Audited, Base, kw_only=True):
    """What a decision gives of one part of the budget: ``amount`` in hundredths of ``unit``, for a year.

    Nothing of it changes but ``freed_at``, once: from then on others may be given it.
    """

    __tablename__ = "award_lines"
    __table_args__ = (
        CheckConstraint("amount > 0", name="something"),
        ForeignKeyConstraint(
            ["call_id", "part"], ["budget_parts.call_id", "budget_parts.part"], name="fk_award_lines_budget_parts",
            deferrable=True, initially="DEFERRED",
        ),
        Index("ix_award_lines_call_id_part", "call_id", "part"),
    )  # fmt: skip
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    decision_id: Mapped[str] = mapped_column(ID, refers("decisions.id"), index=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), index=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    part: Mapped[str] = mapped_column(KEY)
    year: Mapped[int]
    unit: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    freed_at: Mapped[datetime | None] = mapped_column(default=None)


class Reasons(Audited, Base, kw_only=True):
    """What a handler has written for the letter of a case.

    ``notes`` by criterion, ``blocks`` are keys of the authority's text blocks, ``counterfactuals`` those that are approved,
    ``conditions`` what a grant depends on.
    """

    __tablename__ = "reasons"
    aggregate = "application"
    part_of = "application_id"

    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), primary_key=True)
    notes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    note: Mapped[str | None] = mapped_column(default=None)
    blocks: Mapped[list[str]] = mapped_column(default_factory=list)
    counterfactuals: Mapped[list[str]] = mapped_column(default_factory=list)
    conditions: Mapped[list[str]] = mapped_column(default_factory=list)
    written_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    written_at: Mapped[datetime]


class TextBlock(Audited, Base, kw_only=True):
    """A text that an authority uses in its letters, by language; ``grounds`` are those it goes with (none: any)."""

    __tablename__ = "text_blocks"
    __table_args__ = (UniqueConstraint("authority_id", "key"),)
    aggregate = "authority"
    part_of = "authority_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    authority_id: Mapped[str] = mapped_column(ID, refers("authorities.id"))
    key: Mapped[str] = mapped_column(KEY)
    words: Mapped[dict[str, Any]]
    grounds: Mapped[list[str]] = mapped_column(default_factory=list)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class Letter(Audited, Base, kw_only=True):
    """A letter as it was sent. The database lets nothing of it change but the erasure of ``html``.

    ``kind`` is ``decision``, ``interim`` or ``appeal-receipt``. ``mark`` says what it tells of, so that it is told once;
    ``appeal_until`` is the first instant at which an appeal is too late.
    """

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("kind in ('decision', 'interim', 'appeal-receipt')", name="kind_known"),
        UniqueConstraint("application_id", "mark"),
    )
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"))
    decision_id: Mapped[str | None] = mapped_column(ID, refers("decisions.id"), default=None)
    kind: Mapped[str]
    mark: Mapped[str] = mapped_column(KEY)
    language: Mapped[str]
    html: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    appeal_until: Mapped[datetime | None] = mapped_column(default=None)


class Appeal(Audited, Base, kw_only=True):
    """An appeal that has been received; ``channel`` is ``web``, ``oral`` or ``paper``."""

    __tablename__ = "appeals"
    __table_args__ = (CheckConstraint("channel in ('web', 'oral', 'paper')", name="channel_known"),)
    aggregate = "application"
    part_of = "application_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    application_id: Mapped[str] = mapped_column(ID, refers("applications.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ID, refers("decisions.id"))
    body: Mapped[str | None]
    channel: Mapped[str] = mapped_column(default="web")
    in_time: Mapped[bool]
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(ID, refers("users.id"))
