"""What assessors have found, as rules read it: delivered marks that count, and those that are still to come."""

from __future__ import annotations

from collections.abc import Sequence

from grantengine.compile.plan import CriterionPlan, Plan
from grantengine.compile.scopes import column_id
from grantengine.store.tables.applications import Application
from grantengine.store.unit_of_work import Reading

NO_ROUND = ""
"""Where marks are given in a scheme without a round that rates."""

FEW = 500
"""So many cases are asked for by id; beyond that the whole call is read."""


def marks_of(work: Reading, plan: Plan, applications: Sequence[Application]) -> dict[str, dict[str, list[float]]]:
    """The marks that count by case and criterion, in one statement; every case of this one call has an entry.

    They are delivered, in the round of the criterion, by assessors whom no tie keeps away from the case; one that nobody
    has decided about does.
    """
    found: dict[str, dict[str, list[float]]] = {one.id: {} for one in applications}
    if not applications:
        return found
    criteria = {one.id: marked_criteria(part_of(plan, one)) for one in applications}
    for sheet in work.assessments.counting(applications[0].call_id, _few(applications)):
        for criterion in criteria.get(sheet.application_id, ()):
            mark = sheet.marks.get(criterion.id)
            if mark is not None and is_marked_in(plan, criterion, sheet.round_id):
                found[sheet.application_id].setdefault(criterion.id, []).append(float(mark))
    return found


def outstanding(work: Reading, plan: Plan, applications: Sequence[Application]) -> dict[str, list[str]]:
    """Whose marks are still to come, by case: user ids in order, in one statement; every case has an entry.

    Those to whom the case is given, who have not delivered, or of whom it is not decided yet whether what they have
    delivered counts.
    """
    found: dict[str, set[str]] = {one.id: set() for one in applications}
    if not applications:
        return {}
    rounds = set(rating_rounds(plan))
    for assignment in work.assessments.waited_for(applications[0].call_id, _few(applications)):
        if assignment.application_id in found and assignment.round_id in rounds:
            found[assignment.application_id].add(assignment.user_id)
    return {id: sorted(users) for id, users in found.items()}


def part_of(plan: Plan, application: Application) -> Plan:
    """The plan that a case is evaluated by: that of its strand, or the whole."""
    return next((one.plan for one in plan.strands if one.id == application.strand), plan)


def marked_criteria(part: Plan) -> tuple[CriterionPlan, ...]:
    """The criteria that assessors give marks for: those whose marks something in the plan reads."""
    return tuple(one for one in part.criteria if f"marks.{column_id(one.id)}" in part.read)


def criteria_of_round(plan: Plan, part: Plan, round_id: str) -> tuple[CriterionPlan, ...]:
    """The criteria that assessors give marks for in a round."""
    return tuple(one for one in marked_criteria(part) if is_marked_in(plan, one, round_id))


def rating_rounds(plan: Plan) -> tuple[str, ...]:
    """The rounds in which marks are given, in the order of the scheme; ``NO_ROUND`` where it has none for them."""
    marked = [one for part in plan.parts for one in marked_criteria(part)]
    named = {one.round for one in marked}
    ids = [one.id for one in plan.rounds if "rate" in one.terms.allows or one.id in named]
    nameless = None in named and not any("rate" in one.terms.allows for one in plan.rounds)
    return (*ids, NO_ROUND) if nameless else tuple(ids)


def is_marked_in(plan: Plan, criterion: CriterionPlan, round_id: str) -> bool:
    """Whether marks for a criterion are given in this round: its own, or any that rates where it names none."""
    if criterion.round is not None:
        return criterion.round == round_id
    rating = {one.id for one in plan.rounds if "rate" in one.terms.allows}
    return round_id in (rating or {NO_ROUND})


def _few(applications: Sequence[Application]) -> list[str] | None:
    """The ids of cases, None where they are too many to be named."""
    return [one.id for one in applications] if len(applications) <= FEW else None
