"""An outcome in the stable JSON form that others script against."""

from __future__ import annotations

from typing import Any

from grantengine.money import format_ore
from grantengine.outcome import MONEY, Outcome
from grantengine.records import POINT_UNITS


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """``{"summary": {…}, "cases": […]}``; money is text with two decimals, everything else JSON numbers."""
    cases = [case_json(outcome, position) for position in range(len(outcome.cases))]
    return {"summary": summary_json(outcome), "cases": cases}


def summary_json(outcome: Outcome) -> dict[str, Any]:
    """Counts and sums of the call; sums are in its currency, or in the unit of what is given in kind."""
    plan = outcome.plan
    summary = {
        "scheme": plan.scheme.id,
        "version": plan.scheme.version,
        "as_of": outcome.as_of.isoformat(),
        "cases": len(outcome.cases),
        "eligible": int(outcome.eligible.sum()),
        "to_be_clarified": int(outcome.to_clarify.sum()),
        "blocked": outcome.blocked,
        "funded": int(outcome.funded.sum()),
        "currency": plan.currency,
        "unit": outcome.unit,
        "budget": format_ore(outcome.budget),
        "granted": format_ore(outcome.granted_in_all),
        "left": format_ore(outcome.budget - outcome.granted_in_all),
    }
    if len(plan.years) > 1:
        summary["years"] = [_year(outcome, index) for index in range(len(plan.years))]
    if plan.strands:
        summary["strands"] = [_strand(outcome, index) for index in range(len(plan.strands))]
    return summary


def _year(outcome: Outcome, index: int) -> dict[str, Any]:
    granted = sum(int(part.by_year[index].sum()) for part in outcome.parts)
    return {"year": outcome.plan.years[index].year, **_sums(outcome.budgets[index], granted)}


def _strand(outcome: Outcome, index: int) -> dict[str, Any]:
    strand, part = outcome.plan.strands[index], outcome.parts[index]
    budget = strand.plan.budget - sum(outcome.used[index])
    return {"strand": strand.id, **_sums(budget, int(part.granted.sum()))}


def _sums(budget: int, granted: int) -> dict[str, str]:
    return {"budget": format_ore(budget), "granted": format_ore(granted), "left": format_ore(budget - granted)}


def case_json(outcome: Outcome, position: int) -> dict[str, Any]:
    """One case. ``eligible`` is null while something is lacking, ``total`` while it has no rating."""
    unclear = bool(outcome.to_clarify[position])
    rated = bool(outcome.rated[position])
    lines = outcome.award(position)
    return {
        "id": outcome.cases.ids[position],
        "eligible": None if unclear else _holds(outcome, position),
        "failed": outcome.failed(position),
        "undetermined": outcome.facts_lacking(position),
        **_criteria(outcome, position),
        "total": int(outcome.total[position]) / POINT_UNITS if rated and not unclear else None,
        "rank": int(outcome.rank[position]) or None,
        "granted": None if outcome.blocked else format_ore(sum(one.amount for one in lines if one.unit == MONEY)),
        "award": [one.as_json() for one in lines],
        "ground": outcome.ground(position),
        "reserve": int(outcome.reserve[position]) or None,
    }


def _holds(outcome: Outcome, position: int) -> bool:
    part, row = outcome.part_of(position)
    return part is not None and bool(part.eligibility.holds[row] and not part.cases.withdrawn[row])


def _criteria(outcome: Outcome, position: int) -> dict[str, Any]:
    """Combined ratings, points, and which criteria lack an answer."""
    part, row = outcome.part_of(position)
    if part is None:
        return {"combined": {}, "points": {}, "missing": []}
    ids = [criterion.id for criterion in part.plan.criteria]
    return {
        "combined": {
            name: float(column.values[row]) if column.known[row] else None for name, column in part.combined.items()
        },
        "points": {id: int(points[row]) / POINT_UNITS for id, points in zip(ids, part.scores.points, strict=True)},
        "missing": [id for id, missing in zip(ids, part.scores.missing, strict=True) if missing[row]],
    }
