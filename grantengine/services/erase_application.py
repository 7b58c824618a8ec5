"""What people wrote in an application that has ended is erased; that there was one, and what became of it, stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import InputError, Message, NotFoundError, NotPossibleError, Problem, Where
from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.store.base import chain_of
from grantengine.store.personal import Part
from grantengine.store.tables.applications import (
    Application,
    Attachment,
    CheckedValue,
    Fact,
    Partner,
    PlannedActivity,
    Revision,
)
from grantengine.store.tables.people import OneTimeLink

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

ERASED = "erased"
"""What a fact says in place of why it was not obtained."""


def erase_application(engine: Engine, by: By, application_id: str, reason: str) -> None:
    """Erase draft, answers, files, partners, facts, words of events, messages. By an administrator, or the system.

    Number, call, organisation, status, times, and the sums that partners and handlers set stay. Erased already, it stays
    so, and nothing happens.

    :param reason: why; it is kept, so it names nobody.
    :raises InputError: ``reason-missing``.
    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``application-not-ended``.
    """
    if not reason.strip():
        raise InputError([Problem("reason-missing", Where(pointer="/reason"))])
    with engine.store.work(by) as work:
        application = _application(work, by, application_id)
        if application.erased_at is not None:
            return
        if Status(application.status) not in LIFECYCLE.ends:
            status = Message(f"status.{application.status}")
            raise NotPossibleError("application-not-ended", number=application.number, status=status)
        parts = work.personal.parts_of(application_id)
        work.remove(*work.personal.contents_of(application_id))
        work.remove(*work.personal.work_and_messages({application_id, *(part.id for part in parts)}))
        draft = work.applications.draft(application_id)
        if draft is not None:
            draft.answers = {}
        for part in parts:
            _empty(part, by)
        for words in work.personal.words_of(chain_of(application)):
            words.body, words.salt = None, ""
        application.erased_at = by.at
        work.record("application-erased", application, reason=reason.strip())


def _application(work: Work, by: By, id: str) -> Application:
    application = work.applications.get(id, lock=True)
    call = work.schemes.call(application.call_id) if application else None
    if application is None or call is None:
        raise NotFoundError("application-not-found")
    authority_for(work, by, call.authority_id, {"administrator"})
    return application


def _empty(part: Part, by: By) -> None:
    """Take what people wrote, and what may tell who they are, out of a part of an application."""
    if isinstance(part, Revision):
        part.answers = None
    elif isinstance(part, Attachment):
        part.file_name = part.content_digest = ""
        part.size, part.removed_at = 0, part.removed_at or by.at
    elif isinstance(part, Partner):
        part.name, part.language = "", "nb"
        part.organisation_number = part.email = part.task = part.answered_as = None
    elif isinstance(part, PlannedActivity):
        part.name, part.target_group, part.ended_at = "", None, part.ended_at or by.at
    elif isinstance(part, Fact):
        part.values = part.raw = part.source_note = part.retry_at = None
        part.failure = ERASED
    elif isinstance(part, CheckedValue):
        part.reason = ""
        part.value = {name: value for name, value in part.value.items() if isinstance(value, int | float)}
    elif isinstance(part, OneTimeLink):
        part.email, part.used_at = None, part.used_at or by.at
