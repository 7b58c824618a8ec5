"""Reading scheme files: what is refused, where, and how fast."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from grantengine.errors import Problem, SchemeError
from grantengine.scheme.load import MAX_BYTES, SchemeSource, load
from grantengine.scheme.yaml_events import SYNTAX_WORDS

EXAMPLE = Path(__file__).parent.parent / "data" / "example-scheme.yaml"


def problems_of(source: Path | str) -> list[Problem]:
    with pytest.raises(SchemeError) as caught:
        load(source, name="scheme.yaml")
    return list(caught.value.problems)


def only(source: Path | str) -> tuple[str, int, int]:
    (problem,) = problems_of(source)
    assert problem.where.file == "scheme.yaml"
    return problem.code, problem.where.line, problem.where.column


def test_load_example() -> None:
    source = load(EXAMPLE)
    assert source.file == str(EXAMPLE)
    assert source.data["call"]["opens"] == "2027-01-15T09:00"
    assert source.data["call"]["decided_by"] == "2027-05-15"
    assert source.data["criteria"][0]["max_points"] == 20


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("", None),
        ("True", True),
        ("no", "no"),
        ("12:30", "12:30"),
        ("1.0.0", "1.0.0"),
        ("0301", 301),
        ("0x1F", 31),
        ("0o17", 15),
        ("-2.5e1", -25.0),
        ("1.10", 1.1),
        ("2027-01-15", "2027-01-15"),
        ("'1'", "1"),
        ("60%", "60%"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = load(f"a: {text}").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_whole_number_keys_are_text_as_written() -> None:
    assert load("{2027: a, 0301: b}").data == {"2027": "a", "0301": "b"}


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    for source in (load(path), load("\ufeffa: 1\n")):
        assert source.data == {"a": 1}
        assert source.where(["a"], key=True).column == 1


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    assert only(tmp_path / "none.yaml") == ("file-missing", 0, 0)
    assert only(tmp_path) == ("file-is-a-directory", 0, 0)
    assert only(tmp_path / "no\0such") == ("file-unreadable", 0, 0)
    bad = tmp_path / "latin.yaml"
    bad.write_bytes("a: 1\nb: blåbær".encode("latin-1"))
    assert only(bad) == ("file-not-utf-8", 2, 6)
    big = tmp_path / "big.yaml"
    big.write_bytes(b"a" * (MAX_BYTES + 1))
    assert only(big) == ("file-too-large", 0, 0)
    assert only("a" * (MAX_BYTES + 1)) == ("file-too-large", 0, 0)
    empty = tmp_path / "empty.yaml"
    empty.write_bytes(b"")
    assert only(empty) == ("file-empty", 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# only a comment\n", ("file-empty", 1, 1)),
        ("- a\n", ("not-a-mapping", 1, 1)),
        ("\nword", ("not-a-mapping", 2, 1)),
        ("a: &x 1\n", ("yaml-anchor", 1, 4)),
        ("a: *x\n", ("yaml-alias", 1, 4)),
        ("*x : 1\n", ("yaml-alias", 1, 1)),
        ("a: 1\nb: !!str 1\n", ("yaml-tag", 2, 4)),
        ("a: 1\n<<: {b: 1}\n", ("yaml-merge-key", 2, 1)),
        ("%YAML 1.1\n---\na: 1\n", ("yaml-directive", 1, 1)),
        ("a: 1\n---\nb: 1\n", ("yaml-several-documents", 2, 1)),
        ("a: 1\n1.5: 2\n", ("key-not-text", 2, 1)),
        ("a: 1\n? [x, y]\n: 2\n", ("key-not-text", 2, 3)),
        ("a: \0", ("yaml-character", 1, 4)),
        ('a: "\\ud800"', ("yaml-character", 1, 4)),
    ],
)
def test_refused_with_its_place(text: str, expected: tuple[str, int, int]) -> None:
    assert only(text) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: 1\nb: .inf", ("b",), ("number-out-of-range", 2, 4, "/b")),
        ("a: 1e999", ("a",), ("number-out-of-range", 1, 4, "/a")),
        ("a: " + "9" * 5000, ("a",), ("number-out-of-range", 1, 4, "/a")),
        ("a: [1, {id: x, b: -.INF}]", ("a", 1, "b"), ("number-out-of-range", 1, 19, "/a/x/b")),
    ],
)
def test_a_number_beyond_all_bounds_waits_for_the_check(
    text: str, path: tuple[str | int, ...], expected: tuple[str, int, int, str]
) -> None:
    ((found, problem),) = load(text).unread.items()
    assert found == path
    assert (problem.code, problem.where.line, problem.where.column, problem.where.pointer) == expected


def test_a_number_beyond_all_bounds_is_refused_with_what_else_forbids_reading() -> None:
    assert [problem.code for problem in problems_of("a: .nan\nb: *x")] == ["number-out-of-range", "yaml-alias"]
    assert [problem.code for problem in problems_of(".nan")] == ["number-out-of-range"]
    with pytest.raises(SchemeError):
        load("- {op: add, path: /a, value: .inf}", list_key="patch")


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("a:\n\tb: 1", "tab-indentation", 2, 1),
        ("a: 1\nb: 'x", "unclosed-quote", 2, 4),
        ("a: [1, 2", "unclosed-bracket", 1, 4),
        ("a: ]", "unexpected-bracket", 1, 4),
        ("a: b: c", "colon-in-text", 1, 5),
        ("a:\n  b: 1\n c: 2", "bad-indentation", 3, 2),
        ("a: @x", "reserved-character", 1, 4),
        ('a: "\\q"', "bad-escape", 1, 6),
        ("a: 'x' y", "text-after-quote", 1, 8),
        ("a: |9x\n b", "bad-block-header", 1, 6),
        ('a: "\\U00110000"', "unexpected", 1, 1),
    ],
)
def test_syntax_in_our_own_words(text: str, what: str, line: int, column: int) -> None:
    (problem,) = problems_of(text)
    assert (problem.code, dict(problem.params)) == ("yaml-syntax", {"what": what})
    assert (problem.where.line, problem.where.column) == (line, column)
    assert what in SYNTAX_WORDS


def test_all_problems_of_the_tree_are_collected() -> None:
    found = problems_of("a: 1\na: 2\nb: {c: 1, c: 2}\nd: &x 3\n")
    assert [(one.code, one.where.line, one.where.column) for one in found] == [
        ("duplicate-key", 2, 1),
        ("duplicate-key", 3, 11),
        ("yaml-anchor", 4, 4),
    ]
    assert dict(found[0].params) == {"key": "a", "first_line": 1}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{" * 100_000,
        "a: " + "[" * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: " + "!" * 900_000,
        "a: &" + "x" * 900_000,
        "".join(f"a{i}: &b{i} [*b{i - 1}, *b{i - 1}]\n" for i in range(1, 40)),
    ],
)
def test_hostile_texts_are_refused_fast(text: str) -> None:
    started = time.perf_counter()
    assert problems_of(text)
    assert time.perf_counter() - started < 1


def test_number_of_values_is_bounded() -> None:
    found = problems_of("a: [" + "1," * 60_000 + "]")
    assert [one.code for one in found] == ["yaml-too-many-values"]


def test_depth_at_the_limit() -> None:
    assert isinstance(load("a: " + "[" * 49 + "]" * 49), SchemeSource)
    assert only("a: " + "[" * 51 + "]" * 51)[0] == "yaml-too-deep"
