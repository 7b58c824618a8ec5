"""Being signed in: sessions, the second factor of those who want one, and how often something has been tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import DIGEST, ID, refers


class UserSession(Base, kw_only=True):
    """Someone who has signed in, in one browser; ``id`` is the digest of the secret that the browser keeps.

    ``how`` is ``password``, ``link``, ``code`` (a code after one of these), or ``half``: it waits for the code, and opens
    nothing. It ends at ``ends_at``, or when nothing has been seen of it for long.
    """

    __tablename__ = "user_sessions"

    id: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    how: Mapped[str]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class SecondFactor(Audited, Base, kw_only=True):
    """Codes that change with time, asked for after the password (TOTP, RFC 6238).

    ``secret`` is shared with the person's device, in base32; ``last_step`` is the time step of the last code that was used,
    so that none is used twice. ``codes`` are digests of those for a lost device, each taken off when it is used. It counts
    from ``confirmed_at``, when the device has shown a right code.
    """

    __tablename__ = "second_factors"
    aggregate = "user"
    part_of = "user_id"

    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), primary_key=True)
    secret: Mapped[str]
    codes: Mapped[list[str]] = mapped_column(default_factory=list)
    last_step: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


class Tries(Base, kw_only=True):
    """How often something was tried since ``since``; ``key`` is a digest of what and by whom."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
