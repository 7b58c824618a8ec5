"""What assessors have found in a case, side by side, what they talk about, and who rates it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, Words
from grantengine.lifecycle import HANDLERS, IN_REVIEW, LIFECYCLE, READERS, Status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.assign_cases import people_of
from grantengine.services.marks import criteria_of_round, part_of, rating_rounds
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_assessments import AssessmentsSeen, assessments_seen
from grantengine.services.read_threads import ThreadSeen, threads_seen
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.services.thread_parties import party_of
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class Given:
    """To whom the case is, or was, given to rate; ``by`` is who gave it, None where it was given evenly by the system."""

    id: str
    user_id: str
    name: str
    round_id: str
    at: datetime
    by: str | None
    delivered: bool
    ended_at: datetime | None
    end_reason: str | None


@dataclass(frozen=True, slots=True)
class MayRate:
    """An assessor who does not have the case: how many cases of the call they have now, and what stands in the way
    (``conflicted``, ``undeclared`` or nothing).
    """

    id: str
    name: str
    load: int
    why_not: str


@dataclass(frozen=True, slots=True)
class AssessmentsPage:
    """``rounds`` are those in which marks are given for the case, with their titles (None: the scheme has none for it).

    ``given`` and ``may_rate`` are for those who give cases out; ``may_give``: they can now. ``is_open``: it can be talked
    about.
    """

    desk: CaseDesk
    plan: Plan
    found: AssessmentsSeen
    threads: tuple[ThreadSeen, ...]
    rounds: tuple[tuple[str, Words | None], ...]
    given: tuple[Given, ...]
    may_rate: tuple[MayRate, ...]
    may_give: bool
    is_open: bool

    @property
    def standing(self) -> tuple[Given, ...]:
        """To whom the case is given now."""
        return tuple(one for one in self.given if one.ended_at is None)

    @property
    def ended(self) -> tuple[Given, ...]:
        """To whom it was given before."""
        return tuple(one for one in self.given if one.ended_at is not None)


def see_assessments(engine: Engine, by: By, application_id: str) -> AssessmentsPage:
    """Delivered sheets of a case and the talk of its assessors; for those who handle cases also who rates it.

    An assessor sees those of others in a blind round after delivering the own. That someone reads it is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, READERS)
        reader = reader_of(reading, by, one)
        page = _page(engine, reading, by, one)
    keep_read(engine, by, reader, "assessments")
    return page


def _page(engine: Engine, reading: Reading, by: By, one: Application) -> AssessmentsPage:
    plan = plan_of_call(engine, reading, reading.schemes.call_of(one))
    part, desk = part_of(plan, one), case_desk_of(engine, reading, by, one)
    party, threads = party_of(reading, by, one), reading.dialogue.threads(one.id)
    threads = [
        each for each in threads if each.audience == "assessors" and party.takes_part("assessors", each.round_id)
    ]
    rounds = [id for id in rating_rounds(part) if criteria_of_round(part, id)]
    gives = bool(desk.roles & HANDLERS)
    return AssessmentsPage(
        desk, part, assessments_seen(engine, reading, by, plan, one), threads_seen(reading, one, threads),
        tuple((id, found.title if (found := part.round(id)) else None) for id in rounds),
        tuple(_given(reading, one)) if gives else (), tuple(_may_rate(reading, by, one)) if gives else (),
        gives and one.status in IN_REVIEW and bool(rounds), Status(one.status) not in LIFECYCLE.ends,
    )  # fmt: skip


def _given(reading: Reading, one: Application) -> list[Given]:
    rows = [each for each in reading.assessments.assignments(one.id, standing=False) if each.role == "assessor"]
    sheets = {(each.round_id, each.assessor_id) for each in reading.assessments.sheets(one.id) if each.delivered_at}
    names = reading.users.named({id for each in rows for id in (each.user_id, each.assigned_by) if id})
    return [
        Given(
            each.id, each.user_id, names.get(each.user_id, ""), each.round_id, each.assigned_at,
            names.get(each.assigned_by or ""), (each.round_id, each.user_id) in sheets, each.ended_at, each.end_reason,
        )
        for each in rows
    ]  # fmt: skip


def _may_rate(reading: Reading, by: By, one: Application) -> list[MayRate]:
    """Everyone who rates in the call, those with the fewest cases first."""
    people = people_of(reading, reading.schemes.call_of(one), "assessor", by.at)
    load: dict[str, int] = {}
    for user, _, given, _ in reading.staffing.load(one.call_id):
        load[user] = load.get(user, 0) + given
    names = reading.users.named(people.of(one))
    found = [
        MayRate(
            id, name, load.get(id, 0),
            "conflicted" if people.is_conflicted(id, one) else "" if people.has_declared(id, one) else "undeclared",
        )
        for id, name in names.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.load, each.name, each.id))
