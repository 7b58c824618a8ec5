"""The lists that cases are worked from: the cases of a call, how many there are of each kind, and a person's own views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from grantengine.store.assessments import sheet_of
from grantengine.store.late import Promise, promised_before
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment, Interest, StandIn
from grantengine.store.tables.decisions import Letter
from grantengine.store.tables.dialogue import ChangeRequest, Comment, Thread
from grantengine.store.tables.people import AuthorityRole, Organisation, User
from grantengine.store.tables.queues import SavedView
from grantengine.store.tables.schemes import Call

MOST_COUNTED = 1001
"""Nothing is counted further: whoever reads «more than 1 000» needs no number."""
UNDECIDED = ("changes-asked", "submitted")
SOON = timedelta(days=14)
Due = Literal["", "overdue", "soon", "applicant", "authority"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a call: in these statuses; ``owner`` handles them (a user's id, or ``none``: nobody does); ``due``;
    all ``words`` in the name of the applicant or the number; of this ``strand``.
    """

    statuses: tuple[str, ...]
    owner: str = ""
    due: Due = ""
    words: tuple[str, ...] = ()
    strand: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """The instant, and the day that it is in Norway."""

    at: datetime
    day: date


class QueueRow(NamedTuple):
    """A case in a list; ``asks``: the applicant has spoken last in a thread; ``tied``: who reads has a tie to it."""

    case: Application
    organisation: str
    asks: bool
    tied: bool


class Given(NamedTuple):
    """A case as it is given to someone now, and when a sheet was delivered, if one was."""

    application_id: str
    assignment_id: str
    user_id: str
    name: str
    role: str
    delivered_at: datetime | None


