"""Who of the authority has read an application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotFoundError
from grantengine.records import By
from grantengine.services.access import user_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST = 200


@dataclass(frozen=True, slots=True)
class Read:
    """One reading. ``name`` is empty where the account has been erased; ``what`` and ``subject`` say what was read."""

    id: str
    at: datetime
    user_id: str
    name: str
    what: str
    subject: str | None


def list_reads(engine: Engine, by: By, application_id: str, *, after: str = "", limit: int = 50) -> list[Read]:
    """Who has read it, oldest first, after this one: for the applicant's contacts, and administrators of the authority.

    :raises NotFoundError: ``application-not-found``: there is none, or the user has nothing to do with it.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        application = reading.applications.get(application_id)
        call = reading.schemes.call(application.call_id) if application else None
        if application is None or call is None:
            raise NotFoundError("application-not-found")
        if by.kind != "system":
            user = user_of(reading, by)
            ours = reading.users.roles_in_organisation(user.id, application.organisation_id, by.at)
            theirs = reading.users.roles_in_authority(user.id, call.authority_id, by.at)
            if not ours | theirs:
                raise NotFoundError("application-not-found")
            if "contact" not in ours and "administrator" not in theirs:
                raise NotAllowedError("role-needed", roles=["contact", "administrator"], where=application.number)
        found = reading.personal.reads(application_id, after=after, limit=min(max(limit, 1), MOST))
    return [Read(one.id, one.at, one.user_id, name, one.what, one.subject) for one, name in found]
