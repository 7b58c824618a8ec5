"""The page of a case's letter: how far the answer has come, what is written for it, what has gone out, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.letters.render import change_words
from grantengine.lifecycle import DECIDERS, HANDLERS, Status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.case_answers import Answer, answer_to
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.services.see_letter import LetterSeen, letter_seen
from grantengine.services.submit_appeal import AppealSeen, appeal_seen
from grantengine.services.write_reasons import ReasonsSeen, is_open, reasons_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.applications import Application
    from grantengine.store.unit_of_work import Reading

NOTHING, PROPOSED, DECIDED, TOLD = "nothing", "proposed", "decided", "told"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would have changed the outcome: its id, the reason of the rule, and how the letter says it."""

    id: str
    because: str
    words: str


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """How far the answer to a case has come (``state``: ``nothing``, ``proposed``, ``decided`` or ``told``).

    ``ground`` and ``granted`` (hundredths of ``currency``) are None where nothing is proposed; ``told_at`` is when the last
    letter of a decision went out, ``appeal_until`` the first instant at which an appeal to it is too late. ``reasons`` are
    there where whoever asks can write them now, ``changes`` is what they offer. ``can``: ``preview``, ``appeal`` (register
    one) and ``forfeit``.
    """

    desk: CaseDesk
    state: str
    language: str
    ground: str | None
    granted: int | None
    currency: str
    told_at: datetime | None
    appeal_until: datetime | None
    reasons: ReasonsSeen | None
    changes: tuple[Change, ...]
    letters: tuple[LetterSeen, ...]
    appeals: tuple[AppealSeen, ...]
    can: frozenset[str]


def see_case_letter(engine: Engine, by: By, application_id: str) -> CaseLetter:
    """The letter of a case, for those who decide; what is written for it, for those who write it. That it is read is kept.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, DECIDERS)
        reader = reader_of(reading, by, application)
        found = _case_letter(engine, reading, by, application)
    keep_read(engine, by, reader, "letter")
    if found.appeals:
        keep_read(engine, by, reader, "appeal")
    return found


def _case_letter(engine: Engine, work: Reading, by: By, application: Application) -> CaseLetter:
    desk, answer = case_desk_of(engine, work, by, application), answer_to(engine, work, application)
    writes = bool(desk.roles & HANDLERS)
    reasons = reasons_of(engine, work, by, application, answer) if writes and is_open(work, application) else None
    last, state = work.letters.last_decision(application.id), _state(work, answer)
    language, texts = work.organisations.of(application).language, engine.registry.texts
    changes = tuple(
        Change(one.id, one.change.because, change_words(one.change, texts, language))
        for one in (reasons.offered if reasons else ())
    )
    can = {
        "preview": state in (PROPOSED, DECIDED), "appeal": writes and last is not None,
        "forfeit": writes and application.status == Status.GRANTED,
    }  # fmt: skip
    return CaseLetter(
        desk, state, language, str(answer.ground) if answer else None, answer.granted if answer else None,
        answer.plan.currency if answer else "", last.made_at if last else None, last.appeal_until if last else None,
        reasons, changes, tuple(map(letter_seen, work.letters.of_case(application.id))),
        tuple(map(appeal_seen, work.letters.appeals(application.id))),
        frozenset(name for name, is_so in can.items() if is_so),
    )  # fmt: skip


def _state(work: Reading, answer: Answer | None) -> str:
    if answer is None:
        return NOTHING
    if answer.decision is None:
        return PROPOSED
    told = work.letters.marked(answer.application.id, f"decision:{answer.decision.id}")
    return DECIDED if told is None else TOLD