class Queues:
    """Queries about lists of cases."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def counts(
        self, promises: Mapping[str, Promise], statuses: Collection[str], today: Today
    ) -> dict[str, dict[str, int]]:
        """How many cases each of these calls has in each status, how many are ``overdue``, and how many undecided ones have no
        ``owner``; each counted to ``MOST_COUNTED`` at most, all in one statement.
        """
        kinds = _kinds(statuses)
        undecided = Application.status.in_(UNDECIDED)
        parts = [
            _counted(promises, kinds.c.kind, Application.status == kinds.c.kind, kinds),
            _counted(promises, literal("owner"), undecided & ~_owned()),
        ]
        alike = defaultdict(list)
        for call, promise in promises.items():
            alike[promise.at(today.day)].append(call)
        for promise, calls in alike.items():
            if promise.may_be_late:
                late = promised_before(promise, today.day, today.at)
                parts.append(_counted(calls, literal("overdue"), undecided & late))
        found: dict[str, dict[str, int]] = {call: {} for call in promises}
        for call, kind, number in self.session.execute(union_all(*parts)) if promises else ():
            found[call][kind] = number
        return found

    def cases(
        self,
        call_id: str,
        wanted: Wanted,
        promise: Promise,
        today: Today,
        *,
        reader: str,
        after: str = "",
        limit: int = 50,
    ) -> list[QueueRow]:
        """Cases of a call, those that came first first, after this one."""
        picked = self._picked(call_id, wanted, promise, today, after, limit).subquery()
        tied = exists().where(
            Interest.call_id == Application.call_id, Interest.user_id == reader, Interest.status != "no-conflict",
            or_(
                Interest.whole_call, Interest.organisation_id == Application.organisation_id,
                Interest.organisation_id == Application.host_id,
            ),
        )  # fmt: skip
        found = (
            select(Application, Organisation.name, asks(), tied)
            .join(picked, picked.c.id == Application.id)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .order_by(Application.submitted_at, Application.id)
            .limit(limit)
        )
        return [QueueRow(*row) for row in self.session.execute(found)]

    def ids(
        self, call_id: str, wanted: Wanted, promise: Promise, today: Today, *, limit: int
    ) -> list[str]:  # fmt: skip
        """The ids of those cases, in the same order."""
        picked = self._picked(call_id, wanted, promise, today, "", limit).subquery()
        return list(self.session.scalars(select(picked.c.id).order_by(picked.c.submitted_at, picked.c.id).limit(limit)))

    def _picked(
        self, call_id: str, wanted: Wanted, promise: Promise, today: Today, after: str, limit: int
    ) -> Any:  # fmt: skip
        """The first of each status, each found in the order of the index: no more is read than is shown of any of them."""
        conditions = _conditions(wanted, promise, today)
        begun = self.session.get(Application, after) if after else None
        if begun is not None and begun.call_id == call_id and begun.submitted_at is not None:
            here = tuple_(Application.submitted_at, Application.id)
            conditions.append(here > tuple_(literal(begun.submitted_at, Application.submitted_at.type), begun.id))
        parts = []
        for status in sorted(wanted.statuses):
            one = select(Application.id, Application.submitted_at).where(
                Application.call_id == call_id, Application.status == status, Application.submitted_at.is_not(None),
                *conditions,
            )  # fmt: skip
            if wanted.words:
                one = one.join(Organisation, Organisation.id == Application.organisation_id)
            first = one.order_by(Application.submitted_at, Application.id).limit(limit).subquery()
            parts.append(select(first.c.id, first.c.submitted_at))
        return union_all(*parts)

    def given(self, ids: Collection[str]) -> dict[str, list[Given]]:
        """To whom each of these cases is given now, in that order."""
        found = (
            select(
                Assignment.application_id, Assignment.id, Assignment.user_id, User.name, Assignment.role,
                Assessment.delivered_at,
            )
            .join(User, User.id == Assignment.user_id)
            .outerjoin(Assessment, sheet_of(Assignment))
            .where(Assignment.application_id.in_(sorted(ids)), Assignment.ended_at.is_(None))
            .order_by(Assignment.id)
        )  # fmt: skip
        by_case = defaultdict(list)
        for row in self.session.execute(found):
            by_case[row.application_id].append(Given(*row))
        return by_case

    def handling(self, ids: Collection[str]) -> dict[str, list[Assignment]]:
        """To whom each of these cases is given to handle now, in that order."""
        found = select(Assignment).where(
            Assignment.application_id.in_(sorted(ids)), Assignment.role == "handler", Assignment.ended_at.is_(None)
        )
        by_case = defaultdict(list)
        for one in self.session.scalars(found.order_by(Assignment.id)):
            by_case[one.application_id].append(one)
        return by_case

    def requests(self, ids: Collection[str]) -> dict[str, list[ChangeRequest]]:
        """What was asked of the applicants of these cases, oldest first."""
        found = select(ChangeRequest).where(ChangeRequest.application_id.in_(sorted(ids))).order_by(ChangeRequest.id)
        by_case = defaultdict(list)
        for one in self.session.scalars(found):
            by_case[one.application_id].append(one)
        return by_case

    def marks(self, ids: Collection[str]) -> dict[str, list[str]]:
        """What the applicants of these cases have been told of by letter."""
        found = select(Letter.application_id, Letter.mark).where(Letter.application_id.in_(sorted(ids)))
        by_case = defaultdict(list)
        for id, mark in self.session.execute(found.order_by(Letter.id)):
            by_case[id].append(mark)
        return by_case

    def may_handle(self, authority_id: str, call_id: str, roles: Collection[str], at: datetime) -> list[User]:
        """Who can be given a case of a call to handle, by name: those with one of these roles, also as stand-ins."""
        own = select(AuthorityRole.user_id).where(
            AuthorityRole.authority_id == authority_id, AuthorityRole.role.in_(sorted(roles)), AuthorityRole.since <= at,
            or_(AuthorityRole.until.is_(None), AuthorityRole.until > at),
        )  # fmt: skip
        instead = select(StandIn.user_id).where(
            StandIn.call_id == call_id, StandIn.application_id.is_(None), StandIn.role.in_(sorted(roles)),
            StandIn.since <= at, or_(StandIn.until.is_(None), StandIn.until > at),
        )  # fmt: skip
        found = select(User).where(or_(User.id.in_(own), User.id.in_(instead)))
        return list(self.session.scalars(found.order_by(User.name, User.id)))

    def named(self, ids: Collection[str]) -> dict[str, str]:
        """The names of the applicants of these cases."""
        found = select(Application.id, Organisation.name).join(
            Organisation, Organisation.id == Application.organisation_id
        )
        rows = self.session.execute(found.where(Application.id.in_(sorted(ids))))
        return {id: name for id, name in rows}  # noqa: C416 - rows have a method `keys` of their own

    def views(self, user_id: str, call_id: str) -> list[SavedView]:
        """A person's views of a call, by name."""
        found = select(SavedView).where(SavedView.user_id == user_id, SavedView.call_id == call_id)
        return list(self.session.scalars(found.order_by(SavedView.name)))

    def views_of(self, user_id: str) -> list[SavedView]:
        """All views of a person."""
        return list(self.session.scalars(select(SavedView).where(SavedView.user_id == user_id)))


