"""Drafts that nobody can submit any more fall away; what was written stays, and can be copied."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import application_to
from grantengine.services.deadlines import opening_for
from grantengine.services.transitions import change_status

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

LAPSE = LIFECYCLE.find("lapse")
GRACE = {Status.DRAFT: timedelta(days=2), Status.UNCONFIRMED: timedelta(days=30)}
"""How long after the deadline: an extension may still be given, and a link to confirm still be opened."""


def lapse_drafts(engine: Engine, by: By, limit: int = 200) -> int:
    """Let drafts lapse whose deadline has passed for good, each in a transaction of its own; returns how many."""
    with engine.store.read() as reading:
        overdue = reading.applications.overdue(
            {str(status): by.at - grace for status, grace in GRACE.items()}, limit=limit
        )
    lapsed = 0
    for id in overdue:
        with engine.store.work(by) as work:
            application = work.applications.get(id, lock=True)
            if application is None or application.status not in LAPSE.sources:
                continue
            call = work.schemes.call(application.call_id)
            assert call is not None  # held by a foreign key
            late = by.at - GRACE[Status(application.status)]
            if not opening_for(work, call, application.organisation_id).is_late(late):
                continue  # a later deadline has been given
            application, transition = application_to(work, "lapse", id)
            draft = work.applications.draft(id)
            change_status(engine, work, application, transition, draft.answers if draft else {})
            lapsed += 1
    return lapsed
