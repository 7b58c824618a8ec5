"""What jsonschema finds, as problems with stable codes and the path of the field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema import ValidationError

from grantengine.errors import Message, MoneyError, Problem, Where
from grantengine.money import format_ore, parse_ore

_LIMITS = {
    "minimum": "answer-minimum",
    "maximum": "answer-maximum",
    "exclusiveMinimum": "answer-minimum",
    "exclusiveMaximum": "answer-maximum",
    "maxLength": "answer-too-long",
    "minLength": "answer-too-short",
    "maxItems": "answer-too-many-rows",
    "minItems": "answer-too-few-rows",
}


def problems_of(errors: Iterable[ValidationError], where: Where | None = None) -> list[Problem]:
    """One problem or more for each finding, sorted by field; ``where`` gives file and line."""
    base = where or Where()
    found = [problem for error in errors for problem in _problems(error, base)]
    return sorted(found, key=lambda problem: (problem.where.pointer, problem.code))


def _problems(error: ValidationError, base: Where) -> list[Problem]:
    path = [str(step) for step in error.absolute_path]
    keyword = str(error.validator)
    if keyword == "required":
        name = _missing_name(error)
        return [_at("answer-missing", [*path, name], base, {"field": name})]
    if keyword == "additionalProperties":
        return [_unknown(name, path, error, base) for name in _unknown_names(error)]
    if keyword in ("if", "allOf") and error.context:
        return [problem for inner in error.context for problem in _problems(inner, base)]
    code, params = _code(error, keyword)
    return [_at(code, path, base, params)]


def _missing_name(error: ValidationError) -> str:
    # jsonschema reports one missing name per finding and tells it in its message only, first in quotes.
    return next(str(name) for name in error.validator_value if repr(name) == error.message.split(" is a required")[0])


def _unknown_names(error: ValidationError) -> list[str]:
    return [name for name in error.instance if name not in error.schema.get("properties", {})]


def _unknown(name: str, path: list[str], error: ValidationError, base: Where) -> Problem:
    near = get_close_matches(name, list(error.schema.get("properties", {})), n=1)
    hint = Message("hint.nearest", {"nearest": near[0]}) if near else None
    return _at("answer-unknown", [*path, name], base, {"field": name}, hint)


def _code(error: ValidationError, keyword: str) -> tuple[str, Mapping[str, object]]:
    got = _short(error.instance)
    if keyword in _LIMITS:
        return _LIMITS[keyword], {"limit": error.validator_value, "got": got}
    if keyword.startswith("x-money-"):
        return f"answer-{keyword[2:]}", {"limit": format_ore(int(error.validator_value)), "got": got}
    if keyword == "type":
        wanted = error.validator_value if isinstance(error.validator_value, str) else error.validator_value[0]
        return "answer-type", {"wanted": Message(f"json.{wanted}"), "got": got}
    if keyword == "enum":
        return "answer-not-a-choice", {"got": got, "choices": _few(error.validator_value)}
    if keyword in ("anyOf", "x-money") and "x-money" in error.schema:
        if _too_large(error.instance):
            return "answer-money-maximum", {"limit": format_ore(int(error.schema["x-money"]["maximum"])), "got": got}
        return "answer-money", {"got": got}
    nearer = next((one for one in error.context or () if one.validator not in ("type", "const")), None)
    if keyword == "anyOf" and nearer is not None:
        # Of the forms that a value may have, the one whose type it has says what is wrong.
        return _code(nearer, str(nearer.validator))
    if keyword in ("pattern", "format"):
        wanted = str(error.validator_value).removesuffix(r"(?!\n)")
        return f"answer-{keyword}", {"got": got, "wanted": wanted}
    if error.schema is False or keyword == "None":
        return "answer-hidden", {"got": got}
    return "answer-not-valid", {"got": got, "rule": keyword}


def _too_large(value: Any) -> bool:
    """Whether it is written as a sum, but larger than any."""
    try:
        parse_ore(str(value).removeprefix("-"))
    except MoneyError as error:
        return error.code == "money-range" and not str(value).startswith("-")
    return False


def _few(values: Any) -> str:
    shown = [str(value) for value in values if value is not None]
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _at(code: str, path: list[str], base: Where, params: Mapping[str, object], hint: Message | None = None) -> Problem:
    pointer = "".join(f"/{step}" for step in path)
    return Problem(code, Where(base.file, base.line, base.column, pointer), {"path": pointer, **params}, hint)
