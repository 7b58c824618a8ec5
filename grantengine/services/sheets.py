"""An assessor's sheet: who may write it, and whether what is written on it fits the criteria."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import CriterionPlan, Plan
from grantengine.errors import InputError, NotFoundError, NotPossibleError
from grantengine.form.answers import unkeepable
from grantengine.form.problems import problems_of
from grantengine.form.schema import Schema, validator
from grantengine.lifecycle import IN_REVIEW, Who
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.case_rounds import times_of
from grantengine.services.marks import criteria_of_round, part_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.stages.rounds import RoundTime, is_open
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment, Assignment
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

LONGEST_NOTE = 4000
LARGEST = 1e12
"""Marks of a criterion whose kind sets no scale are at most so large."""


@dataclass(frozen=True)
class Task:
    """A case that someone has to rate in a round, and the sheet where one has been begun."""

    application: Application
    call: Call
    plan: Plan
    """Of the whole call; the rounds are those of its ``part``."""
    assignment: Assignment
    criteria: tuple[CriterionPlan, ...]
    sheet: Assessment | None

    @property
    def part(self) -> Plan:
        """The plan of the case's strand, or the whole."""
        return part_of(self.plan, self.application)

    @property
    def round_id(self) -> str:
        """The round in which marks are given; empty in a scheme without one."""
        return self.assignment.round_id


def task_of(engine: Engine, work: Work, by: By, application_id: str, round_id: str | None, verb: str) -> Task:
    """What the user has to rate in this case, which is locked; without a round, the only one.

    :raises NotFoundError: ``application-not-found``, or ``round-not-found``: the case is not given to the user in it.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids``.
    :raises InputError: ``round-needed``: the case is given to the user in several.
    """
    application = application_for(work, by, application_id, {Who.ASSESSOR}, lock=True)
    if application.status not in IN_REVIEW:
        raise status_forbids(verb, application)
    user = user_of(work, by)
    given = [one for one in work.assessments.assignments(application_id) if one.user_id == user.id]
    mine = {one.round_id: one for one in given if one.role == "assessor"}
    if round_id is None and len(mine) > 1:
        checks = Checks()
        checks.add("round-needed", "round_id", rounds=sorted(mine))
        checks.done()
    wanted = next(iter(mine), "") if round_id is None else round_id
    assignment = next((one for id, one in mine.items() if id == wanted), None)
    if assignment is None:
        raise NotFoundError("round-not-found")
    call = work.schemes.call_of(application)
    plan = plan_of_call(engine, work, call)
    criteria = criteria_of_round(part_of(plan, application), assignment.round_id)
    sheet = work.assessments.sheet(application_id, assignment.round_id, user.id)
    return Task(application, call, plan, assignment, criteria, sheet)


def check_open(work: Work, task: Task) -> None:
    """Marks can be delivered now. Who got the case after the round had closed may deliver all the same: a case that lost
    its assessor is not lost.

    :raises NotPossibleError: ``round-not-open``.
    """
    round = task.part.round(task.round_id)
    if round is not None and not may_deliver(
        time_of(work, task.plan, task.call, task.application, round.id), task.assignment, work.by.at
    ):
        raise NotPossibleError("round-not-open", round=round.title)


def time_of(work: Reading, plan: Plan, call: Call, application: Application, round_id: str) -> RoundTime | None:
    """When a round is open for a case; None where marks are given in none."""
    return next((one for one in times_of(work, plan, call, application) if one.id == round_id), None)


def may_deliver(time: RoundTime | None, assignment: Assignment, at: datetime) -> bool:
    """Whether marks can be delivered at an instant by whoever the case is given to."""
    if time is None:
        return True
    return is_open(time, at) or (time.closes is not None and time.closes <= assignment.assigned_at)


def checked_sheet(
    criteria: Collection[CriterionPlan], marks: Mapping[str, Any], notes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Marks and notes as they are kept: those that are given, of these criteria only.

    :raises InputError: every mark and note that does not fit.
    """
    checks = Checks()
    marks, notes = checks.record(marks, "marks"), checks.record(notes, "notes")
    checks.done()
    one_mark = {one.id: {**_BOUNDS, **one.mark_schema} for one in criteria}
    schema: Schema = {
        "type": "object",
        "properties": {
            "marks": _record(one_mark),
            "notes": _record({id: {"type": "string", "maxLength": LONGEST_NOTE} for id in one_mark}),
        },
    }
    # Numbers that are none compare with nothing: as words they are told of like any other mark that is none.
    kept = {id: mark if _is_number(mark) else str(mark) for id, mark in marks.items() if mark is not None}
    told = {id: note for id, note in notes.items() if note not in (None, "")}
    sheet = {"marks": kept, "notes": told}
    problems = [*problems_of(validator(schema).iter_errors(sheet)), *unkeepable(sheet, "")]
    if problems:
        raise InputError(problems)
    return kept, {id: str(note).strip() for id, note in told.items()}


_BOUNDS: Schema = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}


def _record(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _is_number(mark: object) -> bool:
    return not isinstance(mark, float) or isfinite(mark)
