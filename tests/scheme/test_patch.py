"""A scheme with operations applied: what comes out, what is refused and why, and where everything stands."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grantengine.bootstrap import Engine
from grantengine.compile.check import check
from grantengine.errors import Message, Problem, SchemeError, Where
from grantengine.scheme.load import MAX_BYTES, SchemeSource, load, load_value
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import PatchedSource, apply, inverse, read_operations, set_operations
from grantengine.scheme.yaml_events import MAX_DEPTH

BUNDLED = Path(__file__).parents[2] / "schemes" / "imdi" / "integration-work" / "scheme.yaml"
Raw = dict[str, Any]

TEXT = """\
title: {en: T}
criteria:
  - id: reach
    points: members
    max_points: 10
  - {id: age, max_points: 5}
  - {id: size, max_points: 0301}
tags: [a, b, c]
budget: {2027: 1, '-': 2}
odd: [{id: x}, {id: '0'}, {id: '*'}]
"""


def origin(number: int) -> Where:
    return Where("patch.yaml", number + 1, 3)


def patched(*operations: Raw, text: str = TEXT) -> PatchedSource:
    return apply(
        load(text, name="scheme.yaml"), [PatchOperation.model_validate(one) for one in operations], origin=origin
    )


def refused(*operations: Raw) -> Problem:
    """The one problem; all operations but the last can be applied."""
    with pytest.raises(SchemeError) as caught:
        patched(*operations)
    [problem] = caught.value.problems
    assert problem.where == origin(len(operations) - 1)
    return problem


def names(source: PatchedSource, key: str = "criteria") -> list[str]:
    return [item["id"] for item in source.data[key]]


REACH, NEW = "/criteria/reach", {"id": "new"}


# --- what comes out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/criteria/-", "reach age size new"),
        ("/criteria/3", "reach age size new"),
        ("/criteria/new", "reach age size new"),
        ("/criteria/age", "reach new age size"),
        ("/criteria/1", "reach new age size"),
        ("/criteria/0", "new reach age size"),
    ],
)
def test_add_to_a_list(path: str, expected: str) -> None:
    assert names(patched({"op": "add", "path": path, "value": NEW})) == expected.split()


def test_add_to_a_mapping_sets_the_key() -> None:
    assert patched({"op": "add", "path": "/title/en", "value": "U"}).data["title"] == {"en": "U"}
    assert patched({"op": "add", "path": "/title/nb", "value": None}).data["title"] == {"en": "T", "nb": None}
    assert patched({"op": "add", "path": "/budget/-", "value": 3}).data["budget"] == {"2027": 1, "-": 3}
    assert patched({"op": "add", "path": "/budget/2028", "value": 3}).data["budget"]["2028"] == 3


def test_id_wins_over_position() -> None:
    assert patched({"op": "remove", "path": "/odd/0"}).data["odd"] == [{"id": "x"}, {"id": "*"}]
    assert names(patched({"op": "add", "path": "/odd/0", "value": NEW}), "odd") == ["x", "new", "0", "*"]


def test_later_operations_see_what_earlier_ones_did() -> None:
    source = patched(
        {"op": "add", "path": "/criteria/new", "value": {"id": "new", "max_points": 1}},
        {"op": "replace", "path": "/criteria/new/max_points", "value": 2},
        {"op": "replace", "path": "/criteria/new/id", "value": "newer"},
        {"op": "test", "path": "/criteria/newer", "value": {"id": "newer", "max_points": 2}},
        {"op": "remove", "path": "/criteria/age"},
        {"op": "test", "path": "/criteria/1/id", "value": "size"},
    )
    assert names(source) == ["reach", "size", "newer"]


def test_star_means_every_item() -> None:
    assert patched({"op": "remove", "path": "/criteria/*"}).data["criteria"] == []
    assert patched({"op": "remove", "path": "/tags/*"}).data["tags"] == []
    assert patched({"op": "remove", "path": "/*/*"}).data["budget"] == {}
    most = patched({"op": "replace", "path": "/criteria/*/max_points", "value": 7}).data["criteria"]
    assert [one["max_points"] for one in most] == [7, 7, 7]
    # Where some have it, those that have.
    source = patched({"op": "replace", "path": "/criteria/*/points", "value": "1"})
    assert ["points" in one for one in source.data["criteria"]] == [True, False, False]
    patched({"op": "test", "path": "/odd/*", "value": {"id": "x"}}, text="odd: [{id: x}, {id: x}]")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/criteria/-", "age size reach"),
        ("/criteria/size", "age reach size"),
        ("/criteria/1", "age reach size"),
        ("/criteria/2", "age size reach"),
        ("/criteria/reach", "reach age size"),
        ("/criteria/0", "reach age size"),
    ],
)
def test_move_in_a_list_goes_by_what_is_left(path: str, expected: str) -> None:
    assert names(patched({"op": "move", "from": REACH, "path": path})) == expected.split()


def test_move_and_copy_elsewhere() -> None:
    source = patched({"op": "move", "from": "/criteria/age", "path": "/odd/age"})
    assert (names(source), names(source, "odd")) == (["reach", "size"], ["x", "0", "*", "age"])
    source = patched({"op": "move", "from": "/criteria/reach/points", "path": "/criteria/reach/max_points"})
    assert source.data["criteria"][0] == {"id": "reach", "max_points": "members"}
    source = patched(
        {"op": "copy", "from": "/criteria/reach", "path": "/criteria/-"},
        {"op": "replace", "path": "/criteria/3/id", "value": "reach-again"},
    )
    assert names(source) == ["reach", "age", "size", "reach-again"]
    assert patched({"op": "copy", "from": "/title", "path": "/title/in"}).data["title"] == {
        "en": "T",
        "in": {"en": "T"},
    }


def test_source_and_operations_are_left_as_they_are() -> None:
    source = load(TEXT)
    before = copy.deepcopy(source.data)
    operation = PatchOperation(op="add", path="/criteria/-", value={"id": "new"})
    once = apply(source, [operation], origin=origin)
    change = PatchOperation(op="replace", path="/criteria/new/id", value="newer")
    twice = apply(once, [change], origin=origin)
    assert (source.data, operation.value) == (before, {"id": "new"})
    assert (names(once)[-1], names(twice)[-1]) == ("new", "newer")


def test_inverse() -> None:
    operations = [
        PatchOperation(op="remove", path="/criteria/*"),
        PatchOperation(op="add", path="/title/nb", value="U"),
        PatchOperation(op="replace", path="/tags", value=["c"]),
    ]
    source = load(TEXT)
    after = apply(source, operations, origin=origin)
    assert apply(after, inverse(source.data, operations), origin=origin).data == source.data
    with pytest.raises(SchemeError) as caught:
        inverse(source.data, [PatchOperation(op="remove", path="/nothing")])
    assert caught.value.problems[0].where == Where(pointer="/nothing")


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ({"op": "replace", "path": "/criteria/reech/max_points", "value": 1}, "reach"),
        ({"op": "remove", "path": "/criteria/reach/max_point"}, "max_points"),
        ({"op": "test", "path": "/criterias", "value": 1}, "criteria"),
        ({"op": "copy", "from": "/titel/en", "path": "/title/nb"}, "title"),
        ({"op": "replace", "path": "/criteria/*/max_pionts", "value": 1}, "max_points"),
        ({"op": "add", "path": "/criteria/sizes", "value": {"id": "other"}}, "size"),
        ({"op": "add", "path": "/criteria/raech", "value": 3}, "reach"),
    ],
)
def test_pointer_nowhere_names_the_nearest(operation: Raw, hint: str) -> None:
    problem = refused({"op": "remove", "path": "/tags/0"}, operation)
    target = operation.get("from", operation["path"])
    assert (problem.code, problem.params) == ("pointer-nowhere", {"target": target})
    assert problem.hint == Message("hint.nearest", {"nearest": hint})


def test_pointer_nowhere_names_what_there_is() -> None:
    there = Message("hint.one-of", {"allowed": "reach, age, size"})
    assert refused({"op": "remove", "path": "/criteria/zzz"}).hint == there
    assert refused({"op": "remove", "path": "/criteria/3"}).hint == there
    assert refused({"op": "remove", "path": "/criteria/-"}).hint == there
    assert refused({"op": "add", "path": "/criteria/4", "value": NEW}).hint == there
    assert refused({"op": "replace", "path": "/title/en/x", "value": 1}).hint is None
    assert refused({"op": "add", "path": "/title/en/x", "value": 1}).code == "pointer-nowhere"


def test_only_so_many_names_are_shown() -> None:
    with pytest.raises(SchemeError) as caught:
        patched({"op": "remove", "path": "/zzz"}, text="".join(f"k{n:02}: 1\n" for n in range(20)))
    hint = caught.value.problems[0].hint
    assert hint is not None
    assert str(hint.params["allowed"]) == ", ".join(f"k{n:02}" for n in range(12)) + ", …"


@pytest.mark.parametrize(
    ("path", "value", "target", "found", "wanted"),
    [
        ("/title/en", "U", "/title/en", '"T"', '"U"'),
        ("/criteria/0/max_points", True, "/criteria/reach/max_points", "10", "true"),
        ("/criteria/*/max_points", 10, "/criteria/age/max_points", "5", "10"),
        ("/tags", ["x" * 100], "/tags", '["a", "b", "c"]', '["' + "x" * 77 + "…"),
    ],
)
def test_test_that_fails_says_what_was_found(path: str, value: Any, target: str, found: str, wanted: str) -> None:
    problem = refused({"op": "test", "path": path, "value": value})
    assert problem.code == "patch-test-failed"
    assert problem.params == {"target": target, "found": found, "wanted": wanted}


def test_test_tells_one_from_true() -> None:
    problem = refused(
        {"op": "replace", "path": "/tags/0", "value": 1}, {"op": "test", "path": "/tags/0", "value": True}
    )
    assert problem.code == "patch-test-failed"


@pytest.mark.parametrize(
    ("operation", "code", "params"),
    [
        ({"op": "add", "path": "/criteria/*/x", "value": 1}, "patch-star", {"target": "/criteria/*/x", "op": "add"}),
        ({"op": "move", "from": "/tags/*", "path": "/x"}, "patch-star", {"target": "/tags/*", "op": "move"}),
        ({"op": "copy", "from": "/tags", "path": "/*"}, "patch-star", {"target": "/*", "op": "copy"}),
        ({"op": "add", "path": "/x"}, "missing-key", {"key": "value"}),
        ({"op": "replace", "path": "/tags"}, "missing-key", {"key": "value"}),
        ({"op": "test", "path": "/tags"}, "missing-key", {"key": "value"}),
        ({"op": "move", "path": "/x"}, "missing-key", {"key": "from"}),
        ({"op": "copy", "path": "/x"}, "missing-key", {"key": "from"}),
        ({"op": "move", "from": "/criteria", "path": "/criteria/reach/x"}, "patch-into-itself", {"target": "/criteria/reach/x", "from": "/criteria"}),
        ({"op": "move", "from": "/criteria/0", "path": "/criteria/reach/x"}, "patch-into-itself", {"target": "/criteria/reach/x", "from": "/criteria/0"}),
    ],
)  # fmt: skip
def test_operation_that_can_not_be_applied(operation: Raw, code: str, params: Raw) -> None:
    problem = refused({"op": "remove", "path": "/tags/0"}, operation)
    assert (problem.code, problem.params) == (code, params)


def test_patch_can_not_blow_a_scheme_up() -> None:
    double = {"op": "copy", "from": "/criteria", "path": "/criteria/-"}
    with pytest.raises(SchemeError) as caught:
        patched(*[double] * 60)
    assert caught.value.problems[0].code in ("patch-too-many-values", "yaml-too-deep")
    wide = [{"op": "replace", "path": "/tags" + "/*" * depth, "value": [0] * 300} for depth in range(2)]
    problem = refused(*wide)
    assert (problem.code, problem.params) == ("patch-too-many-values", {"most": 50_000})
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert refused({"op": "add", "path": "/deep", "value": value}).code == "yaml-too-deep"
    assert patched({"op": "add", "path": "/deep", "value": value[0]}).data["deep"] == value[0]


# --- places ----------------------------------------------------------------------------------------------------------


def place(source: PatchedSource, *steps: str | int, key: bool = False) -> tuple[str | None, int, int, str]:
    where = source.where(steps, key)
    return where.file, where.line, where.column, where.pointer


def test_places_after_all_sorts_of_operations() -> None:
    source = patched(
        {"op": "add", "path": "/criteria/0", "value": {"id": "new", "options": {"x": 1}}},
        {"op": "remove", "path": "/criteria/age"},
        {"op": "replace", "path": "/criteria/size/max_points", "value": 3},
        {"op": "move", "from": "/criteria/reach", "path": "/criteria/-"},
        {"op": "copy", "from": "/title", "path": "/criteria/reach/title"},
    )
    assert names(source) == ["new", "size", "reach"]
    assert place(source, "criteria", 0, "options", "x") == ("patch.yaml", 1, 3, "/criteria/new/options/x")
    assert place(source, "criteria", "new", "max_points") == ("patch.yaml", 1, 3, "/criteria/new/max_points")
    assert place(source, "criteria", 1, "max_points") == ("patch.yaml", 3, 3, "/criteria/size/max_points")
    assert place(source, "criteria", 1, "id") == ("scheme.yaml", 7, 10, "/criteria/size/id")
    assert place(source, "criteria", 2, "points") == ("scheme.yaml", 4, 13, "/criteria/reach/points")
    assert place(source, "criteria", 2, "points", key=True) == ("scheme.yaml", 4, 5, "/criteria/reach/points")
    assert place(source, "criteria", "reach", "title", "en") == ("patch.yaml", 5, 3, "/criteria/reach/title/en")
    assert place(source, "criteria", "age", "id") == ("scheme.yaml", 3, 3, "/criteria/age/id")
    assert place(source, "title", "en") == ("scheme.yaml", 1, 13, "/title/en")
    assert place(source) == ("scheme.yaml", 1, 1, "")


def test_texts_of_the_file_keep_their_characters_and_how_they_were_written() -> None:
    source = patched({"op": "add", "path": "/criteria/0", "value": {"id": "new", "points": "members"}})
    assert source.where_in_text(("criteria", 1, "points"), 3) == Where("scheme.yaml", 4, 16, "/criteria/reach/points")
    assert source.where_in_text(("criteria", 0, "points"), 3) == Where("patch.yaml", 1, 3, "/criteria/new/points")
    assert source.where_in_text(("criteria", 1, "nothing"), 3) == Where("scheme.yaml", 3, 5, "/criteria/reach/nothing")
    assert source.written(("criteria", "size", "max_points")) == "0301"
    assert source.written(("criteria", "new", "points")) is None
    assert source.written(("criteria", "size", "points")) is None


def test_places_through_a_patch_of_a_patch() -> None:
    once = patched({"op": "add", "path": "/criteria/0", "value": {"id": "new", "max_points": 1}})
    operation = PatchOperation(op="remove", path="/criteria/reach")
    twice = apply(once, [operation], origin=lambda _: Where("--set"))
    assert place(twice, "criteria", 0, "max_points") == ("patch.yaml", 1, 3, "/criteria/new/max_points")
    assert place(twice, "criteria", 1, "max_points") == ("scheme.yaml", 6, 27, "/criteria/age/max_points")


# --- a patched scheme is checked like any scheme ---------------------------------------------------------------------

PATCH = """\
title: {en: More for reach}
patch:
  - op: replace
    path: /criteria/reach/max_points
    value: 12
  - op: replace
    path: /criteria/reach/points
    value: least(membres, 12)