def asks() -> ColumnElement[bool]:
    """Whether the applicant of the application that is joined has spoken last in a thread that is not settled."""
    said = aliased(Comment)
    last = (
        select(func.max(said.id))
        .where(said.application_id == Thread.application_id, said.thread_id == Thread.id)
        .correlate(Thread)
        .scalar_subquery()
    )
    open_ones = (
        select(Thread.id)
        .join(Comment, Comment.id == last)
        .where(
            Thread.application_id == Application.id, Thread.audience == "applicant", Thread.resolved_at.is_(None),
            Comment.side == "applicant",
        )
    )  # fmt: skip
    return open_ones.correlate(Application).exists()


def _kinds(statuses: Collection[str]) -> Subquery:
    return union_all(*(select(literal(one).label("kind")) for one in sorted(statuses))).subquery()


def _counted(
    calls: Collection[str], kind: ColumnElement[str], is_one: ColumnElement[bool], *kinds: Subquery
) -> Select[Any]:
    """How many there are in each of these calls, each counted to the most that is counted."""
    mine = and_(Application.call_id == Call.id, Application.submitted_at.is_not(None), is_one)
    some = select(literal(1).label("one")).where(mine).limit(MOST_COUNTED).correlate(Call, *kinds).subquery()
    number = select(func.count()).select_from(some).scalar_subquery()
    found = select(Call.id, kind, number).where(Call.id.in_(sorted(calls)))
    for each in kinds:
        found = found.join(each, true())
    return found


def _owned(*whose: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = and_(
        Assignment.application_id == Application.id, Assignment.role == "handler", Assignment.ended_at.is_(None)
    )
    return exists().where(mine, *whose).correlate(Application)


def _conditions(wanted: Wanted, promise: Promise, today: Today) -> list[ColumnElement[bool]]:
    """What cases must be like beside their status."""
    found = []
    if wanted.owner == "none":
        found.append(~_owned())
    elif wanted.owner:
        found.append(_owned(Assignment.user_id == wanted.owner))
    if wanted.strand:
        found.append(Application.strand == wanted.strand)
    if wanted.due in ("overdue", "soon"):
        late = promised_before(promise, today.day, today.at)
        soon = promised_before(promise, today.day + SOON + timedelta(days=1), today.at)
        found.append(Application.status.in_(UNDECIDED) & (late if wanted.due == "overdue" else soon & ~late))
    elif wanted.due == "applicant":
        found.append(Application.status.in_(("changes-asked", "unconfirmed")))
    elif wanted.due == "authority":
        found.append(asks())
    return found + [_says(word) for word in wanted.words]


def _says(word: str) -> ColumnElement[bool]:
    """Whether the number or the name of the applicant has it; small letters beyond a to z are not everywhere
    known as those of the capitals, so the word is looked for as people write it.
    """
    written = {word, word.lower(), word.upper(), word.capitalize()}
    named = [Organisation.name.icontains(one, autoescape=True) for one in sorted(written)]
    return or_(Application.number.icontains(word, autoescape=True), *named)
