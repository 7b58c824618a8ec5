"""The lists that cases are worked from: the cases of a call, how many there are of each kind, and a person's own views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from grantengine.store.assessments import sheet_of
from grantengine.store.each import at_most, there_is, there_is_where
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
        alike: dict[Promise, list[str]] = defaultdict(list)
        for call, promise in promises.items():
            alike[promise.at(today.day)].append(call)
        late = {promise: calls for promise, calls in alike.items() if promise.may_be_late}
        asked = {
            "calls": list(promises),
            "at": today.at,
            **{f"calls{place}": calls for place, calls in enumerate(late.values())},
        }
        statement = _counting(tuple(sorted(statuses)), tuple(late), today.day, MOST_COUNTED)
        found: dict[str, dict[str, int]] = {call: {} for call in promises}
        for call, kind, number in self.session.execute(statement, asked) if promises else ():
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
        shape, asked = self._asked(call_id, wanted, promise, today, after, limit)
        return [QueueRow(*row) for row in self.session.execute(_listing(shape), {**asked, "reader": reader})]

    def ids(
        self, call_id: str, wanted: Wanted, promise: Promise, today: Today, *, limit: int
    ) -> list[str]:  # fmt: skip
        """The ids of those cases, in the same order."""
        shape, asked = self._asked(call_id, wanted, promise, today, "", limit)
        return list(self.session.scalars(_listing_ids(shape), asked))

    def _asked(
        self, call_id: str, wanted: Wanted, promise: Promise, today: Today, after: str, limit: int
    ) -> tuple[Shape, dict[str, Any]]:
        """What a statement is made from, and what it is asked with."""
        begun = self.session.get(Application, after) if after else None
        if begun is not None and (begun.call_id != call_id or begun.submitted_at is None):
            begun = None
        is_someone = wanted.owner not in ("", "none")
        shape = Shape(
            replace(wanted, owner="someone") if is_someone else wanted, promise, today.day, begun is not None, limit
        )
        asked = {"call": call_id, "at": today.at, "owner": wanted.owner}
        return shape, asked | ({"begun_at": begun.submitted_at, "begun": begun.id} if begun else {})

    def given(self, ids: Collection[str]) -> dict[str, list[Given]]:
        """To whom each of these cases is given now, in that order."""
        by_case = defaultdict(list)
        for row in self.session.execute(_GIVEN, {"ids": sorted(ids)}):
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
        by_case = defaultdict(list)
        for one in self.session.scalars(_REQUESTS, {"ids": sorted(ids)}):
            by_case[one.application_id].append(one)
        return by_case

    def marks(self, ids: Collection[str]) -> dict[str, list[str]]:
        """What the applicants of these cases have been told of by letter."""
        by_case = defaultdict(list)
        for id, mark in self.session.execute(_MARKS, {"ids": sorted(ids)}):
            by_case[id].append(mark)
        return by_case

    def may_handle(self, authority_id: str, call_id: str, roles: Collection[str], at: datetime) -> list[User]:
        """Who can be given a case of a call to handle, by name: those with one of these roles, also as stand-ins."""
        asked = {"authority": authority_id, "call": call_id, "roles": sorted(roles), "at": at}
        return list(self.session.scalars(_MAY_HANDLE, asked))

    def named(self, ids: Collection[str]) -> dict[str, str]:
        """The names of the applicants of these cases."""
        found = select(Application.id, Organisation.name).join(
            Organisation, Organisation.id == Application.organisation_id
        )
        rows = self.session.execute(found.where(Application.id.in_(sorted(ids))))
        return {id: name for id, name in rows}  # noqa: C416 - rows have a method `keys` of their own

    def views(self, user_id: str, call_id: str) -> list[SavedView]:
        """A person's views of a call, by name."""
        return list(self.session.scalars(_VIEWS, {"user": user_id, "call": call_id}))

    def views_of(self, user_id: str) -> list[SavedView]:
        """All views of a person."""
        return list(self.session.scalars(select(SavedView).where(SavedView.user_id == user_id)))


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# To make a statement takes longer than to ask it: those that do not change are made once.
_GIVEN = (
    select(
        Assignment.application_id,
        Assignment.id,
        Assignment.user_id,
        User.name,
        Assignment.role,
        Assessment.delivered_at,
    )
    .join(User, User.id == Assignment.user_id)
    .outerjoin(Assessment, sheet_of(Assignment))
    .where(Assignment.application_id.in_(_IDS), Assignment.ended_at.is_(None))
    .order_by(Assignment.id)
)
_REQUESTS = select(ChangeRequest).where(ChangeRequest.application_id.in_(_IDS)).order_by(ChangeRequest.id)
_MARKS = select(Letter.application_id, Letter.mark).where(Letter.application_id.in_(_IDS)).order_by(Letter.id)
_VIEWS = (
    select(SavedView)
    .where(SavedView.user_id == bindparam("user"), SavedView.call_id == bindparam("call"))
    .order_by(SavedView.name)
)
_ROLES: BindParameter[Any] = bindparam("roles", expanding=True)
_OWN = select(AuthorityRole.user_id).where(
    AuthorityRole.authority_id == bindparam("authority"), AuthorityRole.role.in_(_ROLES),
    AuthorityRole.since <= bindparam("at"), or_(AuthorityRole.until.is_(None), AuthorityRole.until > bindparam("at")),
)  # fmt: skip
_INSTEAD = select(StandIn.user_id).where(
    StandIn.call_id == bindparam("call"), StandIn.application_id.is_(None), StandIn.role.in_(_ROLES),
    StandIn.since <= bindparam("at"), or_(StandIn.until.is_(None), StandIn.until > bindparam("at")),
)  # fmt: skip
# Found from those who have the roles: with two conditions PostgreSQL would read all users there are.
_MAY_HANDLE = select(User).where(User.id.in_(union(_OWN, _INSTEAD))).order_by(User.name, User.id)


