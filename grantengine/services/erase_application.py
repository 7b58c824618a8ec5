"""What people wrote in an application that has ended is erased; that there was one, and what became of it, stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import InputError, Message, NotFoundError, NotPossibleError, Problem, Where
from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.erased_words import empty, erase_words_about
from grantengine.store.base import chain_of, key_of
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def erase_application(engine: Engine, by: By, application_id: str, reason: str) -> None:
    """Erase what was written: answers, files, comments, notes, reasons, letters, words of events, messages.

    By an administrator, or the system. Number, call, organisation, status, times, marks, points, grounds and sums stay.
    Erased already, it stays so, and nothing happens.

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
        parts = [*work.personal.parts_of(application_id), *work.personal.beside(application)]
        work.remove(*work.personal.contents_of(application_id))
        work.remove(*work.personal.work_and_messages({application_id, *(key_of(part)[1] for part in parts)}))
        draft = work.applications.draft(application_id)
        if draft is not None:
            draft.answers = {}
        for part in parts:
            empty(part, by.at)
        for words in work.personal.words_of(chain_of(application)):
            words.body, words.salt = None, ""
        call = work.schemes.call(application.call_id)
        assert call is not None  # held by a foreign key
        beside = [part for part in parts if chain_of(part) == chain_of(call)]
        erase_words_about(work, call, "application", application_id, beside, application=application_id)
        application.erased_at = by.at
        work.record("application-erased", application, reason=reason.strip())


def _application(work: Work, by: By, id: str) -> Application:
    application = work.applications.get(id, lock=True)
    call = work.schemes.call(application.call_id) if application else None
    if application is None or call is None:
        raise NotFoundError("application-not-found")
    authority_for(work, by, call.authority_id, {"administrator"})
    return application
