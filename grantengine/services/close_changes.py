"""A request for changes ends without an answer: the authority takes it back, or its time is out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.lifecycle import HANDLERS, LIFECYCLE
from grantengine.records import By
from grantengine.services.access import application_to, check_system
from grantengine.services.answer_changes import GRACE
from grantengine.services.ask_changes import contacts_of, last_minute
from grantengine.services.deadlines import opening_for
from grantengine.services.messages import receiver_of, send
from grantengine.services.open_fields import open_now, submitted_answers
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.refresh_facts import ask_for_refresh
from grantengine.services.transitions import change_status
from grantengine.services.who_is_told import who_handles, who_is_told
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import ChangeRequest

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

log = logging.getLogger("grantengine.worker")

CLOSE = LIFECYCLE.find("close-changes")
PAGE = 200


def take_back_changes(engine: Engine, by: By, application_id: str, *, reason: str) -> None:
    """The authority needs no answer any more; what was submitted counts, and the exchange is not used up.

    What the applicant has written stays in its draft.

    :raises InputError: ``reason-missing``.
    :raises NotPossibleError: ``status-forbids`` or ``vetoed``.
    """
    checks = Checks()
    reason = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        application, _ = application_to(work, "close-changes", application_id)
        request = _close(engine, work, application, "taken-back", reason=reason)
        for user in contacts_of(work, application, work.by.at):
            send(
                engine, work, receiver_of(user), "changes-taken-back", about=application.id, name=user.name,
                number=application.number, reason=reason,
            )  # fmt: skip
        for handler in who_is_told(work, work.schemes.call_of(application), HANDLERS, [application]):
            if handler.id != request.asked_by or handler.id == by.id:
                continue
            send(
                engine, work, receiver_of(handler), "changes-taken-back", about=application.id, name=handler.name,
                number=application.number, reason=reason,
            )  # fmt: skip


def lapse_changes(engine: Engine, by: By) -> int:
    """Let requests lapse whose time was out 15 minutes ago, each in a transaction of its own; returns how many.

    What was submitted counts. The minutes are for answers that arrived in time and are still on their way.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    lapsed, after = 0, ""
    while True:
        with engine.store.read() as reading:
            overdue = reading.dialogue.overdue(by.at - GRACE, after=after, limit=PAGE)
        for id in overdue:
            try:
                lapsed += _lapse(engine, by, id)
            except NotPossibleError as error:  # a plugin objects to this one; the others lapse
                log.info("request for changes of application %s does not lapse: %s", id, error)
        if len(overdue) < PAGE:
            return lapsed
        after = overdue[-1]


def _lapse(engine: Engine, by: By, id: str) -> bool:
    """Let the request of one application lapse, unless it has been answered or taken back meanwhile."""
    with engine.store.work(by) as work:
        application = work.applications.get(id, lock=True)
        request = work.dialogue.open_request(id)
        if application is None or request is None or application.status not in CLOSE.sources:
            return False
        if by.at - GRACE < request.due_at:
            return False
        _close(engine, work, application, "lapsed")
        due, site = last_minute(request.due_at), engine.settings.url
        for user in contacts_of(work, application, work.by.at):
            send(
                engine, work, receiver_of(user), "changes-lapsed", about=id, name=user.name, number=application.number,
                due=due, url=f"{site}/applications/{id}",
            )  # fmt: skip
        for handler in who_handles(work, application, request.asked_by):
            send(
                engine, work, receiver_of(handler), "changes-not-answered", about=id, name=handler.name,
                organisation=work.organisations.of(application).name, number=application.number, due=due,
                url=f"{site}/office/cases/{id}",
            )  # fmt: skip
    return True


def _close(engine: Engine, work: Work, application: Application, status: str, **details: str) -> ChangeRequest:
    """Close the open request; what was submitted counts, with the partners that it had."""
    request = work.dialogue.open_request(application.id)
    assert request is not None  # held by the status
    plan = plan_of_call(engine, work, work.schemes.call_of(application))
    asked = {plan.form.by_id[name].question.kind for name in open_now(work, plan, application)}
    request.status, request.closed_at, request.closed_by = status, work.by.at, work.by.id
    change_status(
        engine, work, application, CLOSE, submitted_answers(work, application), request=request.id, closed=status,
        **details,
    )  # fmt: skip
    restored = "partners" in asked and _restore_partners(work, application, request)
    partners = work.parts.partners(application.id)
    if restored or any(one.answered_at is not None and one.answered_at >= request.asked_at for one in partners):
        ask_for_refresh(engine, work, application)  # nobody has been asked about it since
    return request


def _restore_partners(work: Work, application: Application, request: ChangeRequest) -> bool:
    """Let the partners be as they were when it was asked; whether any were not.

    Who was invited since is taken off, who was taken off is back, and who confirmed after the deadline is still invited.
    """
    opening = opening_for(work, work.schemes.call_of(application), application.organisation_id)
    restored = False
    for one in work.parts.partners(application.id, removed=True):
        if one.invited_at >= request.asked_at and one.removed_at is None:
            one.removed_at = work.by.at
            for link in work.users.open_links("partner", one.id):
                link.used_at = work.by.at
        elif one.invited_at < request.asked_at and one.removed_at is not None and one.removed_at >= request.asked_at:
            one.removed_at = None
        elif (
            one.status == "confirmed" and one.removed_at is None and one.answered_at is not None
            and one.answered_at >= request.asked_at and opening.is_late(one.answered_at)
        ):  # fmt: skip
            one.status = "invited"
        else:
            continue
        restored = True
    return restored
