"""An application is submitted: everything is checked, facts are gathered, and a receipt is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError, ConflictError, NotPossibleError, Problem, Where
from grantengine.form.answers import check_answers
from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import application_for, application_to, status_forbids
from grantengine.services.activities import keep_activities
from grantengine.services.collect_facts import gather, keep_facts, submitted_of
from grantengine.services.deadlines import check_in_time
from grantengine.services.messages import local_time, receiver_of, send
from grantengine.services.pinned import plan_of_call
from grantengine.services.refresh_facts import ask_anew
from grantengine.services.revisions import keep_revision
from grantengine.services.scan_file import REFUSED
from grantengine.services.start_draft import check_invited, check_strand
from grantengine.services.transitions import change_status
from grantengine.store.tables.applications import Application, Draft
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

SUBMIT = LIFECYCLE.find("submit")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of a submission: its number, when it arrived, and which kept state it is.

    ``to_complete`` names the questions to be answered before a decision, ``not_obtained`` the facts still asked for.
    """

    application_id: str
    number: str
    arrived: datetime
    revision: int
    to_complete: tuple[str, ...] = ()
    not_obtained: tuple[str, ...] = ()


def submit_application(engine: Engine, by: By, application_id: str, version: int) -> Receipt:
    """Submit the draft with this version. Sent again, it gives the same receipt.

    What counts for the deadline is ``by.at``, when the request entered.

    :raises AnswersError: every problem at once, each with its field.
    :raises ConflictError: someone saved in the meantime; both sides are in the error.
    :raises NotPossibleError: ``call-not-open-yet``, ``deadline-passed``, ``status-forbids``, ``invited-only``,
        ``organisation-number-needed``, or ``vetoed`` by a plugin.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, SUBMIT.who)
        earlier = _earlier_receipt(engine, reading, application, version)
        if earlier is not None:
            return earlier
        plan, call, organisation, draft = _ready(engine, reading, application, version, by)
        attached = attached_to(reading, application_id)
        partners = _partners(reading, application_id)
    submission = check_answers(plan.form, draft.answers)
    check_attached(plan, submission.answers, attached)
    submitted = submitted_of(plan, organisation, submission.answers, by, call_id=call.id, application_id=application_id)
    gathered = gather(engine, plan, submitted)
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, SUBMIT.who, lock=True)
        earlier = _earlier_receipt(engine, work, application, version)
        if earlier is not None:
            return earlier  # the same request came twice at once, and the other was first
        application, _ = application_to(work, "submit", application_id)
        _, _, organisation, draft = _ready(engine, work, application, version, by)
        check_attached(plan, submission.answers, attached_to(work, application_id))
        missing = keep_facts(work, application, gathered)
        if _partners(work, application_id) != partners:
            work.session.flush()
            ask_anew(work, application)  # someone answered while the sources were asked
        keep_submission(work, application, plan, draft, submission.answers, "submitted")
        change_status(
            engine, work, application, SUBMIT, submission.answers, arrived=by.at.isoformat(), not_obtained=missing
        )
        tell_receipt(engine, work, application, organisation, call)
        return receipt_of(work, application, submission.missing_to_decide)


def keep_submission(
    work: Work, application: Application, plan: Plan, draft: Draft, answers: Mapping[str, Any], cause: str
) -> None:
    """Keep what is submitted as a revision of its own; hidden answers stay in the draft, and are not part of it."""
    kept = keep_revision(work, draft, cause, answers=answers)
    application.submitted_at, application.revision_id = work.by.at, kept.id
    keep_activities(work, application, plan, answers)


def receipt_of(work: Reading, application: Application, to_complete: tuple[str, ...] = ()) -> Receipt:
    """The receipt of what has been submitted."""
    revision = work.applications.revision_by_id(application.revision_id or "")
    assert revision is not None  # kept when it was submitted
    assert application.submitted_at is not None  # as above
    missing = tuple(fact.source for fact in work.parts.facts(application.id) if fact.values is None)
    return Receipt(application.id, application.number, application.submitted_at, revision.place, to_complete, missing)


def _partners(work: Reading, application_id: str) -> list[tuple[str, str]]:
    return [(one.id, one.status) for one in work.parts.partners(application_id)]


def _earlier_receipt(engine: Engine, work: Reading, application: Application, version: int) -> Receipt | None:
    """The receipt where this very version has been submitted, also if answers have been completed since."""
    revision = work.applications.revision_by_id(application.revision_id or "")
    submitted = work.applications.submitted(application.id, version)
    if application.status == Status.DRAFT or revision is None or submitted is None:
        return None
    call = work.schemes.call_of(application)
    form = plan_of_call(engine, work, call).form
    lacking = check_answers(form, revision.answers, audience="cases").missing_to_decide if revision.answers else ()
    return replace(receipt_of(work, application, lacking), revision=submitted.place)


def _ready(
    engine: Engine, work: Reading, application: Application, version: int, by: By
) -> tuple[Plan, Call, Organisation, Draft]:
    """What is needed to submit, all but the answers.

    :raises NotPossibleError: the status, the deadline, or who applies stands in the way.
    :raises ConflictError: someone saved in the meantime.
    """
    draft = work.applications.draft(application.id)
    call = work.schemes.call_of(application)
    organisation = work.organisations.of(application)
    if application.status not in SUBMIT.sources or draft is None:
        raise status_forbids("submit", application)
    if draft.version != version:
        raise ConflictError({}, draft.answers, draft.version, by=work.users.named([draft.author_id]))
    check_in_time(work, call, organisation.id, by.at)
    plan = plan_of_call(engine, work, call)
    check_may_apply(work, plan, call, application, organisation)
    return plan, call, organisation, draft


def attached_to(reading: Reading, application_id: str) -> set[str]:
    """The files that may be answers: those that are there and that no scanner has refused."""
    return {one.id for one in reading.parts.attachments(application_id) if one.scan != REFUSED}


def check_attached(plan: Plan, answers: Mapping[str, Any], attached: set[str]) -> None:
    """Every answer that is a file names one that is there.

    :raises AnswersError: ``answer-no-such-file``.
    """
    missing = [
        field.id
        for field in plan.form.fields
        if field.question.kind == "attachment" and field.id in answers and answers[field.id] not in attached
    ]
    if missing:
        raise AnswersError(
            [Problem("answer-no-such-file", Where(pointer=f"/{name}"), {"path": f"/{name}"}) for name in missing]
        )


def check_may_apply(
    work: Reading, plan: Plan, call: Call, application: Application, organisation: Organisation
) -> None:
    """Whether this organisation may apply in this call, as far as the call itself says.

    :raises NotPossibleError: ``invited-only``, ``organisation-number-needed`` or ``strand-unknown``.
    """
    check_invited(work, plan, call.id, organisation.id)
    hosted = work.organisations.host_of(organisation.id)
    has_host = hosted is not None and hosted.consented_at is not None
    if plan.scheme.call.organisation_number == "required" and organisation.number is None and not has_host:
        raise NotPossibleError("organisation-number-needed")
    check_strand(plan, application.strand)


def tell_receipt(engine: Engine, work: Work, application: Application, organisation: Organisation, call: Call) -> None:
    """Send the receipt to every contact of the organisation."""
    for role, user in work.organisations.people(organisation.id, work.by.at):
        if role.role == "contact":
            send(
                engine, work, receiver_of(user), "submitted", about=application.id, name=user.name,
                organisation=organisation.name, call=call.title, number=application.number,
                arrived=local_time(work.by.at), url=f"{engine.settings.url}/applications/{application.id}",
            )  # fmt: skip
