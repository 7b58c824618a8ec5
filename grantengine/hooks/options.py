"""Options of kinds: what a scheme file may say to a plugin, checked by pydantic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from grantengine.errors import MoneyError
from grantengine.hooks.expression_texts import AmountExpression, ExpressionIn
from grantengine.hooks.values import SchemeMoney, refuse
from grantengine.money import Money, parse_money

M = TypeVar("M")


class KindOptions(BaseModel):
    """Base of every kind's ``Options``: frozen, strict, and a key it does not know is a problem with a hint."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, data: Any) -> Any:
        # Strict checking tells a text from a number; it would also tell YAML's lists from our frozen tuples.
        return _frozen(data)


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value


Points = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
"""Points from 0 to a million."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks a field as the id of a ``question`` or ``round`` of the scheme."""

    to: str


QuestionRef = Annotated[str, Reference("question")]
"""The id of a question of the scheme's form."""

RoundRef = Annotated[str, Reference("round")]
"""The id of a review round of the scheme."""


class AllocationOptions(KindOptions):
    """What every allocation method understands."""

    amount: AmountExpression | None = Field(
        None, description="What a case would get if money were no limit; left out: the question `requested`."
    )
    round_to: SchemeMoney | None = Field(None, description="Amounts are rounded down to whole multiples of this sum.")

    @field_validator("round_to")
    @classmethod
    def _of_something(cls, value: Money | None) -> Money | None:
        if value is not None and value.ore == 0:
            raise refuse("round-to-nothing", text=str(value))
        return value


def reference_fields(options: type[BaseModel]) -> dict[str, str]:
    """The fields of ``options`` that name a question or a round, by name, with what they name."""
    return {name: mark.to for name, mark in _marked(options, Reference).items()}


def expression_fields(options: type[BaseModel]) -> dict[str, ExpressionIn]:
    """The fields of ``options`` that are expressions, by name."""
    return _marked(options, ExpressionIn)


def rule_in(options: BaseModel) -> str | None:
    """The text of the option ``rule``, where that is a yes/no expression and the author has given it."""
    mark = expression_fields(type(options)).get("rule")
    text = getattr(options, "rule", None)
    return text if mark is not None and mark.gives == "yes_no" and isinstance(text, str) else None


def expressions_in(options: BaseModel) -> Iterator[tuple[tuple[str | int, ...], ExpressionIn, str]]:
    """Every expression that ``options`` hold, also in lists of options: its path, what it may see, its text."""
    marks = expression_fields(type(options))
    for name in type(options).model_fields:
        value = getattr(options, name)
        if name in marks and isinstance(value, str):
            yield (name,), marks[name], value
        for index, item in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(item, BaseModel):
                yield from (((name, index, *path), mark, text) for path, mark, text in expressions_in(item))


def expressions_written(
    options: type[BaseModel], raw: Mapping[str, Any]
) -> Iterator[tuple[tuple[str | int, ...], ExpressionIn, str]]:
    """The same in what an author wrote for ``options``, whether or not the rest of it is in order."""
    marks = expression_fields(options)
    for name, info in options.model_fields.items():
        value, inner = raw.get(name), _model_in(info.annotation)
        if name in marks and isinstance(value, str) and value.strip() and not _is_sum(value, marks[name]):
            yield (name,), marks[name], value
        for index, item in enumerate(value if inner is not None and isinstance(value, list | tuple) else ()):
            if inner is not None and isinstance(item, Mapping):
                yield from (((name, index, *path), mark, text) for path, mark, text in expressions_written(inner, item))


def _is_sum(value: str, mark: ExpressionIn) -> bool:
    """Whether a sum stands where a sum or an expression may."""
    try:
        return mark.or_sum and parse_money(value) is not None
    except MoneyError:
        return False


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The options that an annotation speaks of, as in ``tuple[Line, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _marked(options: type[BaseModel], marker: type[M]) -> dict[str, M]:
    """Fields whose annotation, or a member of it (`X | None`, `tuple[X, ...]`), carries a marker."""
    found = {}
    for name, info in options.model_fields.items():
        members = getattr(info.annotation, "__args__", ())
        metadata = [*info.metadata, *(mark for member in members for mark in getattr(member, "__metadata__", ()))]
        marks = [mark for mark in metadata if isinstance(mark, marker)]
        if marks:
            found[name] = marks[0]
    return found
