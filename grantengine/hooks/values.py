"""The types of single values in a scheme: texts per language, money, percent, moments, ids, pointers, expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import PlainValidator, Strict, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from grantengine.errors import MoneyError
from grantengine.expressions.functions import RESERVED_WORDS
from grantengine.hooks.moments import LocalMoment, MomentError, parse_date, parse_moment
from grantengine.money import Money, parse_money

RESERVED_QUESTION_IDS = frozenset(
    {"id", "facts", "ratings", "points", "total", "requested_total", "granted", "applicant", "checked", "case", "call"}
    | {"strand", "submitted_at"}
)
MOMENT_REFERENCES = ("call.opens", "call.closes")
MOST_DAYS = 3660

_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]+)*"
_IDENTIFIER = r"[a-z][a-z0-9_-]*"
_QUESTION_ID = r"[a-z][a-z0-9_]*"
_SEMVER = (
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
_POINTER = r"(/([^/~\s]|~[01])+)+"
_PERCENT = r"\d{1,3}([.,]\d{1,6})?\s?%"
_MONEY_SCHEMA = r"^(\d+|\d{1,3}([ \u00a0\u202f\u2009']\d{3})+)([.,]\d{1,2})?\s*([A-Z]{3}|hours|seats|slots)$"
_MOMENT_SCHEMA = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"

T = TypeVar("T")


def refuse(code: str, /, *, at: str = "", **params: object) -> PydanticCustomError:
    """The error that becomes a problem of the scheme with ``code`` and ``params``.

    :param at: the key that is wrong, where a whole mapping is looked at; without it the problem stands at the value.
    """
    if at:
        return PydanticCustomError("several", "several", {"faults": [(at, code, params)]})
    return PydanticCustomError(code, code, params)


def is_language_code(value: object) -> bool:
    """Whether a value can be the code of a language, such as ``nb``."""
    return isinstance(value, str) and re.fullmatch(_LANGUAGE, value) is not None


def kind_of(value: object) -> str:
    """What a value from YAML is, in the words of problems."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes-no"
        case int():
            return "whole-number"
        case float():
            return "number"
        case str():
            return "text"
        case Mapping():
            return "mapping"
        case _:
            return "list"


def text_value(value: Any, wanted: str = "text") -> str:
    """A text as it is.

    :raises PydanticCustomError: it is none.
    """
    if not isinstance(value, str):
        raise refuse("wrong-type", wanted=wanted, got=kind_of(value))
    return value


def _matching(pattern: str, code: str, example: str) -> Callable[[Any], str]:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any) -> str:
        text = text_value(value)
        if not compiled.fullmatch(text):
            raise refuse(code, text=text, example=example)
        return text

    return check


def _question_id(value: Any) -> str:
    text = _matching(_QUESTION_ID, "question-id-format", "own_funding")(value)
    if text in RESERVED_QUESTION_IDS or text in RESERVED_WORDS:
        raise refuse("question-id-reserved", text=text)
    return text


def plain_text(value: Any) -> str:
    """A text that is not empty.

    :raises PydanticCustomError: it is none.
    """
    text = text_value(value)
    if not text.strip():
        raise refuse("text-empty")
    return text


def _localized(value: Any, info: ValidationInfo) -> Mapping[str, str]:
    """One problem names everything that is wrong with the text; ``read`` takes it apart."""
    if not isinstance(value, Mapping):
        raise refuse("wrong-type", wanted="text-per-language", got=kind_of(value))
    faults: list[tuple[str, str, dict[str, object]]] = []
    for language, text in value.items():
        if not is_language_code(language):
            faults.append((language, "language-code-format", {"text": language}))
        elif not isinstance(text, str):
            faults.append((language, "wrong-type", {"wanted": "text", "got": kind_of(text)}))
        elif not text.strip():
            faults.append((language, "text-empty", {}))
    wanted = (info.context or {}).get("languages", ())
    faults += [("", "text-language-missing", {"language": one}) for one in wanted if one not in value]
    if not value and not faults:
        faults.append(("", "text-empty", {}))
    if faults:
        raise refuse("several", faults=faults)
    return dict(value)


def _plain_or_localized(value: Any, info: ValidationInfo) -> str | Mapping[str, str]:
    return _localized(value, info) if isinstance(value, Mapping) else plain_text(value)


