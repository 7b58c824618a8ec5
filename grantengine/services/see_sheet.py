"""An assessor's page of a case: the application, the sheet beside it, and what others found once one's own is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import CriterionPlan, Plan, Words
from grantengine.errors import NotFoundError
from grantengine.evaluate import evaluate
from grantengine.explain import CriterionExplained, explain
from grantengine.lifecycle import IN_REVIEW, Who
from grantengine.records import By, FactColumn
from grantengine.rules.tables import cases_from_records
from grantengine.services.access import application_for, user_of
from grantengine.services.case_entries import entries_of
from grantengine.services.marks import criteria_of_round, marked_criteria, open_to_change, part_of
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.points_so_far import PointsSoFar, points_so_far, record_of
from grantengine.services.read_application import CaseSeen, case_seen, partners_for
from grantengine.services.read_assessments import AssessmentsSeen, SheetSeen, assessments_seen
from grantengine.services.read_threads import ThreadSeen, threads_seen
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.services.sheets import may_deliver, time_of
from grantengine.services.thread_parties import party_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assignment

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

_HIGH = "high"


@dataclass(frozen=True, slots=True)
class CriterionToRate:
    """A criterion that marks are given for: ``low`` and ``high`` are the ends of its scale where it has one, ``best`` is the
    end that gives ``most`` points. ``may_change``: assessors disagree about it and talk about it.
    """

    id: str
    title: Words
    help: Mapping[str, str] | None
    low: float | None
    high: float | None
    best: str
    most: float | None
    mark: Any
    note: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Where one is among one's own cases: those before and after, and how many there are and are left."""

    previous: str | None
    next: str | None
    total: int
    left: int


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A case that someone rates in a round, empty in a scheme without one.

    ``round`` is its title, ``rounds`` are all in which the case is given to whoever reads. ``closes`` is the first instant
    that is too late to deliver. ``columns`` are, by source, what it tells. ``may_write``: the case is in review;
    ``may_deliver``: now; ``version`` is what the next save is built on. ``found`` is what others found, with one's own, and
    is there once one has delivered; ``threads`` are those of the assessors.
    """

    desk: CaseDesk
    at: datetime
    seen: CaseSeen
    columns: Mapping[str, Mapping[str, FactColumn]]
    paper: Paper
    plan: Plan
    round_id: str
    round: Words | None
    rounds: tuple[tuple[str, Words], ...]
    blind: bool
    opens: datetime | None
    closes: datetime | None
    may_write: bool
    may_deliver: bool
    version: int
    saved_at: datetime | None
    delivered_at: datetime | None
    criteria: tuple[CriterionToRate, ...]
    computed: tuple[CriterionExplained, ...]
    so_far: PointsSoFar
    found: AssessmentsSeen | None
    threads: tuple[ThreadSeen, ...]
    beside: Beside

    @property
    def waits(self) -> bool:
        """Whether it is not known yet when the round opens."""
        return self.opens is None

    @property
    def lacking(self) -> tuple[CriterionToRate, ...]:
        """Criteria without a mark."""
        return tuple(one for one in self.criteria if one.mark is None)

    @property
    def most(self) -> float | None:
        """What can be had in all, where every criterion has a limit."""
        each = [*(one.most for one in self.criteria), *(one.most for one in self.computed)]
        return sum(one for one in each if one is not None) if None not in each else None


def see_sheet(engine: Engine, by: By, application_id: str, round_id: str | None = None) -> SheetPage:
    """A case with one's own sheet, for an assessor that it is given to. That it is read is kept first.

    :param round_id: left out: of those in which the case is given to the user, the first without a delivered sheet.
    :raises NotFoundError: ``application-not-found``, or ``round-not-found``: the case is not given to the user in it.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, {Who.ASSESSOR})
        reader = reader_of(reading, by, one)
        page = _page(engine, reading, by, one, round_id)
    keep_read(engine, by, reader, "application")
    if page.found is not None:
        keep_read(engine, by, reader, "assessments")
    return page


