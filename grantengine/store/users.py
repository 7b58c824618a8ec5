"""Users, their roles in authorities, and one-time links."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.once import once
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import Authority, AuthorityRole, OneTimeLink, Organisation, OrganisationRole, User
from grantengine.store.tables.schemes import Call

CHAINS: dict[str, type[Application] | type[Organisation] | type[User]] = {
    Application.aggregate: Application, Organisation.aggregate: Organisation, User.aggregate: User,
}  # fmt: skip
"""What a one-time link can be part of."""


class Users:
    """Queries about users."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, id: str, *, lock: bool = False) -> User | None:
        """A user by id; ``lock`` keeps others from changing it until the transaction ends."""
        return self.session.get(User, id, with_for_update=row_lock(lock))

    def by_email(self, email: str) -> User | None:
        """A user by e-mail address, in lower case."""
        return self.session.scalar(select(User).where(User.email == email))

    def named(self, ids: Collection[str]) -> dict[str, str]:
        """The names of these users by id, in one statement."""
        rows = self.session.execute(select(User.id, User.name).where(User.id.in_(sorted(ids))))
        return {id: name for id, name in rows}  # noqa: C416 - rows have a method `keys` of their own

    @once
    def roles_in_authority(self, user_id: str, authority_id: str, at: datetime) -> frozenset[str]:
        """The roles a user has in an authority at this time."""
        found = select(AuthorityRole.role).where(
            AuthorityRole.user_id == user_id, AuthorityRole.authority_id == authority_id, _valid(AuthorityRole, at)
        )
        return frozenset(self.session.scalars(found))

    @once
    def roles_in_organisation(self, user_id: str, organisation_id: str, at: datetime) -> frozenset[str]:
        """The roles a user has in an organisation at this time."""
        found = select(OrganisationRole.role).where(
            OrganisationRole.user_id == user_id,
            OrganisationRole.organisation_id == organisation_id,
            _valid(OrganisationRole, at),
        )
        return frozenset(self.session.scalars(found))

    def link(self, secret_digest: str, *, lock: bool = False) -> OneTimeLink | None:
        """A one-time link by the digest of its secret; ``lock`` keeps others from using it, or making another one."""
        found = select(OneTimeLink).where(OneTimeLink.secret_digest == secret_digest)
        if not lock:
            return self.session.scalar(found)
        part_of = self.session.execute(found.with_only_columns(OneTimeLink.chain, OneTimeLink.chain_id)).first()
        if part_of is None:
            return None
        # The aggregate first, as those do who make links: two in different orders would wait for each other.
        of = CHAINS[part_of.chain]
        self.session.execute(select(of.id).where(of.id == part_of.chain_id).with_for_update(key_share=True))
        return self.session.scalar(found.with_for_update())

    def open_links(self, purpose: str, subject_id: str) -> list[OneTimeLink]:
        """The links of a purpose about something that have not been used."""
        found = select(OneTimeLink).where(
            OneTimeLink.purpose == purpose, OneTimeLink.subject_id == subject_id, OneTimeLink.used_at.is_(None)
        )
        return list(self.session.scalars(found))

    @once
    def held(self, authority_id: str, at: datetime) -> tuple[tuple[str, str], ...]:
        """Every role in an authority at this time, with the id of the user who has it."""
        found = select(AuthorityRole.user_id, AuthorityRole.role).where(
            AuthorityRole.authority_id == authority_id, _valid(AuthorityRole, at)
        )
        return tuple((user, role) for user, role in self.session.execute(found))

    @once
    def in_role(self, authority_id: str, roles: Collection[str], at: datetime) -> list[User]:
        """The users who have one of these roles in an authority."""
        having = select(AuthorityRole.user_id).where(
            AuthorityRole.authority_id == authority_id, AuthorityRole.role.in_(sorted(roles)), _valid(AuthorityRole, at)
        )
        return list(self.session.scalars(select(User).where(User.id.in_(having)).order_by(User.id)))

    @once
    def offices(self, user_id: str, at: datetime) -> list[tuple[Authority, str]]:
        """The authorities that a user works in at this time, each with a role, in order."""
        found = select(Authority, AuthorityRole.role).join(AuthorityRole, AuthorityRole.authority_id == Authority.id)
        found = found.where(AuthorityRole.user_id == user_id, _valid(AuthorityRole, at))
        ordered = found.order_by(Authority.key, AuthorityRole.role)
        return [(one, role) for one, role in self.session.execute(ordered)]

    def calls_of(self, authority_ids: Collection[str]) -> list[Call]:
        """The calls of these authorities: first those without a deadline, then the last deadline first."""
        found = select(Call).where(Call.authority_id.in_(sorted(authority_ids))).order_by(Call.id)
        return sorted(self.session.scalars(found), key=_closes, reverse=True)


def _closes(call: Call) -> tuple[bool, float]:
    return call.closes_at is None, call.closes_at.timestamp() if call.closes_at else 0.0


def _valid(table: type[AuthorityRole] | type[OrganisationRole], at: datetime):  # type: ignore[no-untyped-def]
    return (table.since <= at) & or_(table.until.is_(None), table.until > at)
