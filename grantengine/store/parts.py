"""What belongs to an application: kept states, partners, attachments, facts, checked values, activities."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.once import once
from grantengine.store.tables.applications import (
    Attachment,
    AttachmentContent,
    CheckedValue,
    Fact,
    Partner,
    PlannedActivity,
    Revision,
)


class Parts:
    """Queries about the parts of one application."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def application_of(self, part: type[Partner] | type[Attachment], id: str) -> str | None:
        """The id of the application that this is part of. It is not read itself: others may change it until that
        application is locked.
        """
        return self.session.scalar(select(part.application_id).where(part.id == id))

    @once
    def revisions(self, ids: Collection[str]) -> dict[str, Revision]:
        """Kept states by id, in one statement."""
        return {one.id: one for one in self.session.scalars(select(Revision).where(Revision.id.in_(sorted(ids))))}

    def kept(
        self, application_id: str, limit: int, causes: Collection[str] = ()
    ) -> list[tuple[int, str, str, datetime]]:
        """Place, cause, author's id and time of the kept states, newest first, without what they hold; with ``causes``
        of those that were kept for one of them.
        """
        found = select(Revision.place, Revision.cause, Revision.author_id, Revision.kept_at).where(
            Revision.application_id == application_id
        )
        if causes:
            found = found.where(Revision.cause.in_(sorted(causes)))
        rows = self.session.execute(found.order_by(Revision.place.desc()).limit(limit))
        return [(place, cause, author, at) for place, cause, author, at in rows]

    @once
    def partners(self, application_id: str, *, removed: bool = False) -> list[Partner]:
        """Partners that have been invited and not removed, in that order; with ``removed`` those that were, too."""
        found = select(Partner).where(Partner.application_id == application_id)
        if not removed:
            found = found.where(Partner.removed_at.is_(None))
        return list(self.session.scalars(found.order_by(Partner.id)))

    def partner(self, id: str, *, lock: bool = False) -> Partner | None:
        """A partner by id."""
        return self.session.get(Partner, id, with_for_update=lock or None)

    @once
    def attachments(self, application_id: str) -> list[Attachment]:
        """Files that have not been removed, in the order they came."""
        found = select(Attachment).where(Attachment.application_id == application_id, Attachment.removed_at.is_(None))
        return list(self.session.scalars(found.order_by(Attachment.id)))

    def attachment(self, id: str) -> Attachment | None:
        """A file by id."""
        return self.session.get(Attachment, id)

    def waiting_for_scan(self) -> list[str]:
        """The ids of files that no scanner has looked at, in the order they came."""
        found = select(Attachment.id).where(Attachment.scan == "unscanned", Attachment.removed_at.is_(None))
        return list(self.session.scalars(found.order_by(Attachment.id)))

    def content(self, attachment_id: str) -> bytes | None:
        """The bytes of a file."""
        row = self.session.get(AttachmentContent, attachment_id)
        return row.content if row else None

    @once
    def facts(self, application_id: str) -> list[Fact]:
        """The facts of an application by source."""
        found = select(Fact).where(Fact.application_id == application_id)
        return list(self.session.scalars(found.order_by(Fact.source)))

    def checked(self, application_id: str) -> dict[str, Any]:
        """The checked values of an application by name."""
        return {row.name: row.value["value"] for row in self.checked_values(application_id)}

    @once
    def checked_values(self, application_id: str) -> list[CheckedValue]:
        """The same with who set each, and why."""
        found = select(CheckedValue).where(CheckedValue.application_id == application_id)
        return list(self.session.scalars(found.order_by(CheckedValue.name)))

    def checked_value(self, application_id: str, name: str) -> CheckedValue | None:
        """One checked value of an application."""
        found = select(CheckedValue).where(CheckedValue.application_id == application_id, CheckedValue.name == name)
        return self.session.scalar(found)

    def activities(self, application_id: str) -> list[PlannedActivity]:
        """The planned activities that stand, in the order they were written."""
        found = select(PlannedActivity).where(
            PlannedActivity.application_id == application_id, PlannedActivity.ended_at.is_(None)
        )
        return list(self.session.scalars(found.order_by(PlannedActivity.id)))
