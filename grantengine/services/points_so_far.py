"""What a case has in points with these marks, by the plan's own evaluator: for whoever is rating, and for handlers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.records import POINT_UNITS
from grantengine.rules.tables import cases_from_records
from grantengine.services.case_record import case_record, values_of
from grantengine.services.marks import marked_criteria, part_of
from grantengine.stages.scoring import combined as combined_marks
from grantengine.stages.scoring import scores
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class PointsSoFar:
    """Points by criterion, None where marks are still to come, and the sum of what is there; ``combined`` are the marks of
    several as one figure, unrounded.
    """

    points: Mapping[str, float | None]
    combined: Mapping[str, float | None]
    total: float


def record_of(engine: Engine, work: Reading, plan: Plan, application: Application) -> dict[str, Any]:
    """What is known of a case, all but assessors' marks."""
    revision = work.applications.revision_by_id(application.revision_id or "")
    answers = (revision.answers if revision else None) or {}
    facts = values_of(work.parts.facts(application.id), engine.registry)
    record = case_record(
        plan, engine.registry, work.organisations.of(application), answers, id=application.id, facts=facts,
        submitted_at=application.submitted_at, strand=application.strand, checked=work.parts.checked(application.id),
    )  # fmt: skip
    asking = {rule.id for rule in plan.all_rules if rule.asks}
    judged = {one.rule: one.answer for one in work.assessments.judgements(application.id) if one.rule in asking}
    return {**record, "judged": judged} if judged else record


def points_so_far(
    engine: Engine,
    plan: Plan,
    application: Application,
    record: Mapping[str, Any],
    marks: Mapping[str, Sequence[float]],
) -> PointsSoFar:
    """The points of the case of this record, with these marks by criterion.

    :raises CasesError: the record does not fit the form.
    """
    part = part_of(plan, application)
    if plan.strands and part is plan:  # in no strand that there is
        return PointsSoFar({}, {}, 0.0)
    # Who would get what is not asked here, which is most of an evaluation.
    cases = cases_from_records([{**record, "ratings": dict(marks)}], plan)
    scored = scores(part.criteria, cases, engine.rules)
    waiting = {one.id for one in marked_criteria(part) if not marks.get(one.id)}
    ids = [one.id for one in part.criteria]
    found = {id: int(points[0]) / POINT_UNITS for id, points in zip(ids, scored.points, strict=True)}
    points = {id: None if id in waiting else value for id, value in found.items()}
    combined = {
        id: float(column.values[0]) if column.known[0] else None
        for id, column in combined_marks(part.criteria, cases, engine.rules).items()
    }
    return PointsSoFar(points, combined, round(sum(value for value in points.values() if value is not None), 4))
