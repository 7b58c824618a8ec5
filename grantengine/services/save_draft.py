"""What is being written is kept: at every pause, by several people, and without anyone's text being lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from grantengine.errors import ConflictError, Problem
from grantengine.form.answers import check_draft
from grantengine.lifecycle import APPLICANTS, Status
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.open_fields import may_write, submitted_answers, with_closed
from grantengine.services.pinned import plan_of_call
from grantengine.services.revisions import keep_revision
from grantengine.store.tables.applications import Application, Draft

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

REVISED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it is kept: its new version, when, and what does not fit yet (nothing of it was refused)."""

    version: int
    at: datetime
    problems: tuple[Problem, ...]


def save_draft(
    engine: Engine, by: By, application_id: str, version: int, answers: Mapping[str, Any], *, keep: bool = False
) -> Saved:
    """Keep all answers of the draft as they are now; ``version`` is the one that was written on.

    Partial answers and answers that do not fit yet are welcome. With ``keep`` a revision is kept as well; one is kept
    anyway when the author changes, and every 15 minutes of writing.

    While the authority has asked for changes, answers to what it has asked about may change, and to questions that can be
    shown because of them; the others are as they were submitted.

    :raises ConflictError: someone saved in the meantime; both sides are in the error, and nothing is changed.
    :raises AnswersError: answers that can not be kept: to no question of the form, not for an applicant to give, too
        large, or with characters that no database keeps; or that are not open to be changed (``answer-not-open``).
    :raises NotPossibleError: ``status-forbids``: it is no draft any more.
    """
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, APPLICANTS, lock=True)
        draft = draft_of(work, application)
        author = user_of(work, by)
        plan = plan_of_call(engine, work, work.schemes.call_of(application))
        problems = check_draft(plan.form, answers)
        given = given_answers(work, application, draft, answers, may_write(work, plan, application))
        if draft.version - 1 == version and draft.author_id == author.id and draft.answers == given:
            return Saved(draft.version, draft.saved_at, problems)  # the answer to the first try was lost on its way
        if draft.version != version:
            raise ConflictError(given, draft.answers, draft.version, by=work.users.named([draft.author_id]))
        write_draft(work, application, draft, author.id, given, keep=keep)
        return Saved(draft.version, by.at, problems)


def write_draft(
    work: Work, application: Application, draft: Draft, author_id: str, answers: dict[str, Any], *, keep: bool = False
) -> None:
    """Keep these answers of a draft, which is locked, and a revision where one is due."""
    at = work.by.at
    if draft.author_id != author_id:
        keep_revision(work, draft, "author")
    draft.answers, draft.author_id, draft.saved_at = answers, author_id, at
    draft.version += 1
    if keep or at - draft.revised_at >= REVISED_EVERY:
        keep_revision(work, draft, "kept" if keep else "interval")
    work.record("draft-saved", application)


def draft_of(work: Reading, application: Application) -> Draft:
    """The draft that may be written on now.

    :raises NotPossibleError: ``status-forbids``.
    """
    draft = work.applications.draft(application.id)
    if draft is None or application.status not in (Status.DRAFT, Status.CHANGES_ASKED):
        raise status_forbids("save", application)
    return draft


def given_answers(
    work: Reading, application: Application, draft: Draft, answers: Mapping[str, Any], open_: frozenset[str] | None
) -> dict[str, Any]:
    """The answers as they are to be kept; where changes are asked for, only to what is ``open_`` (None: all)."""
    if open_ is None:
        return dict(answers)
    return with_closed(open_, draft, submitted_answers(work, application), answers)
