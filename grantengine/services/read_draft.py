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
from grantengine.services.attach_file import Attached, attachments_for
from grantengine.services.open_fields import open_now
from grantengine.services.pinned import plan_of_call
from grantengine.services.save_draft import draft_of
from grantengine.store.tables.applications import Application, Draft

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


def read_draft(engine: Engine, by: By, application_id: str) -> DraftPage:
    """The draft of an application, for those who write it.

    :raises NotFoundError: ``application-not-found``.
    :raises NotPossibleError: ``status-forbids``: it is no draft any more.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS)
        draft = draft_of(reading, application)
        plan = plan_of_call(engine, reading, reading.schemes.call_of(application))
        return page_of(reading, by, application, draft, plan, check_draft(plan.form, draft.answers))


def page_of(
    reading: Reading, by: By, application: Application, draft: Draft, plan: Plan, problems: tuple[Problem, ...]
) -> DraftPage:
    """The draft as it stands in this transaction."""
    has_files = any(field.kind.widget == "file" for field in plan.form.fields)
    is_mine = draft.author_id == by.id
    return DraftPage(
        id=application.id, number=application.number, call_id=application.call_id,
        organisation_id=application.organisation_id, plan=plan, version=draft.version, answers=draft.answers,
        problems=problems, saved_at=draft.saved_at,
        author=None if is_mine else reading.users.named([draft.author_id]).get(draft.author_id, ""),
        open=None if application.status == Status.DRAFT else open_now(reading, plan, application),
        files=tuple(attachments_for(reading, application, outside=False)) if has_files else (),
    )  # fmt: skip
