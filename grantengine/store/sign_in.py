"""Sessions, second factors, and tries of a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.sign_in import SecondFactor, Tries, UserSession

HALF = "half"
"""How a session was opened that waits for a code: it opens nothing."""


class SignIns:
    """Queries about who is signed in."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def session_by_id(self, id: str, *, lock: bool = False) -> UserSession | None:
        """A session by the digest of its secret."""
        return self.session.get(UserSession, id, with_for_update=row_lock(lock))

    def sessions_of(self, user_id: str) -> list[UserSession]:
        """All sessions of a user that have not been removed, the newest first."""
        found = select(UserSession).where(UserSession.user_id == user_id)
        return list(self.session.scalars(found.order_by(UserSession.opened_at.desc(), UserSession.id)))

    def factor(self, user_id: str, *, lock: bool = False) -> SecondFactor | None:
        """The second factor of a user, confirmed or not."""
        return self.session.get(SecondFactor, user_id, with_for_update=row_lock(lock))

    def count_try(self, key: str, at: datetime, begun_by: datetime) -> tuple[datetime, int]:
        """Count a try, in a new window where the one there is was begun by then; since when, and how many there are now.

        In one statement, so that of several at once each sees its own number.
        """
        insert = (sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql).insert
        new = insert(Tries).values(key=key, since=at, count=1)
        is_over = Tries.since <= begun_by
        counted = new.on_conflict_do_update(
            index_elements=[Tries.key],
            set_={
                "since": case((is_over, new.excluded.since), else_=Tries.since),
                "count": case((is_over, 1), else_=Tries.count + 1),
            },
        ).returning(Tries.since, Tries.count)
        since, count = self.session.execute(counted).one()
        return since, count

    def take_back_try(self, key: str) -> None:
        """One try less."""
        self.session.execute(update(Tries).where(Tries.key == key, Tries.count > 0).values(count=Tries.count - 1))

    def forget_tries(self, key: str) -> None:
        """None has been tried."""
        self.session.execute(delete(Tries).where(Tries.key == key))

    def remove_ended(self, at: datetime, idle: timedelta, window: timedelta) -> None:
        """Remove sessions that have ended, or of which nothing has been seen for so long, and tries of windows gone by."""
        ended = or_(UserSession.ends_at <= at, UserSession.seen_at <= at - idle)
        self.session.execute(delete(UserSession).where(ended))
        self.session.execute(delete(Tries).where(Tries.since <= at - window))