class Shape(NamedTuple):
    """What a statement of a list is made from: everything of it but the call, the person, the instant, and where it begins."""

    wanted: Wanted
    promise: Promise
    day: date
    begins: bool
    limit: int


@lru_cache(maxsize=256)
def _listing(shape: Shape) -> Select[Any, Any, Any, Any]:
    """The cases of a list, each with what stands beside it."""
    picked = _picked(shape).subquery()
    tied = there_is_where(
        Interest.call_id == Application.call_id, Interest.user_id == bindparam("reader"),
        Interest.status != "no-conflict",
        or_(
            Interest.whole_call, Interest.organisation_id == Application.organisation_id,
            Interest.organisation_id == Application.host_id,
        ),
    )  # fmt: skip
    return (
        select(Application, Organisation.name, asks(), tied)
        .join(picked, picked.c.id == Application.id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .order_by(Application.submitted_at, Application.id)
        .limit(at_most(shape.limit))
    )


@lru_cache(maxsize=64)
def _listing_ids(shape: Shape) -> Select[Any]:
    """The ids of the cases of a list."""
    picked = _picked(shape).subquery()
    return select(picked.c.id).order_by(picked.c.submitted_at, picked.c.id).limit(at_most(shape.limit))


def _picked(shape: Shape) -> Any:
    """The first of each status, each found in the order of the index: no more is read than is shown of any of them."""
    conditions = _conditions(shape)
    if shape.begins:
        here, at = tuple_(Application.submitted_at, Application.id), Application.submitted_at.type
        conditions.append(here > tuple_(bindparam("begun_at", type_=at), bindparam("begun", type_=Application.id.type)))
    parts = []
    for status in sorted(shape.wanted.statuses):
        one = select(Application.id, Application.submitted_at).where(
            Application.call_id == bindparam("call"), Application.status == status,
            Application.submitted_at.is_not(None), *conditions,
        )  # fmt: skip
        if shape.wanted.words:
            one = one.join(Organisation, Organisation.id == Application.organisation_id)
        first = one.order_by(Application.submitted_at, Application.id).limit(at_most(shape.limit)).subquery()
        parts.append(select(first.c.id, first.c.submitted_at))
    return union_all(*parts)


@lru_cache(maxsize=64)
def _counting(statuses: tuple[str, ...], late: tuple[Promise, ...], day: date, most: int) -> Any:
    """How many there are of each kind; the calls are ``calls``, and ``calls0`` and so on those of each promise."""
    kinds = union_all(*(select(literal(one).label("kind")) for one in statuses)).subquery()
    undecided = Application.status.in_(UNDECIDED)
    all: BindParameter[Any] = bindparam("calls", expanding=True)
    parts = [
        _counted(most, all, kinds.c.kind, Application.status == kinds.c.kind, kinds),
        _counted(most, all, literal("owner"), undecided & ~_owned()),
    ]
    for place, promise in enumerate(late):
        calls: BindParameter[Any] = bindparam(f"calls{place}", expanding=True)
        is_late = promised_before(promise, day, bindparam("at", type_=Application.submitted_at.type))
        parts.append(_counted(most, calls, literal("overdue"), undecided & is_late))
    return union_all(*parts)


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
    return there_is(open_ones.correlate(Application))


def _counted(
    most: int, calls: BindParameter[Any], kind: ColumnElement[str], is_one: ColumnElement[bool], *kinds: Subquery
) -> Select[Any]:
    """How many there are in each of these calls, each counted to the most that is counted."""
    mine = and_(Application.call_id == Call.id, Application.submitted_at.is_not(None), is_one)
    some = select(literal(1).label("one")).where(mine).limit(at_most(most)).correlate(Call, *kinds).subquery()
    number = select(func.count()).select_from(some).scalar_subquery()
    found = select(Call.id, kind, number).where(Call.id.in_(calls))
    for each in kinds:
        found = found.join(each, true())
    return found


def _owned(*whose: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = and_(
        Assignment.application_id == Application.id, Assignment.role == "handler", Assignment.ended_at.is_(None)
    )
    return there_is(select(Assignment.id).where(mine, *whose).correlate(Application))


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    """What cases must be like beside their status."""
    wanted, found = shape.wanted, []
    if wanted.owner == "none":
        found.append(~_owned())
    elif wanted.owner:
        found.append(_owned(Assignment.user_id == bindparam("owner")))
    if wanted.strand:
        found.append(Application.strand == wanted.strand)
    if wanted.due in ("overdue", "soon"):
        at = bindparam("at", type_=Application.submitted_at.type)
        late = promised_before(shape.promise, shape.day, at)
        soon = promised_before(shape.promise, shape.day + SOON + timedelta(days=1), at)
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