def _page(engine: Engine, reading: Reading, by: By, one: Application, wanted: str | None) -> SheetPage:
    call, organisation, me = reading.schemes.call_of(one), reading.organisations.of(one), user_of(reading, by).id
    plan = plan_of_call(engine, reading, call)
    part, record = part_of(plan, one), record_of(engine, reading, plan, one)
    found = assessments_seen(engine, reading, by, plan, one, record)
    sheets = {each.round_id: each for each in found.own}
    mine = {
        each.round_id: each for each in reading.assessments.assignments(one.id)
        if each.user_id == me and each.role == "assessor"
    }  # fmt: skip
    given = _assignment(mine, sheets, wanted)
    sheet, round = sheets.get(given.round_id), part.round(given.round_id)
    time, is_open = time_of(reading, plan, call, one, given.round_id), one.status in IN_REVIEW
    delivered = sheet.delivered_at if sheet else None
    party, threads = party_of(reading, by, one), reading.dialogue.threads(one.id)
    threads = [
        each for each in threads if each.audience == "assessors" and party.takes_part("assessors", each.round_id)
    ]
    seen = case_seen(reading, one, plan, call.title, own=False, outside=True)
    marks: Mapping[str, Any] = sheet.marks if sheet else {}
    return SheetPage(
        desk=case_desk_of(engine, reading, by, one), at=by.at, seen=seen,
        columns=entries_of(engine, plan, [fact.source for fact in seen.facts], ()).columns,
        paper=paper_of(
            reading, one, one.status, plan, call, organisation, seen.answers or {}, files=seen.attachments,
            partners=partners_for(reading, one, seen.request.asked_at if seen.request else None),
        ),
        plan=part, round_id=given.round_id, round=round.title if round else None, rounds=_rounds(part, mine),
        blind=round.terms.blind if round else False, opens=time.opens if time else None, closes=time.closes if time else None,
        may_write=is_open, may_deliver=is_open and may_deliver(time, given, by.at), version=sheet.version if sheet else 0,
        saved_at=sheet.saved_at if sheet else None, delivered_at=delivered,
        criteria=tuple(_criteria(reading, part, one, given.round_id, sheet)),
        computed=_computed(engine, plan, part, one, record),
        so_far=points_so_far(engine, plan, one, record, {id: [mark] for id, mark in marks.items()}),
        found=found if delivered else None, threads=threads_seen(reading, one, threads),
        beside=Beside(*reading.assignments.beside(call.id, me, given), *reading.assignments.counts(call.id, me)),
    )  # fmt: skip


def _assignment(mine: Mapping[str, Assignment], sheets: Mapping[str, SheetSeen], wanted: str | None) -> Assignment:
    """The round that is asked for, or else the first that is not delivered in.

    :raises NotFoundError: ``round-not-found``.
    """
    if wanted is None:
        left = [id for id in mine if id not in sheets or sheets[id].delivered_at is None]
        wanted = next(iter(left or mine), "")
    if wanted not in mine:
        raise NotFoundError("round-not-found")
    return mine[wanted]


def _rounds(part: Plan, mine: Mapping[str, Assignment]) -> tuple[tuple[str, Words], ...]:
    return tuple((id, round.title) for id in mine if (round := part.round(id)) is not None)


def _criteria(
    reading: Reading, part: Plan, one: Application, round_id: str, sheet: SheetSeen | None
) -> list[CriterionToRate]:
    written = {each.id: each for each in part.scheme.criteria}
    delivered = sheet is not None and sheet.delivered_at is not None
    talked = open_to_change(reading, part, one, round_id) if delivered else frozenset()
    return [
        _criterion(each, written.get(each.id), sheet, each.id in talked) for each in criteria_of_round(part, round_id)
    ]


def _criterion(one: CriterionPlan, written: Any, sheet: SheetSeen | None, may_change: bool) -> CriterionToRate:
    options = written.options if written is not None else {}
    return CriterionToRate(
        one.id, one.title, written.help if written is not None else None, one.mark_schema.get("minimum"),
        one.mark_schema.get("maximum"), str(options.get("better", _HIGH)),
        None if one.max_points is None else one.max_points * one.weight,
        sheet.marks.get(one.id) if sheet else None, sheet.notes.get(one.id, "") if sheet else "", may_change,
    )  # fmt: skip


def _computed(
    engine: Engine, plan: Plan, part: Plan, one: Application, record: Mapping[str, Any]
) -> tuple[CriterionExplained, ...]:
    """The criteria whose points follow from the application, each with what it has read."""
    cases = cases_from_records([dict(record)], plan)
    outcome = evaluate(plan, cases, engine=engine.rules, as_of=engine.today(), undetermined="exclude")
    marked = {each.id for each in marked_criteria(part)}
    found = explain(outcome, one.id, engine=engine.rules)
    return tuple(each for each in found.criteria if each.id not in marked)
