"""Why a case got what it got, and what would have changed it, by the same path that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grantengine.compile.plan import CriterionPlan, Reading, RulePlan, Words
from grantengine.counterfactual import Change, Shortfall, nearest_change, points_short
from grantengine.errors import EvaluationError, Message, Problem
from grantengine.expressions.nulls import null_from
from grantengine.outcome import AwardLine, Outcome, Part
from grantengine.records import POINT_UNITS
from grantengine.rules.duckdb_engine import RuleEngine
from grantengine.stages.eligibility import Verdict
from grantengine.standing import standing


@dataclass(frozen=True, slots=True)
class RuleExplained:
    """One eligibility rule for one case. ``values`` are what it read; ``change`` is the nearest answer that mends it.

    ``missing`` names absent answers, and facts without a value where the rule needs one; ``not_obtained`` facts that are
    still to come.
    """

    id: str
    text: str
    because: Words
    verdict: Verdict
    values: Mapping[str, Any]
    missing: tuple[str, ...]
    not_obtained: tuple[str, ...]
    change: Change | None


@dataclass(frozen=True, slots=True)
class CriterionExplained:
    """One award criterion for one case. ``points`` and ``most`` are in points; the rest is as for rules."""

    id: str
    title: Words
    text: str
    points: float
    most: float | None
    values: Mapping[str, Any]
    missing: tuple[str, ...]
    not_obtained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decided one case, and nothing of any other case. ``granted`` is in øre."""

    id: str
    rules: tuple[RuleExplained, ...]
    criteria: tuple[CriterionExplained, ...]
    eligible: bool | None
    total: float | None
    rank: int | None
    granted: int
    ground: str | None
    reserve: int | None
    shortfall: Shortfall | None
    award: tuple[AwardLine, ...] = ()

    @property
    def summary(self) -> Message:
        """The outcome in one sentence."""
        code = (self.ground or "waiting").split(":")[0].replace(" ", "-")
        return Message(f"explain.ground.{code}", {"id": self.id})


def explain(outcome: Outcome, id: str, *, engine: RuleEngine) -> Explanation:
    """Explain the case with this id.

    :raises EvaluationError: ``case-unknown``, with the nearest id there is.
    """
    position = find_case(outcome, id)
    part, row = outcome.part_of(position)
    rules = _rules(part, row, engine) if part else ()
    criteria = _criteria(part, row) if part else ()
    unclear = bool(outcome.to_clarify[position])
    rated = bool(outcome.rated[position])
    rank, reserve = standing(part, row) if part else (0, 0)
    return Explanation(
        id,
        rules,
        criteria,
        None if unclear or part is None else bool(part.eligibility.holds[row]),
        int(outcome.total[position]) / POINT_UNITS if rated and not unclear else None,
        rank or None,
        int(outcome.granted[position]),
        outcome.ground(position),
        reserve or None,
        points_short(part, row, engine) if part else None,
        tuple(outcome.award(position)),
    )


def find_case(outcome: Outcome, id: str) -> int:
    """The position of a case.

    :raises EvaluationError: ``case-unknown``.
    """
    position = outcome.cases.position_of(id)
    if position is None:
        from difflib import get_close_matches

        near = get_close_matches(id, outcome.cases.ids[:10_000], n=1)
        hint = Message("hint.nearest", {"nearest": near[0]}) if near else None
        raise EvaluationError([Problem("case-unknown", params={"id": id}, hint=hint)])
    return position


def _rules(part: Part, row: int, engine: RuleEngine) -> tuple[RuleExplained, ...]:
    verdicts = (Verdict(int(verdict[row])) for verdict in part.eligibility.verdicts)
    return tuple(
        _rule(part, rule, verdict, row, engine) for rule, verdict in zip(part.plan.rules, verdicts, strict=True)
    )


def _criteria(part: Part, row: int) -> tuple[CriterionExplained, ...]:
    return tuple(_criterion(part, criterion, index, row) for index, criterion in enumerate(part.plan.criteria))


def _rule(outcome: Part, rule: RulePlan, verdict: Verdict, position: int, engine: RuleEngine) -> RuleExplained:
    values = _values(outcome, rule.reading, position)
    refuses = verdict in (Verdict.NO, Verdict.MISSING)
    change = nearest_change(outcome, rule, position, engine) if refuses else None
    lacking = _lacking(outcome, rule.reading, position)
    has_no_answer = verdict is Verdict.MISSING or (verdict is Verdict.UNDETERMINED and not lacking)
    missing = _missing(values, rule.reading, lacking) if has_no_answer else ()
    return RuleExplained(rule.id, rule.text, rule.because, verdict, values, missing, lacking, change)


def _criterion(outcome: Part, criterion: CriterionPlan, index: int, position: int) -> CriterionExplained:
    values = _values(outcome, criterion.reading, position)
    missing = bool(outcome.scores.missing[index][position])
    lacking = _lacking(outcome, criterion.reading, position)
    most = None if criterion.max_points is None else criterion.max_points * criterion.weight
    points = int(outcome.scores.points[index][position]) / POINT_UNITS
    absent = _missing(values, criterion.reading, lacking) if missing else ()
    return CriterionExplained(criterion.id, criterion.title, criterion.text, points, most, values, absent, lacking)


def _values(outcome: Part, reading: Reading, position: int) -> dict[str, Any]:
    table = outcome.cases.table
    names = [name for name in sorted(reading.expression.columns) if name in table.column_names]
    return {_as_written(name): table.column(name)[position].as_py() for name in names}


def _as_written(column: str) -> str:
    """A column by the name that schemes and cases files have for it: assessors' marks are ratings there."""
    return f"ratings.{column.removeprefix('marks.')}" if column.startswith("marks.") else column


def _lacking(outcome: Part, reading: Reading, position: int) -> tuple[str, ...]:
    return tuple(name for name in reading.facts if outcome.cases.lacks(name)[position])


def _missing(values: Mapping[str, Any], reading: Reading, lacking: tuple[str, ...]) -> tuple[str, ...]:
    """Answers, ratings and facts without a value that the expression needs."""
    facts = null_from(reading.expression.node).intersection(reading.facts).difference(lacking)
    names = map(_as_written, (*reading.answers, *reading.marks, *sorted(facts)))
    return tuple(name for name in names if values.get(name) is None or values.get(name) == [])
