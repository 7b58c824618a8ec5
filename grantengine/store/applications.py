"""Applications with their drafts, revisions, partners, attachments and facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.tables.applications import (
    Application,
    ApplicationNumber,
    Draft,
    Revision,
)
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call, SchemeVersion


class Applications:
    """Queries about applications."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, id: str, *, lock: bool = False) -> Application | None:
        """An application by id; ``lock`` keeps others from changing it until the transaction ends."""
        return self.session.get(Application, id, with_for_update=row_lock(lock))

    def by_request(self, request_id: str) -> Application | None:
        """The application that a request with this mark began."""
        return self.session.scalar(select(Application).where(Application.request_id == request_id))

    def next_number(self, application_id: str) -> int:
        """The next number of a case; nobody else gets the same."""
        given = insert(ApplicationNumber).values(application_id=application_id).returning(ApplicationNumber.number)
        return self.session.execute(given).scalar_one()

    def draft(self, application_id: str) -> Draft | None:
        """The working draft."""
        return self.session.get(Draft, application_id)

    def begun(self, call_id: str, organisation_id: str) -> list[Application]:
        """What an organisation has in a call, newest first."""
        found = select(Application).where(
            Application.call_id == call_id, Application.organisation_id == organisation_id
        )
        return list(self.session.scalars(found.order_by(Application.id.desc())))

    def newest_to_scheme(self, organisation_id: str, version_id: str, *, but_for: str) -> str | None:
        """The newest application of an organisation to the scheme of this version, in another call than this."""
        scheme = select(SchemeVersion.scheme_id).where(SchemeVersion.id == version_id).scalar_subquery()
        found = (
            select(Application.id)
            .join(Call, Call.id == Application.call_id)
            .join(SchemeVersion, SchemeVersion.id == Call.version_id)
            .where(
                Application.organisation_id == organisation_id,
                SchemeVersion.scheme_id == scheme,
                Application.call_id != but_for,
            )
        )
        return self.session.scalar(found.order_by(Application.id.desc()).limit(1))

    def of_call(
        self, call_id: str, *, statuses: Collection[str] = (), after: str = "", limit: int = 50
    ) -> list[tuple[Application, Organisation, datetime | None]]:
        """What has been submitted in a call, with the organisations and the time of the last save, in order of id."""
        found = (
            select(Application, Organisation, Draft.saved_at)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .outerjoin(Draft, Draft.application_id == Application.id)
            .where(Application.call_id == call_id, Application.id > after, Application.submitted_at.is_not(None))
            .order_by(Application.id)
            .limit(limit)
        )
        if statuses:
            found = found.where(Application.status.in_(sorted(statuses)))
        return [(one, organisation, saved) for one, organisation, saved in self.session.execute(found)]

    def of_organisation(
        self, organisation_id: str, *, after: str = "", limit: int = 50
    ) -> list[tuple[Application, Call, datetime | None]]:
        """What an organisation has applied for with the calls, in order of id, after this one."""
        found = (
            select(Application, Call, Draft.saved_at)
            .join(Call, Call.id == Application.call_id)
            .outerjoin(Draft, Draft.application_id == Application.id)
            .where(Application.organisation_id == organisation_id, Application.id > after)
            .order_by(Application.id)
            .limit(limit)
        )
        return [(one, call, saved) for one, call, saved in self.session.execute(found)]

    def overdue(self, late: Mapping[str, datetime], *, after: str = "", limit: int = 200) -> list[str]:
        """The ids of applications whose call closed before a time that goes with their status, in order, after this one."""
        found = select(Application.id).join(Call, Call.id == Application.call_id).where(Application.id > after)
        past = [(Application.status == status) & (Call.closes_at <= at) for status, at in sorted(late.items())]
        return list(self.session.scalars(found.where(or_(*past)).order_by(Application.id).limit(limit)))

    def revisions(
        self, application_id: str, *, after: int = 0, limit: int = 50, causes: Collection[str] = ()
    ) -> list[Revision]:
        """Kept states, oldest first, after this place; with ``causes`` those that were kept for one of them."""
        found = select(Revision).where(Revision.application_id == application_id, Revision.place > after)
        if causes:
            found = found.where(Revision.cause.in_(sorted(causes)))
        return list(self.session.scalars(found.order_by(Revision.place).limit(limit)))

    def revision(self, application_id: str, place: int) -> Revision | None:
        """One kept state by its place."""
        found = select(Revision).where(Revision.application_id == application_id, Revision.place == place)
        return self.session.scalar(found)

    def revision_by_id(self, id: str) -> Revision | None:
        """One kept state."""
        return self.session.get(Revision, id)

    def submitted(self, application_id: str, draft_version: int, cause: str = "submitted") -> Revision | None:
        """The state that was kept when this version of the draft was handed in, for this cause."""
        found = select(Revision).where(
            Revision.application_id == application_id,
            Revision.draft_version == draft_version,
            Revision.cause == cause,
        )
        return self.session.scalar(found)

    def last_revision(self, application_id: str) -> Revision | None:
        """The state that was kept last."""
        found = select(Revision).where(Revision.application_id == application_id)
        return self.session.scalar(found.order_by(Revision.place.desc()).limit(1))
