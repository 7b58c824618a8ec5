"""Who works in a call: roles, stand-ins, and how many cases each has."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from grantengine.store.assessments import sheet_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment, StandIn
from grantengine.store.tables.people import AuthorityRole, User


class Load(NamedTuple):
    """Cases that someone has to rate in a round, and those of them that are delivered."""

    user_id: str
    round_id: str
    given: int
    delivered: int


class Standing(NamedTuple):
    """Someone who stands in, with the names of both people, and the number of the case where it is one."""

    row: StandIn
    name: str
    appointed_by: str
    number: str | None


class Staffing:
    """Queries about who works in a call."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def in_roles(self, authority_id: str, roles: Collection[str], at: datetime) -> list[tuple[str, str, str]]:
        """Who has which of these roles in an authority now: user id, name and role, in order of the names."""
        found = (
            select(User.id, User.name, AuthorityRole.role)
            .join(User, User.id == AuthorityRole.user_id)
            .where(
                AuthorityRole.authority_id == authority_id, AuthorityRole.role.in_(sorted(roles)),
                AuthorityRole.since <= at, or_(AuthorityRole.until.is_(None), AuthorityRole.until > at),
            )
            .order_by(User.name, User.id, AuthorityRole.role)
        )  # fmt: skip
        return [(id, name, role) for id, name, role in self.session.execute(found)]

    def standing_in(self, call_id: str, at: datetime) -> list[Standing]:
        """Those who stand in in a call now, in the order they were appointed."""
        by = aliased(User)
        found = (
            select(StandIn, User.name, by.name, Application.number)
            .join(User, User.id == StandIn.user_id)
            .join(by, by.id == StandIn.appointed_by)
            .outerjoin(Application, Application.id == StandIn.application_id)
            .where(StandIn.call_id == call_id, StandIn.since <= at, or_(StandIn.until.is_(None), StandIn.until > at))
            .order_by(StandIn.id)
        )
        return [Standing(*row) for row in self.session.execute(found)]

    def load(self, call_id: str) -> list[Load]:
        """How many cases of a call each person has to rate now in each round, and how many of them are delivered."""
        found = (
            select(Assignment.user_id, Assignment.round_id, func.count(), func.count(Assessment.delivered_at))
            .join(Application, Application.id == Assignment.application_id)
            .outerjoin(Assessment, sheet_of(Assignment))
            .where(Application.call_id == call_id, Assignment.role == "assessor", Assignment.ended_at.is_(None))
            .group_by(Assignment.user_id, Assignment.round_id)
            .order_by(Assignment.user_id, Assignment.round_id)
        )
        return [Load(*row) for row in self.session.execute(found)]

    def handled(self, call_id: str) -> dict[str, int]:
        """How many cases of a call each person handles now."""
        found = (
            select(Assignment.user_id, func.count())
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.call_id == call_id, Assignment.role == "handler", Assignment.ended_at.is_(None))
            .group_by(Assignment.user_id)
        )
        return {user: count for user, count in self.session.execute(found)}  # noqa: C416 - rows have a method `keys`

    def numbered(self, call_id: str, number: str) -> str | None:
        """The case of a call with this number, that was handed in."""
        found = select(Application.id).where(
            Application.call_id == call_id, Application.number == number, Application.submitted_at.is_not(None)
        )
        return self.session.scalar(found)
