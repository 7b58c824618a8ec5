"""The JSON Schema of the format, and the page made from it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from grantengine.scheme.docs_table import format_markdown
from grantengine.scheme.json_schema import format_schema
from grantengine.scheme.load import load
from grantengine.scheme.model import Scheme
from grantengine.scheme.pointer import resolve

ROOT = Path(__file__).parent.parent.parent
DATA = load(ROOT / "tests" / "data" / "example-scheme.yaml").data


def accepts(schema: dict[str, Any], data: object) -> bool:
    Draft202012Validator.check_schema(schema)
    return not list(Draft202012Validator(schema).iter_errors(data))


def changed(pointer: str, value: object) -> dict[str, Any]:
    data: Any = copy.deepcopy(DATA)
    above, _, last = pointer.rpartition("/")
    below = data
    for step in resolve(data, above)[0]:
        below = below[step]
    below[last] = value
    return dict(data)


def test_schema_accepts_the_example() -> None:
    assert accepts(format_schema(), DATA)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/call/budget", "a lot"),
        ("/call/opens", "2027-01-15"),
        ("/status", "open"),
        ("/unknown", 1),
        ("/criteria/reach/kind", "rating"),
        ("/criteria/reach/max_points", -1),
        ("/form/project/questions/summary/id", "not-this"),
        ("/title", "Text"),
        ("/version", 1.0),
    ],
)
def test_schema_refuses(pointer: str, value: object) -> None:
    assert not accepts(format_schema(), changed(pointer, value))


def test_schema_with_kinds() -> None:
    ranked = {
        "type": "object",
        "properties": {"minimum_points": {"$ref": "#/$defs/Points"}},
        "$defs": {"Points": {"type": "number", "minimum": 0}},
    }
    question_kinds = {one["kind"] for page in DATA["form"] for one in page["questions"]}
    integer = {"type": "object", "properties": {"minimum": {"type": "integer"}}, "additionalProperties": False}
    questions = {
        kind: {"type": "object", "properties": {"maximum": {}, "minimum": {}, "max_length": {}}}
        for kind in question_kinds
    }
    schema = format_schema({"allocation": {"ranked": ranked}, "questions": {**questions, "integer": integer}})
    assert accepts(schema, DATA)
    assert not accepts(schema, changed("/allocation/options/minimum_points", -1))
    assert not accepts(schema, changed("/allocation/method", "unheard_of"))
    assert not accepts(schema, changed("/form/organisation/questions/members/minimum", "x"))
    data = changed("/status", "draft")
    data["form"][0]["questions"][0]["minnimum"] = 1
    assert not accepts(schema, data)
    assert accepts(format_schema(), data)


def parts(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    for part in model.__subclasses__():
        seen.add(part)
        parts(part, seen)
    return seen


def test_every_key_is_described() -> None:
    from grantengine.scheme.part import Part

    for part in parts(Part, set()):
        assert part.__doc__
        for name, info in part.model_fields.items():
            assert info.description, f"{part.__name__}.{name}"


def test_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "scheme-format.md").read_text("utf-8").startswith(format_markdown().rstrip("\n"))
    assert all(f"| `{info.alias or name}` |" in format_markdown() for name, info in Scheme.model_fields.items())