def money_value(value: Any) -> Money:
    """A sum with its currency.

    :raises PydanticCustomError: it is none, or below zero.
    """
    text = text_value(value, "money")
    try:
        money = parse_money(text)
    except MoneyError as error:
        raise PydanticCustomError(error.code, error.code, dict(error.params)) from error
    if money.ore < 0:
        raise refuse("money-negative", text=text)
    return money


def _budget(value: Any) -> Money | Mapping[int, Money]:
    if not isinstance(value, Mapping):
        return money_value(value)
    faults: list[tuple[str, str, dict[str, object]]] = []
    years: dict[int, Money] = {}
    for year, amount in value.items():
        try:
            if not re.fullmatch(r"[12]\d{3}", year, re.ASCII):
                raise refuse("year-format", text=year)
            years[int(year)] = money_value(amount)
        except PydanticCustomError as error:
            faults.append((year, error.type, dict(error.context or {})))
    if not value:
        faults.append(("", "list-empty", {"least": 1}))
    if faults:
        raise refuse("several", faults=faults)
    return years


def _percent(value: Any) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        share = Decimal(str(value))
        if not 0 <= share <= 1:
            raise refuse("percent-range", text=str(value))
        return share
    text = text_value(value, "percent").strip()
    if not re.fullmatch(_PERCENT, text, re.ASCII):
        raise refuse("percent-format", text=text)
    share = Decimal(text.removesuffix("%").strip().replace(",", ".")).scaleb(-2)
    if share > 1:
        raise refuse("percent-range", text=text)
    return share


def _sum_or_share(value: Any) -> Money | Decimal | str:
    if value == "rest":
        return "rest"
    is_share = not isinstance(value, str) or value.rstrip().endswith("%")
    return _percent(value) if is_share else money_value(value)


def _moment(value: Any) -> LocalMoment:
    try:
        return parse_moment(text_value(value, "moment"))
    except MomentError as error:
        raise refuse(error.code, text=error.text) from error


def _moment_or_reference(value: Any) -> LocalMoment | str:
    return value if isinstance(value, str) and value in MOMENT_REFERENCES else _moment(value)


def _date(value: Any) -> date:
    text = text_value(value, "date")
    found = parse_date(text)
    if found is None:
        raise refuse("date-format", text=text)
    return found


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("wrong-type", wanted="number", got=kind_of(value))
    if value < 0:
        raise refuse("number-negative", value=value)
    return float(value)


