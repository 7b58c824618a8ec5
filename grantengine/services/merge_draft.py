"""What one page of the form says is brought into the draft as it is now, also where others have written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import Problem
from grantengine.form.answers import check_draft
from grantengine.form.merge import Clash, merge
from grantengine.lifecycle import APPLICANTS, Status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.open_fields import may_write
from grantengine.services.pinned import plan_key, plan_of_call
from grantengine.services.save_draft import draft_of, given_answers, write_draft
from grantengine.store.tables.applications import Application, Draft

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Written:
    """What one page says: ``answers`` to the questions that it showed, None where there is none, and as ``base`` the digest
    of each answer as it was shown (:func:`grantengine.form.merge.digest`).
    """

    base: Mapping[str, str]
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """The draft after it: which questions were changed by it, what does not fit yet, and what clashes.

    ``author`` wrote what clashes, at ``written_at``; None where that is oneself, in another window. ``open`` names the
    questions that may be changed while the authority has asked for changes; None: all.
    """

    plan: Plan
    version: int
    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]
    saved_at: datetime
    taken: tuple[str, ...]
    clashes: tuple[Clash, ...]
    author: str | None
    written_at: datetime
    open: frozenset[str] | None


def merge_draft(engine: Engine, by: By, application_id: str, written: Callable[[Plan], Written]) -> MergedDraft:
    """Keep what one page says, where it was changed there. ``written`` reads the page, once its form is known.

    A question that others have answered anew in the meantime is left as they wrote it, and is told of in ``clashes``;
    everything else is kept as :func:`save_draft` keeps it. Where nothing was changed, nothing is written. What is not open
    stands on the page to be read, and is not sent with it: that it did not come does not mean that it was taken away.

    :raises AnswersError: as of :func:`save_draft`; then nothing is kept.
    :raises NotPossibleError: ``status-forbids``: it is no draft any more.
    """
    with engine.store.work(by) as work:
        application, draft, plan = _locked(engine, work, application_id)
        me = by.id or ""
        page = written(plan)
        open_ = may_write(work, plan, application)
        sent = {name: value for name, value in page.answers.items() if _may_come(name, value, open_)}
        merged = merge(plan.form, draft.answers, page.base, sent)
        problems = check_draft(plan.form, merged.answers)
        author, written_at = draft.author_id, draft.saved_at
        if merged.taken:
            given = given_answers(work, application, draft, merged.answers, open_)
            write_draft(work, application, draft, me, given)
        others = work.users.named([author]) if merged.clashes and author != me else {}
        return MergedDraft(
            plan=plan, version=draft.version, answers=draft.answers, problems=problems, saved_at=draft.saved_at,
            taken=merged.taken, clashes=merged.clashes, author=others.get(author, "") if author != me else None,
            written_at=written_at, open=open_,
        )  # fmt: skip


def _may_come(name: str, value: Any, open_: frozenset[str] | None) -> bool:
    """Whether a page can have sent this of a question; of one that is not open, only an answer that it should not have."""
    return open_ is None or name in open_ or value is not None


def _locked(engine: Engine, work: Work, application_id: str) -> tuple[Application, Draft, Plan]:
    """The application, which nobody else changes now, its draft and its plan, for someone who writes it."""
    by, application = work.by, work.applications.get(application_id, lock=True)
    found = work.looking.drafts.to_write(application_id, by.id or "", APPLICANTS, Status.DRAFT, by.at)
    if application is not None and found is not None and by.kind == "user":
        draft, digest, patch = found
        plan = engine.plans.get(plan_key(digest, patch))
        if plan is not None:
            return application, draft, plan
    # Step by step, which says why where it is not for this person.
    application = application_for(work, by, application_id, APPLICANTS, lock=True)
    return application, draft_of(work, application), plan_of_call(engine, work, work.schemes.call_of(application))
