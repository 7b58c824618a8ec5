"""An application told orally or on paper: a handler writes it down, and the applicant confirms that it is right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import InputError, NotFoundError, Problem, Where
from grantengine.form.answers import check_answers, check_size
from grantengine.lifecycle import LIFECYCLE
from grantengine.records import By
from grantengine.services.access import application_for, call_for, status_forbids
from grantengine.services.attach_file import CheckedFile, checked_file, file_question, keep_file, scanned_file
from grantengine.services.collect_facts import gather, keep_facts, submitted_of
from grantengine.services.deadlines import check_in_time
from grantengine.services.links import check_fresh, find_link, make_link
from grantengine.services.messages import Receiver, receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.start_draft import new_application
from grantengine.services.submit_application import (
    Receipt,
    check_attached,
    check_may_apply,
    keep_submission,
    receipt_of,
)
from grantengine.services.transitions import change_status
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

CHANNELS = ("oral", "paper")
CONFIRM = LIFECYCLE.find("confirm")


def register_on_behalf(
    engine: Engine, by: By, *, call_id: str, organisation_id: str, channel: str, answers: Mapping[str, Any],
    arrived: datetime | None = None, email: str | None = None, strand: str | None = None,
    files: Mapping[str, tuple[str, bytes]] | None = None, request_id: str | None = None,
) -> str:  # fmt: skip
    """Write down an application for an organisation; returns its id. It counts once the applicant has confirmed it.

    :param channel: ``oral`` or ``paper``.
    :param arrived: when it was told or the paper came (default: now); this is what counts for the deadline.
    :param email: where the link that confirms it goes, for an organisation whose contacts have no account.
    :param files: name and bytes of what came with it, by the question that it answers.
    :raises AnswersError: every problem with the answers.
    :raises InputError: ``arrived-later`` than now, ``confirmation-nowhere`` to send, or a file can not be kept.
    :raises NotPossibleError: ``call-not-open-yet``, ``deadline-passed``, ``invited-only``, ``organisation-number-needed`` or
        ``strand-unknown``.
    """
    checks = Checks()
    channel = checks.one_of(channel, CHANNELS, "channel")
    email = checks.email(email) if email else None
    checks.done()
    check_size(answers)
    kept = {
        question: scanned_file(engine, checked_file(name, content))
        for question, (name, content) in (files or {}).items()
    }
    told = arrived or by.at
    if told > by.at:
        raise InputError([Problem("arrived-later", Where(pointer="/arrived"))])
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, {"handler", "leader"})
        known = work.applications.by_request(request_id) if request_id else None
        if known is not None:
            call_for(work, by, known.call_id, {"handler", "leader"})
            return known.id
        organisation = work.organisations.get(organisation_id)
        if organisation is None:
            raise NotFoundError("organisation-not-found")
        check_in_time(work, call, organisation_id, told)
        plan = plan_of_call(engine, work, call)
        application = new_application(
            engine, work, call_id=call_id, organisation_id=organisation_id, verb="register", answers=answers,
            channel=channel, strand=strand, request_id=request_id,
        )  # fmt: skip
        check_may_apply(work, plan, call, application, organisation)
        _keep_told(engine, work, plan, application, answers, kept)
        application.submitted_at = told
        _ask_to_confirm(engine, work, application, organisation, email)
        return application.id


def _keep_told(
    engine: Engine, work: Work, plan: Plan, application: Application, answers: Mapping[str, Any],
    files: Mapping[str, CheckedFile],
) -> None:  # fmt: skip
    """Keep what was told, with the files as the answers that they are."""
    rows = {
        file_question(plan, name).id: keep_file(engine, work, application.id, name, file).id
        for name, file in files.items()
    }
    answers = {**answers, **rows}
    submission = check_answers(plan.form, answers)
    check_attached(plan, submission.answers, set(rows.values()))
    work.session.flush()
    draft = work.applications.draft(application.id)
    assert draft is not None  # just made
    draft.answers = answers
    keep_submission(work, application, plan, draft, submission.answers, "registered")


def _ask_to_confirm(
    engine: Engine, work: Work, application: Application, organisation: Organisation, email: str | None
) -> None:
    contacts = [user for role, user in work.organisations.people(organisation.id, work.by.at) if role.role == "contact"]
    receivers = [(receiver_of(user), user.name) for user in contacts]
    if email:
        receivers.append((Receiver(email, organisation.language), organisation.name))
    if not receivers:
        raise InputError([Problem("confirmation-nowhere", Where(pointer="/email"))])
    # One link for all of them: whoever is first answers for the organisation.
    address = make_link(engine, work, "confirm", application, application.id, email)
    for to, name in receivers:
        send(
            engine, work, to, "confirm", about=application.id, name=name, organisation=organisation.name,
            number=application.number, url=address,
        )  # fmt: skip


def confirm_registered(
    engine: Engine, by: By, *, secret: str | None = None, application_id: str | None = None
) -> Receipt:
    """The applicant says that what was written down is right: by the link, or signed in. Again gives the same receipt.

    :raises NotFoundError: ``link-unknown`` or ``application-not-found``.
    :raises NotPossibleError: ``link-expired``, ``status-forbids`` or ``vetoed``.
    """
    with engine.store.read() as reading:
        id = find_link(reading, "confirm", secret).subject_id if secret else application_id or ""
        application = reading.applications.get(id) if secret else application_for(reading, by, id, CONFIRM.who)
        if application is None:
            raise NotFoundError("application-not-found")
        if application.confirmed_at is not None:
            return receipt_of(reading, application)
        call, organisation = reading.schemes.call_of(application), reading.organisations.of(application)
        revision = reading.applications.revision_by_id(application.revision_id or "")
        plan = plan_of_call(engine, reading, call)
    answers = (revision.answers if revision else None) or {}
    submitted = submitted_of(plan, organisation, answers, by, call_id=call.id, application_id=id)
    gathered = gather(engine, plan, submitted)
    with engine.store.work(by) as work:
        if secret:
            link = find_link(work, "confirm", secret, lock=True)
            check_fresh(link, by.at)
            link.used_at = by.at
            work.by = By("link", link.id, by.at)
            locked = work.applications.get(id, lock=True)
        else:
            locked = application_for(work, by, id, CONFIRM.who, lock=True)
        assert locked is not None  # it was there a moment ago, and applications are never removed
        if locked.status not in CONFIRM.sources:
            raise status_forbids("confirm", locked)
        missing = keep_facts(work, locked, gathered)
        locked.confirmed_at = by.at
        change_status(engine, work, locked, CONFIRM, answers, not_obtained=missing)
        work.session.flush()
        return receipt_of(work, locked)
