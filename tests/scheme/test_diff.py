"""The difference between two schemes reads as a person would tell it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from grantengine.errors import Where
from grantengine.scheme.diff import diff
from grantengine.scheme.load import load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import apply, read_operations

BUNDLED = Path(__file__).parents[2] / "schemes" / "imdi" / "integration-work" / "scheme.yaml"
Raw = dict[str, Any]


def items(text: str) -> list[Raw]:
    """``a b`` as items with these ids."""
    return [{"id": name, "n": 1} for name in text.split()]


def changes(before: Raw, after: Raw) -> list[Raw]:
    """The difference, which is tried as well."""
    found = diff(before, after)
    source = load(".: 1")
    whole = [PatchOperation(op="add", path=f"/{key}", value=value) for key, value in before.items()]
    made = apply(source, [*whole, *found], origin=lambda number: Where())
    assert made.data == {".": 1, **after}
    return [one.model_dump(by_alias=True, exclude_unset=True) for one in found]


def replace(path: str, value: Any) -> Raw:
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Any) -> Raw:
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Raw:
    return {"op": "remove", "path": path}


def move(source: str, path: str) -> Raw:
    return {"op": "move", "from": source, "path": path}


LISTS = [
    ("a b c", "a b c", []),
    ("a b c", "a c", [remove("/x/b")]),
    ("a b", "a b c", [add("/x/-", {"id": "c", "n": 1})]),
    ("a b", "c a b", [add("/x/a", {"id": "c", "n": 1})]),
    ("a b c d", "d a b c", [move("/x/d", "/x/a")]),
    ("a b c d", "b c d a", [move("/x/a", "/x/-")]),
    ("a b c", "c b a", [move("/x/c", "/x/a"), move("/x/b", "/x/a")]),
    ("a b c d", "e c b", [remove("/x/d"), remove("/x/a"), add("/x/b", {"id": "e", "n": 1}), move("/x/c", "/x/b")]),
    ("a b", "c d", [replace("/x", items("c d"))]),
    ("a", "", [remove("/x/a")]),
    ("", "a b", [add("/x/-", {"id": "a", "n": 1}), add("/x/-", {"id": "b", "n": 1})]),
]


@pytest.mark.parametrize(("before", "after", "expected"), LISTS)
def test_items_with_ids(before: str, after: str, expected: list[Raw]) -> None:
    assert changes({"x": items(before)}, {"x": items(after)}) == expected


PLAIN: list[tuple[Any, Any, list[Raw]]] = [
    ([1, 6], [1, 5], [replace("/x/1", 5)]),
    ([1, 6], [2, 5], [replace("/x", [2, 5])]),
    (["a", "b"], ["b", "a"], [move("/x/1", "/x/0")]),
    (["a", "b", "c"], ["x", "a", "b"], [remove("/x/2"), add("/x/0", "x")]),
    (["a", "b"], ["a", "b", "b"], [add("/x/-", "b")]),
    ([{"d": 1, "e": 1}, {"d": 2}], [{"d": 1, "e": 2}, {"d": 2}], [replace("/x/0/e", 2)]),
    ([{"d": 1, "e": 1}], [{"d": 1, "e": 2}], [replace("/x/0/e", 2)]),
    ({"a": 1}, {"a": True}, [replace("/x/a", True)]),
    ({"a": 1}, {"a": 1.0}, [replace("/x/a", 1.0)]),
    ({"a": 1, "b": 2}, {"c": 1}, [replace("/x", {"c": 1})]),
    ({"a": 1}, {}, [remove("/x/a")]),
    ({}, {"a": 1}, [add("/x/a", 1)]),
    ({"a/b~c": 1}, {"a/b~c": 2}, [replace("/x/a~1b~0c", 2)]),
    ("members", "members / 2", [replace("/x", "members / 2")]),
    ({"a": 1}, [1], [replace("/x", [1])]),
    (None, None, []),
    # No pointer leads there, so what holds it is replaced.
    ({"a b": 1, "c": 1}, {"a b": 2, "c": 1}, [replace("/x", {"a b": 2, "c": 1})]),
    ({"*": 1}, {"*": 2}, [replace("/x", {"*": 2})]),
    ([{"id": "1"}, {"id": "0"}], [{"id": "1"}, {"id": "0", "n": 1}], [replace("/x", [{"id": "1"}, {"id": "0", "n": 1}])]),
    ([{"id": "a"}, {"id": "a", "n": 1}], [{"id": "a"}], [replace("/x", [{"id": "a"}])]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), PLAIN)
def test_other_values(before: Any, after: Any, expected: list[Raw]) -> None:
    assert changes({"x": before}, {"x": after}) == expected


def test_change_deep_in_an_item_that_moved() -> None:
    before = {"x": [{"id": "a", "in": items("b c")}, {"id": "d"}, {"id": "e"}]}
    after = {"x": [{"id": "d"}, {"id": "e"}, {"id": "a", "in": [{"id": "b", "n": 2}, {"id": "c", "n": 1}]}]}
    assert changes(before, after) == [move("/x/a", "/x/-"), replace("/x/a/in/b/n", 2)]


def test_whole_scheme_where_a_key_at_the_top_has_no_pointer() -> None:
    [operation] = diff({"a b": 1}, {"a b": 2})
    assert (operation.op, operation.path, operation.value) == ("replace", "", {"a b": 2})
    assert apply(load("a b: 1"), [operation], origin=lambda _: Where("p")).data == {"a b": 2}


def test_version_of_the_bundled_scheme() -> None:
    before = load(BUNDLED).data
    after = copy.deepcopy(before)
    after["version"] = "1.1.0"
    after["call"]["budget"] = "50 000 000 NOK"
    after["criteria"][2]["max_points"] = 12
    after["criteria"].insert(0, after["criteria"].pop())
    after["form"][1]["questions"].pop(0)
    after["allocation"]["options"]["grant_step"] = "1000 NOK"
    after["plugins"].append("formula")
    found = changes(before, after)
    assert found == [
        replace("/version", "1.1.0"),
        add("/plugins/-", "formula"),
        replace("/call/budget", "50 000 000 NOK"),
        remove("/form/project/questions/summary"),
        move("/criteria/feasibility", "/criteria/collaboration"),
        replace("/criteria/reach/max_points", 12),
        add("/allocation/options/grant_step", "1000 NOK"),
    ]
    assert read_operations(found).operations == diff(before, after)
    assert diff(before, before) == ()
