"""While one writes: who else plans the same, near by and at the same time, so that they can find each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.collect_facts import gather, submitted_of
from grantengine.services.fitting import fitting_answers
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

SOURCE = "overlap"


@dataclass(frozen=True, slots=True)
class Hint:
    """An activity of another organisation, and which of one's own it is ``like``. The days are ISO dates."""

    organisation: str
    activity: str
    municipality: str | None
    starts: str | None
    ends: str | None
    like: str


def overlap_hint(engine: Engine, by: By, application_id: str) -> list[Hint]:
    """What others have applied for, or are paid for, that is like an activity in the draft; drafts are nobody's to see.

    None where the scheme does not list the plugin that compares them, or while it can not.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS)
        call, draft = reading.schemes.call_of(application), reading.applications.draft(application_id)
        organisation = reading.organisations.of(application)
        plan = plan_of_call(engine, reading, call)
    answers = fitting_answers(plan, draft.answers if draft else {})
    submitted = submitted_of(plan, organisation, answers, by, call_id=call.id, application_id=application_id)
    raw = [one.collected.raw or {} for one in gather(engine, plan, submitted, {SOURCE}) if one.collected]
    return [
        Hint(one["of"], one["name"], one["municipality"], one["starts"], one["ends"], one["like"])
        for found in raw
        for one in found.get("similar", ())
    ]
