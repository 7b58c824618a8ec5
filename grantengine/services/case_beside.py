"""What is known beside a case: meetings with its applicant, and what the applicant has applied for and got before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import DECIDERS
from grantengine.records import By
from grantengine.services.log_meeting import MeetingSeen, seen_meetings
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading

FEW, MANY = 10, 200
"""Earlier applications and grants that are shown, and where all are asked for."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A meeting that is booked; ``of_case``: it is about this case, and not about the call alone."""

    round_id: str
    starts: datetime
    ends: datetime
    place: str
    wish: str | None
    of_case: bool


@dataclass(frozen=True, slots=True)
class CaseMeetings:
    """Meetings with the applicant about the call: those that are ahead, and what was said in those that were held."""

    ahead: tuple[Booked, ...]
    held: tuple[MeetingSeen, ...]


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another application of the same organisation."""

    id: str
    number: str
    status: str
    call: Mapping[str, str]
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class GrantSeen:
    """An earlier grant; ``title`` is that of its scheme, where it is known here. ``amount`` is in øre, 0 where it was given in
    kind. ``report`` is ``none``, ``due``, ``overdue`` or ``delivered``.
    """

    authority: Mapping[str, str]
    scheme: str
    title: Mapping[str, str] | None
    year: int
    amount: int
    report: str
    activity: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """What else the applicant has applied for, and what it has got before; ``more``: there is more than is told here."""

    cases: tuple[OtherCase, ...]
    grants: tuple[GrantSeen, ...]
    more_cases: bool
    more_grants: bool


def case_meetings(reading: Reading, by: By, plan: Plan, application: Application) -> CaseMeetings:
    """Meetings about the call with the organisation of a case."""
    booked = reading.meetings.of_organisation(application.call_id, application.organisation_id)
    ahead = tuple(
        Booked(
            slot.round_id,
            slot.starts_at,
            slot.ends_at,
            slot.place,
            booking.wish,
            booking.application_id == application.id,
        )
        for booking, slot in booked
        if slot.ends_at > by.at
    )
    return CaseMeetings(ahead, seen_meetings(reading, plan, application.call_id, application.organisation_id))


def past_of(reading: Reading, by: By, application: Application, organisation: Organisation, *, all: bool) -> Past:
    """The applicant's other applications to authorities in which the user decides, and its grants, newest first."""
    limit = MANY if all else FEW
    mine = {one.id for one, role in reading.users.offices(by.id or "", by.at) if role in DECIDERS}
    cases = reading.beside.others_of(application, mine, limit + 1)
    grants = reading.grants.newest(organisation.id, organisation.number, limit + 1)
    titles = reading.grants.titles({one.scheme for one, _ in grants}) if grants else {}
    return Past(
        tuple(OtherCase(one.id, one.number, one.status, call.title, one.submitted_at) for one, call in cases[:limit]),
        tuple(
            GrantSeen(name, one.scheme, titles.get(one.scheme), one.year, one.amount, one.report, one.activity)
            for one, name in grants[:limit]
        ),
        len(cases) > limit, len(grants) > limit,
    )  # fmt: skip
