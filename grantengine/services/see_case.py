"""A case on one page: everything that a handler works with, read at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from grantengine.form.diff import answers_diff
from grantengine.lifecycle import DECIDERS, HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.case_beside import CaseMeetings, Past, case_meetings, past_of
from grantengine.services.case_clock import Clock, clock_of
from grantengine.services.case_entries import CaseEntries, entries_of
from grantengine.services.case_people import CasePeople, case_people
from grantengine.services.case_standing import CaseStanding, standing_of
from grantengine.services.interim_reply import promise_to
from grantengine.services.marks import part_of
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_application import CaseSeen, case_seen, partners_for
from grantengine.services.read_threads import ThreadSeen, threads_seen
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.revisions import HANDED_IN
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.services.thread_parties import party_of
from grantengine.store.tables.applications import Application, CheckedValue

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class CheckedSeen:
    """A figure that a handler has set, and why."""

    name: str
    value: Any
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class LastChange:
    """What was changed when the case was handed in last: the places of both states, and the questions that differ."""

    first: int
    second: int
    questions: frozenset[str]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with all that is known of it. ``paper`` are the answers that count; ``plan`` are the rules of its strand.

    ``promised`` is when an answer was promised for. ``changed`` is None where nothing was changed since it was handed in.
    """

    desk: CaseDesk
    at: datetime
    seen: CaseSeen
    paper: Paper
    plan: Plan
    clock: Clock
    promised: date | None
    people: CasePeople
    standing: CaseStanding
    checked: Mapping[str, CheckedSeen]
    entries: CaseEntries
    threads: tuple[ThreadSeen, ...]
    changed: LastChange | None
    meetings: CaseMeetings
    past: Past

    @property
    def is_open(self) -> bool:
        """Whether the case is with the authority, and nothing of it is decided."""
        return self.seen.status in IN_REVIEW

    @property
    def may_work(self) -> bool:
        """Whether whoever reads handles such cases, and this one is open."""
        return self.is_open and not self.desk.roles.isdisjoint(HANDLERS)


def see_case(engine: Engine, by: By, application_id: str, *, all: bool = False) -> CasePage:
    """A case, for those of the authority who decide. That it is read is kept first.

    However much there is in it, it takes the same few statements.

    :param all: more than the newest of what the applicant has applied for and got before.
    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, DECIDERS)
        page = _page(engine, reading, by, one, all=all)
        reader = reader_of(reading, by, one)
    keep_read(engine, by, reader, "application")
    return page


def _page(engine: Engine, reading: Reading, by: By, one: Application, *, all: bool) -> CasePage:
    call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
    plan = plan_of_call(engine, reading, call)
    seen, part = case_seen(reading, one, plan, call.title, own=False, outside=True), part_of(plan, one)
    partners = partners_for(reading, one, seen.request.asked_at if seen.request else None)
    party, threads = party_of(reading, by, one), reading.dialogue.threads(one.id)
    people = case_people(reading, by, call, one)
    return CasePage(
        desk=case_desk_of(engine, reading, by, one), at=by.at, seen=seen,
        paper=paper_of(
            reading, one, one.status, plan, call, organisation, seen.answers or {}, files=seen.attachments,
            partners=partners,
        ),
        plan=part, promised=promise_to(reading, part, one, [each.mark for each in reading.letters.of_case(one.id)], by.at),
        clock=clock_of(reading, by, one, call, reading.dialogue.requests(one.id)),
        people=people, standing=standing_of(engine, reading, plan, one, blind=bool(party.owes)),
        checked=_checked(reading, one),
        entries=entries_of(engine, plan, (fact.source for fact in seen.facts), (each.id for each in people.handlers)),
        threads=threads_seen(reading, one, [each for each in threads if party.takes_part(each.audience, each.round_id)]),
        changed=_changed(reading, plan, one), meetings=case_meetings(reading, by, part, one),
        past=past_of(reading, by, one, organisation, all=all),
    )  # fmt: skip


def _checked(reading: Reading, one: Application) -> dict[str, CheckedSeen]:
    rows = reading.parts.checked_values(one.id)
    names = reading.users.named({row.set_by for row in rows})
    return {row.name: _checked_seen(row, names) for row in rows}


def _checked_seen(row: CheckedValue, names: Mapping[str, str]) -> CheckedSeen:
    return CheckedSeen(row.name, row.value["value"], row.reason, names.get(row.set_by, ""), row.set_at)


def _changed(reading: Reading, plan: Plan, one: Application) -> LastChange | None:
    """What differs between what counts now and what was handed in before."""
    found = [each for each in reading.beside.newest_revisions(one.id, HANDED_IN, 2) if each.answers is not None]
    if len(found) < 2 or found[0].id != one.revision_id:
        return None
    now, before = found
    differing = answers_diff(plan.form, before.answers or {}, now.answers or {})
    return LastChange(before.place, now.place, frozenset(each.field for each in differing)) if differing else None
