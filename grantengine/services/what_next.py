"""One's own front page: what to do next, and what has become of everything one's organisations have applied for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import told_status
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.list_applications import MOST, Listed, Page
from grantengine.services.own_tasks import Task, Tasks
from grantengine.services.people_input import page_of
from grantengine.services.read_organisation import Mine, mine_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class OfficeCall:
    """A call of an authority, with when it opens and the first instant that is too late; None: always open."""

    id: str
    title: Mapping[str, str]
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class Office:
    """An authority that a person works in, in which roles, and its calls, the last deadline first."""

    name: Mapping[str, str]
    roles: tuple[str, ...]
    calls: tuple[OfficeCall, ...]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What waits for a person, most urgent first; the organisations that the person acts for; what these have applied for,
    newest first (``applications.after`` begins the next page).

    ``offices`` are told of for who acts for no organisation.
    """

    tasks: tuple[Task, ...]
    organisations: tuple[Mine, ...]
    applications: Page
    offices: tuple[Office, ...] = ()


def what_next(engine: Engine, by: By, *, after: str = "", limit: int = 50) -> OwnPage:
    """What someone who acts for organisations can do next, with minutes, and the state of each application.

    However much there is, it takes the same few statements; of each kind of thing the first twenty are told.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        user = user_of(reading, by)
        acts_for = reading.organisations.of_user(user.id, by.at)
        if not acts_for:
            return OwnPage((), (), Page((), None), _offices(reading, user.id, by.at))
        names = {organisation.id: organisation.name for organisation, _ in acts_for}
        found = reading.own.applications(names, before=after, limit=limit + 1)
        tasks = Tasks(engine, reading, by, acts_for).all()
    items = tuple(
        Listed(
            one.id, one.number, str(told_status(one.status)), call.id, call.title, one.organisation_id,
            names[one.organisation_id], saved, one.submitted_at,
        )
        for one, call, saved in found
    )  # fmt: skip
    page = Page(items[:limit], items[limit - 1].id if len(items) > limit else None)
    return OwnPage(tasks, tuple(mine_of(acts_for)), page)


def _offices(reading: Reading, user_id: str, at: datetime) -> tuple[Office, ...]:
    roles: dict[str, list[str]] = {}
    names: dict[str, Mapping[str, str]] = {}
    for authority, role in reading.users.offices(user_id, at):
        names[authority.id] = authority.name
        roles.setdefault(authority.id, []).append(role)
    calls = reading.users.calls_of(roles) if roles else []
    return tuple(
        Office(
            names[id], tuple(held),
            tuple(OfficeCall(one.id, one.title, one.opens_at, one.closes_at) for one in calls if one.authority_id == id),
        )
        for id, held in roles.items()
    )  # fmt: skip
