"""Whatever the changes: a difference makes the one of the other, what is done is undone, and places are true."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from factories import DATA
from hypothesis import example, given
from hypothesis import strategies as st

from grantengine.errors import SchemeError, Where
from grantengine.scheme.checks import at
from grantengine.scheme.diff import diff
from grantengine.scheme.load import load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import apply, inverse
from grantengine.scheme.pointer import pointer_text, resolve, step_of
from grantengine.scheme.versions import canonical

BUNDLED = Path(__file__).parents[2] / "schemes" / "imdi" / "integration-work" / "scheme.yaml"
SOURCES = {path.parent.name: load(path) for path in (BUNDLED, DATA / "example-scheme.yaml")}
Steps = tuple[str | int, ...]


def origin(number: int) -> Where:
    return Where("patch.yaml", number + 1)


def text(value: Any) -> str:
    """JSON with sorted keys: what a canonical form is made of, of any value."""
    return json.dumps(value, sort_keys=True)


def places(value: Any, path: Steps = ()) -> list[Steps]:
    """Every path in a value but its own."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inner for place in ((*path, key), *places(part, (*path, key)))]


def pointer(draw: st.DrawFn, data: Any, path: Steps) -> str:
    """One of the ways to point to a path: by ids or by positions, now and then with a star."""
    steps: list[str] = []
    for step in path:
        names = [str(step)]
        if isinstance(data, list) and isinstance(step, int):
            name = step_of(data, step)
            # What is copied may come to be an id, and a pointer has no white space.
            names += [name] if name.split() == [name] else []
            names += ["*"] if draw(st.integers(0, 9)) == 0 else []
        steps.append(draw(st.sampled_from(names)))
        data = data[step]
    return pointer_text(steps)


VALUES = st.sampled_from(
    [None, True, 0, 1, 1.0, -0.0, "members >= 3", [], {}, [1, 2], {"id": "new", "max_points": 3}, {"id": "reach"}]
    + [{"id": "7"}, [{"id": "a"}, {"id": "b", "in": [{"id": "c"}]}], {"nb": "ny"}, "50 000 000 NOK"]
)


@st.composite
def operations(draw: st.DrawFn, data: dict[str, Any], most: int = 6) -> list[PatchOperation]:
    """Operations that can be applied one after the other."""
    source, done = copy.deepcopy(data), []
    for _ in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(places(source)))
        target = pointer(draw, source, path)
        op = draw(st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]))
        made: dict[str, Any] = {"op": op, "path": target}
        if op in ("add", "replace"):
            made["value"] = draw(VALUES)
        elif op == "test":
            made["value"] = at(source, path)
        elif op in ("move", "copy"):
            made["from"] = target
            made["path"] = pointer(draw, source, draw(st.sampled_from(places(source))))
        if op in ("add", "move", "copy") and draw(st.booleans()):
            last = draw(st.sampled_from(["-", "new", "reach"]))
            made["path"] = f"{made['path'].rpartition('/')[0]}/{last}"
        operation = PatchOperation.model_validate(made)
        try:
            source = apply(source_of(source), [operation], origin=origin).data
        except SchemeError:
            continue
        done.append(operation)
        if not places(source):
            break
    return done


class source_of:
    """Plain data as a source, for applying only."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data


@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_what_is_done_is_undone(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    before = canonical(source.data)
    done = data.draw(operations(source.data))
    patched = apply(source, done, origin=origin)
    undone = apply(patched, inverse(source.data, done), origin=origin)
    assert canonical(source.data) == before, "the source was changed"
    assert canonical(undone.data) == before
    assert text(undone.data) == text(source.data)


@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_difference_makes_the_one_of_the_other(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    after = apply(source, data.draw(operations(source.data)), origin=origin).data
    for one, other in ((source.data, after), (after, source.data), (after, after)):
        changes = diff(one, other)
        assert text(apply(source_of(one), changes, origin=origin).data) == text(other)
        assert bool(changes) == (text(one) != text(other))


@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_order_of_lists_is_restored_by_the_fewest_moves(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    after = copy.deepcopy(source.data)
    after["criteria"] = data.draw(st.permutations(source.data["criteria"]))
    changes = diff(source.data, after)
    assert {one.op for one in changes} <= {"move"}
    places = [source.data["criteria"].index(one) for one in after["criteria"]]
    longest = [1] * len(places)
    for index, place in enumerate(places):
        longest[index] = 1 + max((longest[n] for n in range(index) if places[n] < place), default=0)
    assert len(changes) == len(places) - max(longest)
    assert text(apply(source, changes, origin=origin).data) == text(after)


NAMES = st.sampled_from(["a", "b", "c", "0", "1", "-", "*", "", "a b", "ø/~", "id"])
ANYTHING = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, 0.0, -0.0, "a", "1", ""]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(NAMES, inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"id": NAMES, "x": inner}), max_size=5)
        | st.lists(st.fixed_dictionaries({"id": st.sampled_from("abcde"), "x": inner}), max_size=5)
    ),
    max_leaves=25,
)


@given(st.dictionaries(NAMES, ANYTHING, max_size=4), st.dictionaries(NAMES, ANYTHING, max_size=4))
@example({"a": [{"id": "1"}, {"id": "0"}, {"id": "2"}]}, {"a": [{"id": "0"}, {"id": "1"}]})
@example({"a": [{"id": "a", "x": 1}, {"id": "c"}, {"id": "a"}]}, {"a": [{"id": "c"}, {"id": "a", "x": 1}, {"id": "a"}]})
@example({"a": [1, True, 1.0, 1]}, {"a": [True, 1, 1, 1.0]})
@example({"a b": 1, "*": 2}, {"*": 1})
def test_difference_between_any_two(before: dict[str, Any], after: dict[str, Any]) -> None:
    for one, other in ((before, after), (before, {**before, **after})):
        assert text(apply(source_of(one), diff(one, other), origin=origin).data) == text(other)


@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_places_are_those_of_the_file_or_of_the_operation(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    done = data.draw(operations(source.data))
    patched = apply(source, done, origin=origin)
    stands = {
        (where.line, where.column, text(at(source.data, path)))
        for path in places(source.data)
        for where in [source.where(path)]
    }
    for path in places(patched.data):
        value, where = at(patched.data, path), patched.where(path)
        assert resolve(patched.data, where.pointer) == [path] or "/7" in where.pointer
        if where.file == "patch.yaml":
            assert done[where.line - 1].op in ("add", "replace", "copy")
            assert (patched.where_in_text(path, 3), patched.written(path)) == (where, None)
        elif not isinstance(value, dict | list):
            # A list or mapping that stands in the file may hold what was changed.
            assert (where.line, where.column, text(value)) in stands
            assert where.file == source.file


@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_patches_of_a_patched_scheme_are_as_one(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    done = data.draw(operations(source.data))
    at_once = apply(source, done, origin=origin)
    one_by_one: Any = source
    for number, operation in enumerate(done):
        one_by_one = apply(one_by_one, [operation], origin=lambda _, number=number: origin(number))
    assert one_by_one.data == at_once.data
    for path in places(at_once.data):
        assert one_by_one.where(path) == at_once.where(path)
