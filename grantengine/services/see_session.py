"""Who is signed in with the secret that a browser keeps, and for how much longer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.records import By

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

IDLE = timedelta(hours=8)
"""Nothing seen for so long ends a session: a browser in a library is somebody else's the next day."""
LONGEST = timedelta(days=7)
NOTED_EVERY = timedelta(minutes=10)
"""That a session is in use is kept so often, so that reading pages seldom writes."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone who is signed in. ``is_staff``: has a role in some authority. ``session`` is the id of the session."""

    user_id: str
    name: str
    language: str
    is_staff: bool
    session: str
    ends_at: datetime


def see_session(engine: Engine, by: By, secret: str) -> SignedIn | None:
    """Who signed in with this secret; None where the session has ended, or never was."""
    with engine.store.read() as reading:
        found = reading.sign_in.seen(digest_of_secret(secret), by.at)
        if found is None:
            return None
        session, user, is_staff = found
        ends = min(session.seen_at + IDLE, session.ends_at)
        seen = SignedIn(user.id, user.name, user.language, is_staff, session.id, ends)
    if ends <= by.at:
        return None
    if by.at - session.seen_at >= NOTED_EVERY:
        with engine.store.work(by) as work:
            again = work.sign_in.session_by_id(session.id, lock=True)
            if again is not None:
                again.seen_at = max(again.seen_at, by.at)
    return seen


def digest_of_secret(secret: str) -> str:
    """What is kept of the secret of a session."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
