"""A case as a person sees it: the applicant with the draft, the authority with what was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import Message
from grantengine.form.answers import check_answers
from grantengine.lifecycle import APPLICANTS, READERS, told_status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.attach_file import Attached, attachments_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.store.tables.applications import Application, Fact, Partner
from grantengine.store.tables.dialogue import ChangeRequest

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """What is being written; ``version`` is what the next save is built on."""

    version: int
    answers: Mapping[str, Any]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class PartnerSeen:
    """A partner with its answer; ``amount`` is in øre."""

    id: str
    name: str
    organisation_number: str | None
    status: str
    task: str | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class FactSeen:
    """What a source said; ``values`` is None where it was not obtained, and ``failure`` says why.

    ``entered_by`` is the handler who entered it, and ``source_note`` says where it is from.
    """

    source: str
    values: Mapping[str, Any] | None
    asked_at: datetime
    failure: str | None
    retry_at: datetime | None
    entered_by: str | None
    source_note: str | None


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """What the authority has asked to be changed, and waits for: question ids, why, and the first instant that is too late.

    ``exchange`` counts within the round.
    """

    id: str
    round_id: str
    exchange: int
    questions: tuple[str, ...]
    reason: str | None
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case. ``status_words`` and ``status_help`` are for people; ``answers`` are those that count now (``revision`` is
    their place among the kept states), None before anything was handed in or after it was erased; ``to_complete`` names
    the questions to be answered before a decision; ``draft`` is there for the applicant only; ``decided_by`` is when a
    decision can be expected, as the call says. ``request`` is there while the authority waits for changes: until they are
    handed in, ``answers``, ``attachments`` and ``partners`` are for the authority as they were. The applicant is told of a
    decision by its letter: until then its ``status`` is ``submitted``.
    """

    id: str
    number: str
    status: str
    status_words: Message
    status_help: Message
    organisation_id: str
    organisation: str
    call_id: str
    call: Mapping[str, str]
    channel: str
    begun_at: datetime
    submitted_at: datetime | None
    erased_at: datetime | None
    revision: int | None
    answers: Mapping[str, Any] | None
    to_complete: tuple[str, ...]
    draft: DraftSeen | None
    partners: tuple[PartnerSeen, ...]
    attachments: tuple[Attached, ...]
    facts: tuple[FactSeen, ...]
    decided_by: date | None
    request: RequestSeen | None = None


def read_application(engine: Engine, by: By, application_id: str) -> CaseSeen:
    """A case for those who act for the applicant, and for handlers of the authority once it is handed in.

    That someone of the authority reads it is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS | READERS)
        reader = reader_of(reading, by, application)
        call = reading.schemes.call_of(application)
        plan = plan_of_call(engine, reading, call)
        own, outside = reader is not None and not reader.outside, reader is not None and reader.outside
        seen = case_seen(reading, application, plan, call.title, own=own, outside=outside)
    keep_read(engine, by, reader, "application")
    return seen


def case_seen(
    reading: Reading, one: Application, plan: Plan, call: Mapping[str, str], *, own: bool, outside: bool
) -> CaseSeen:
    """A case that has been read: ``own`` as the applicant sees it, ``outside`` as the authority does."""
    organisation = reading.organisations.of(one)
    revision = reading.applications.revision_by_id(one.revision_id or "")
    answers = revision.answers if revision else None
    lacking = check_answers(plan.form, answers, audience="cases").missing_to_decide if answers else ()
    status = str(told_status(one.status)) if own else one.status
    request = next((each for each in reading.dialogue.requests(one.id) if each.status == "open"), None)
    partners = partners_for(reading, one, None if own or request is None else request.asked_at)
    return CaseSeen(
        id=one.id, number=one.number, status=status, status_words=Message(f"status.{status}"),
        status_help=Message(f"status.{status}.help"), organisation_id=organisation.id, organisation=organisation.name,
        call_id=one.call_id, call=call, channel=one.channel, begun_at=one.begun_at, submitted_at=one.submitted_at,
        erased_at=one.erased_at, revision=revision.place if revision else None, answers=answers, to_complete=lacking,
        draft=_draft(reading, one.id) if own else None,
        partners=tuple(_partner(partner) for partner in partners),
        attachments=tuple(attachments_for(reading, one, outside=outside)),
        facts=tuple(_fact(fact) for fact in reading.parts.facts(one.id)), decided_by=plan.scheme.call.decided_by,
        request=request_seen(request) if request else None,
    )  # fmt: skip


def partners_for(reading: Reading, one: Application, asked_at: datetime | None) -> list[Partner]:
    """The partners of a case; while the authority waits for changes, it sees those that were there when it asked."""
    found = reading.parts.partners(one.id)
    return found if asked_at is None else [partner for partner in found if partner.invited_at < asked_at]


def request_seen(one: ChangeRequest) -> RequestSeen:
    """What was asked, as both sides see it."""
    return RequestSeen(one.id, one.round_id, one.exchange, tuple(one.questions), one.reason, one.asked_at, one.due_at)


def _draft(reading: Reading, application_id: str) -> DraftSeen | None:
    draft = reading.applications.draft(application_id)
    return DraftSeen(draft.version, draft.answers, draft.saved_at) if draft else None


def _partner(one: Partner) -> PartnerSeen:
    return PartnerSeen(one.id, one.name, one.organisation_number, one.status, one.task, one.amount)


def _fact(one: Fact) -> FactSeen:
    return FactSeen(one.source, one.values, one.asked_at, one.failure, one.retry_at, one.entered_by, one.source_note)
