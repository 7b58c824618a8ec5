"""Schemes, versions and calls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.locks import row_lock
from grantengine.store.once import once
from grantengine.store.tables.applications import Application, Extension
from grantengine.store.tables.schemes import Call, CallPatch, Invitee, SchemeVersion, StoredScheme


class Schemes:
    """Queries about schemes and their calls."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._digests: dict[str, str] = {}
        self._calls: dict[str, Call] = {}  # a session forgets what nobody holds, and would read it again and again

    def by_key(self, key: str, *, lock: bool = False) -> StoredScheme | None:
        """A scheme by its id in the file."""
        found = select(StoredScheme).where(StoredScheme.key == key)
        return self.session.scalar(found.with_for_update() if lock else found)

    def by_id(self, id: str) -> StoredScheme | None:
        """A scheme by id."""
        return self.session.get(StoredScheme, id)

    def version(self, scheme_id: str, version: str) -> SchemeVersion | None:
        """A published version by its number."""
        found = select(SchemeVersion).where(SchemeVersion.scheme_id == scheme_id, SchemeVersion.version == version)
        return self.session.scalar(found)

    def version_by_id(self, id: str) -> SchemeVersion | None:
        """A published version."""
        return self.session.get(SchemeVersion, id)

    @once
    def digest_of(self, version_id: str) -> str | None:
        """The digest of a published version, without what it says; read once, as it never changes."""
        if version_id not in self._digests:
            self._digests |= self.digests([version_id])
        return self._digests.get(version_id)

    def digests(self, version_ids: Collection[str]) -> dict[str, str]:
        """The digests of published versions by id, without what they say, in one statement."""
        wanted = SchemeVersion.id.in_(sorted(set(version_ids)))
        return {
            row.id: row.digest
            for row in self.session.execute(select(SchemeVersion.id, SchemeVersion.digest).where(wanted))
        }

    def call_of(self, application: Application) -> Call:
        """The call of an application."""
        call = self._calls[application.call_id] = self.session.get_one(Call, application.call_id)
        return call

    def call_id_of(self, application_id: str) -> str | None:
        """The call of an application. The application is not read itself: others may change it until it is locked."""
        return self.session.scalar(select(Application.call_id).where(Application.id == application_id))

    def call(self, id: str, *, lock: bool = False) -> Call | None:
        """A call; ``lock`` keeps others from changing it until the transaction ends."""
        call = self.session.get(Call, id, with_for_update=row_lock(lock))
        if call is not None:
            self._calls[id] = call
        return call

    def calls_open(self, at: datetime, after: str = "", limit: int = 200) -> list[Call]:
        """Calls that take applications at this time, in order of id, after this one."""
        found = select(Call).where(
            or_(Call.opens_at.is_(None), Call.opens_at <= at),
            or_(Call.closes_at.is_(None), Call.closes_at > at),
            Call.id > after,
        )
        return list(self.session.scalars(found.order_by(Call.id).limit(limit)))

    def patches(self, call_id: str) -> list[CallPatch]:
        """What was changed in a call, oldest first."""
        return list(self.session.scalars(select(CallPatch).where(CallPatch.call_id == call_id).order_by(CallPatch.id)))

    def extension(self, call_id: str, organisation_id: str) -> Extension | None:
        """The latest deadline that an applicant has been given in a call."""
        found = select(Extension).where(Extension.call_id == call_id, Extension.organisation_id == organisation_id)
        return self.session.scalar(found.order_by(Extension.closes_at.desc()).limit(1))

    def is_invited(self, call_id: str, organisation_id: str) -> bool:
        """Whether an organisation is invited to a call."""
        return self.session.get(Invitee, (call_id, organisation_id)) is not None

    def invitations(self, organisation_id: str) -> set[str]:
        """The calls that an organisation is invited to."""
        return set(self.session.scalars(select(Invitee.call_id).where(Invitee.organisation_id == organisation_id)))
