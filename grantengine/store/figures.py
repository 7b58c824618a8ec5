"""How many there are of what, in a fixed number of statements."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from grantengine.store.base import Base
from grantengine.store.tables.applications import Application, Attachment, EarlierGrant, Fact, Partner, Revision
from grantengine.store.tables.assessment import Assessment
from grantengine.store.tables.decisions import Appeal, AwardLine, Letter
from grantengine.store.tables.dialogue import ChangeRequest
from grantengine.store.tables.operations import OutboxMessage
from grantengine.store.tables.people import Organisation, User
from grantengine.store.tables.schemes import Call


class Figures:
    """Counts of what is stored."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def calls(self) -> list[Call]:
        """Every call, in the order that they close; those that never do come last."""
        return sorted(
            self.session.scalars(select(Call)), key=lambda call: (call.closes_at is None, call.closes_at, call.id)
        )

    def by_status(self) -> dict[str, dict[str, int]]:
        """For each call (id) how many applications there are in each status."""
        found: dict[str, dict[str, int]] = {}
        counted = select(Application.call_id, Application.status, func.count())
        for call, status, count in self.session.execute(counted.group_by(Application.call_id, Application.status)):
            found.setdefault(call, {})[status] = count
        return found

    def granted(self) -> dict[str, int]:
        """For each call (id) how much money is granted and not given back, in hundredths of its currency."""
        summed = select(AwardLine.call_id, func.sum(AwardLine.amount)).where(
            AwardLine.freed_at.is_(None), AwardLine.unit == "money"
        )
        return {call: int(sum) for call, sum in self.session.execute(summed.group_by(AwardLine.call_id))}

    def partners(self) -> dict[str, int]:
        """How many partners there are in each status."""
        counted = select(Partner.status, func.count()).where(Partner.removed_at.is_(None)).group_by(Partner.status)
        return {status: count for status, count in self.session.execute(counted)}  # noqa: C416 - as in `Users.named`

    def counts(self) -> dict[str, int]:
        """Users, organisations, revisions, attachments, earlier grants, messages, facts, facts that no source gave, delivered
        assessments, requests for changes, letters, and appeals.
        """
        return {
            "users": self._count(User),
            "organisations": self._count(Organisation),
            "revisions": self._count(Revision),
            "attachments": self._count(Attachment, Attachment.removed_at.is_(None)),
            "grants": self._count(EarlierGrant),
            "messages": self._count(OutboxMessage),
            "facts": self._count(Fact),
            "not_obtained": self._count(Fact, Fact.retry_at.is_not(None)),
            "assessments": self._count(Assessment, Assessment.delivered_at.is_not(None)),
            "requests": self._count(ChangeRequest),
            "letters": self._count(Letter),
            "appeals": self._count(Appeal),
        }

    def _count(self, of: type[Base], *where: ColumnElement[bool]) -> int:
        return self.session.scalar(select(func.count()).select_from(of).where(*where)) or 0
