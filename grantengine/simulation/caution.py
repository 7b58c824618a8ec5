"""What a simulation held constant, what it can not know, and where a change does not do what it may seem to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grantengine.compile.plan import CriterionPlan, Plan
from grantengine.errors import Message
from grantengine.expressions.nodes import Literal, Node, children
from grantengine.outcome import Outcome
from grantengine.records import POINT_UNITS, Ground
from grantengine.simulation.compare import Comparison

HELD_CONSTANT = (
    "caution.held-who-applies", "caution.held-requests", "caution.held-partners", "caution.held-ratings",
)  # fmt: skip
CAN_NOT_KNOW = ("caution.unknown-who-would-apply", "caution.unknown-answers", "caution.unknown-effect")


@dataclass(frozen=True)
class Caution:
    """How a comparison is to be read: ``notes`` are about this change, the others about every simulation."""

    notes: tuple[Message, ...]
    held_constant: tuple[Message, ...]
    can_not_know: tuple[Message, ...]


def caution(comparison: Comparison) -> Caution:
    """What goes with a comparison wherever it is shown."""
    return Caution(
        tuple(_notes(comparison)),
        tuple(Message(key) for key in HELD_CONSTANT),
        tuple(Message(key) for key in CAN_NOT_KNOW),
    )


def _notes(comparison: Comparison) -> Iterator[Message]:
    before, after = comparison.before, comparison.after
    if before.plan.version == after.plan.version:
        yield Message("caution.nothing-changed")
    for was, now in _same_criteria(before.plan, after.plan):
        yield from _cap_or_weight(was, now, comparison)
    yield from _new_ratings(before.plan, after)
    yield from _minimum_against_maximum(before.plan, after.plan)
    yield from _form(before.plan, after.plan)
    if after.plan.currency != before.plan.currency:
        yield Message("caution.other-currency", {"before": before.plan.currency, "after": after.plan.currency})


def _same_criteria(before: Plan, after: Plan) -> Iterator[tuple[CriterionPlan, CriterionPlan]]:
    now = {criterion.id: criterion for criterion in after.all_criteria}
    for was in before.all_criteria:
        if was.id in now:
            yield was, now[was.id]


def _cap_or_weight(was: CriterionPlan, now: CriterionPlan, comparison: Comparison) -> Iterator[Message]:
    """A maximum that only cuts is no weight: those below the old one get nothing more for it."""
    if was.max_points == now.max_points or was.max_points is None or now.max_points is None:
        return
    params: dict[str, object] = {"criterion": was.id, "before": was.max_points, "after": now.max_points}
    if _scales(was, now):
        yield Message("caution.maximum-scales", params)
        return
    points = [_points(outcome, was.id) for outcome in (comparison.before, comparison.after)]
    same = int(((points[0] == points[1]) & (points[0] > 0)).sum())
    params |= {"changed": int((points[0] != points[1]).sum()), "same": same}
    yield Message("caution.cap-raised" if now.max_points > was.max_points else "caution.cap-lowered", params)


def _scales(was: CriterionPlan, now: CriterionPlan) -> bool:
    """Whether the maximum is part of how points are computed, so that it works as a weight."""
    return _numbers(was.reading.expression.node) != _numbers(now.reading.expression.node)


def _numbers(node: Node) -> list[object]:
    own = [node.value] if isinstance(node, Literal) else []
    return own + [value for child in children(node) for value in _numbers(child)]


def _points(outcome: Outcome, criterion: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Points of all cases on one criterion before its weight, 0 where it is not theirs."""
    points = np.zeros(len(outcome.cases), np.int64)
    for index, part in enumerate(outcome.parts):
        for number, one in enumerate(part.plan.criteria):
            if one.id == criterion:
                place = slice(None) if outcome.places is None else outcome.places[index]
                points[place] = part.scores.points[number]
    return points


def _new_ratings(before: Plan, after: Outcome) -> Iterator[Message]:
    """A rated criterion that is new has no marks yet: nobody who needs them is ranked."""
    old = {criterion.id for criterion in before.all_criteria}
    new = [criterion.id for criterion in after.plan.all_criteria if criterion.rated and criterion.id not in old]
    unrated = int((after.grounds == Ground.NOT_RATED.code).sum())
    if new and unrated:
        yield Message("caution.new-rating", {"criteria": new, "count": unrated})


def _minimum_against_maximum(before: Plan, after: Plan) -> Iterator[Message]:
    """The most points there are changed and the minimum did not, or the other way round."""
    sums = [_most(plan) for plan in (before, after)]
    lines = [plan.allocation.method.minimum_points(plan.allocation.options) for plan in (before, after)]
    if None in sums or None in lines or sums[0] == sums[1]:
        return
    params = {"before": sums[0], "after": sums[1], "minimum": float(lines[1] or 0)}
    if lines[0] == lines[1]:
        yield Message("caution.maximum-moved-minimum-did-not", params)


def _most(plan: Plan) -> float | None:
    """The most points that can be had, None where some criterion has no maximum."""
    most = [None if c.max_points is None else c.max_points * c.weight for c in plan.criteria]
    return (
        None if None in most else round(sum(value for value in most if value is not None) * POINT_UNITS) / POINT_UNITS
    )


def _form(before: Plan, after: Plan) -> Iterator[Message]:
    """A question that is new has no answers; one that is gone was answered all the same."""
    new = [field.id for field in after.form.fields if field.id not in before.form.by_id]
    gone = [field.id for field in before.form.fields if field.id not in after.form.by_id]
    if new:
        yield Message("caution.new-questions", {"questions": new})
    if gone:
        yield Message("caution.dropped-questions", {"questions": gone})
