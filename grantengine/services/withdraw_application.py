"""An applicant withdraws; everything is kept, and nothing more happens with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import application_to
from grantengine.services.activities import end_activities
from grantengine.services.call_off_meeting import call_off_pitches
from grantengine.services.give_back import LONGEST, free_lines, tell_freed
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.transitions import change_status

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def withdraw_application(engine: Engine, by: By, application_id: str, *, reason: str = "") -> None:
    """Withdraw a draft or what was submitted; ``reason`` is for the authority and may be left out.

    :raises InputError: ``text-length``.
    :raises NotPossibleError: ``status-forbids`` or ``vetoed``.
    """
    checks = Checks()
    told = checks.text(reason, "reason", LONGEST)
    checks.done()
    with engine.store.work(by) as work:
        application, transition = application_to(work, "withdraw", application_id)
        was_submitted = application.submitted_at is not None
        draft = work.applications.draft(application_id)
        request = work.dialogue.open_request(application_id)
        if request is not None:  # nobody waits for it any more
            request.status, request.closed_at, request.closed_by = "lapsed", by.at, by.id
        end_activities(work, application)
        details: dict[str, Any] = {"reason": told} if told else {}
        was_decided = application.status == Status.DECIDED
        if was_decided:
            details["freed"] = free_lines(work, application)
        change_status(engine, work, application, transition, draft.answers if draft else {}, **details)
        if was_decided and details["freed"]:
            tell_freed(engine, work, application)
        if not was_submitted:
            return
        call_off_pitches(engine, work, application)
        for role, user in work.organisations.people(application.organisation_id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "withdrawn", about=application_id, name=user.name,
                    number=application.number,
                )  # fmt: skip
