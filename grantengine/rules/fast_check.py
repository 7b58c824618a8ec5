"""A quick checker for many JSON lines: message types made from the JSON Schema of a case.

It accepts only what the schema accepts; a line it refuses is judged again by jsonschema, which names what is wrong. So
both always give the same verdict, and only rare lines are slow.
"""

from __future__ import annotations

import datetime
import re
import types
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from grantengine.errors import MoneyError
from grantengine.form.schema import formats
from grantengine.money import parse_ore

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Checked:
    """A value that msgspec can not check by itself: ``accepts`` decides."""

    accepts: Callable[[Any], bool]


def decoder(schema: dict[str, Any]) -> msgspec.json.Decoder[Any]:
    """A decoder that raises :class:`msgspec.ValidationError` or ``DecodeError`` for what ``schema`` refuses."""
    return msgspec.json.Decoder(_type(schema, "Case"), dec_hook=_accept)


def _accept(kind: type[_Checked], value: Any) -> Any:
    if not kind.accepts(value):
        raise ValueError("not accepted")
    return kind()  # only the verdict is wanted; msgspec asks for an instance


def _type(schema: dict[str, Any], name: str) -> Any:
    """The Python type that accepts what ``schema`` accepts, or less."""
    if not _is_read_whole(schema):
        return _Unread
    if "x-money" in schema:
        return _money_type(schema)
    if "anyOf" in schema:
        members = [_type(part, name) for part in schema["anyOf"] if part.get("type") != "null"]
        made = _union([*members, None] if any(_allows_null(part) for part in schema["anyOf"]) else members)
        return made if _is_known(made) else _Unread
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    main = next(kind for kind in kinds if kind != "null")
    made = _SHAPES[main](schema, name)
    return _union([made, None]) if "null" in kinds else made


class _Unread(_Checked):
    """A value whose schema says more than is read here: it is refused, so that jsonschema judges."""

    accepts = staticmethod(lambda _value: False)


def _is_known(made: Any) -> bool:
    """Whether msgspec can tell the members of a union apart."""
    try:
        msgspec.json.Decoder(made)
    except TypeError:
        return False
    return True


def _is_read_whole(schema: dict[str, Any]) -> bool:
    """Whether the functions below look at everything that ``schema`` says."""
    said = schema.keys() - _WORDS
    if "anyOf" in said:
        return said <= {"anyOf", "x-money"}
    kinds = schema.get("type", ())
    main = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
    if not main or not any(said <= read for read in _READ[main[0]]):
        return False
    if main[0] == "array":
        return "items" in said
    properties = schema.get("properties", {}).keys()
    return isinstance(schema.get("additionalProperties", True), bool) and set(schema.get("required", ())) <= properties


def _union(members: list[Any]) -> Any:
    made = members[0]
    for member in members[1:]:
        made = made | member
    return made


def _allows_null(schema: dict[str, Any]) -> bool:
    return "null" in schema.get("type", ())


def _money_type(schema: dict[str, Any]) -> Any:
    text = next(part for part in schema["anyOf"] if part.get("type") == "string")
    pattern, bounds = re.compile(text["pattern"]), schema["x-money"]

    def accepts(value: Any) -> bool:
        if isinstance(value, str):
            if not pattern.search(value):
                return False
            try:
                ore = parse_ore(value)
            except MoneyError:
                return False
        elif isinstance(value, int) and not isinstance(value, bool):
            ore = value * 100
        else:
            return False
        return bool(bounds["minimum"] <= ore <= bounds["maximum"])

    made = type("MoneyText", (_Checked,), {"accepts": staticmethod(accepts)})
    return made | None if any(_allows_null(part) for part in schema["anyOf"]) else made


def _object(schema: dict[str, Any], name: str) -> Any:
    required = set(schema.get("required", ()))
    fields: list[Any] = []
    names: dict[str, str] = {}
    for index, (key, part) in enumerate(schema.get("properties", {}).items()):
        # Ids may have hyphens or be Python's own words, so fields are numbered and renamed.
        field = key if key in ("id", "submitted_at") else f"f{index}"
        names[field] = key
        made = _type(part, f"{name}_{index}")
        fields.append((field, made) if key in required else (field, made | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(
        name, fields, forbid_unknown_fields=not schema.get("additionalProperties", True), rename=names, kw_only=True
    )


def _array(schema: dict[str, Any], name: str) -> Any:
    made = types.GenericAlias(list, (_type(schema["items"], f"{name}_item"),))
    limits = {"min_length": schema.get("minItems"), "max_length": schema.get("maxItems")}
    return _annotated(made, limits)


def _string(schema: dict[str, Any], name: str) -> Any:
    if "enum" in schema:
        choices = tuple(value for value in schema["enum"] if value is not None)
        return Literal[choices]
    if "format" in schema:
        return type("Formatted", (_Checked,), {"accepts": staticmethod(_format_check(schema))})
    limits = {
        "min_length": schema.get("minLength"),
        "max_length": schema.get("maxLength"),
        "pattern": schema.get("pattern"),
    }
    return _annotated(str, limits)


def _format_check(schema: dict[str, Any]) -> Callable[[Any], bool]:
    name, pattern = schema["format"], re.compile(schema.get("pattern", ""))
    if name == "date":
        return _is_date

    def accepts(value: Any) -> bool:
        return isinstance(value, str) and bool(pattern.search(value)) and formats.conforms(value, name)

    return accepts


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _integer(schema: dict[str, Any], name: str) -> Any:
    return _annotated(int, {"ge": schema.get("minimum"), "le": schema.get("maximum")})


def _number(schema: dict[str, Any], name: str) -> Any:
    limits = {"ge": schema.get("minimum"), "le": schema.get("maximum")}
    return _annotated(float, {key: None if value is None else float(value) for key, value in limits.items()})


def _boolean(schema: dict[str, Any], name: str) -> Any:
    return bool


def _annotated(made: Any, limits: dict[str, Any]) -> Any:
    given = {key: value for key, value in limits.items() if value is not None}
    return Annotated[made, msgspec.Meta(**given)] if given else made


_WORDS = frozenset({"$schema", "$comment", "title", "description", "default", "examples"})
"""What a schema says to people."""
_READ: dict[str, tuple[set[str], ...]] = {
    "object": ({"type", "properties", "required", "additionalProperties"},),
    "array": ({"type", "items", "minItems", "maxItems"},),
    "string": ({"type", "enum"}, {"type", "format", "pattern"}, {"type", "minLength", "maxLength", "pattern"}),
    "integer": ({"type", "minimum", "maximum"},),
    "number": ({"type", "minimum", "maximum"},),
    "boolean": ({"type"},),
}
"""By type: sets of what can be read together."""
_SHAPES: dict[str, Callable[[dict[str, Any], str], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
