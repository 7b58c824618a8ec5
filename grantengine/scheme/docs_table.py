"""The page ``docs/scheme-format.md``, written from the models so that it can not go stale."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from grantengine.scheme.json_schema import format_schema

_HEAD = """# The scheme format

A scheme is one YAML file. This page is made from the models in `grantengine/scheme`; do not edit it by hand.

- YAML 1.2 without anchors, aliases, tags, merge keys and directives; one document, at most 1 MB, UTF-8.
- Texts shown to people are given per language: `{nb: Søknad, nn: Søknad}`, in every language of `languages`.
- Money is written with its currency: `40 000 000 NOK`. Percent: `60%`, or a number from 0 to 1.
- Times are local to Europe/Oslo: `2027-03-01T23:59`. A deadline to the minute includes that whole minute.
- Codes that look like numbers stand in quotes: `'0301'`.
- Pointers address items of lists by their id: `/criteria/collaboration/max_points`.
- Kinds come from plugins, and bring options that each plugin documents.
"""


def format_markdown() -> str:
    """The reference of the format in Markdown: a section a part, a row a key; the same text every time."""
    schema = format_schema()
    definitions: Mapping[str, Any] = schema["$defs"]
    sections = [_HEAD, _section("Scheme", schema, definitions)]
    sections += [_section(name, definitions[name], definitions) for name in _in_order(schema, definitions)]
    return "\n".join(sections)


def _in_order(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    """The parts in the order in which they are first met."""
    seen: set[str] = set()
    queue = list(_references(schema.get("properties", {})))
    while queue:
        name = queue.pop(0)
        if name not in seen:
            seen.add(name)
            yield name
            queue = [*_references(definitions[name].get("properties", {})), *queue]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "$ref":
                yield str(item).rsplit("/", 1)[-1]
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def options_table(options: type[BaseModel]) -> Iterator[str]:
    """The rows of a table of a kind's options, by the same rules as the format's own keys."""
    schema = options.model_json_schema()
    yield "| key | type | required or default | meaning |"
    yield "| --- | --- | --- | --- |"
    for key, field in schema["properties"].items():
        meaning = field.get("description", "")
        kind = re.sub(r"\[(\w+)\]\(#\w+\)", lambda found: _keys(schema["$defs"][found[1]]), _type(field))
        yield f"| `{key}` | {kind} | {_need(key, field, schema.get('required', ()))} | {meaning} |"


def _keys(part: Mapping[str, Any]) -> str:
    """A mapping by its keys, for parts that have no section of their own."""
    return f"`{{{', '.join(part['properties'])}}}`"


def _section(name: str, part: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    lines = [f"## {name}", "", str(part.get("description", "")), ""]
    lines += ["| key | type | required or default | meaning |", "| --- | --- | --- | --- |"]
    required = part.get("required", ())
    for key, field in part["properties"].items():
        # A key that is described as its part is has no description of its own in the schema.
        meaning = field.get("description") or definitions[next(_references(field))]["description"]
        lines.append(f"| `{key}` | {_type(field)} | {_need(key, field, required)} | {meaning} |")
    return "\n".join([*lines, ""])


def _need(key: str, field: Mapping[str, Any], required: Any) -> str:
    if key in required:
        return "required"
    if "default" not in field or field["default"] is None:
        return "optional"
    return f"`{json.dumps(field['default'], ensure_ascii=False)}`"


def _type(field: Mapping[str, Any]) -> str:
    """A type in words: the titles that values give themselves, before the words of JSON Schema."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field and not str(field.get("title", "A"))[:1].islower():
        kinds = [_type(one) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "prefixItems" in field:
        return f"[{', '.join(_type(item) for item in field['prefixItems'])}]"
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    title = str(field.get("title", ""))
    if title[:1].islower():
        return title
    words = {"boolean": "true or false", "object": "mapping", "integer": "whole number"}
    return words.get(str(field.get("type", "")), str(field.get("type", "any value")))
