"""Facts asked for anew: before a submission, when a partner answers after it, or when a source was down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from grantengine.hooks.kinds import FactSource
from grantengine.lifecycle import APPLICANTS, HANDLERS, Status, Who
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.collect_facts import gather, keep_facts, submitted_of
from grantengine.services.fitting import fitting_answers
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

REFRESH = "refresh-facts"
WHO = HANDLERS | APPLICANTS | {Who.SYSTEM}


def refresh_facts(engine: Engine, by: By, application_id: str, sources: Iterable[str] | None = None) -> list[str]:
    """Ask sources (None: all of the scheme's) about what is submitted, or else about the draft.

    :returns: the sources that give nothing.
    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, WHO)
        call = reading.schemes.call_of(application)
        organisation = reading.organisations.of(application)
        plan = plan_of_call(engine, reading, call)
        revision = reading.applications.revision_by_id(application.revision_id or "")
        draft = reading.applications.draft(application_id)
    answers: Mapping[str, Any] = (revision.answers if revision else draft.answers if draft else None) or {}
    if revision is None:
        answers = fitting_answers(plan, answers)
    submitted = submitted_of(plan, organisation, answers, by, call_id=call.id, application_id=application_id)
    gathered = gather(engine, plan, submitted, sources)
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, WHO, lock=True)
        left = keep_facts(work, application, gathered)
        asked = sorted(one.source for one in gathered)
        work.record("facts-asked", application, obtained=sorted(set(asked) - set(left)), missing=left)
    return left


def retry_facts(engine: Engine, by: By, application_id: str) -> list[str]:
    """Ask again where a source gave nothing, or nothing new; returns those that still give nothing.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application_for(reading, by, application_id, WHO)
        missing = [fact.source for fact in reading.parts.facts(application_id) if fact.retry_at is not None]
    return refresh_facts(engine, by, application_id, missing) if missing else []


def ask_anew(work: Work, application: Application) -> None:
    """Have the worker ask the sources again: what they were asked about has changed. What a handler entered stays."""
    for fact in work.parts.facts(application.id):
        if fact.entered_by is None:
            fact.retry_at = work.by.at


def ask_for_refresh(engine: Engine, work: Work, application: Application) -> None:
    """Have the worker ask the sources that complete answers, now that someone else has answered.

    Until it has, what they said before is not known to be right.
    """
    if application.status == Status.SUBMITTED:
        filling = _filling(engine)
        for fact in work.parts.facts(application.id):
            if fact.source in filling and fact.entered_by is None:
                fact.retry_at = work.by.at
        # What is being done now may have read what was before: it is done once more.
        work.jobs.add(work.new_id(), REFRESH, application.id, work.by.at, params={"filling": True})


def refresh_filling(engine: Engine, by: By, application_id: str) -> list[str]:
    """Ask the sources that complete answers, such as who of the partners has confirmed."""
    return refresh_facts(engine, by, application_id, _filling(engine))


def _filling(engine: Engine) -> list[str]:
    return [name for name, cls in engine.registry.of_role(FactSource).items() if cls.fills is not None]
