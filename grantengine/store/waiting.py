"""What waits for one person of the authority, over all calls: a statement for each kind of thing, and the first of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from grantengine.store.assessments import sheet_of, tied
from grantengine.store.queues import MOST_COUNTED, UNDECIDED, asks
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment, StandIn
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

MOST = 20
"""How much of each kind is read; who has more begins with these."""
OPEN = (*UNDECIDED, "decided", "moved-up", "unconfirmed")
"""Statuses in which something is still to be done with a case."""
KINDS = ("answer", "handle", "rate")


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

    def first(self, kind: str, user_id: str) -> list[WaitingCase]:
        """The cases that wait for a person, those that came first first: to ``handle``, to ``rate``, or to ``answer`` what an
        applicant has said in a case that the person handles. None that the person has a tie to.
        """
        found = (
            select(Application, Organisation.name, Assignment.round_id)
            .select_from(Assignment)
            .join(Application, Application.id == Assignment.application_id)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .where(_waits(kind, user_id))
            .order_by(Application.submitted_at, Application.id, Assignment.id)
            .limit(MOST)
        )
        return [WaitingCase(*row) for row in self.session.execute(found)]

    def counts(self, user_id: str) -> dict[str, int]:
        """How many cases wait for a person, by kind, each counted to ``MOST_COUNTED`` at most; in one statement."""
        found = self.session.execute(select(*(_number(kind, user_id) for kind in KINDS))).one()
        return dict(zip(KINDS, found, strict=True))

    def stand_ins(self, user_id: str, at: datetime) -> list[tuple[str, str, bool]]:
        """The calls that someone stands in in now, with the role, and whether it is for a single case."""
        found = select(StandIn.call_id, StandIn.role, StandIn.application_id.is_not(None)).where(
            StandIn.user_id == user_id, StandIn.since <= at, or_(StandIn.until.is_(None), StandIn.until > at)
        )
        return [(call, role, bool(one)) for call, role, one in self.session.execute(found.order_by(StandIn.id))]

    def calls(self, authority_ids: Collection[str], call_ids: Collection[str]) -> list[OwnCall]:
        """The calls of these authorities, and these."""
        works = exists().where(
            Application.call_id == Call.id, Application.status.in_(OPEN), Application.submitted_at.is_not(None)
        )
        mine = or_(Call.authority_id.in_(sorted(authority_ids)), Call.id.in_(sorted(call_ids)))
        found = select(Call.id, Call.authority_id, Call.closes_at, works).where(mine)
        return [OwnCall(*row) for row in self.session.execute(found)]


def _number(kind: str, user_id: str) -> ColumnElement[int]:
    some = (
        select(literal(1).label("one"))
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(_waits(kind, user_id))
        .limit(MOST_COUNTED)
    )
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _waits(kind: str, user_id: str) -> ColumnElement[bool]:
    given = and_(
        Assignment.user_id == user_id,
        Assignment.ended_at.is_(None),
        ~tied(Assignment.user_id, ("declared", "conflict")),
    )
    # Found from what is given to the person, and never from all cases that are in these statuses: not by the index.
    status = Application.status.concat("")
    if kind == "rate":
        delivered = exists().where(sheet_of(Assignment), Assessment.delivered_at.is_not(None))
        return and_(given, Assignment.role == "assessor", status.in_(UNDECIDED), ~delivered)
    mine = and_(given, Assignment.role == "handler")
    return and_(mine, status.in_(UNDECIDED)) if kind == "handle" else and_(mine, status.in_(OPEN), asks())
