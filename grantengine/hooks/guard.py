"""The classes of plugins as the engine uses them: what a method raises, or wrongly gives, is told with its name."""

from __future__ import annotations

import json
import math
import re
import reprlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import ValidationError

from grantengine.errors import PluginError
from grantengine.expressions.expression import Expression
from grantengine.expressions.types import Type
from grantengine.hooks.context import Collected, FactContext, SourceDown
from grantengine.hooks.draw import Draw
from grantengine.hooks.kinds import ConditionKind, CriterionKind, FactSource, Kind, QuestionKind, RoundKind
from grantengine.hooks.options import rule_in
from grantengine.records import ROUND_ACTORS, ROUND_VERBS, FactColumn, RoundTerms

K = TypeVar("K", bound=Kind)
Fits = Callable[[Any, tuple[Any, ...], Any], bool]
"""Whether a method may give a result: told by the instance, the arguments and the result."""

_COLUMN = re.compile(r"[a-z][a-z0-9_]*")


def guarded(plugin: str, cls: type[K]) -> type[K]:
    """A class like ``cls`` whose methods raise :class:`PluginError`, with the plugin and the method named."""

    def watched(name: str, wanted: str, fits: Fits) -> Callable[..., Any]:
        hook = f"{cls.role}.{cls.kind}.{name.strip('_')}"

        def method(self: Any, *given: Any, **named: Any) -> Any:
            try:
                result = getattr(super(made, self), name)(*given, **named)
                good = fits(self, (*given, *named.values()), result)
            except (PluginError, SourceDown):
                raise  # of another kind that this one asks, or a source that is down and says so
            except Exception as error:
                raise PluginError(
                    plugin, "plugin-raised", hook=hook, error=f"{type(error).__name__}: {error}"
                ) from error
            if not good:
                raise PluginError(plugin, "plugin-bad-value", hook=hook, wanted=wanted, got=reprlib.repr(result))
            return result

        return method

    members: dict[str, Any] = {name: watched(name, *how) for name, how in _METHODS.get(cls.role, {}).items()}
    members |= {
        "plugin": plugin,
        "__doc__": cls.__doc__,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
    }
    made: Any = type(cls.__name__, (cls,), members)
    return made  # type: ignore[no-any-return]


def options_of(cls: type[Kind], raw: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    """The options of a kind as a scheme gives them.

    :raises ValidationError: they do not fit.
    :raises PluginError: what the plugin checks them with raised something else.
    """
    try:
        return cls.Options.model_validate(dict(raw), context=dict(context))
    except (ValidationError, PluginError):
        raise
    except Exception as error:
        hook = f"{cls.role}.{cls.kind}.Options"
        raise PluginError(cls.plugin, "plugin-raised", hook=hook, error=f"{type(error).__name__}: {error}") from error


def _is_nothing(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return result is None


def _is_type(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return isinstance(result, Type)


def _is_expression(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return isinstance(result, Expression)


def _is_expression_or_none(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return result is None or isinstance(result, Expression)


def _is_schema(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return isinstance(result, dict) and _is_json_schema(json.dumps(result, allow_nan=False))


@lru_cache(maxsize=4096)
def _is_json_schema(text: str) -> bool:
    # Judging a schema takes longer than making it, and the same ones are made each time a form is read.
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(json.loads(text))
    except SchemaError:
        return False
    return True


def _is_sample(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    draw = next(one for one in given if isinstance(one, Draw))
    return isinstance(result, list) and len(result) == draw.n and bool(json.dumps(result, allow_nan=False))


def _are_columns(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return isinstance(result, Mapping) and all(
        isinstance(name, str)
        and _COLUMN.fullmatch(name) is not None
        and isinstance(column, FactColumn)
        and isinstance(column.type, Type)
        for name, column in result.items()
    )


def _are_samples(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    return (
        isinstance(result, Mapping)
        and result.keys() <= kind.columns().keys()
        and all(_is_sample(kind, given, values) for values in result.values())
    )


def _are_facts(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    """Whether every value is JSON of its column's type, or a list for a question that is filled."""
    if not isinstance(result, Collected) or not isinstance(result.values, Mapping):
        return False
    json.dumps([dict(result.values), result.raw], allow_nan=False)
    if kind.fills is not None:
        context = next(one for one in given if isinstance(one, FactContext))
        questions = context.submission.questions.get(kind.fills, ())
        return all(name in questions and isinstance(value, list) for name, value in result.values.items())
    columns = kind.columns()
    return all(name in columns and _is_value(columns[name].type, value) for name, value in result.values.items())


def _are_terms(kind: Any, given: tuple[Any, ...], result: Any) -> bool:
    """Whether these are terms in words that services know, for all unless the author has said for whom."""
    return (
        isinstance(result, RoundTerms)
        and _all_known(result.acts, ROUND_ACTORS)
        and _all_known(result.allows, ROUND_VERBS)
        and _are_limits(result)
        and all(isinstance(one, bool) for one in (result.offered_to_all, result.outside_office_hours, result.blind))
        and (result.editable is None or _are_texts(result.editable, str))
        and _are_texts(result.asked, (str, Mapping))
        and result.offered_to_all == (rule_in(given[0]) is None)
    )


def _all_known(words: Any, known: frozenset[str]) -> bool:
    return isinstance(words, frozenset) and words <= known


def _are_texts(values: Any, wanted: Any) -> bool:
    return isinstance(values, tuple) and all(isinstance(one, wanted) for one in values)


def _are_limits(terms: RoundTerms) -> bool:
    """Whether every number is one, and not below the least that means something."""
    least = ((terms.exchanges, 1), (terms.answer_days, 0), (terms.meeting_minutes, 1), (terms.assessors_per_case, 0))
    spread = terms.discuss_if_spread_over
    return (
        all(number is None or (type(number) is int and number >= limit) for number, limit in least)
        and None not in (terms.meeting_minutes, terms.assessors_per_case)
        and (spread is None or (type(spread) in (int, float) and math.isfinite(spread) and spread >= 0))
    )


def _is_value(type: Type, value: Any) -> bool:
    if value is None:
        return True
    if type.name == "list":
        return isinstance(value, list)
    if type.name == "record":
        return isinstance(value, Mapping)
    wanted = _JSON_TYPES[type.name]
    return isinstance(value, wanted) and (not isinstance(value, bool) or type.name == "yes_no")


_JSON_TYPES: Mapping[str, Any] = {
    "integer": int, "number": (int, float), "percent": (int, float), "money": str, "text": str, "date": str,
    "yes_no": bool,
}  # fmt: skip

_METHODS: Mapping[str, Mapping[str, tuple[str, Fits]]] = {
    QuestionKind.role: {
        "__init__": ("nothing", _is_nothing),
        "column": ("column-type", _is_type),
        "schema": ("json-schema", _is_schema),
        "sample": ("sample", _is_sample),
    },
    ConditionKind.role: {
        "__init__": ("nothing", _is_nothing),
        "holds": ("expression", _is_expression),
    },
    CriterionKind.role: {
        "__init__": ("nothing", _is_nothing),
        "points": ("expression", _is_expression),
        "combined": ("expression", _is_expression_or_none),
        "mark_schema": ("json-schema", _is_schema),
    },
    FactSource.role: {
        "__init__": ("nothing", _is_nothing),
        "columns": ("fact-columns", _are_columns),
        "sample": ("fact-sample", _are_samples),
        "collect": ("facts", _are_facts),
    },
    RoundKind.role: {
        "__init__": ("nothing", _is_nothing),
        "terms": ("round-terms", _are_terms),
    },
}
"""By role: the methods that are watched, the word for what each gives, and how that is told."""
