"""An application as the authority will read it, or reads it; while it is a draft, with everything that stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError, NotPossibleError, Problem
from grantengine.form.answers import check_answers
from grantengine.lifecycle import APPLICANTS, Status, told_status
from grantengine.records import By
from grantengine.scheme.opening import Opening
from grantengine.services.access import application_for, user_of
from grantengine.services.deadlines import check_in_time, opening_for
from grantengine.services.open_fields import submitted_answers
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_overview import PersonSeen, people_seen
from grantengine.services.submit_application import attached_to, check_attached, check_may_apply
from grantengine.store.tables.applications import Application, Draft
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class PreviewSeen:
    """``version`` is the draft that was seen, ``author`` who wrote last. ``problems`` are with answers, all at once;
    ``in_the_way`` is what else stops a submission now; ``to_decide`` (question ids) can be answered later.

    ``people`` are those who act for the organisation, ``signs`` tells whether the reader may submit. ``submitted_at`` is
    there where it has been handed in; then ``paper`` is what was, also after a withdrawal.
    """

    paper: Paper
    version: int
    saved_at: datetime
    author: str
    problems: tuple[Problem, ...]
    in_the_way: Problem | None
    to_decide: tuple[str, ...]
    opening: Opening
    decided_by: date | None
    people: tuple[PersonSeen, ...]
    signs: bool
    submitted_at: datetime | None


def preview_application(engine: Engine, by: By, application_id: str) -> PreviewSeen:
    """The application to be read through, for those who act for the applicant.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
        plan, draft = plan_of_call(engine, reading, call), reading.applications.draft(one.id)
        assert draft is not None  # kept as long as its application
        is_draft = one.status == Status.DRAFT
        answers = submitted_answers(reading, one) if one.revision_id else draft.answers
        problems: tuple[Problem, ...] = ()
        lacking: tuple[str, ...] = ()
        if is_draft:
            problems, lacking = _problems(reading, plan, one, draft)
        people, user = people_seen(reading, by, organisation.id), user_of(reading, by)
        return PreviewSeen(
            paper_of(reading, one, str(told_status(one.status)), plan, call, organisation, answers), draft.version,
            draft.saved_at, reading.users.named([draft.author_id]).get(draft.author_id, ""), problems,
            _in_the_way(reading, by, plan, call, one, organisation) if is_draft else None, lacking,
            opening_for(reading, call, organisation.id), plan.scheme.call.decided_by, people,
            any(person.signs for person in people if person.user_id == user.id), one.submitted_at,
        )  # fmt: skip


def _problems(
    reading: Reading, plan: Plan, one: Application, draft: Draft
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    attached = attached_to(reading, one.id)
    found: list[Problem] = []
    lacking: tuple[str, ...] = ()
    try:
        lacking = check_answers(plan.form, draft.answers).missing_to_decide
    except AnswersError as error:
        found += error.problems
    try:
        check_attached(plan, draft.answers, attached)
    except AnswersError as error:
        found += error.problems
    return tuple(found), lacking


def _in_the_way(
    reading: Reading, by: By, plan: Plan, call: Call, one: Application, organisation: Organisation
) -> Problem | None:
    try:
        check_in_time(reading, call, organisation.id, by.at)
        check_may_apply(reading, plan, call, one, organisation)
    except NotPossibleError as error:
        return error.problem
    return None
