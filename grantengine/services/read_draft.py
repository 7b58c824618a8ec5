"""What is being written, with all that is needed to draw its form: read in few statements, as it is read most of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import Problem
from grantengine.form.answers import check_draft
from grantengine.lifecycle import APPLICANTS, Status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.attach_file import Attached, attached
from grantengine.services.open_fields import open_now
from grantengine.services.pinned import plan_key, plan_of_call
from grantengine.services.save_draft import draft_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft to be written on. ``problems`` are answers that do not fit yet; ``author`` is who wrote last, None where that
    is oneself. ``open`` names the questions that may be changed while the authority has asked for changes; None: all.
    """

    id: str
    number: str
    call_id: str
    organisation_id: str
    plan: Plan
    version: int
    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]
    saved_at: datetime
    author: str | None
    open: frozenset[str] | None
    files: tuple[Attached, ...]


def read_draft(engine: Engine, by: By, application_id: str, page: str | None = None) -> DraftPage:
    """The draft of an application, for those who write it.

    :param page: the page of the form whose files are wanted; None: those of all.

    :raises NotFoundError: ``application-not-found``.
    :raises NotPossibleError: ``status-forbids``: it is no draft any more.
    """
    with engine.store.look() as looking:
        row = looking.drafts.of_writer(application_id, by.id or "", APPLICANTS, Status.DRAFT, by.at)
    plan = engine.plans.get(plan_key(row.digest, row.patch)) if row and by.kind == "user" else None
    if row is None or plan is None:
        with engine.store.read() as reading:
            return _looked_up(engine, reading, by, application_id, page)
    files: tuple[Attached, ...] = ()
    if _asks_for_files(plan, page):
        with engine.store.read() as reading:
            files = _files(reading, row.id, plan, page)
    return DraftPage(
        id=row.id, number=row.number, call_id=row.call_id, organisation_id=row.organisation_id, plan=plan,
        version=row.version, answers=row.answers, problems=check_draft(plan.form, row.answers), saved_at=row.saved_at,
        author=None if row.author_id == by.id else row.author, open=None, files=files,
    )  # fmt: skip


def _looked_up(engine: Engine, reading: Reading, by: By, application_id: str, page: str | None) -> DraftPage:
    """The same step by step: for what is not read in one, or is not for this person, and says why."""
    application = application_for(reading, by, application_id, APPLICANTS)
    draft = draft_of(reading, application)
    plan = plan_of_call(engine, reading, reading.schemes.call_of(application))
    author = None if draft.author_id == by.id else reading.users.named([draft.author_id]).get(draft.author_id, "")
    return DraftPage(
        id=application.id, number=application.number, call_id=application.call_id,
        organisation_id=application.organisation_id, plan=plan, version=draft.version, answers=draft.answers,
        problems=check_draft(plan.form, draft.answers), saved_at=draft.saved_at, author=author,
        open=None if application.status == Status.DRAFT else open_now(reading, plan, application),
        files=_files(reading, application.id, plan, page),
    )  # fmt: skip


def _files(reading: Reading, application_id: str, plan: Plan, page: str | None) -> tuple[Attached, ...]:
    """The files with it, where the page asks for any."""
    if not _asks_for_files(plan, page):
        return ()
    return tuple(attached(one) for one in reading.parts.attachments(application_id))


def _asks_for_files(plan: Plan, page: str | None) -> bool:
    return any(field.kind.widget == "file" and page in (None, field.page) for field in plan.form.fields)
