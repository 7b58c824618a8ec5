"""An outcome in the stable JSON form that others script against."""

from __future__ import annotations

from typing import Any

from grantengine.evaluate import Outcome
from grantengine.money import format_ore
from grantengine.records import POINT_UNITS


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """``{"summary": {…}, "cases": […]}``; money is text with two decimals, everything else JSON numbers."""
    lists = _Lists(outcome)
    return {"summary": summary_json(outcome), "cases": [lists.case(position) for position in range(len(outcome.cases))]}


def summary_json(outcome: Outcome) -> dict[str, Any]:
    """Counts and sums of the call."""
    plan = outcome.plan
    live = ~outcome.cases.withdrawn
    eligible = outcome.eligibility.holds & live & ~outcome.to_clarify
    return {
        "scheme": plan.scheme.id,
        "version": plan.scheme.version,
        "as_of": outcome.as_of.isoformat(),
        "cases": len(outcome.cases),
        "eligible": int(eligible.sum()),
        "to_be_clarified": int(outcome.to_clarify.sum()),
        "blocked": outcome.blocked,
        "funded": int(outcome.funded.sum()),
        "currency": plan.currency,
        "budget": format_ore(outcome.budget),
        "granted": format_ore(outcome.granted_in_all),
        "left": format_ore(outcome.budget - outcome.granted_in_all),
    }


class _Lists:
    """The outcome's arrays as plain lists: reading NumPy one element at a time is slow."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.ids = outcome.cases.ids
        self.holds = (outcome.eligibility.holds & ~outcome.cases.withdrawn).tolist()
        self.unclear = outcome.to_clarify.tolist()
        self.rated = outcome.scores.rated.tolist()
        self.total = outcome.scores.total.tolist()
        self.points = [values.tolist() for values in outcome.scores.points]
        self.missing = [values.tolist() for values in outcome.scores.missing]
        self.rank = outcome.rank.tolist()
        self.granted = outcome.allocation.granted.tolist()
        self.reserve = outcome.allocation.reserve.tolist()
        self.criteria = [criterion.id for criterion in outcome.plan.criteria]
        self.combined = {
            name: [
                value if known else None
                for value, known in zip(column.values.tolist(), column.known.tolist(), strict=True)
            ]
            for name, column in outcome.combined.items()
        }

    def case(self, position: int) -> dict[str, Any]:
        """One case. ``eligible`` is null while facts are lacking, ``total`` while it has no rating."""
        outcome, unclear, rated = self.outcome, self.unclear[position], self.rated[position]
        return {
            "id": self.ids[position],
            "eligible": None if unclear else self.holds[position],
            "failed": outcome.failed(position),
            "undetermined": outcome.facts_lacking(position),
            "combined": {name: values[position] for name, values in self.combined.items()},
            "points": {
                name: values[position] / POINT_UNITS for name, values in zip(self.criteria, self.points, strict=True)
            },
            "missing": [name for name, values in zip(self.criteria, self.missing, strict=True) if values[position]],
            "total": self.total[position] / POINT_UNITS if rated and not unclear else None,
            "rank": self.rank[position] or None,
            "granted": None if outcome.blocked else format_ore(self.granted[position]),
            "ground": outcome.ground(position),
            "reserve": self.reserve[position] or None,
        }
