"""The JSON Schema of the scheme format, for editors that complete and check while a scheme is written."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from grantengine.scheme.model import Scheme

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Kinds = Mapping[str, Mapping[str, Mapping[str, Any]]]

_ROOMS: dict[str, tuple[str, str, str | None]] = {
    "questions": ("Question", "kind", None),
    "eligibility": ("EligibilityRule", "kind", None),
    "criteria": ("Criterion", "kind", "options"),
    "rounds": ("Round", "kind", "options"),
    "allocation": ("Allocation", "method", "options"),
    "payment": ("Payment", "plan", "options"),
    "reporting": ("Report", "profile", "options"),
}


def format_schema(kinds: Kinds | None = None) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scheme file.

    :param kinds: for each of ``questions``, ``eligibility``, ``criteria``, ``rounds``, ``allocation``, ``payment`` and
        ``reporting`` the schema of the options by kind. Kinds that are not named are then refused.
    :raises KeyError: ``kinds`` has another key.
    """
    schema = Scheme.model_json_schema(mode="validation")
    definitions: dict[str, Any] = schema["$defs"]
    _either(definitions["EligibilityRule"], "require", "kind")
    _either(definitions["Criterion"], "points", "kind")
    _window(definitions["Call"])
    for room, by_kind in (kinds or {}).items():
        _add_kinds(definitions, room, by_kind)
    return {"$schema": DIALECT, **schema}


def _either(definition: dict[str, Any], one: str, other: str) -> None:
    definition["oneOf"] = [{"required": [one]}, {"required": [other]}]


def _window(call: dict[str, Any]) -> None:
    """Where there is one window, it opens and closes; where there are deadlines, they are named."""
    other = {"properties": {"intake": {"enum": ["deadlines", "rolling"]}}, "required": ["intake"]}
    deadlines = {"properties": {"intake": {"const": "deadlines"}}, "required": ["intake"]}
    call["allOf"] = [
        {"if": other, "else": {"required": ["opens", "closes"]}},
        {"if": deadlines, "then": {"required": ["deadlines"]}},
    ]


def _add_kinds(definitions: dict[str, Any], room: str, by_kind: Mapping[str, Mapping[str, Any]]) -> None:
    part, key, below = _ROOMS[room]
    definition = definitions[part]
    branches = definition.setdefault("allOf", [])
    for kind in sorted(by_kind):
        options = _hoisted(definitions, f"{room}.{kind}", by_kind[kind])
        branches.append(
            {
                "if": {"properties": {key: {"const": kind}}, "required": [key]},
                "then": _beside(options) if below is None else {"properties": {below: options}},
            }
        )
    names = {"enum": sorted(by_kind)}
    definition["properties"][key] = {
        **{name: value for name, value in definition["properties"][key].items() if name == "description"},
        "anyOf": [names, {"type": "null"}] if key not in definition.get("required", ()) else [names],
    }
    if below is None:
        # Keys of kinds stand beside the common ones; what no branch knows is unknown.
        definition.pop("additionalProperties", None)
        definition["unevaluatedProperties"] = False


def _beside(options: dict[str, Any]) -> dict[str, Any]:
    """Options that stand beside the common keys, so they may not refuse other keys themselves."""
    return {
        key: value for key, value in options.items() if key in ("properties", "required", "anyOf", "oneOf", "allOf")
    }


def _hoisted(definitions: dict[str, Any], prefix: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``options`` whose own definitions have moved to those of the whole schema, under a prefix."""
    own = copy.deepcopy(dict(options))
    for name, definition in own.pop("$defs", {}).items():
        definitions[f"{prefix}.{name}"] = _renamed(definition, prefix)
    renamed = _renamed(own, prefix)
    return dict(renamed)


def _renamed(value: Any, prefix: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, prefix) for item in value]
    if not isinstance(value, dict):
        return value
    start = "#/$defs/"
    return {
        key: f"{start}{prefix}.{item.removeprefix(start)}"
        if key == "$ref" and isinstance(item, str) and item.startswith(start)
        else _renamed(item, prefix)
        for key, item in value.items()
    }
