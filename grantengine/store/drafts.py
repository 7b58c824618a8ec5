"""What is being written, in one statement: it is read at every page of a form, and most of all on the last evening."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from grantengine.store.tables.applications import Application, Draft
from grantengine.store.tables.people import OrganisationRole, User
from grantengine.store.tables.schemes import Call, SchemeVersion


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft with the case it is of, who wrote last, and the version and the patch of its call."""

    id: str
    number: str
    call_id: str
    organisation_id: str
    status: str
    version: int
    answers: dict[str, Any]
    author_id: str
    author: str
    saved_at: datetime
    digest: str
    patch: list[dict[str, Any]]


_Me = aliased(User)
_ME: BindParameter[str] = bindparam("me")
_AT: BindParameter[datetime] = bindparam("at")
_MAY_WRITE = (
    Application.id == bindparam("application"), Application.status == bindparam("status"),
    exists().where(
        OrganisationRole.user_id == _ME, OrganisationRole.organisation_id == Application.organisation_id,
        OrganisationRole.role.in_(bindparam("roles", expanding=True)), OrganisationRole.since <= _AT,
        or_(OrganisationRole.until.is_(None), OrganisationRole.until > _AT),
    ),
    select(_Me.id).where(_Me.id == _ME, _Me.verified_at.is_not(None)).exists(),
)  # fmt: skip
# Made once: to make statements of this size takes longer than to ask them.
_OF_WRITER = (
    select(
        Application.id, Application.number, Application.call_id, Application.organisation_id, Application.status,
        Draft.version, Draft.answers, Draft.author_id, User.name, Draft.saved_at, SchemeVersion.digest, Call.patch,
    )
    .join(Draft, Draft.application_id == Application.id)
    .join(User, User.id == Draft.author_id)
    .join(Call, Call.id == Application.call_id)
    .join(SchemeVersion, SchemeVersion.id == Call.version_id)
    .where(*_MAY_WRITE)
)  # fmt: skip
_TO_WRITE = (
    select(Draft, SchemeVersion.digest, Call.patch)
    .join(Application, Application.id == Draft.application_id)
    .join(Call, Call.id == Application.call_id)
    .join(SchemeVersion, SchemeVersion.id == Call.version_id)
    .where(*_MAY_WRITE)
)


class Drafts:
    """Queries about drafts."""

    def __init__(self, asking: Connection | Session) -> None:
        self._ask = asking.execute

    def of_writer(
        self, application_id: str, user_id: str, roles: Collection[str], status: str, at: datetime
    ) -> DraftRow | None:
        """The draft of an application in this status, for someone who acts for its applicant in one of these roles; None for
        anyone else.
        """
        row = self._ask(_OF_WRITER, _asked(application_id, user_id, roles, status, at)).first()
        return DraftRow(*row) if row else None

    def to_write(
        self, application_id: str, user_id: str, roles: Collection[str], status: str, at: datetime
    ) -> tuple[Draft, str, list[dict[str, Any]]] | None:
        """The same draft as a row to be changed, in a transaction, with the version and the patch of its call."""
        row = self._ask(_TO_WRITE, _asked(application_id, user_id, roles, status, at)).first()
        return (row[0], row[1], row[2]) if row else None


def _asked(application_id: str, user_id: str, roles: Collection[str], status: str, at: datetime) -> dict[str, Any]:
    return {"application": application_id, "me": user_id, "roles": sorted(roles), "status": status, "at": at}
