"""After submission: the answers that are needed to decide, and were not needed to submit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import AnswersError, Problem, Where
from grantengine.form.answers import check_answers, check_size
from grantengine.lifecycle import IN_REVIEW, LIFECYCLE
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.activities import keep_activities
from grantengine.services.pinned import plan_of_call
from grantengine.services.refresh_facts import ask_anew
from grantengine.services.revisions import keep_revision
from grantengine.services.submit_application import Receipt, attached_to, check_attached, receipt_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

COMPLETES = LIFECYCLE.find("submit").who


def complete_application(engine: Engine, by: By, application_id: str, answers: Mapping[str, Any]) -> Receipt:
    """Answer questions that are needed to decide and still open; what was submitted stays as it is.

    Sent again with the same answers, it gives the same receipt. It may be done while the authority has asked for changes as
    well, which are answered apart from it.

    :raises AnswersError: an answer that does not fit, or to a question that is not open (``answer-not-open``).
    :raises NotPossibleError: ``status-forbids``.
    """
    check_size(answers)
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, COMPLETES, lock=True)
        if application.status not in IN_REVIEW:
            raise status_forbids("complete", application)
        call, draft = work.schemes.call_of(application), work.applications.draft(application_id)
        revision = work.applications.revision_by_id(application.revision_id or "")
        assert draft is not None  # kept as long as its application
        assert revision is not None  # kept when it was submitted
        plan = plan_of_call(engine, work, call)
        form = plan.form
        before = revision.answers or {}
        given = {name: value for name, value in answers.items() if value is not None and before.get(name) != value}
        if not given:
            return receipt_of(work, application, check_answers(form, before, audience="cases").missing_to_decide)
        still_open = set(check_answers(form, before, moment="draft").missing_to_decide)
        closed = sorted(given.keys() - still_open)
        if closed:
            raise AnswersError(
                [Problem("answer-not-open", Where(pointer=f"/{name}"), {"path": f"/{name}"}) for name in closed]
            )
        whole = check_answers(form, {**before, **given})
        check_attached(plan, given, attached_to(work, application_id))
        draft.answers = {**draft.answers, **given}
        draft.author_id, draft.saved_at = user_of(work, by).id, by.at
        draft.version += 1
        application.revision_id = keep_revision(work, draft, "completed", answers=whole.answers).id
        if any(form.by_id[name].question.kind == "activities" for name in given):
            keep_activities(work, application, plan, whole.answers)
        ask_anew(work, application)
        work.record("completed", application, questions=sorted(given))
        work.session.flush()
        return receipt_of(work, application, whole.missing_to_decide)
