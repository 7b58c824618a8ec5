"""What waits for one person of the authority, over all calls: a statement for each kind of thing, and the first of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import Session

from grantengine.store.assessments import sheet_of, tied
from grantengine.store.each import at_most, there_is_where
from grantengine.store.queues import MOST_COUNTED, UNDECIDED, asks
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment, StandIn
from grantengine.store.tables.people import AuthorityRole, Organisation
from grantengine.store.tables.schemes import Call

MOST = 20
"""How much of each kind is read; who has more begins with these."""
OPEN = (*UNDECIDED, "decided", "moved-up", "unconfirmed")
"""Statuses in which something is still to be done with a case."""
KINDS = ("answer", "handle", "rate")
ROLES = {"answer": ("handler", "leader"), "handle": ("handler", "leader"), "rate": ("assessor",)}
"""In which roles someone has what waits."""


USER, AT = bindparam("user", type_=Assignment.user_id.type), bindparam("at", type_=Assignment.assigned_at.type)


class WaitingCase(NamedTuple):
    """A case that waits for someone, with its applicant; ``round_id`` is that in which it is to be rated."""

    case: Application
    organisation: str
    round_id: str


class OwnCall(NamedTuple):
    """A call that someone has to do with; ``is_open``: it has cases with which something is still to be done."""

    id: str
    authority_id: str
    closes_at: datetime | None
    is_open: bool


class Waiting:
    """Queries about what waits for someone."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def first(self, kind: str, user_id: str, at: datetime) -> list[WaitingCase]:
        """The cases that wait for a person, those that came first first: to ``handle``, to ``rate``, or to ``answer`` what an
        applicant has said in a case that the person handles. None that the person has a tie to, nor where the person has the
        role no longer.
        """
        rows = self.session.execute(_first(kind), {"user": user_id, "at": at})
        return [WaitingCase(*row) for row in rows]

    def counts(self, user_id: str, at: datetime) -> dict[str, int]:
        """How many cases wait for a person, by kind, each counted to ``MOST_COUNTED`` at most; in one statement."""
        found = self.session.execute(_numbers(MOST_COUNTED), {"user": user_id, "at": at}).one()
        return dict(zip(KINDS, found, strict=True))

    def stand_ins(self, user_id: str, at: datetime) -> list[tuple[str, str, bool]]:
        """The calls that someone stands in in now, with the role, and whether it is for a single case."""
        found = select(StandIn.call_id, StandIn.role, StandIn.application_id.is_not(None)).where(
            StandIn.user_id == user_id, StandIn.since <= at, or_(StandIn.until.is_(None), StandIn.until > at)
        )
        return [(call, role, bool(one)) for call, role, one in self.session.execute(found.order_by(StandIn.id))]

    def calls(self, authority_ids: Collection[str], call_ids: Collection[str]) -> list[OwnCall]:
        """The calls of these authorities, and these."""
        works = there_is_where(
            Application.call_id == Call.id, Application.status.in_(OPEN), Application.submitted_at.is_not(None)
        )
        mine = or_(Call.authority_id.in_(sorted(authority_ids)), Call.id.in_(sorted(call_ids)))
        found = select(Call.id, Call.authority_id, Call.closes_at, works).where(mine)
        return [OwnCall(*row) for row in self.session.execute(found)]


# To make a statement takes longer than to ask it: they are made once.
@lru_cache(maxsize=len(KINDS))
def _first(kind: str) -> Any:
    """The first cases that wait for the person ``user`` at ``at``."""
    found = select(Application, Organisation.name, Assignment.round_id).select_from(Assignment)
    found = found.join(Application, Application.id == Assignment.application_id)
    found = found.join(Organisation, Organisation.id == Application.organisation_id).where(_waits(kind))
    return found.order_by(Application.submitted_at, Application.id, Assignment.id).limit(at_most(MOST))


@lru_cache(maxsize=4)
def _numbers(most: int) -> Any:
    """How many there are of each kind."""
    return select(*(_number(kind, most) for kind in KINDS))


def _number(kind: str, most: int) -> ColumnElement[int]:
    some = (
        select(literal(1).label("one"))
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(_waits(kind))
        .limit(at_most(most))
    )
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _waits(kind: str) -> ColumnElement[bool]:
    given = and_(
        Assignment.user_id == USER, Assignment.ended_at.is_(None), ~tied(Assignment.user_id, ("declared", "conflict")),
        _has_role(kind),
    )  # fmt: skip
    # Found from what is given to the person, and never from all cases that are in these statuses: not by the index.
    status = Application.status.concat("")
    if kind == "rate":
        delivered = there_is_where(sheet_of(Assignment), Assessment.delivered_at.is_not(None))
        return and_(given, Assignment.role == "assessor", status.in_(UNDECIDED), ~delivered)
    mine = and_(given, Assignment.role == "handler")
    return and_(mine, status.in_(UNDECIDED)) if kind == "handle" else and_(mine, status.in_(OPEN), asks())


def _has_role(kind: str) -> ColumnElement[bool]:
    """Whether someone has a role for such things, of the authority or as a stand-in, in the case that is joined."""
    own = there_is_where(
        Call.id == Application.call_id, AuthorityRole.authority_id == Call.authority_id, AuthorityRole.user_id == USER,
        AuthorityRole.role.in_(ROLES[kind]), AuthorityRole.since <= AT,
        or_(AuthorityRole.until.is_(None), AuthorityRole.until > AT),
    )  # fmt: skip
    instead = there_is_where(
        StandIn.call_id == Application.call_id, StandIn.user_id == USER, StandIn.role.in_(ROLES[kind]),
        StandIn.since <= AT, or_(StandIn.until.is_(None), StandIn.until > AT),
        or_(StandIn.application_id.is_(None), StandIn.application_id == Application.id),
    )  # fmt: skip
    return or_(own, instead)
