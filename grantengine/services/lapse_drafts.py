"""Drafts that nobody can submit any more fall away; what was written stays, and can be copied."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import application_to
from grantengine.services.deadlines import opening_for
from grantengine.services.transitions import change_status

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

log = logging.getLogger("grantengine.worker")

LAPSE = LIFECYCLE.find("lapse")
GRACE = {Status.DRAFT: timedelta(days=2), Status.UNCONFIRMED: timedelta(days=30)}
"""How long after the deadline: an extension may still be given, and a link to confirm still be opened."""
PAGE = 200


def lapse_drafts(engine: Engine, by: By) -> int:
    """Let drafts lapse whose deadline has passed for good, each in a transaction of its own; returns how many."""
    late = {str(status): by.at - grace for status, grace in GRACE.items()}
    lapsed, after = 0, ""
    while True:
        with engine.store.read() as reading:
            overdue = reading.applications.overdue(late, after=after, limit=PAGE)
        for id in overdue:
            try:
                lapsed += _lapse(engine, by, id)
            except NotPossibleError as error:  # a plugin objects to this one; the others fall away
                log.info("application %s does not lapse: %s", id, error)
        if len(overdue) < PAGE:
            return lapsed
        after = overdue[-1]


def _lapse(engine: Engine, by: By, id: str) -> bool:
    """Let one draft lapse, unless its organisation has been given more time, or it has been submitted meanwhile."""
    with engine.store.work(by) as work:
        application = work.applications.get(id, lock=True)
        if application is None or application.status not in LAPSE.sources:
            return False
        call = work.schemes.call_of(application)
        if not opening_for(work, call, application.organisation_id).is_late(by.at - GRACE[Status(application.status)]):
            return False
        application, transition = application_to(work, "lapse", id)
        draft = work.applications.draft(id)
        change_status(engine, work, application, transition, draft.answers if draft else {})
    return True
