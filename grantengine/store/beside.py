"""What a case is seen beside: who has opened it, what was handed in before, and what else its applicant has."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.tables.applications import Application, Revision
from grantengine.store.tables.operations import PersonalRead
from grantengine.store.tables.people import User
from grantengine.store.tables.schemes import Call


class Beside:
    """Queries about what stands beside a case."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def last_readers(self, application_id: str, limit: int) -> list[tuple[str, str, datetime]]:
        """Who has opened an application last, with the name and when, newest first; one who has often stands there often."""
        found = (
            select(PersonalRead.user_id, User.name, PersonalRead.at)
            .join(User, User.id == PersonalRead.user_id)
            .where(PersonalRead.application_id == application_id, PersonalRead.what == "application")
            .order_by(PersonalRead.id.desc())
            .limit(limit)
        )
        return [(id, name, at) for id, name, at in self.session.execute(found)]

    def others_of(self, one: Application, authority_ids: Collection[str], limit: int) -> list[tuple[Application, Call]]:
        """What else the same organisation has handed in, in the same call or to these authorities, newest first."""
        found = (
            select(Application, Call)
            .join(Call, Call.id == Application.call_id)
            .where(
                Application.organisation_id == one.organisation_id,
                Application.id != one.id,
                Application.submitted_at.is_not(None),
                or_(Call.authority_id.in_(sorted(authority_ids)), Call.id == one.call_id),
            )
            .order_by(Application.id.desc())
            .limit(limit)
        )
        return [(other, call) for other, call in self.session.execute(found)]

    def newest_revisions(self, application_id: str, causes: Collection[str], limit: int) -> list[Revision]:
        """The states that were kept last for one of these causes, newest first."""
        found = select(Revision).where(Revision.application_id == application_id, Revision.cause.in_(sorted(causes)))
        return list(self.session.scalars(found.order_by(Revision.place.desc()).limit(limit)))
