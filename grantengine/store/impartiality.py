"""Who has said which ties they have to applicants, what was decided about it, and who stands in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from grantengine.store.once import once
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Interest, InterestDeclaration, StandIn
from grantengine.store.tables.people import Organisation, User


class Impartiality:
    """Queries about impartiality (habilitet)."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @once
    def declaration(self, call_id: str, user_id: str) -> InterestDeclaration | None:
        """What someone has declared for a call."""
        return self.session.get(InterestDeclaration, (call_id, user_id))

    def interest(self, id: str, *, lock: bool = False) -> Interest | None:
        """A tie by id."""
        return self.session.get(Interest, id, with_for_update={"key_share": True} if lock else None)

    def call_of(self, kind: type[Interest] | type[StandIn], id: str) -> str | None:
        """The call that a tie was declared in, or that someone stands in in; the row itself is not read."""
        return self.session.scalar(select(kind.call_id).where(kind.id == id))

    def listed(self, call_id: str, user_id: str | None = None) -> list[tuple[Interest, str, str]]:
        """The ties declared in a call, by one user or by all, with the names of user and applicant, oldest first."""
        found = (
            select(Interest, User.name, Organisation.name)
            .join(User, User.id == Interest.user_id)
            .join(Organisation, Organisation.id == Interest.organisation_id)
            .where(Interest.call_id == call_id)
        )
        if user_id is not None:
            found = found.where(Interest.user_id == user_id)
        rows = self.session.execute(found.order_by(Interest.id))
        return [(one, user, organisation) for one, user, organisation in rows]

    @once
    def keeping_away(self, call_id: str) -> list[Interest]:
        """The ties in a call that keep their people away; one that nobody has decided about does."""
        found = select(Interest).where(Interest.call_id == call_id, Interest.status != "no-conflict")
        return list(self.session.scalars(found.order_by(Interest.id)))

    @once
    def declarations(self, call_id: str) -> dict[str, datetime]:
        """Who has declared in a call, by user id, and when last."""
        found = select(InterestDeclaration.user_id, InterestDeclaration.declared_at)
        rows = self.session.execute(found.where(InterestDeclaration.call_id == call_id))
        return {user: at for user, at in rows}  # noqa: C416 - rows have a method `keys` of their own

    def declared_where(self, user_id: str, organisation_id: str, statuses: Collection[str]) -> list[str]:
        """The calls, in order of id, in which a user has declared and an organisation, or one whose money it would receive,
        has a case in one of these statuses.
        """
        theirs = or_(Application.organisation_id == organisation_id, Application.host_id == organisation_id)
        calls = select(Application.call_id).where(theirs, Application.status.in_(sorted(statuses)))
        found = select(InterestDeclaration.call_id).where(
            InterestDeclaration.user_id == user_id, InterestDeclaration.call_id.in_(calls)
        )
        return list(self.session.scalars(found.order_by(InterestDeclaration.call_id)))

    @once
    def interests(self, call_id: str, user_id: str | None = None) -> list[Interest]:
        """The ties declared in a call, by one user or by all, in the order they were declared."""
        found = select(Interest).where(Interest.call_id == call_id)
        if user_id is not None:
            found = found.where(Interest.user_id == user_id)
        return list(self.session.scalars(found.order_by(Interest.id)))

    @once
    def ties(self, call_id: str, user_id: str) -> tuple[tuple[str, bool], ...]:
        """The ties that keep a user away in a call: the applicant, and whether from every case; one that nobody has decided
        about does.
        """
        found = select(Interest.organisation_id, Interest.whole_call).where(
            Interest.call_id == call_id, Interest.user_id == user_id, Interest.status != "no-conflict"
        )
        return tuple((organisation, whole) for organisation, whole in self.session.execute(found))

    def is_conflicted(self, call_id: str, user_id: str, organisations: Collection[str]) -> bool:
        """Whether a tie keeps a user away from cases of these organisations."""
        return any(whole or one in organisations for one, whole in self.ties(call_id, user_id))

    @once
    def standing(self, call_id: str, user_id: str, at: datetime) -> tuple[tuple[str, str | None], ...]:
        """The roles in which a user stands in in a call, each with the case that it is for, None for all."""
        found = select(StandIn.role, StandIn.application_id).where(
            StandIn.call_id == call_id, StandIn.user_id == user_id, _standing(at)
        )
        return tuple((role, case) for role, case in self.session.execute(found))

    def stand_in_roles(
        self, call_id: str, user_id: str, at: datetime, application_id: str | None, *, one_case: bool = False
    ) -> frozenset[str]:
        """The roles in which a user stands in: in the whole call, and in this case of it; with ``one_case`` in any."""
        return frozenset(
            role
            for role, case in self.standing(call_id, user_id, at)
            if one_case or case is None or case == application_id
        )

    def standing_in(self, call_id: str, role: str, at: datetime) -> list[StandIn]:
        """Those who stand in in this role now, in the call or in a case of it."""
        return [one for one in _all_standing_in(self, call_id, at) if one.role == role]

    def stand_in(self, id: str) -> StandIn | None:
        """A stand-in by id."""
        return self.session.get(StandIn, id)


@once
def _all_standing_in(asking: Impartiality, call_id: str, at: datetime) -> list[StandIn]:
    """In any role, as pages ask for several."""
    found = select(StandIn).where(StandIn.call_id == call_id, _standing(at))
    return list(asking.session.scalars(found.order_by(StandIn.id)))


def _standing(at: datetime) -> ColumnElement[bool]:
    return (StandIn.since <= at) & or_(StandIn.until.is_(None), StandIn.until > at)
