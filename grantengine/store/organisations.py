"""Organisations, who acts for them, and who hosts them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import (
    Host,
    OneTimeLink,
    Organisation,
    OrganisationInvitation,
    OrganisationRole,
    User,
)
from grantengine.store.tables.schemes import Invitee


class Organisations:
    """Queries about organisations."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, id: str, *, lock: bool = False) -> Organisation | None:
        """An organisation by id; ``lock`` keeps others from changing it until the transaction ends."""
        return self.session.get(Organisation, id, with_for_update=row_lock(lock))

    def of(self, application: Application) -> Organisation:
        """The organisation of an application."""
        return self.session.get_one(Organisation, application.organisation_id)

    def by_number(self, number: str) -> Organisation | None:
        """An organisation by its organisation number."""
        return self.session.scalar(select(Organisation).where(Organisation.number == number))

    def called(self, name: str, *, limit: int) -> list[Organisation]:
        """Some of the organisations of this very name, in order of id."""
        found = select(Organisation).where(Organisation.name == name)
        return list(self.session.scalars(found.order_by(Organisation.id).limit(limit)))

    def invited(self, call_id: str, *, after: str, limit: int) -> list[tuple[str, str, str | None, datetime]]:
        """Some of those who are invited to a call, after this id: id, name, number, and since when."""
        found = select(Organisation.id, Organisation.name, Organisation.number, Invitee.invited_at)
        found = found.join(Invitee, Invitee.organisation_id == Organisation.id)
        found = found.where(Invitee.call_id == call_id, Organisation.id > after).order_by(Organisation.id).limit(limit)
        return [(id, name, number, at) for id, name, number, at in self.session.execute(found)]

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """The names of these organisations by id, in one statement."""
        rows = self.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(sorted(ids))))
        return {id: name for id, name in rows}  # noqa: C416 - rows have a method `keys` of their own

    def roles(self, organisation_id: str, at: datetime) -> list[OrganisationRole]:
        """Who may do what at this time, oldest role first."""
        found = select(OrganisationRole).where(
            OrganisationRole.organisation_id == organisation_id,
            OrganisationRole.since <= at,
            or_(OrganisationRole.until.is_(None), OrganisationRole.until > at),
        )
        return list(self.session.scalars(found.order_by(OrganisationRole.id)))

    def people(self, organisation_id: str, at: datetime) -> list[tuple[OrganisationRole, User]]:
        """Who may do what at this time, with the persons, in one statement."""
        found = (
            select(OrganisationRole, User)
            .join(User, User.id == OrganisationRole.user_id)
            .where(
                OrganisationRole.organisation_id == organisation_id,
                OrganisationRole.since <= at,
                or_(OrganisationRole.until.is_(None), OrganisationRole.until > at),
            )
            .order_by(OrganisationRole.id)
        )
        return [(role, user) for role, user in self.session.execute(found)]

    def contacts_writing(
        self, call_id: str, at: datetime, statuses: Collection[str] = frozenset({"draft"})
    ) -> list[User]:
        """The contacts of the organisations that have a draft in a call, or an application in one of ``statuses``, each
        person once, in one statement.
        """
        writing = select(Application.organisation_id).where(
            Application.call_id == call_id, Application.status.in_(sorted(statuses))
        )
        contacts = select(OrganisationRole.user_id).where(
            OrganisationRole.organisation_id.in_(writing),
            OrganisationRole.role == "contact",
            OrganisationRole.since <= at,
            or_(OrganisationRole.until.is_(None), OrganisationRole.until > at),
        )
        return list(self.session.scalars(select(User).where(User.id.in_(contacts)).order_by(User.id)))

    def of_user(self, user_id: str, at: datetime) -> list[tuple[Organisation, str]]:
        """The organisations a user acts for, each with a role, in one statement."""
        found = (
            select(Organisation, OrganisationRole.role)
            .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.id)
            .where(
                OrganisationRole.user_id == user_id,
                OrganisationRole.since <= at,
                or_(OrganisationRole.until.is_(None), OrganisationRole.until > at),
            )
            .order_by(Organisation.id, OrganisationRole.role)
        )
        return [(organisation, role) for organisation, role in self.session.execute(found)]

    def invitation(self, id: str, *, lock: bool = False) -> OrganisationInvitation | None:
        """An invitation to take a role."""
        return self.session.get(OrganisationInvitation, id, with_for_update=lock or None)

    def host_of(self, organisation_id: str) -> Host | None:
        """The host asked last that has not ended."""
        found = select(Host).where(Host.organisation_id == organisation_id, Host.ended_at.is_(None))
        return self.session.scalar(found.order_by(Host.id.desc()).limit(1))

    def invitations(self, organisation_id: str, at: datetime) -> list[OrganisationInvitation]:
        """Invitations that can still be accepted, oldest first."""
        link = select(OneTimeLink.id).where(
            OneTimeLink.purpose == "join",
            OneTimeLink.subject_id == OrganisationInvitation.id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
        )
        found = select(OrganisationInvitation).where(
            OrganisationInvitation.organisation_id == organisation_id,
            OrganisationInvitation.accepted_at.is_(None),
            link.exists(),
        )
        return list(self.session.scalars(found.order_by(OrganisationInvitation.id)))

    def hosted_by(self, host_id: str) -> list[tuple[Host, str]]:
        """Those whom an organisation hosts, or is asked to, with their names."""
        found = (
            select(Host, Organisation.name)
            .join(Organisation, Organisation.id == Host.organisation_id)
            .where(Host.host_id == host_id, Host.ended_at.is_(None))
        )
        return [(host, name) for host, name in self.session.execute(found.order_by(Host.id))]
