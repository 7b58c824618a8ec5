"""Sessions begin and end; each has a secret of its own, of which only a digest is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from grantengine.services.see_session import LONGEST, digest_of_secret
from grantengine.store.sign_in import HALF
from grantengine.store.tables.people import User
from grantengine.store.tables.sign_in import UserSession

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

HALFWAY = timedelta(minutes=10)
"""How long there is between the first step and the code."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened: the secret of a session, or, where a code is still needed, of what waits for it."""

    secret: str
    needs_code: bool


def begin(engine: Engine, work: Work, user: User, how: str) -> Opened:
    """The first step is taken: the session of a user begins, or waits for the code of the second step.

    ``how`` is ``password`` or ``link``.
    """
    factor = work.sign_in.factor(user.id)
    needs_code = factor is not None and factor.confirmed_at is not None
    return Opened(open_session(engine, work, user, HALF if needs_code else how), needs_code)


def open_session(engine: Engine, work: Work, user: User, how: str) -> str:
    """A new session; returns its secret. What only waits for a code is no sign-in yet, and nothing is told of it."""
    secret = engine.new_secret()
    at, lasts = work.by.at, HALFWAY if how == HALF else LONGEST
    work.add(
        UserSession(id=digest_of_secret(secret), user_id=user.id, how=how, opened_at=at, seen_at=at, ends_at=at + lasts)
    )
    if how != HALF:
        work.record("signed-in", user, how=how)
    return secret


def end_sessions(work: Work, user_id: str, but: str | None = None) -> int:
    """End all sessions of a user, but for the one with this id; returns how many."""
    ended = [one for one in work.sign_in.sessions_of(user_id) if one.id != but]
    work.remove(*ended)
    return len(ended)
