"""An explanation in JSON: data with stable keys, and the words beside them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from grantengine.compile.plan import Plan, Words
from grantengine.errors import Message
from grantengine.explain import CriterionExplained, Explanation, RuleExplained
from grantengine.money import format_ore
from grantengine.outcome import MONEY
from grantengine.texts.catalogue import Texts, in_language


def explanation_json(explanation: Explanation, plan: Plan, texts: Texts, language: str) -> dict[str, Any]:
    """One case's explanation for scripts and pages; money is text with two decimals."""
    short = explanation.shortfall
    return {
        "id": explanation.id,
        "scheme": plan.scheme.id,
        "version": plan.scheme.version,
        "eligible": explanation.eligible,
        "total": explanation.total,
        "rank": explanation.rank,
        "granted": format_ore(sum(one.amount for one in explanation.award if one.unit == MONEY)),
        "award": [one.as_json() for one in explanation.award],
        "ground": explanation.ground,
        "reserve": explanation.reserve,
        "summary": texts.say(explanation.summary, language),
        "points_short": None
        if short is None
        else {"points": short.points, "total_needed": short.total_needed, "reachable": short.reachable},
        "rules": [_rule(rule, texts, language) for rule in explanation.rules],
        "criteria": [_criterion(criterion, texts, language) for criterion in explanation.criteria],
    }


def _words(value: Words, texts: Texts, language: str) -> str:
    return texts.say(value, language) if isinstance(value, Message) else in_language(value, language)


def _rule(rule: RuleExplained, texts: Texts, language: str) -> dict[str, Any]:
    change = rule.change
    return {
        "id": rule.id,
        "rule": rule.text,
        "verdict": rule.verdict.name.lower(),
        "because": _words(rule.because, texts, language),
        "values": {name: plain(value) for name, value in rule.values.items()},
        "missing": list(rule.missing),
        "not_obtained": list(rule.not_obtained),
        "would_hold_with": None
        if change is None
        else {"question": change.question, "value": plain(change.value), "today": plain(change.today)},
    }


def _criterion(criterion: CriterionExplained, texts: Texts, language: str) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "title": _words(criterion.title, texts, language),
        "rule": criterion.text,
        "points": criterion.points,
        "max_points": criterion.most,
        "values": {name: plain(value) for name, value in criterion.values.items()},
        "missing": list(criterion.missing),
        "not_obtained": list(criterion.not_obtained),
    }


def plain(value: Any) -> Any:
    """A value of the case table as JSON has it: sums as text with two decimals, dates as ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value
