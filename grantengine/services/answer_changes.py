"""The applicant hands in the changes that it was asked for; from then on they are what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from grantengine.errors import ConflictError, NotPossibleError
from grantengine.form.answers import check_answers
from grantengine.form.diff import answers_diff
from grantengine.lifecycle import LIFECYCLE
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.activities import keep_activities
from grantengine.services.ask_changes import contacts_of, last_minute
from grantengine.services.messages import local_time, receiver_of, send
from grantengine.services.open_fields import open_now, submitted_answers, with_closed
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.refresh_facts import ask_anew
from grantengine.services.revisions import keep_revision
from grantengine.services.submit_application import Receipt, attached_to, check_attached, receipt_of
from grantengine.services.transitions import change_status
from grantengine.services.who_is_told import who_handles
from grantengine.store.tables.applications import Application, Draft
from grantengine.store.tables.dialogue import ChangeRequest

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

ANSWER = LIFECYCLE.find("answer-changes")
LONGEST = 4000
GRACE = timedelta(minutes=15)
"""How long after its end a request lapses: an answer that arrived in time may still be on its way through."""


def answer_changes(engine: Engine, by: By, application_id: str, version: int, *, message: str = "") -> Receipt:
    """Hand in the draft with this version as the answer; sent again, it gives the same receipt.

    What counts for the deadline is ``by.at``, when the request entered: one that lapses waits 15 minutes for those that
    entered in time. What comes later than that is too late, and stays in the draft.

    :param message: a few words to the handler; may be left out.
    :raises AnswersError: every problem at once, each with its field.
    :raises ConflictError: someone saved in the meantime; both sides are in the error.
    :raises NotPossibleError: ``answer-too-late``, ``status-forbids``, or ``vetoed`` by a plugin.
    """
    checks = Checks()
    words = checks.text(message, "message", LONGEST)
    checks.done()
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, ANSWER.who, lock=True)
        earlier = _earlier_receipt(engine, work, application, version)
        if earlier is not None:
            return earlier
        request, draft = _ready(work, application, version)
        plan = plan_of_call(engine, work, work.schemes.call_of(application))
        before = submitted_answers(work, application)
        answers = with_closed(open_now(work, plan, application), draft, before, draft.answers)
        submission = check_answers(plan.form, answers)
        check_attached(plan, submission.answers, attached_to(work, application_id))
        kept = keep_revision(work, draft, "changed", answers=submission.answers)
        application.revision_id = kept.id
        keep_activities(work, application, plan, submission.answers)
        request.status, request.answered_revision_id, request.answer = "answered", kept.id, words
        request.closed_at, request.closed_by = by.at, user_of(work, by).id
        changed = [one.field for one in answers_diff(plan.form, before, submission.answers)]
        change_status(
            engine, work, application, ANSWER, submission.answers, request=request.id, arrived=by.at.isoformat(),
            changed=changed,
        )  # fmt: skip
        ask_anew(work, application)
        _tell(engine, work, application, request)
        work.session.flush()
        return _receipt(work, application, request, submission.missing_to_decide)


def _ready(work: Work, application: Application, version: int) -> tuple[ChangeRequest, Draft]:
    """The request that waits for an answer, and what is handed in.

    :raises NotPossibleError: ``answer-too-late`` or ``status-forbids``.
    :raises ConflictError: someone saved in the meantime.
    """
    request, draft = work.dialogue.open_request(application.id), work.applications.draft(application.id)
    assert draft is not None  # kept as long as its application
    if application.status not in ANSWER.sources or request is None:
        last = work.dialogue.last_request(application.id)
        if last is not None and last.status == "lapsed":
            raise NotPossibleError("answer-too-late", due=last_minute(last.due_at))
        raise status_forbids("answer-changes", application)
    if work.by.at >= request.due_at:
        raise NotPossibleError("answer-too-late", due=last_minute(request.due_at))
    if draft.version != version:
        raise ConflictError({}, draft.answers, draft.version, by=work.users.named([draft.author_id]))
    return request, draft


def _earlier_receipt(engine: Engine, work: Reading, application: Application, version: int) -> Receipt | None:
    """The receipt where this very version has been handed in as an answer."""
    kept = work.applications.submitted(application.id, version, "changed")
    request = work.dialogue.answered_by(kept.id) if kept else None
    if request is None:
        return None
    form = plan_of_call(engine, work, work.schemes.call_of(application)).form
    now = submitted_answers(work, application)
    lacking = check_answers(form, now, audience="cases").missing_to_decide if now else ()
    return _receipt(work, application, request, lacking)


def _receipt(work: Reading, application: Application, request: ChangeRequest, to_complete: tuple[str, ...]) -> Receipt:
    kept = work.applications.revision_by_id(request.answered_revision_id or "")
    assert kept is not None  # kept with the answer
    assert request.closed_at is not None  # as above
    receipt = receipt_of(work, application, to_complete)
    return replace(receipt, arrived=request.closed_at, revision=kept.place)


def _tell(engine: Engine, work: Work, application: Application, request: ChangeRequest) -> None:
    """A receipt to every contact, and word to the handler who asked, or who handles the case now."""
    site = engine.settings.url
    for user in contacts_of(work, application, work.by.at):
        send(
            engine, work, receiver_of(user), "changes-received", about=application.id, name=user.name,
            number=application.number, arrived=local_time(work.by.at),
            url=f"{site}/applications/{application.id}",
        )  # fmt: skip
    for handler in who_handles(work, application, request.asked_by):
        send(
            engine, work, receiver_of(handler), "changes-answered", about=application.id, name=handler.name,
            organisation=work.organisations.of(application).name, number=application.number,
            url=f"{site}/office/cases/{application.id}",
        )  # fmt: skip
