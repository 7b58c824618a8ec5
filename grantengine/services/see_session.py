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
    id = digest_of_secret(secret)
    with engine.store.look() as looking:
        seen = looking.seen(id, by.at)
    ends = min(seen.seen_at + IDLE, seen.ends_at) if seen else by.at
    if seen is None or ends <= by.at:
        return None
    if by.at - seen.seen_at >= NOTED_EVERY:
        with engine.store.work(by) as work:
            session = work.sign_in.session_by_id(id, lock=True)
            if session is not None:
                session.seen_at = max(session.seen_at, by.at)
    return SignedIn(seen.user_id, seen.name, seen.language, seen.is_staff, id, ends)


def digest_of_secret(secret: str) -> str:
    """What is kept of the secret of a session."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
