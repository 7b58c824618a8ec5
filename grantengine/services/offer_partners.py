"""Partners that were asked, as rows for the table of partners that the applicant has not filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.services.access import application_for

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

LONGEST_TASK = 500
"""Letters of a task that fit in a row."""


def offer_partners(engine: Engine, by: By, application_id: str) -> tuple[Mapping[str, Any], ...]:
    """A row of a table of partners for each that was asked and has not declined, with the task it was asked to do.

    Nothing is written: an offer, so that nobody has to type the same twice.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS)
        asked = [one for one in reading.parts.partners(application.id) if one.status != "declined"]
    rows = (
        {
            "name": one.name,
            "organisation_number": one.organisation_number,
            "task": one.task[:LONGEST_TASK] if one.task else None,
        }
        for one in asked
    )
    return tuple({key: value for key, value in row.items() if value is not None} for row in rows)
