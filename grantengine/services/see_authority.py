"""An authority as those who work for it see it: in which roles they do, and for its administrators who else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import authority_for, user_of
from grantengine.services.appoint import ROLES

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST = 500
"""How many roles are shown; nobody has nearly as many."""
SEE_PEOPLE = frozenset({"leader", "administrator"})


@dataclass(frozen=True, slots=True)
class InRole:
    """A role that someone has in an authority."""

    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who works for an authority, with all roles there."""

    user_id: str
    name: str
    email: str | None
    roles: tuple[InRole, ...]


@dataclass(frozen=True, slots=True)
class AuthoritySeen:
    """An authority, and the roles there of whoever asks; ``people`` are told of to leaders and administrators."""

    id: str
    name: Mapping[str, str]
    roles: tuple[str, ...]
    people: tuple[Colleague, ...] = ()


def list_authorities(engine: Engine, by: By) -> tuple[AuthoritySeen, ...]:
    """The authorities that whoever asks works for.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.read() as reading:
        held = reading.users.offices(user_of(reading, by).id, by.at)
    names = {authority.id: authority.name for authority, _ in held}
    return tuple(
        AuthoritySeen(id, name, tuple(role for authority, role in held if authority.id == id))
        for id, name in names.items()
    )


def see_authority(engine: Engine, by: By, authority_id: str) -> AuthoritySeen:
    """An authority, for those who work for it.

    :raises NotFoundError: ``authority-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        authority = authority_for(reading, by, authority_id, ROLES)
        roles = frozenset[str]()
        if by.kind == "user":
            roles = reading.users.roles_in_authority(user_of(reading, by).id, authority_id, by.at)
        sees = by.kind == "system" or bool(roles & SEE_PEOPLE)
        found = reading.authorities.people(authority_id, by.at, limit=MOST) if sees else []
    people = {user.id: user for _, user in found}
    return AuthoritySeen(
        authority.id, authority.name, tuple(role for role in ROLES if role in roles),
        tuple(
            Colleague(
                id, user.name, user.email,
                tuple(InRole(role.role, role.since) for role, _ in found if role.user_id == id),
            )
            for id, user in people.items()
        ),
    )  # fmt: skip
