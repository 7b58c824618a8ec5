"""What a letter may say would have changed the outcome: what the rules compute, never what a person has judged."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grantengine.letters.data import Counterfactual
from grantengine.money import Money, format_for_people, parse_ore
from grantengine.texts.catalogue import Texts, in_language

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.explain import Explanation, RuleExplained
    from grantengine.form.build import Field

_MOST_DECIMALS = "#,##0.############"


def counterfactuals(explanation: Explanation, plan: Plan, texts: Texts, language: str) -> tuple[Counterfactual, ...]:
    """What would have changed the outcome of a case, in the order of the rules, then the points that were short.

    For each failed rule the nearest other answer, and for a lost rank the points, if the criteria can give as many.
    Nothing is suggested for a rule that a handler judged, nor for one that waits for a fact.
    """
    judged = {rule.id for part in (plan, *plan.parts) for rule in part.rules if rule.asks}
    changes = [
        _change(rule, plan, texts, language)
        for rule in explanation.rules
        if rule.change is not None and rule.id not in judged and not rule.not_obtained
    ]
    short = explanation.shortfall
    if short is not None and short.reachable and not explanation.granted:
        changes.append(Counterfactual(points=short.points, minimum=short.minimum, crowded=short.crowded))
    return tuple(changes)


def shown(field: Field, value: Any, currency: str, texts: Texts, language: str) -> str:
    """An answer as people read it: sums with their currency, shares in per cent, choices by their label.

    Numbers keep every decimal, so that what is shown is the answer itself. Not answered is the empty text.
    """
    if value is None:
        return ""
    match field.type.name:
        case "money":
            return format_for_people(Money(parse_ore(str(value)), currency), language)
        case "percent":
            return _number(Decimal(str(value)) * 100, language) + ("%" if language == "en" else "\u00a0%")
        case "integer" | "number":
            return _number(Decimal(str(value)), language)
        case "text":
            return _choice(field, str(value), language)
        case _:
            return texts.show(value, language)


def _change(rule: RuleExplained, plan: Plan, texts: Texts, language: str) -> Counterfactual:
    assert rule.change is not None
    field = plan.form.by_id[rule.change.question]
    today, value = (
        shown(field, answer, plan.currency, texts, language) for answer in (rule.change.today, rule.change.value)
    )
    question = in_language(field.label, language)
    return Counterfactual(rule.id, texts.show(rule.because, language), question, today, value)


def _number(value: Decimal, language: str) -> str:
    from babel.numbers import format_decimal

    locale = {"nb": "nb_NO", "nn": "nn_NO"}.get(language, "en_GB")
    return str(format_decimal(value, format=_MOST_DECIMALS, locale=locale))


def _choice(field: Field, value: str, language: str) -> str:
    labels = {one.id: one.label for one in getattr(field.options, "choices", ())}
    return in_language(labels[value], language) if value in labels else value
