"""Authorities, a tree, and their settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.operations import Setting
from grantengine.store.tables.people import Authority, AuthorityRole, User


class Authorities:
    """Queries about authorities."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, id: str, *, lock: bool = False) -> Authority | None:
        """An authority by id; ``lock`` keeps others from changing it until the transaction ends."""
        return self.session.get(Authority, id, with_for_update=row_lock(lock))

    def by_key(self, key: str) -> Authority | None:
        """An authority by its name in scheme files."""
        return self.session.scalar(select(Authority).where(Authority.key == key))

    def all(self) -> list[Authority]:
        """Every authority, by name in scheme files."""
        return list(self.session.scalars(select(Authority).order_by(Authority.key)))

    def role(self, authority_id: str, user_id: str, role: str) -> AuthorityRole | None:
        """The role that a user has now in an authority, if it has it."""
        found = select(AuthorityRole).where(
            AuthorityRole.authority_id == authority_id,
            AuthorityRole.user_id == user_id,
            AuthorityRole.role == role,
            AuthorityRole.until.is_(None),
        )
        return self.session.scalar(found)

    def people(self, authority_id: str, at: datetime, *, limit: int) -> list[tuple[AuthorityRole, User]]:
        """The roles in an authority at this time with those who have them, by name."""
        found = select(AuthorityRole, User).join(User, User.id == AuthorityRole.user_id)
        still = (AuthorityRole.since <= at) & or_(AuthorityRole.until.is_(None), AuthorityRole.until > at)
        found = found.where(AuthorityRole.authority_id == authority_id, still)
        ordered = found.order_by(User.name, User.id, AuthorityRole.role).limit(limit)
        return [(role, user) for role, user in self.session.execute(ordered)]

    def setting(self, authority_id: str, name: str) -> dict[str, Any] | None:
        """A setting, if the authority has made it."""
        found = self.session.get(Setting, (authority_id, name))
        return found.value if found else None
