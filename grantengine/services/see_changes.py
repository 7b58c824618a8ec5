"""What the authority has asked an applicant to change: which answers, why, until when, and what has been changed so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import AnswersError, Problem
from grantengine.form.answers import check_answers, shown_answers
from grantengine.form.build import Field
from grantengine.form.diff import FieldChange, answers_diff
from grantengine.form.progress import shown_fields
from grantengine.lifecycle import APPLICANTS, LIFECYCLE, told_status
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.attach_file import Attached, attached
from grantengine.services.marks import part_of
from grantengine.services.open_fields import open_fields, submitted_answers
from grantengine.services.paper import PaperPage
from grantengine.services.pinned import plan_of_call
from grantengine.services.scan_file import REFUSED
from grantengine.services.submit_application import check_attached
from grantengine.store.tables.applications import Application, Draft
from grantengine.store.tables.dialogue import ChangeRequest

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan, Words
    from grantengine.store.unit_of_work import Reading

ANSWER = LIFECYCLE.find("answer-changes")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for changes. ``due_at`` is the first instant that is too late; ``status`` is ``open``, ``answered``,
    ``lapsed`` (no answer in time) or ``taken-back``. ``reason`` and ``answer`` are None once they have been erased.
    ``exchange`` counts within the ``round`` (its title; None where the scheme has it no more).
    """

    id: str
    questions: tuple[Field, ...]
    reason: str | None
    asked_by: str
    asked_at: datetime
    due_at: datetime
    exchange: int
    status: str
    closed_at: datetime | None
    answer: str | None
    round: Words | None


@dataclass(frozen=True, slots=True)
class Changing:
    """What can be handed in as it stands: the draft's ``version``, the ``pages`` with questions that are open, what differs
    from what was submitted, the open questions about partners of whom some have come or gone (``beside``), and what does not
    fit yet. ``files`` are those of the application.
    """

    version: int
    pages: tuple[PaperPage, ...]
    changes: tuple[FieldChange, ...]
    beside: tuple[Field, ...]
    problems: tuple[Problem, ...]
    files: tuple[Attached, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from what was submitted."""
        return bool(self.changes or self.beside)


@dataclass(frozen=True, slots=True)
class ChangesSeen:
    """The requests about an application: ``request`` waits for an answer now, ``earlier`` do not, newest first. ``exchanges``
    is how often the round allows to ask, ``left`` how often still after this one (None: no limit). ``too_late``: its time is
    over. ``signs``: this person may hand in.
    """

    application_id: str
    number: str
    status: str
    call: Mapping[str, str]
    currency: str
    questions: Mapping[str, Field]
    request: Asked | None
    round: Words | None
    exchanges: int | None
    left: int | None
    too_late: bool
    signs: bool
    changing: Changing | None
    earlier: tuple[Asked, ...] = field(default=())


def see_changes(engine: Engine, by: By, application_id: str) -> ChangesSeen:
    """The requests for changes of one's own application, for those who act for the applicant.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``: for someone of the authority.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call, requests = reading.schemes.call_of(one), reading.dialogue.requests(one.id)
        plan = part_of(plan_of_call(engine, reading, call), one)
        names = reading.users.named({each.asked_by for each in requests})
        asked = [asked_seen(plan, each, names) for each in requests]
        row = next((each for each in requests if each.status == "open"), None)
        draft = reading.applications.draft(one.id)
        changing = _changing(reading, plan, one, row, draft) if row and draft else None
        mine = reading.users.roles_in_organisation(user_of(reading, by).id, one.organisation_id, by.at)
    round = plan.round(row.round_id) if row else None
    exchanges = round.terms.exchanges if round else None
    used = sum(each.round_id == row.round_id and each.status != "taken-back" for each in requests) if row else 0
    return ChangesSeen(
        one.id, one.number, str(told_status(one.status)), call.title, plan.currency, plan.form.by_id,
        request=next((each for each in asked if each.status == "open"), None), round=round.title if round else None,
        exchanges=exchanges, left=None if exchanges is None else max(exchanges - used, 0),
        too_late=row is not None and by.at >= row.due_at, signs=bool(ANSWER.who & mine), changing=changing,
        earlier=tuple(each for each in reversed(asked) if each.status != "open"),
    )  # fmt: skip


def asked_seen(plan: Plan, one: ChangeRequest, names: Mapping[str, str]) -> Asked:
    """A request as it is shown; ``names`` are those of who asked."""
    by_id, round = plan.form.by_id, plan.round(one.round_id)
    return Asked(
        one.id, tuple(by_id[name] for name in one.questions if name in by_id), one.reason, names.get(one.asked_by, ""),
        one.asked_at, one.due_at, one.exchange, one.status, one.closed_at, one.answer,
        round.title if round else None,
    )  # fmt: skip


def _changing(reading: Reading, plan: Plan, one: Application, request: ChangeRequest, draft: Draft) -> Changing:
    before = submitted_answers(reading, one)
    names, form = open_fields(plan.form, request.questions, before), plan.form
    after, _ = shown_answers(form, draft.answers)
    shown = shown_fields(form, draft.answers)
    here = [field for field in form.fields if field.id in names and field.id in shown]
    files = reading.parts.attachments(one.id)
    usable = {each.id for each in files if each.scan != REFUSED}
    pages = [PaperPage(page, tuple(each for each in here if each.page == page.id)) for page in plan.scheme.form]
    return Changing(
        draft.version, tuple(page for page in pages if page.fields), answers_diff(form, before, after),
        _beside(reading, one, request, here), _problems(plan, draft.answers, usable),
        tuple(attached(each) for each in files),
    )  # fmt: skip


def _beside(reading: Reading, one: Application, request: ChangeRequest, here: Sequence[Field]) -> tuple[Field, ...]:
    """The open questions about partners, where some have come or gone since it was asked."""
    about = tuple(each for each in here if each.kind.kind == "partners")
    partners = reading.parts.partners(one.id, removed=True) if about else []
    return about if any(_later(request, each.invited_at, each.removed_at) for each in partners) else ()


def _later(request: ChangeRequest, came: datetime, went: datetime | None) -> bool:
    """Whether something has come, or gone, since it was asked; what has both come and gone since is as it was."""
    return (came >= request.asked_at) != (went is not None and went >= request.asked_at)


def _problems(plan: Plan, answers: Mapping[str, Any], files: set[str]) -> tuple[Problem, ...]:
    try:
        check_attached(plan, check_answers(plan.form, answers).answers, files)
    except AnswersError as error:
        return error.problems
    return ()
