"""The cases of a call as its handlers work from them: those that came first first, a page at a time, by what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, get_args

from grantengine.lifecycle import AWAITS_LETTER, HANDLERS, IN_REVIEW, Status
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.case_deadlines import due_of, promise_of_plan, today
from grantengine.services.people_input import page_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_desk import CallDesk, call_desk_of
from grantengine.store.queues import Due, Given, QueueRow, Wanted

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.tables.dialogue import ChangeRequest
    from grantengine.store.unit_of_work import Reading

MOST = 50
MOST_WORDS = 5
WHO = frozenset({"handler", "leader", "approver", "reviewer"})
SHOWN = tuple(status for status in Status if status not in (Status.DRAFT, Status.LAPSED))
"""Statuses of cases that the authority has to do with, in the order that a case goes through them."""
DUES: tuple[Due, ...] = tuple(one for one in get_args(Due) if one)
Kind = Literal["changes", "confirm", "answer", "marks", "letter", "work"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are wanted; what is left out, or is none of the choices, asks for all.

    ``owner`` is ``me``, ``none`` (nobody handles it) or a user's id; ``due`` is ``overdue``, ``soon``, ``applicant`` (it waits
    for the applicant) or ``authority`` (the applicant has spoken last); ``words`` are of the name or of the number.
    """

    statuses: tuple[str, ...] = ()
    owner: str = ""
    due: str = ""
    words: str = ""
    strand: str = ""

    def wanted(self, by: By) -> Wanted:
        """The same as the store is asked."""
        chosen = [str(one) for one in SHOWN if one in self.statuses]
        owner = (by.id or "none") if self.owner == "me" else self.owner
        due: Due = next((one for one in DUES if one == self.due), "")
        words = tuple(self.words.split()[:MOST_WORDS])
        return Wanted(tuple(chosen or map(str, SHOWN)), owner, due, words, self.strand)


@dataclass(frozen=True, slots=True)
class Wait:
    """What a case waits for: the applicant's ``changes`` (until a moment) or to ``confirm``; the authority's ``answer``,
    ``marks`` (``done`` of ``of`` are there), ``letter``, or other ``work``.
    """

    kind: Kind
    until: datetime | None = None
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class QueuedCase:
    """A case in the list. ``owners`` are those who handle it, by id and name; ``due`` is when an answer is due, if none has
    been given; ``tied``: who reads the list has a tie to the applicant.
    """

    id: str
    number: str
    organisation: str
    status: str
    strand: str | None
    submitted_at: datetime | None
    owners: tuple[tuple[str, str], ...]
    waits: tuple[Wait, ...]
    due: date | None
    is_overdue: bool
    tied: bool


@dataclass(frozen=True, slots=True)
class View:
    """A person's own choice of cases, by name; ``query`` is what stands in the address of the list."""

    id: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of the cases of a call; ``after`` begins the next one.

    ``counts`` are of the whole call: by status, ``overdue``, and ``owner`` (undecided, and nobody handles it); more than a
    thousand are told as 1 001. ``handlers`` can be given cases, by id and name. ``strands`` have their titles, where there
    are any. ``may_give``: who reads the list may give cases to others.
    """

    desk: CallDesk
    items: tuple[QueuedCase, ...]
    after: str | None
    counts: Mapping[str, int]
    handlers: tuple[tuple[str, str], ...]
    strands: tuple[tuple[str, Mapping[str, str]], ...]
    views: tuple[View, ...]
    may_give: bool


def list_cases(
    engine: Engine, by: By, call_id: str, chosen: Filter = Filter(), *, after: str = "", limit: int = MOST
) -> CaseList:
    """A page of the cases of a call that have been handed in, by number and name; nothing of what they say.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO)
        plan, now = plan_of_call(engine, reading, call), today(by.at)
        promise = promise_of_plan(plan)
        found = reading.queues.cases(
            call_id, chosen.wanted(by), promise, now, reader=by.id or "", after=after, limit=limit + 1
        )
        counts = reading.queues.counts({call_id: promise}, [str(one) for one in SHOWN], now)
        handlers = reading.queues.may_handle(call.authority_id, call_id, HANDLERS, by.at)
        views = reading.queues.views(by.id, call_id) if by.id else []
        return CaseList(
            call_desk_of(engine, reading, by, call, plan),
            _items(reading, plan, by, found[:limit]), found[limit - 1].case.id if len(found) > limit else None,
            counts[call_id], tuple((one.id, one.name) for one in handlers),
            tuple((one.id, one.title or {"": one.id}) for one in plan.scheme.strands),
            tuple(View(one.id, one.name, one.query) for one in views), by.id in {one.id for one in handlers},
        )  # fmt: skip


def _items(reading: Reading, plan: Plan, by: By, rows: Iterable[QueueRow]) -> tuple[QueuedCase, ...]:
    """The rows of a page with what stands beside them, each kind of it in one statement."""
    found = list(rows)
    ids = [one.case.id for one in found]
    given, requests, marks = reading.queues.given(ids), reading.queues.requests(ids), reading.queues.marks(ids)
    promise, now = promise_of_plan(plan), today(by.at)
    items = []
    for row in found:
        case, theirs = row.case, given[row.case.id]
        is_open = case.status in IN_REVIEW
        due = due_of(promise, case.submitted_at, requests[case.id], marks[case.id], by.at) if is_open else None
        items.append(
            QueuedCase(
                case.id, case.number, row.organisation, case.status, case.strand, case.submitted_at,
                tuple((one.user_id, one.name) for one in theirs if one.role == "handler"),
                tuple(_waits(row, theirs, requests[case.id])), due, due is not None and due < now.day, row.tied,
            )
        )  # fmt: skip
    return tuple(items)


def _waits(row: QueueRow, given: Iterable[Given], requests: Iterable[ChangeRequest]) -> Iterable[Wait]:
    """What a case waits for, the applicant's part first."""
    status = row.case.status
    if status == Status.UNCONFIRMED:
        yield Wait("confirm")
    if status == Status.CHANGES_ASKED:
        yield Wait("changes", next((one.due_at for one in requests if one.status == "open"), None))
    if row.asks:
        yield Wait("answer")
    to_rate = [one for one in given if one.role == "assessor"]
    delivered = sum(one.delivered_at is not None for one in to_rate)
    if status in IN_REVIEW and delivered < len(to_rate):
        yield Wait("marks", done=delivered, of=len(to_rate))
    elif status == Status.SUBMITTED and not row.asks:
        yield Wait("work")
    if status in AWAITS_LETTER:
        yield Wait("letter")
