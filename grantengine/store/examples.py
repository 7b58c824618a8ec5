"""Rows to show what there is: one of each kind will do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import ChangeRequest
from grantengine.store.tables.people import AuthorityRole, OrganisationRole, User
from grantengine.store.tables.schemes import Call


class ExampleRows:
    """Queries for examples."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def staff(self, at: datetime) -> dict[str, str]:
        """Each role in an authority with the address of the first who has it."""
        valid = AuthorityRole.since <= at, or_(AuthorityRole.until.is_(None), AuthorityRole.until > at)
        found = select(AuthorityRole.role, User.email).join(User, User.id == AuthorityRole.user_id)
        rows = self.session.execute(found.where(User.email.is_not(None), *valid).order_by(AuthorityRole.id.desc()))
        return {role: email for role, email in rows if email}

    def applications(self, status: str, at: datetime, most: int) -> list[tuple[str, str, str]]:
        """The newest applications in a status, each with its call and a contact's address: of those that are being written,
        such as can still be handed in; of those that changes are asked for, the ones with most time left first.
        """
        found = (
            select(Application.id, Application.call_id, User.email)
            .join(OrganisationRole, OrganisationRole.organisation_id == Application.organisation_id)
            .join(User, User.id == OrganisationRole.user_id)
            .join(Call, Call.id == Application.call_id)
            .where(Application.status == status, OrganisationRole.role == "contact", User.email.is_not(None))
            .where(OrganisationRole.since <= at, or_(OrganisationRole.until.is_(None), OrganisationRole.until > at))
        )
        if status == "draft":
            found = found.where(Call.closes_at > at, Call.opens_at <= at)
        if status == "changes-asked":
            asked = (ChangeRequest.application_id == Application.id) & (ChangeRequest.status == "open")
            found = found.join(ChangeRequest, asked).order_by(ChangeRequest.due_at.desc())
        rows = self.session.execute(found.order_by(Application.id.desc()).limit(most))
        return [(row[0], row[1], row[2] or "") for row in rows]
