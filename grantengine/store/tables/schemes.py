"""Schemes, their published versions, calls, and what was changed in a call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import DIGEST, ID, KEY, refers


class StoredScheme(Audited, Base, kw_only=True):
    """A scheme of an authority; ``key`` is its id in the file."""

    __tablename__ = "schemes"
    aggregate = "scheme"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    authority_id: Mapped[str] = mapped_column(ID, refers("authorities.id"), index=True)
    key: Mapped[str] = mapped_column(KEY, unique=True)
    since: Mapped[datetime]


class SchemeVersion(Audited, Base, kw_only=True):
    """A published version: the file as it was written, the compiled plan, and the versions of the plugins.

    The database refuses to change or remove a row.
    """

    __tablename__ = "scheme_versions"
    __table_args__ = (UniqueConstraint("scheme_id", "version"),)
    aggregate = "scheme"
    part_of = "scheme_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    scheme_id: Mapped[str] = mapped_column(ID, refers("schemes.id"))
    version: Mapped[str] = mapped_column(KEY)
    digest: Mapped[str] = mapped_column(DIGEST)
    title: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(Text)
    compiled: Mapped[dict[str, Any]]
    plugins: Mapped[dict[str, Any]]
    published_by: Mapped[str | None] = mapped_column(ID, refers("users.id"))
    published_at: Mapped[datetime]


class Call(Audited, Base, kw_only=True):
    """One opening of a scheme version. ``patch`` is the sum of all recorded changes, limited to ``/call``.

    ``opens_at`` and ``closes_at`` (the first instant that is too late) follow from version and patch; they are kept for
    lists. None: open at once; no end.
    """

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_closes_at_id", "closes_at", "id"),)
    aggregate = "call"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    version_id: Mapped[str] = mapped_column(ID, refers("scheme_versions.id"), index=True)
    authority_id: Mapped[str] = mapped_column(ID, refers("authorities.id"), index=True)
    title: Mapped[dict[str, Any]]
    patch: Mapped[list[Any]] = mapped_column(default_factory=list)
    opens_at: Mapped[datetime | None] = mapped_column(default=None)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    announced_by: Mapped[str | None] = mapped_column(ID, refers("users.id"))
    announced_at: Mapped[datetime]


class CallPatch(Audited, Base, kw_only=True):
    """A recorded change to a call: its operations, and the reason everyone may read."""

    __tablename__ = "call_patches"
    aggregate = "call"
    part_of = "call_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), index=True)
    operations: Mapped[list[Any]]
    reason: Mapped[str]
    made_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    made_at: Mapped[datetime]


class Invitee(Audited, Base, kw_only=True):
    """An organisation invited to a call that only the invited may apply to."""

    __tablename__ = "invitees"
    aggregate = "call"
    part_of = "call_id"

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), primary_key=True, index=True)
    invited_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    invited_at: Mapped[datetime]


class CallAlert(Audited, Base, kw_only=True):
    """An organisation wants to be told when a call opens that may fit it."""

    __tablename__ = "call_alerts"
    aggregate = "organisation"
    part_of = "organisation_id"

    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), primary_key=True)
    asked_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    since: Mapped[datetime]


class CallAlertTold(Base, kw_only=True):
    """An organisation has been told that a call opened, or the call was found not to fit it; nobody is told twice."""

    __tablename__ = "call_alerts_told"

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), primary_key=True)
    told_at: Mapped[datetime]


class CallResults(Base, kw_only=True):
    """What became of a call, as the letters have told it; made anew whenever letters have gone out.

    ``told`` applicants have their answer, ``funded`` of them were given something, ``waiting`` have none yet. ``granted`` is
    in hundredths of ``unit``, ``least_total`` the lowest total that was funded in 1/10 000 point (None: there are no
    points). ``told_at`` is when half of the applicants had their answer.
    """

    __tablename__ = "call_results"

    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"), primary_key=True)
    told: Mapped[int]
    funded: Mapped[int]
    waiting: Mapped[int]
    granted: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str | None] = mapped_column(default=None)
    least_total: Mapped[int | None] = mapped_column(BigInteger, default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    made_at: Mapped[datetime]