def _whole(most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse("wrong-type", wanted="whole-number", got=kind_of(value))
        if value < 0:
            raise refuse("number-negative", value=value)
        if value > most:
            raise refuse("number-too-large", value=value, most=most)
        return value

    return check


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of one step by which an explanation may change an answer."""

    scale: float


def _changeable(value: Any) -> Scale | Literal[False]:
    if value is False:
        return False
    if not isinstance(value, Mapping) or set(value) != {"scale"}:
        raise refuse("changeable-format")
    scale = value["scale"]
    if isinstance(scale, bool) or not isinstance(scale, int | float) or scale <= 0:
        raise refuse("changeable-format")
    return Scale(float(scale))


def schema_of(pattern: str, title: str, *examples: str) -> WithJsonSchema:
    """The JSON Schema of a text that follows a pattern."""
    return WithJsonSchema({"type": "string", "title": title, "pattern": pattern, "examples": list(examples)})


_PERCENT_SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "pattern": f"^{_PERCENT}$", "examples": ["60%", "12,5 %"]},
    {"type": "number", "minimum": 0, "maximum": 1},
]
_MONEY: dict[str, Any] = {"type": "string", "pattern": _MONEY_SCHEMA, "examples": ["40 000 000 NOK"]}
_LOCALIZED: dict[str, Any] = {
    "type": "object",
    "title": "text per language",
    "propertyNames": {"pattern": f"^{_LANGUAGE}$"},
    "additionalProperties": {"type": "string", "minLength": 1},
    "minProperties": 1,
}
_BUDGET: dict[str, Any] = {
    "title": "sum, or sum by year",
    "anyOf": [
        _MONEY,
        {
            "type": "object",
            "propertyNames": {"pattern": r"^[12]\d{3}$"},
            "additionalProperties": _MONEY,
            "minProperties": 1,
        },
    ],
}
_CHANGEABLE: dict[str, Any] = {
    "title": "false, or a scale",
    "anyOf": [
        {"const": False},
        {
            "type": "object",
            "properties": {"scale": {"type": "number", "exclusiveMinimum": 0}},
            "required": ["scale"],
            "additionalProperties": False,
        },
    ],
}
_MOMENT_OR_REFERENCE = f"{_MOMENT_SCHEMA}|^({'|'.join(map(re.escape, MOMENT_REFERENCES))})$"

Many = Annotated[tuple[T, ...], Strict(False)]
Text = Annotated[str, PlainValidator(plain_text), WithJsonSchema({"type": "string", "title": "text", "minLength": 1})]
LocalizedText = Annotated[Mapping[str, str], PlainValidator(_localized), WithJsonSchema(_LOCALIZED)]
PlainOrLocalizedText = Annotated[
    str | Mapping[str, str],
    PlainValidator(_plain_or_localized),
    WithJsonSchema({"title": "text, or text per language", "anyOf": [{"type": "string", "minLength": 1}, _LOCALIZED]}),
]
LanguageCode = Annotated[
    str,
    PlainValidator(_matching(_LANGUAGE, "language-code-format", "nb")),
    schema_of(f"^{_LANGUAGE}$", "language code", "nb", "nn"),
]
SchemeMoney = Annotated[Money, PlainValidator(money_value), WithJsonSchema({**_MONEY, "title": "money"})]
Budget = Annotated[Money | Mapping[int, Money], PlainValidator(_budget), WithJsonSchema(_BUDGET)]
Percent = Annotated[Decimal, PlainValidator(_percent), WithJsonSchema({"title": "percent", "anyOf": _PERCENT_SCHEMAS})]
SumOrShare = Annotated[
    Money | Decimal | Literal["rest"],
    PlainValidator(_sum_or_share),
    WithJsonSchema({"title": "sum, percent or rest", "anyOf": [_MONEY, *_PERCENT_SCHEMAS, {"const": "rest"}]}),
]
Moment = Annotated[
    LocalMoment, PlainValidator(_moment), schema_of(_MOMENT_SCHEMA, "local date and time", "2027-03-01T23:59")
]
MomentOrReference = Annotated[
    LocalMoment | str,
    PlainValidator(_moment_or_reference),
    schema_of(_MOMENT_OR_REFERENCE, "local date and time, or a moment of the call", *MOMENT_REFERENCES),
]
LocalDate = Annotated[date, PlainValidator(_date), schema_of(r"^\d{4}-\d{2}-\d{2}$", "date", "2027-05-15")]
Identifier = Annotated[
    str,
    PlainValidator(_matching(_IDENTIFIER, "id-format", "enough-members")),
    schema_of(f"^{_IDENTIFIER}$", "id", "enough-members"),
]
FigureId = Annotated[
    str,
    PlainValidator(_matching(_QUESTION_ID, "question-id-format", "own_funding")),
    schema_of(f"^{_QUESTION_ID}$", "id without hyphens", "approved_costs"),
]
QuestionId = Annotated[str, PlainValidator(_question_id), schema_of(f"^{_QUESTION_ID}$", "question id", "own_funding")]
SemVer = Annotated[
    str,
    PlainValidator(_matching(_SEMVER, "version-format", "1.0.0")),
    schema_of(f"^{_SEMVER}$", "version", "1.0.0"),
]
Pointer = Annotated[
    str,
    PlainValidator(_matching(_POINTER, "pointer-format", "/criteria/*/max_points")),
    schema_of(f"^{_POINTER}$", "pointer", "/criteria/*/max_points"),
]
PositiveNumber = Annotated[
    float, PlainValidator(_number), WithJsonSchema({"type": "number", "title": "number", "minimum": 0})
]
Days = Annotated[
    int,
    PlainValidator(_whole(MOST_DAYS)),
    WithJsonSchema({"type": "integer", "title": "days", "minimum": 0, "maximum": MOST_DAYS}),
]
Years = Annotated[
    int,
    PlainValidator(_whole(100)),
    WithJsonSchema({"type": "integer", "title": "years", "minimum": 0, "maximum": 100}),
]
Minutes = Annotated[PositiveNumber, WithJsonSchema({"type": "number", "title": "minutes", "minimum": 0})]
Changeable = Annotated[Scale | Literal[False], PlainValidator(_changeable), WithJsonSchema(_CHANGEABLE)]
