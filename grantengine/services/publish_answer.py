"""An answer of general interest, given to one applicant, is published to all who apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import HANDLERS, LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import application_for, call_for, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks, page_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import PublishedAnswer

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

LONGEST = 4000
MOST = 200
APPLYING = frozenset(Status) - LIFECYCLE.ends
"""The statuses of those who are told: they apply, or have applied."""


@dataclass(frozen=True, slots=True)
class AnswerSeen:
    """A question and its answer, in general words."""

    id: str
    asked: str
    answer: str
    at: datetime


def publish_answer(
    engine: Engine, by: By, call_id: str, *, asked: str, answer: str, comment_id: str | None = None
) -> str:
    """Publish a question and its answer in general words, and tell all who apply in the call; returns its id.

    Published already in the same words, it is published once.

    :param comment_id: where it was first given, in a thread with an applicant of the call; then neither text may name
        that applicant.
    :raises InputError: ``field-missing``, ``text-length``, or ``names-applicant``.
    :raises NotFoundError: ``call-not-found`` or ``comment-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    checks = Checks()
    texts = {"asked": checks.text(asked, "asked", LONGEST), "answer": checks.text(answer, "answer", LONGEST)}
    if not checks.problems:
        for field in (name for name, text in texts.items() if text is None):
            checks.add("field-missing", field)
    checks.done()
    question, words = texts["asked"] or "", texts["answer"] or ""
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        if comment_id is not None:
            _check_nameless(work, _application(work, call_id, comment_id), {"asked": question, "answer": words})
        for one in work.dialogue.answers(call_id, limit=10_000):
            if (one.asked, one.answer) == (question, words):
                return one.id
        row = PublishedAnswer(
            id=work.new_id(), call_id=call_id, asked=question, answer=words, comment_id=comment_id,
            published_by=user_of(work, by).id, published_at=by.at,
        )  # fmt: skip
        work.add(row)
        work.record("answer-published", call, answer=row.id)
        for user in work.organisations.contacts_writing(call_id, by.at, APPLYING):
            send(
                engine, work, receiver_of(user), "answer-published", about=call_id, name=user.name, call=call.title,
                asked=question, answer=words, url=f"{engine.settings.url}/calls/{call_id}/answers",
            )  # fmt: skip
        return row.id


def list_answers(engine: Engine, by: By, call_id: str, *, after: str = "", limit: int = 50) -> list[AnswerSeen]:
    """The answers published in a call, oldest first, after this one; for anyone, also who has not signed in.

    :raises NotFoundError: ``call-not-found``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        if reading.schemes.call(call_id) is None:
            raise NotFoundError("call-not-found")
        found = reading.dialogue.answers(call_id, after=after, limit=limit)
    return [AnswerSeen(one.id, one.asked, one.answer, one.published_at) for one in found]


def _application(work: Work, call_id: str, comment_id: str) -> Application:
    """The application that a comment is about, for a handler who may read it."""
    found = work.dialogue.comment(comment_id)
    if found is None or found[1].audience != "applicant":
        raise NotFoundError("comment-not-found")
    application = application_for(work, work.by, found[0].application_id, HANDLERS)
    if application.call_id != call_id:
        raise NotFoundError("comment-not-found")
    return application


def _check_nameless(work: Work, application: Application, texts: dict[str, str]) -> None:
    """None of these texts names the applicant or its application.

    :raises InputError: ``names-applicant``, for each.
    """
    organisation, checks = work.organisations.of(application), Checks()
    names = [name for name in (organisation.name, organisation.number, application.number) if name]
    for field, text in texts.items():
        for name in names:
            if _squeezed(name) in _squeezed(text):
                checks.add("names-applicant", field, found=name)
    checks.done()


def _squeezed(text: str) -> str:
    """A text without spaces and capitals: numbers are written with spaces, and names on two lines."""
    return "".join(text.casefold().split())