"""


def problems_of(engine: Engine, source: SchemeSource, patch: str) -> list[tuple[str, str | None, int, str]]:
    read = read_operations(load(patch, name="patch.yaml", list_key="patch"))
    with pytest.raises(SchemeError) as caught:
        check(apply(source, read.operations, origin=read.origin), engine.registry)
    return [(one.code, one.where.file, one.where.line, one.where.pointer) for one in caught.value.problems]


def test_fault_of_the_patch_is_told_at_its_line(engine: Engine) -> None:
    unknown = ("expression-unknown-name", "patch.yaml", 6, "/criteria/reach/points")
    assert problems_of(engine, load(BUNDLED), PATCH) == [unknown]


def test_fault_of_the_scheme_is_told_at_its_own(engine: Engine) -> None:
    text = BUNDLED.read_text("utf-8").replace("target_group_share * 15", "target_group_shar * 15")
    line = text[: text.index("target_group_shar *")].count("\n") + 1
    patch = "- {op: remove, path: /criteria/reach}\n- {op: remove, path: /criteria/collaboration}\n"
    found = problems_of(engine, load(text, name="scheme.yaml"), patch)
    assert found == [("expression-unknown-name", "scheme.yaml", line, "/criteria/target-group/points")]


def test_faults_of_both_are_told_though_the_model_is_broken(engine: Engine) -> None:
    text = BUNDLED.read_text("utf-8").replace("target_group_share * 15", "target_group_shar * 15")
    line = text[: text.index("target_group_shar *")].count("\n") + 1
    patch = "- {op: add, path: /criteria/0, value: {id: first, max_points: many}}\n" + PATCH.partition("patch:\n")[2]
    found = problems_of(engine, load(text, name="scheme.yaml"), patch.replace("  - ", "- ").replace("\n    ", "\n  "))
    assert found == [
        ("neither-given", "patch.yaml", 1, "/criteria/first"),
        ("wrong-type", "patch.yaml", 1, "/criteria/first/max_points"),
        ("expression-unknown-name", "patch.yaml", 5, "/criteria/reach/points"),
        ("expression-unknown-name", "scheme.yaml", line, "/criteria/target-group/points"),
    ]


def test_sound_patch_gives_a_plan(engine: Engine) -> None:
    operations = set_operations("/criteria/*/max_points=12", load(BUNDLED).data)
    plan = check(apply(load(BUNDLED), operations, origin=origin), engine.registry)
    assert {one.max_points for one in plan.scheme.criteria} == {12}
    assert plan.version != check(load(BUNDLED), engine.registry).version


def test_one_replace_takes_about_a_millisecond() -> None:
    source, operation = load(BUNDLED), PatchOperation(op="replace", path="/criteria/reach/max_points", value=12)
    took = []
    for _ in range(20):
        start = time.perf_counter()
        apply(source, [operation], origin=origin)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.002


# --- reading ---------------------------------------------------------------------------------------------------------


def test_patch_file_is_a_list_or_a_mapping() -> None:
    mapping = read_operations(load(PATCH, name="p"))
    assert mapping.title == {"en": "More for reach"}
    assert [one.op for one in mapping.operations] == ["replace", "replace"]
    assert mapping.origin(1) == Where("p", 6, 5, "/patch/1")
    plain = [{"op": "move", "from": "/a", "path": "/b"}]
    listed = read_operations(load(json.dumps(plain), name="p", list_key="patch"))
    assert (listed.title, listed.origin(0)) == (None, Where("p", 1, 2, "/patch/0"))
    assert listed.operations == read_operations(plain).operations == read_operations({"patch": plain}).operations
    assert listed.operations[0].from_ == "/a"
    assert read_operations({"title": "T", "patch": []}).title == "T"
    assert read_operations([]).origin(0) == Where(pointer="/patch/0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {op: replce, path: /a}\n- {op: remove, path: a}", [("not-one-of", 1, 8), ("pointer-format", 2, 22)]),
        ("- {op: add, path: /a}\n- {op: remove, path: /a}\n- {op: move, path: /a}", [("missing-key", 1, 3), ("missing-key", 3, 3)]),
        ("- {op: remove, pth: /a}", [("unknown-key", 1, 16)]),
        ("- {op: add, path: /a/*, value: 1}", [("patch-star", 1, 3)]),
        ("title: 3\npatch: []", [("wrong-type", 1, 8)]),
        ("title: {nb: ''}\npatch: []", [("text-empty", 1, 13)]),
        ("title: T", [("missing-key", 1, 1)]),
        ("patch: 3", [("wrong-type", 1, 8)]),
        ("- 3", [("wrong-type", 1, 3)]),
    ],
)  # fmt: skip
def test_faults_of_a_patch_file(text: str, expected: list[tuple[str, int, int]]) -> None:
    with pytest.raises(SchemeError) as caught:
        read_operations(load(text, name="p", list_key="patch"))
    assert [(one.code, one.where.line, one.where.column) for one in caught.value.problems] == expected


@pytest.mark.parametrize("data", [["remove"], [None], {"patch": None}, {}, [{"op": "add", "path": "/a"}]])
def test_faults_of_plain_data(data: Sequence[Any] | dict[str, Any]) -> None:
    with pytest.raises(SchemeError):
        read_operations(data)


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("/title/en=U", "replace", "U"),
        ("/budget/2027=50 000 000 NOK", "replace", "50 000 000 NOK"),
        ("/criteria/reach/max_points=12", "replace", 12),
        ("/criteria/*={id: all}", "replace", {"id": "all"}),
        ("/nothing/*/max_points=1.5", "replace", 1.5),
        ("/criteria/reach/points=case when members = 3 then 1 else 0 end", "replace", "case when members = 3 then 1 else 0 end"),
        ("/criteria/reach/weight=2", "add", 2),
        ("/criteria/-={id: new, max_points: 3}", "add", {"id": "new", "max_points": 3}),
        ("/tags=[a, 'b']", "replace", ["a", "b"]),
        ("/x=", "add", None),
        ("/x= ~", "add", None),
        ("/x=2027-01-01", "add", "2027-01-01"),
    ],
)  # fmt: skip
def test_set_operations(text: str, op: str, value: Any) -> None:
    [operation] = set_operations(text, load(TEXT).data)
    assert (operation.op, operation.path) == (op, text.partition("=")[0])
    assert operation.value == value
    assert type(operation.value) is type(value)


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("/title", "set-without-equals", 0),
        ("", "set-without-equals", 0),
        ("title=3", "pointer-format", 0),
        ("=3", "pointer-format", 0),
        ("/my title=3", "pointer-format", 0),
        ("/=3", "pointer-format", 0),
        ("/x=[1, 2", "yaml-syntax", 4),
        ("/x=*a", "yaml-alias", 4),
        ("/x=.inf", "number-out-of-range", 4),
        ("/x=\0", "yaml-character", 4),
    ],
)
def test_set_operations_refused(text: str, code: str, column: int) -> None:
    with pytest.raises(SchemeError) as caught:
        set_operations(text, load(TEXT).data, name="--set")
    [problem] = caught.value.problems
    assert (problem.code, problem.where.file, problem.where.column) == (code, "--set", column)


def test_star_that_means_nothing_is_told() -> None:
    source = load(TEXT)
    with pytest.raises(SchemeError) as caught:
        apply(source, set_operations("/criterai/*/max_points=1", source.data), origin=lambda _: Where("--set"))
    [problem] = caught.value.problems
    assert (problem.code, problem.where) == ("pointer-nowhere", Where("--set"))
    assert problem.hint == Message("hint.nearest", {"nearest": "criteria"})


def test_star_over_a_misspelt_key_is_refused_when_the_scheme_is_checked(engine: Engine) -> None:
    operations = set_operations("/criteria/*/max_pionts=1", load(BUNDLED).data)
    with pytest.raises(SchemeError) as caught:
        check(apply(load(BUNDLED), operations, origin=lambda _: Where("--set")), engine.registry)
    assert {problem.code for problem in caught.value.problems} == {"unknown-key"}
    assert {problem.where.file for problem in caught.value.problems} == {"--set"}
    assert caught.value.problems[0].hint == Message("hint.nearest", {"nearest": "max_points"})


def test_value_by_itself() -> None:
    assert load_value("- 1\n- {a: yes}") == [1, {"a": "yes"}]
    assert load_value(" # nothing") is None
    with pytest.raises(SchemeError) as caught:
        load_value("x" * (MAX_BYTES + 1))
    assert caught.value.problems[0].code == "file-too-large"
