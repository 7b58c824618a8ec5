"""An applicant withdraws; everything is kept, and nothing more happens with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import application_to
from grantengine.services.activities import end_activities
from grantengine.services.messages import receiver_of, send
from grantengine.services.transitions import change_status

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def withdraw_application(engine: Engine, by: By, application_id: str, *, reason: str = "") -> None:
    """Withdraw a draft or what was submitted; ``reason`` is for the authority and may be left out.

    :raises NotPossibleError: ``status-forbids`` or ``vetoed``.
    """
    with engine.store.work(by) as work:
        application, transition = application_to(work, "withdraw", application_id)
        was_submitted = application.submitted_at is not None
        draft = work.applications.draft(application_id)
        end_activities(work, application)
        details = {"reason": reason.strip()[:1000]} if reason.strip() else {}
        change_status(engine, work, application, transition, draft.answers if draft else {}, **details)
        if not was_submitted:
            return
        for role, user in work.organisations.people(application.organisation_id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "withdrawn", about=application_id, name=user.name,
                    number=application.number,
                )  # fmt: skip
