"""From an explanation to the lines of a letter: the rules that failed and the points of each criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from grantengine.errors import Message
from grantengine.letters.data import Counterfactual, CriterionLine, RuleLine
from grantengine.texts.catalogue import Texts, in_language

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.explain import Explanation

_REFUSING = ("NO", "MISSING")


def rule_lines(
    explanation: Explanation, plan: Plan, texts: Texts, language: str, approved: Iterable[Counterfactual] = ()
) -> tuple[RuleLine, ...]:
    """The rules that refuse a case, with what was not answered and the approved changes that would mend them."""
    by_rule = {one.rule: one for one in approved if one.rule}
    labels = _labels(plan, texts, language)
    return tuple(
        RuleLine(
            texts.show(rule.because, language),
            tuple(labels.get(name, name) for name in rule.missing),
            by_rule.get(rule.id),
        )
        for rule in explanation.rules
        if rule.verdict.name in _REFUSING
    )


def criterion_lines(
    explanation: Explanation, texts: Texts, language: str, notes: Mapping[str, str] | None = None
) -> tuple[CriterionLine, ...]:
    """The points of each criterion, with the notes of assessors or handlers by criterion id."""
    given = notes or {}
    return tuple(
        CriterionLine(texts.show(one.title, language), one.points, one.most, given.get(one.id, ""))
        for one in explanation.criteria
    )


def _labels(plan: Plan, texts: Texts, language: str) -> dict[str, str]:
    """What people call the columns that may lack a value: questions, and the ratings of criteria."""
    questions = {field.id: in_language(field.label, language) for field in plan.form.fields}
    rated = {
        f"ratings.{criterion.id.replace('-', '_')}": texts.say(
            Message("explain.rating", {"criterion": texts.show(criterion.title, language)}), language
        )
        for criterion in plan.all_criteria
    }
    return questions | rated
