"""Letters as they are read: before they go out by those who write them, afterwards by both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import Message, NotFoundError, NotPossibleError
from grantengine.letters.render import decision_html
from grantengine.lifecycle import APPLICANTS, DECIDERS
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.case_answers import answer_to, explanation_of
from grantengine.services.decision_letter import decision_letter
from grantengine.services.reads import keep_read, reader_of
from grantengine.store.tables.decisions import Letter

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

WHO = APPLICANTS | DECIDERS


@dataclass(frozen=True, slots=True)
class LetterSeen:
    """A letter in a list. ``kind`` is ``decision``, ``interim`` or ``appeal-receipt``; ``appeal_until`` is the first
    instant at which an appeal is too late; ``erased``: what it said is no longer there.
    """

    id: str
    kind: str
    language: str
    made_at: datetime
    appeal_until: datetime | None
    erased: bool


@dataclass(frozen=True, slots=True)
class LetterRead:
    """A letter as a page; ``own``: whoever reads it acts for the applicant."""

    application_id: str
    html: str
    own: bool


def preview_letter(engine: Engine, by: By, application_id: str) -> str:
    """The decision letter as it would go out now, as a page marked as a draft; also of what is only proposed.

    That it is read is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``nothing-to-tell``: nothing is proposed or decided, or its letter has gone out;
        ``replay-erased``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, DECIDERS)
        reader = reader_of(reading, by, application)
        answer = answer_to(engine, reading, application)
        told = answer and answer.decision and reading.letters.marked(application_id, f"decision:{answer.decision.id}")
        if answer is None or told:
            raise NotPossibleError("nothing-to-tell", number=application.number)
        explanation = explanation_of(engine, reading, answer)
        letter = decision_letter(engine, reading, answer, explanation, by.at)
    keep_read(engine, by, reader, "letter")
    draft = Message("letter.draft.proposed" if answer.decision is None else "letter.draft.unsent")
    return decision_html(letter, engine.registry.texts, draft=draft)


def read_letter(engine: Engine, by: By, letter_id: str) -> LetterRead:
    """A letter as it was sent, as a page, for the applicant's people and for those of the authority who decide.

    That someone of the authority reads it is kept first.

    :raises NotFoundError: ``letter-not-found``: there is none, or the user has nothing to do with it; ``letter-erased``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        letter = reading.letters.letter(letter_id)
        if letter is None:
            raise NotFoundError("letter-not-found")
        try:
            application = application_for(reading, by, letter.application_id, WHO)
        except NotFoundError:
            raise NotFoundError("letter-not-found") from None
        reader, html = reader_of(reading, by, application), letter.html
    if html is None:
        raise NotFoundError("letter-erased")
    keep_read(engine, by, reader, "letter", letter_id)
    return LetterRead(application.id, html, own=reader is not None and not reader.outside)


def list_letters(engine: Engine, by: By, application_id: str) -> tuple[LetterSeen, ...]:
    """The letters of a case that have gone out, oldest first. That someone of the authority asks is kept.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, WHO)
        reader = reader_of(reading, by, application)
        found = tuple(letter_seen(one) for one in reading.letters.of_case(application_id))
    keep_read(engine, by, reader, "letter")
    return found


def letter_seen(one: Letter) -> LetterSeen:
    """A letter as it stands in a list."""
    return LetterSeen(one.id, one.kind, one.language, one.made_at, one.appeal_until, one.html is None)
