"""While one writes: does it fit so far, which points are certain already, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError, Problem
from grantengine.form.answers import check_answers
from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.case_record import case_record, values_of
from grantengine.services.fitting import fitting_answers
from grantengine.services.look import Look, look
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class Feedback:
    """``look`` is how the case stands by the rules, ``to_submit`` what stops a submission, ``to_decide`` what can wait; the
    questions that they name are those of ``plan``.
    """

    look: Look
    to_submit: tuple[Problem, ...]
    to_decide: tuple[str, ...]
    plan: Plan


def give_feedback(engine: Engine, by: By, application_id: str) -> Feedback:
    """How the draft stands now, by the rules that will decide. Facts are those gathered so far.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS)
        call, draft = reading.schemes.call_of(application), reading.applications.draft(application_id)
        organisation = reading.organisations.of(application)
        plan = plan_of_call(engine, reading, call)
        facts = values_of(reading.parts.facts(application_id), engine.registry)
    answers = draft.answers if draft else {}
    to_submit: tuple[Problem, ...] = ()
    to_decide: tuple[str, ...] = ()
    try:
        to_decide = check_answers(plan.form, answers).missing_to_decide
    except AnswersError as error:
        to_submit = error.problems
    record = case_record(
        plan, engine.registry, organisation, fitting_answers(plan, answers), id=application_id, facts=facts, submitted_at=by.at,
        strand=application.strand,
    )  # fmt: skip
    return Feedback(look(engine, plan, record), to_submit, to_decide, plan)
