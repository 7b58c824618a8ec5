"""What is known of a person, for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.see_session import IDLE
from grantengine.store.sign_in import HALF

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.people import User
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A browser in which the person is signed in: how (``password``, ``link`` or ``code``), since when, and when last seen."""

    id: str
    how: str
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OwnRole:
    """What the person does for an organisation, or in an authority; ``name`` is text, or text by language."""

    kind: str
    name: Any
    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account as its owner sees it."""

    email: str
    name: str
    language: str
    phone: str | None
    channel: str
    since: datetime
    asks_for_code: bool
    sessions: tuple[OwnSession, ...]
    roles: tuple[OwnRole, ...]


@dataclass(frozen=True, slots=True)
class OwnData:
    """All of it, and what has happened to the account: when, and what (``verb``)."""

    account: OwnAccount
    events: tuple[tuple[datetime, str], ...]


def see_own_account(engine: Engine, by: By) -> OwnAccount:
    """The account of whoever asks.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.read() as reading:
        return _account(reading, by, user_of(reading, by))


def see_own_data(engine: Engine, by: By) -> OwnData:
    """The account of whoever asks, and what has happened to it, oldest first.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.read() as reading:
        user = user_of(reading, by)
        events = tuple((one.at, one.verb) for one in reading.trail.of("user", user.id))
        return OwnData(_account(reading, by, user), events)


def _account(reading: Reading, by: By, user: User) -> OwnAccount:
    factor = reading.sign_in.factor(user.id)
    sessions = tuple(
        OwnSession(one.id, one.how, one.opened_at, one.seen_at)
        for one in reading.sign_in.sessions_of(user.id)
        if one.how != HALF and min(one.ends_at, one.seen_at + IDLE) > by.at
    )
    return OwnAccount(
        user.email or "", user.name, user.language, user.phone, user.channel, user.since,
        factor is not None and factor.confirmed_at is not None, sessions, _roles(reading, user),
    )  # fmt: skip


def _roles(reading: Reading, user: User) -> tuple[OwnRole, ...]:
    return tuple(
        OwnRole(kind, name, role.role, role.since) for kind, name, role in reading.personal.roles_by_name(user.id)
    )
