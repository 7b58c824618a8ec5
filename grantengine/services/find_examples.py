"""Examples of what there is to look at in a database: people by role, and applications at different stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import AnswersError
from grantengine.form.answers import check_answers
from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

MOST = 20
"""Drafts that are looked at for one that is not whole yet."""


@dataclass(frozen=True, slots=True)
class Example:
    """An application, and the address of a contact who may see it."""

    id: str
    call_id: str
    email: str


@dataclass(frozen=True, slots=True)
class Examples:
    """``staff`` maps each role in an authority to the address of someone who has it; the applications are None where there is
    none: one that is being written, while the call is open; such a one that can not be handed in as it is; one that changes
    are asked for; one that is refused.
    """

    staff: Mapping[str, str]
    draft: Example | None
    unfinished: Example | None
    to_change: Example | None
    refused: Example | None


def find_examples(engine: Engine, by: By) -> Examples:
    """Where one can look, for whoever shows the system.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        drafts = reading.examples.applications(Status.DRAFT, by.at, MOST)
        unfinished = next((one for one in drafts if not _is_whole(engine, reading, one[0])), None)
        to_change, refused = (
            next(iter(reading.examples.applications(status, by.at, 1)), None)
            for status in (Status.CHANGES_ASKED, Status.REFUSED)
        )
        found = (drafts[0] if drafts else None, unfinished, to_change, refused)
        return Examples(reading.examples.staff(by.at), *(Example(*one) if one else None for one in found))


def _is_whole(engine: Engine, reading: Reading, application_id: str) -> bool:
    """Whether the form takes a draft as it is."""
    one, draft = reading.applications.get(application_id), reading.applications.draft(application_id)
    assert one is not None  # found just now
    assert draft is not None  # kept as long as its application
    try:
        check_answers(plan_of_call(engine, reading, reading.schemes.call_of(one)).form, draft.answers)
    except AnswersError:
        return False
    return True
