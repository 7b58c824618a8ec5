"""Lists of applications, a page at a time, in a fixed number of statements however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import APPLICANTS, Status, told_status
from grantengine.records import By
from grantengine.services.access import call_for, organisation_for

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """An application as lists show it."""

    id: str
    number: str
    status: str
    call_id: str
    call: Mapping[str, str]
    organisation_id: str
    organisation: str
    saved_at: datetime | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; ``after`` begins the next one, None where this is the last."""

    items: tuple[Listed, ...]
    after: str | None


def list_of_call(
    engine: Engine, by: By, call_id: str, *, statuses: Collection[str] = (), after: str = "", limit: int = 50
) -> Page:
    """The applications of a call that are not being written any more (or those in ``statuses``), for its handlers.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    limit = min(max(limit, 1), MOST)
    wanted = set(statuses or (str(one) for one in Status)) - {"draft", "lapsed"}
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, {"handler", "leader", "approver", "reviewer"})
        found = reading.applications.of_call(call_id, statuses=wanted or {""}, after=after, limit=limit + 1)
    items = tuple(
        Listed(
            one.id,
            one.number,
            one.status,
            call_id,
            call.title,
            organisation.id,
            organisation.name,
            saved,
            one.submitted_at,
        )
        for one, organisation, saved in found
    )
    return _page(items, limit)


def list_of_organisation(engine: Engine, by: By, organisation_id: str, *, after: str = "", limit: int = 50) -> Page:
    """What an organisation has applied for, drafts too, for those who act for it.

    What is decided is ``submitted`` until its letter has gone out.

    :raises NotFoundError: ``organisation-not-found``.
    """
    limit = min(max(limit, 1), MOST)
    with engine.store.read() as reading:
        organisation = organisation_for(reading, by, organisation_id, APPLICANTS)
        found = reading.applications.of_organisation(organisation_id, after=after, limit=limit + 1)
    items = tuple(
        Listed(
            one.id,
            one.number,
            str(told_status(one.status)),
            call.id,
            call.title,
            organisation_id,
            organisation.name,
            saved,
            one.submitted_at,
        )
        for one, call, saved in found
    )
    return _page(items, limit)


def _page(items: tuple[Listed, ...], limit: int) -> Page:
    return Page(items[:limit], items[limit - 1].id if len(items) > limit else None)
