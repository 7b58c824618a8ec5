"""What rules have read and sources have told, in words: each value with what it is, as people know it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grantengine.errors import Message
from grantengine.explanation_json import plain
from grantengine.expressions.types import Type
from grantengine_web import here
from grantengine_web.answers import said
from grantengine_web.applicant.reading import words
from grantengine_web.forms import spellings

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan


@dataclass(frozen=True, slots=True)
class Told:
    """A value by the words of what it is; ``question`` is the id of the question that it answers."""

    label: str
    value: str
    question: str | None = None

    @property
    def colon(self) -> str:
        """What stands between the two: nothing after a question."""
        return "" if self.label.endswith(("?", ".", "!", ":")) else ":"


def told_values(plan: Plan, values: Mapping[str, Any]) -> list[Told]:
    """What a rule has read; figures that nobody has set, what a handler judges and assessors' marks stand elsewhere."""
    return [
        told_value(plan, name, value)
        for name, value in values.items()
        if not name.startswith(("judged.", "ratings.")) and not (name.startswith("checked.") and value is None)
    ]


def told_value(plan: Plan, name: str, value: Any, *, figure: bool = False) -> Told:
    """A value of the case table; ``figure``: one that a handler has set, by its own name."""
    if figure and name not in plan.form.by_id:
        return Told(figure_label(plan, name), value_words(plan.checked_types.get(name), value))
    field = plan.form.by_id.get(name)
    if field is None:
        return Told(label_of(plan, name), value_words(_type(plan, name), value))
    found = said(field, plain(value), currency=plan.currency)
    if found.shape == "table":
        text = words().t("web.case.rows-one" if len(found.rows) == 1 else "web.case.rows", count=len(found.rows))
    else:
        text = ", ".join(found.lines) or words().t("web.case.nothing")
    return Told(words().plain(field.label), text, name)


def label_of(plan: Plan, name: str) -> str:
    """What a figure, a fact or something about the applicant is called."""
    area, _, rest = name.partition(".")
    if name in plan.form.by_id:
        return words().plain(plan.form.by_id[name].label)
    if area == "checked":
        return words().t("web.case.checked-as", figure=figure_label(plan, rest))
    if area == "facts":
        source, _, column = rest.partition(".")
        return f"{column_label(source, column)} ({source_title(source)})"
    key = f"web.case.{area}.{rest}"
    return words().t(key) if words().texts.has(key) else rest.replace("_", " ") or name


def figure_label(plan: Plan, name: str) -> str:
    """What is checked is called: a figure of the scheme's list, or a question."""
    if name in plan.form.by_id:
        return words().plain(plan.form.by_id[name].label)
    figure = next((one for one in plan.scheme.checked if one.id == name), None)
    return words().plain(figure.label) if figure and figure.label else name.replace("_", " ")


def source_title(source: str) -> str:
    """What a source of facts is called, in the words of its plugin."""
    key = f"fact_source.{source}.title"
    return words().message(Message(key)) if words().texts.has(key) else source.replace("_", " ")


def column_label(source: str, column: str) -> str:
    """What a source tells in this column."""
    key = f"web.case.fact.{source}.{column}"
    return words().t(key) if words().texts.has(key) else column.replace("_", " ")


def value_words(type: Type | None, value: Any) -> str:
    """A value that is no answer, in words."""
    say = words()
    if value is None:
        return say.t("web.case.nothing")
    if isinstance(value, bool):
        return say.t("web.yes" if value else "web.no")
    if isinstance(value, Decimal) or (type is not None and type.name == "money"):
        return say.money(int(Decimal(str(value)) * 100))
    if isinstance(value, datetime.date):
        return say.day(value)
    if isinstance(value, str):
        return say.day(datetime.date.fromisoformat(value)) if spellings.day(value) == value else value
    if type is not None and type.name == "percent":
        return say.t("web.answer.percent", number=spellings.written(spellings.percentage(value), here.language()))
    return say.number(value) if isinstance(value, int | float) else str(value)


def _type(plan: Plan, name: str) -> Type | None:
    area, _, rest = name.partition(".")
    if area == "checked":
        return plan.known.checked.get(rest)
    return plan.facts[name].type if name in plan.facts else plan.columns.get(name)
