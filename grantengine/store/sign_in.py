"""Sessions, second factors, and tries of a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.people import AuthorityRole, User
from grantengine.store.tables.sign_in import UserSession


class SignIns:
    """Queries about who is signed in."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def session_by_id(self, id: str, *, lock: bool = False) -> UserSession | None:
        """A session by the digest of its secret."""
        return self.session.get(UserSession, id, with_for_update=row_lock(lock))

    def seen(self, id: str, at: datetime) -> tuple[UserSession, User, bool] | None:
        """A session, its user, and whether the user has a role in some authority now; in one statement."""
        staff = exists().where(
            AuthorityRole.user_id == User.id,
            AuthorityRole.since <= at,
            or_(AuthorityRole.until.is_(None), AuthorityRole.until > at),
        )
        found = select(UserSession, User, staff).join(User, User.id == UserSession.user_id)
        row = self.session.execute(found.where(UserSession.id == id, User.verified_at.is_not(None))).first()
        return (row[0], row[1], bool(row[2])) if row else None
