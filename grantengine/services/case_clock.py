"""How long a case has been with the authority, without the time in which it waited for the applicant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.lifecycle import APPLICANTS, IN_REVIEW, READERS, Status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import ChangeRequest
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

DAY = timedelta(days=1)
UNDER_WAY = (*IN_REVIEW, Status.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the applicant was asked; ``until`` is None as long as it is."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """``days`` is how many whole days of 24 hours a case has been with the authority, ``waited`` how many it was not.

    ``since`` is when it began: when the case was submitted, or when the call closed, whichever is later; None before.
    ``paused``: the applicant is asked now. ``stopped`` is when it was decided or ended.
    """

    days: int
    waited: int
    paused: bool
    since: datetime | None
    stopped: datetime | None = None


def clock_at(
    at: datetime, since: datetime | None, pauses: Iterable[Pause] = (), stopped: datetime | None = None
) -> Clock:
    """The clock of a case at an instant. Pauses may overlap the beginning and the end, not each other."""
    if since is None or since > at:
        return Clock(0, 0, False, None)
    end = max(since, min(at, stopped or at))
    waited, paused = timedelta(), False
    for one in pauses:
        first, last = max(one.since, since), min(one.until or end, end)
        waited += max(last - first, timedelta())
        paused = paused or (stopped is None and one.since <= at and (one.until is None or one.until > at))
    return Clock((end - since - waited) // DAY, waited // DAY, paused, since, stopped)


def case_clock(engine: Engine, by: By, application_id: str) -> Clock:
    """How long a case has been with the authority, for both sides.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS | READERS)
        call, requests = reading.schemes.call_of(application), reading.dialogue.requests(application_id)
        return clock_of(reading, by, application, call, requests)


def clock_of(
    reading: Reading, by: By, application: Application, call: Call, requests: Iterable[ChangeRequest]
) -> Clock:
    """The clock of a case whose applicant was asked these things."""
    submitted = application.submitted_at
    since = max(submitted, call.closes_at or submitted) if submitted else None
    pauses = [Pause(one.asked_at, one.closed_at) for one in requests]
    return clock_at(by.at, since, pauses, _stopped(reading, by, application))


def _stopped(reading: Reading, by: By, application: Application) -> datetime | None:
    """When the case was decided first, or ended; the applicant is told of a decision by its letter, not by the clock."""
    if application.status in UNDER_WAY or application.submitted_at is None:
        return None
    if application.status == Status.DECIDED and _is_applicant(reading, by, application):
        return None
    decisions = reading.decisions.of_case(application.id)
    if decisions:
        return decisions[0].decided_at
    ends = [one.at for one in reading.trail.of("application", application.id) if one.verb in ("withdraw", "lapse")]
    return ends[-1] if ends else None


def _is_applicant(reading: Reading, by: By, application: Application) -> bool:
    mine = reading.users.roles_in_organisation(by.id or "", application.organisation_id, by.at)
    return bool(mine & APPLICANTS)
