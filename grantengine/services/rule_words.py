"""A condition in words for those of whom it is not known whether they meet it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, RulePlan, Words
from grantengine.errors import Message

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def rule_words(engine: Engine, plan: Plan, rule: RulePlan) -> Words:
    """What a rule asks: the scheme's own words, the question that is judged, or the help of its kind.

    The words that a kind has for those who fail would tell everyone else that they have.
    """
    if not isinstance(rule.because, Message) or not rule.of_kind:
        return rule.because
    written = next((one for one in plan.scheme.eligibility if one.id == rule.id), None)
    asked = written.kind_options.get("ask") if written is not None else None
    if isinstance(asked, Mapping):
        return asked
    help = Message(f"condition.{written.kind}.help") if written is not None else rule.because
    return help if engine.registry.texts.has(help.key) else rule.because
