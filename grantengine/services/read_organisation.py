"""An organisation as those who act for it see it, and the organisations that a person acts for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.invite_member import ROLES
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

CONTACTS_WANTED = 2
"""What an organisation does must not hang on one person."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in the organisation."""

    user_id: str
    name: str
    email: str | None
    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A person who has been asked to take a role, and can still answer."""

    id: str
    email: str | None
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tie:
    """Another organisation: host, hosted, network or member; ``agreed``: None while it has only been asked for."""

    organisation_id: str
    name: str
    agreed: datetime | None


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation with its people and its ties. ``contacts_wanted`` says how many contacts it lacks."""

    id: str
    number: str | None
    name: str
    kind: str
    municipality: str | None
    founded: int | None
    language: str
    listed: bool
    version: int
    profile: Mapping[str, Any]
    offices: Mapping[str, Any]
    people: tuple[Member, ...]
    asked: tuple[Asked, ...]
    contacts_wanted: int
    host: Tie | None
    hosted: tuple[Tie, ...]
    networks: tuple[Tie, ...]
    members: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """An organisation that a person acts for, and as what."""

    id: str
    name: str
    number: str | None
    roles: tuple[str, ...]


def read_organisation(engine: Engine, by: By, organisation_id: str) -> OrganisationView:
    """The organisation, for those who act for it.

    :raises NotFoundError: ``organisation-not-found``.
    """
    with engine.store.read() as reading:
        one = organisation_for(reading, by, organisation_id, ROLES)
        people = tuple(
            Member(user.id, user.name, user.email, role.role, role.since)
            for role, user in reading.organisations.people(organisation_id, by.at)
        )
        asked = reading.organisations.invitations(organisation_id, by.at)
        host = reading.organisations.host_of(organisation_id)
        host_name = reading.organisations.get(host.host_id) if host else None
        hosted = reading.organisations.hosted_by(organisation_id)
        networks = reading.networks.networks_of(organisation_id)
        members = reading.networks.members_of(organisation_id)
    contacts = {person.user_id for person in people if person.role == "contact"}
    return OrganisationView(
        one.id, one.number, one.name, one.kind, one.municipality, one.founded, one.language, one.listed, one.version,
        one.profile, one.offices, people,
        asked=tuple(Asked(each.id, each.email, each.role, each.invited_at) for each in asked),
        contacts_wanted=max(0, CONTACTS_WANTED - len(contacts)),
        host=Tie(host.host_id, host_name.name, host.consented_at) if host and host_name else None,
        hosted=tuple(Tie(each.organisation_id, name, each.consented_at) for each, name in hosted),
        networks=tuple(Tie(each.network_id, name, each.since) for each, name in networks),
        members=tuple(Tie(each.organisation_id, name, each.since) for each, name in members),
    )  # fmt: skip


def list_my_organisations(engine: Engine, by: By) -> list[Mine]:
    """The organisations that the user acts for, in the order they came.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.read() as reading:
        return mine_of(reading.organisations.of_user(user_of(reading, by).id, by.at))


def mine_of(acts_for: Iterable[tuple[Organisation, str]]) -> list[Mine]:
    """Each organisation once, with all that the person is in it."""
    roles: dict[str, list[str]] = {}
    known: dict[str, Organisation] = {}
    for organisation, role in acts_for:
        known[organisation.id] = organisation
        roles.setdefault(organisation.id, []).append(role)
    return [Mine(one.id, one.name, one.number, tuple(roles[one.id])) for one in known.values()]
