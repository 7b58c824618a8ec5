"""What assessors have found, as rules read it: delivered marks that count, and those that are still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grantengine.compile.plan import CriterionPlan, Plan
from grantengine.compile.scopes import column_id
from grantengine.store.assessments import Marked
from grantengine.store.tables.applications import Application
from grantengine.store.unit_of_work import Reading

NO_ROUND = ""
"""Where marks are given in a scheme without a round that rates."""

FEW = 500
"""So many cases are asked for by id; beyond that the whole call is read."""

EXACT = 9
"""Decimals to which marks are compared: 4.4 and 2.4 are 2 apart, whatever binary fractions say."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Marks for one criterion of one case that are further apart than the round allows without a discussion.

    ``spread`` is the distance between the highest and the lowest, ``limit`` what the round says. ``discussed``: assessors
    have talked about it, and that is settled.
    """

    criterion: str
    round_id: str
    marks: tuple[float, ...]
    spread: float
    limit: float
    discussed: bool


def marks_of(work: Reading, plan: Plan, applications: Sequence[Application]) -> dict[str, dict[str, list[float]]]:
    """The marks that count by case and criterion, in one statement; every case of this one call has an entry.

    They are delivered, in the round of the criterion, by assessors whom no tie keeps away from the case; one that nobody
    has decided about does.
    """
    found: dict[str, dict[str, list[float]]] = {one.id: {} for one in applications}
    if not applications:
        return found
    parts = {one.id: part_of(plan, one) for one in applications}
    criteria = {id: marked_criteria(part) for id, part in parts.items()}
    for sheet in work.assessments.counting(applications[0].call_id, _few(applications)):
        for criterion in criteria.get(sheet.application_id, ()):
            mark = sheet.marks.get(criterion.id)
            if mark is not None and is_marked_in(parts[sheet.application_id], criterion, sheet.round_id):
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
    rounds = {one.id: rating_rounds(part_of(plan, one)) for one in applications}
    for assignment in work.assessments.waited_for(applications[0].call_id, _few(applications)):
        if assignment.round_id in rounds.get(assignment.application_id, ()):
            found[assignment.application_id].add(assignment.user_id)
    return {id: sorted(users) for id, users in found.items()}


def disagreements(work: Reading, plan: Plan, applications: Sequence[Application]) -> dict[str, list[Disagreement]]:
    """Marks that count and are too far apart, by case, in the order of the criteria; in two statements at most."""
    found: dict[str, list[Disagreement]] = {one.id: [] for one in applications}
    if not applications or not any(_limits(part) for part in plan.parts):
        return found
    call_id, few = applications[0].call_id, _few(applications)
    sheets: dict[str, list[Marked]] = {}
    for sheet in work.assessments.counting(call_id, few):
        sheets.setdefault(sheet.application_id, []).append(sheet)
    settled = work.assessments.discussed(call_id, few)
    for one in applications:
        found[one.id] += _apart(plan, one, sheets.get(one.id, ()), settled.get(one.id, frozenset()))
    return found


def undiscussed(work: Reading, plan: Plan, applications: Sequence[Application]) -> dict[str, list[str]]:
    """The criteria about which assessors disagree and have not talked, by case; every case has an entry."""
    found = disagreements(work, plan, applications)
    return {id: list(dict.fromkeys(one.criterion for one in some if not one.discussed)) for id, some in found.items()}


def part_of(plan: Plan, application: Application) -> Plan:
    """The plan that a case is evaluated by: that of its strand, or the whole."""
    return next((one.plan for one in plan.strands if one.id == application.strand), plan)


def marked_criteria(part: Plan) -> tuple[CriterionPlan, ...]:
    """The criteria that assessors give marks for: those whose marks something in the plan reads."""
    return tuple(one for one in part.criteria if f"marks.{column_id(one.id)}" in part.read)


def criteria_of_round(part: Plan, round_id: str) -> tuple[CriterionPlan, ...]:
    """The criteria that assessors give marks for in a round."""
    return tuple(one for one in marked_criteria(part) if is_marked_in(part, one, round_id))


def rating_rounds(part: Plan) -> tuple[str, ...]:
    """The rounds in which marks are given, in the order of the scheme; ``NO_ROUND`` where it has none for them."""
    named = {one.round for one in marked_criteria(part)}
    ids = [one.id for one in part.rounds if "rate" in one.terms.allows or one.id in named]
    nameless = None in named and not any("rate" in one.terms.allows for one in part.rounds)
    return (*ids, NO_ROUND) if nameless else tuple(ids)


def is_marked_in(part: Plan, criterion: CriterionPlan, round_id: str) -> bool:
    """Whether marks for a criterion are given in this round: its own, or any that rates where it names none."""
    if criterion.round is not None:
        return criterion.round == round_id
    rating = {one.id for one in part.rounds if "rate" in one.terms.allows}
    return round_id in (rating or {NO_ROUND})


def open_to_change(work: Reading, part: Plan, application: Application, round_id: str) -> frozenset[str]:
    """The criteria of a round that assessors talk about, and whose marks were too far apart when delivered, or are now.

    Whoever moves first must not shut the way for the others.
    """
    limit = _limits(part).get(round_id)
    if limit is None:
        return frozenset()
    sheets = [one for one in work.assessments.sheets(application.id, round_id) if one.delivered_at]
    apart = set()
    for criterion in criteria_of_round(part, round_id):
        now = [float(one.marks[criterion.id]) for one in sheets if criterion.id in one.marks]
        first = [one.earlier[0]["marks"] if one.earlier else one.marks for one in sheets]
        then = [float(marks[criterion.id]) for marks in first if criterion.id in marks]
        if max(spread_of(now), spread_of(then)) > limit:
            apart.add(criterion.id)
    threads = work.dialogue.threads(application.id)
    return frozenset(one.criterion for one in threads if one.audience == "assessors" and one.criterion in apart)


def spread_of(marks: Sequence[float]) -> float:
    """How far apart marks are; 0 for none."""
    return round(max(marks) - min(marks), EXACT) if marks else 0.0


def _apart(
    plan: Plan, application: Application, sheets: Sequence[Marked], settled: frozenset[str]
) -> Iterator[Disagreement]:
    part = part_of(plan, application)
    for criterion in marked_criteria(part):
        for round_id, limit in _limits(part).items():
            if not is_marked_in(part, criterion, round_id):
                continue
            given = [one.marks.get(criterion.id) for one in sheets if one.round_id == round_id]
            marks = tuple(float(mark) for mark in given if mark is not None)
            if (spread := spread_of(marks)) > limit:
                yield Disagreement(criterion.id, round_id, marks, spread, limit, criterion.id in settled)


def _limits(part: Plan) -> Mapping[str, float]:
    """How far apart marks may be without a discussion, in the rounds that say so."""
    limits = {one.id: one.terms.discuss_if_spread_over for one in part.rounds}
    return {id: limit for id, limit in limits.items() if limit is not None}


def _few(applications: Sequence[Application]) -> list[str] | None:
    """The ids of cases, None where they are too many to be named."""
    return [one.id for one in applications] if len(applications) <= FEW else None
