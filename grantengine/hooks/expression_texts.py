"""The types of texts in a scheme that are rule expressions: what each may see, and what it must give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from grantengine.hooks.values import money_value, plain_text, refuse, schema_of, text_value
from grantengine.money import Money

_TIE_BREAK = re.compile(r"\s*(?P<expression>\S.*?)\s+(?P<order>asc|desc)\s*", re.DOTALL)

_EXPRESSION: dict[str, Any] = {"type": ["string", "number", "boolean"], "title": "expression"}


@dataclass(frozen=True, slots=True)
class ExpressionIn:
    """Marks a text that is a rule expression and says which names it sees and what it must give.

    ``moment`` is ``rules`` (answers, facts, ratings, checked values) or ``allocation`` (also ``points.*``, ``total`` and
    ``requested``); ``gives`` is ``number``, ``money``, ``weight`` (either), ``yes_no``, ``any``.
    With ``or_sum`` a sum with its currency may stand there instead.
    """

    moment: str = "rules"
    gives: str = "any"
    or_sum: bool = False


class IsTieBreak:
    """Marks a text that is an expression followed by ``asc`` or ``desc``."""


def _expression(value: Any) -> str:
    """YAML reads ``true`` and ``10`` as no text, but as expressions they are whole ones."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return plain_text(value)


def _rate(value: Any) -> Money | str:
    """A sum written as such, or an expression in whole currency units."""
    try:
        return money_value(value)
    except PydanticCustomError:
        return _expression(value)


def _tie_break(value: Any) -> str:
    text = text_value(value)
    if not _TIE_BREAK.fullmatch(text):
        raise refuse("tie-break-format", text=text)
    return text


def split_tie_break(text: str) -> tuple[str, bool, int]:
    """A tie-break's expression, whether it is descending, and the offset of the expression in the text."""
    found = _TIE_BREAK.fullmatch(text)
    if not found:
        raise ValueError(text)
    return found["expression"], found["order"] == "desc", found.start("expression")


ExpressionText = Annotated[str, PlainValidator(_expression), WithJsonSchema(_EXPRESSION), ExpressionIn()]
YesNoExpression = Annotated[str, PlainValidator(_expression), WithJsonSchema(_EXPRESSION), ExpressionIn(gives="yes_no")]
AmountExpression = Annotated[
    str, PlainValidator(_expression), WithJsonSchema(_EXPRESSION), ExpressionIn("allocation", "money")
]
NumberExpression = Annotated[
    str, PlainValidator(_expression), WithJsonSchema(_EXPRESSION), ExpressionIn("allocation", "number")
]
WeightExpression = Annotated[
    str, PlainValidator(_expression), WithJsonSchema(_EXPRESSION), ExpressionIn("allocation", "weight")
]
RateExpression = Annotated[
    Money | str, PlainValidator(_rate), WithJsonSchema(_EXPRESSION), ExpressionIn("allocation", "money", or_sum=True)
]
AnyExpression = Annotated[str, PlainValidator(_expression), WithJsonSchema(_EXPRESSION), ExpressionIn("allocation")]
TieBreakText = Annotated[
    str,
    PlainValidator(_tie_break),
    schema_of(r"^\s*\S[\s\S]*\s(asc|desc)\s*$", "tie-break", "members asc"),
    IsTieBreak(),
]
