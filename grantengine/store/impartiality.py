"""Who has said which ties they have to applicants, what was decided about it, and who stands in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.tables.assessment import Interest, InterestDeclaration, StandIn


class Impartiality:
    """Queries about impartiality (habilitet)."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def declaration(self, call_id: str, user_id: str) -> InterestDeclaration | None:
        """What someone has declared for a call."""
        return self.session.get(InterestDeclaration, (call_id, user_id))

    def interest(self, id: str, *, lock: bool = False) -> Interest | None:
        """A tie by id."""
        return self.session.get(Interest, id, with_for_update={"key_share": True} if lock else None)

    def interests(self, call_id: str, user_id: str | None = None) -> list[Interest]:
        """The ties declared in a call, by one user or by all, in the order they were declared."""
        found = select(Interest).where(Interest.call_id == call_id)
        if user_id is not None:
            found = found.where(Interest.user_id == user_id)
        return list(self.session.scalars(found.order_by(Interest.id)))

    def is_conflicted(self, call_id: str, user_id: str, organisations: Collection[str]) -> bool:
        """Whether a tie keeps a user away from cases of these organisations; one that nobody has decided about does."""
        touched = or_(Interest.whole_call, Interest.organisation_id.in_(sorted(organisations)))
        found = select(Interest.id).where(
            Interest.call_id == call_id, Interest.user_id == user_id, Interest.status != "no-conflict", touched
        )
        return self.session.scalar(found.limit(1)) is not None

    def stand_in_roles(self, call_id: str, user_id: str, at: datetime, application_id: str | None) -> frozenset[str]:
        """The roles in which a user stands in: in the whole call, and in this case of it."""
        mine = or_(StandIn.application_id.is_(None), StandIn.application_id == application_id)
        standing = (StandIn.since <= at) & or_(StandIn.until.is_(None), StandIn.until > at)
        found = select(StandIn.role).where(StandIn.call_id == call_id, StandIn.user_id == user_id, mine, standing)
        return frozenset(self.session.scalars(found))

    def stand_ins(self, call_id: str) -> list[StandIn]:
        """Everyone who stands in, or has stood in, in a call."""
        return list(self.session.scalars(select(StandIn).where(StandIn.call_id == call_id).order_by(StandIn.id)))

    def stand_in(self, id: str) -> StandIn | None:
        """A stand-in by id."""
        return self.session.get(StandIn, id)
