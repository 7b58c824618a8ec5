"""Cases files that are wrong: each mistake is told with its line, and nothing is written; three formats agree."""

from __future__ import annotations

import datetime
import json
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from factories import TODAY, example_case

from grantengine.bootstrap import Engine
from grantengine.cli.main import run
from grantengine.compile.plan import Plan
from grantengine.errors import CasesError, Message, Problem
from grantengine.evaluate import evaluate
from grantengine.outcome_json import outcome_json
from grantengine.rules.tables import MOST_PROBLEMS, cases_from_records, read_cases
from grantengine.rules.write_cases import write_cases
from grantengine.simulation.population import population

GOOD = json.dumps(example_case("good"))
SECOND = json.dumps(example_case("second"))
Expected = list[tuple[str, int, str]]
"""Code, line and pointer of each problem."""


def line_with(**answers: Any) -> str:
    return json.dumps(example_case("second", **answers))


def replaced(old: str, new: str) -> str:
    """The second line with a piece of its text replaced."""
    assert SECOND.count(old) == 1, old
    return SECOND.replace(old, new)


def with_part(name: str, value: Any) -> str:
    return json.dumps({**example_case("second"), name: value})


# --- one wrong line, the second of three -----------------------------------------------------------------------------

MEMBERS, REQUESTED, PARTNERS = "/answers/members", "/answers/requested", "/answers/partners"
WRONG_LINES: dict[str, tuple[str, Expected]] = {
    "text for a number": (line_with(members="many"), [("answer-type", 2, MEMBERS)]),
    "yes for a number": (line_with(members=True), [("answer-type", 2, MEMBERS)]),
    "fraction for a whole number": (line_with(members=5.7), [("answer-type", 2, MEMBERS)]),
    "number for a text": (line_with(summary=3), [("answer-type", 2, "/answers/summary")]),
    "number for yes or no": (line_with(continues_earlier=1), [("answer-type", 2, "/answers/continues_earlier")]),
    "record for a list": (line_with(partners={}), [("answer-type", 2, PARTNERS)]),
    "text for a row": (line_with(partners=["Library"]), [("answer-type", 2, PARTNERS + "/0")]),
    "below the minimum": (line_with(members=-1), [("answer-minimum", 2, MEMBERS)]),
    "share above one": (line_with(target_group_share=1.01), [("answer-maximum", 2, "/answers/target_group_share")]),
    "no number of a municipality": (line_with(municipality="99"), [("answer-pattern", 2, "/answers/municipality")]),
    "two mistakes": (
        line_with(members="x", target_group_share=2),
        [("answer-type", 2, MEMBERS), ("answer-maximum", 2, "/answers/target_group_share")],
    ),
    "id missing": (replaced('"id": "second", ', ""), [("answer-missing", 2, "/id")]),
    "id empty": (replaced('"second"', '""'), [("answer-too-short", 2, "/id")]),
    "id null": (replaced('"second"', "null"), [("answer-type", 2, "/id")]),
    "id a number": (replaced('"second"', "7"), [("answer-type", 2, "/id")]),
    "answers missing": ('{"id": "second"}', [("answer-missing", 2, "/answers")]),
    "answers null": ('{"id": "second", "answers": null}', [("answer-type", 2, "/answers")]),
    "NaN": (replaced("120", "NaN"), [("json-not-finite", 2, "")]),
    "Infinity": (replaced("0.5", "Infinity"), [("json-not-finite", 2, "")]),
    "minus Infinity": (replaced("0.5", "-Infinity"), [("json-not-finite", 2, "")]),
    "beyond a double": (replaced("0.5", "1e999"), [("json-not-finite", 2, "")]),
    "whole number of 5000 digits": (replaced("120", "9" * 5000), [("json-not-finite", 2, "")]),
    "whole number beyond 64 bits": (replaced("120", "9" * 30), [("answer-maximum", 2, MEMBERS)]),
    "negative sum as text": (
        line_with(requested="-5"), [("answer-money", 2, REQUESTED), ("answer-money-minimum", 2, REQUESTED)]
    ),
    "negative sum as number": (
        line_with(requested=-50000), [("answer-money", 2, REQUESTED), ("answer-money-minimum", 2, REQUESTED)]
    ),
    "sum with a fraction number": (line_with(requested=20000.5), [("answer-money", 2, REQUESTED)]),
    "sum with a fraction of nothing": (line_with(requested=20000.0), [("answer-money", 2, REQUESTED)]),
    "sum of three decimals": (line_with(requested="20000.125"), [("answer-money", 2, REQUESTED)]),
    "sum with a comma": (line_with(requested="20000,50"), [("answer-money", 2, REQUESTED)]),
    "sum with its currency": (line_with(requested="20000 NOK"), [("answer-money", 2, REQUESTED)]),
    "sum below the smallest": (line_with(requested=5), [("answer-money-minimum", 2, REQUESTED)]),
    "sum above the largest": (line_with(requested="1500000.01"), [("answer-money-maximum", 2, REQUESTED)]),
    "sum above all sums": (line_with(own_funding="100000000000.01"), [("answer-money-maximum", 2, "/answers/own_funding")]),
    "mark off the scale": (with_part("ratings", {"relevance": [7]}), [("answer-maximum", 2, "/ratings/relevance")]),
    "mark yes": (with_part("ratings", {"relevance": True}), [("answer-not-valid", 2, "/ratings/relevance")]),
    "sum set by hand without a reason": (with_part("set_by_hand", {"amount": "5"}), [("answer-missing", 2, "/set_by_hand/reason")]),
    "fact of the wrong type": (
        with_part("facts", {"earlier_grants": {"overdue_reports": "none"}}),
        [("answer-type", 2, "/facts/earlier_grants/overdue_reports")],
    ),
    "no such day": (with_part("submitted_at", "2027-02-30"), [("answer-format", 2, "/submitted_at")]),
    "no such hour": (with_part("submitted_at", "2027-02-01T25:00"), [("answer-format", 2, "/submitted_at")]),
    "before the calendar": (with_part("submitted_at", "0001-01-01T00:00+14:00"), [("answer-format", 2, "/submitted_at")]),
    "repeated key": (replaced('"members": 120', '"members": 120, "members": 3'), [("json-repeated-key", 2, "")]),
    "repeated key, once escaped": (replaced('"id": ', '"\\u0069d": "x", "id": '), [("json-repeated-key", 2, "")]),
    "high half character": (replaced("Language", "\\ud800"), [("json-half-character", 2, "")]),
    "low half character": (replaced("Language", "\\udc00"), [("json-half-character", 2, "")]),
    "half character in an id": (replaced('"second"', '"\\udfff"'), [("json-half-character", 2, "")]),
    "NUL in a text": (replaced("Language", "\\u0000"), [("json-nul-character", 2, "")]),
    "NUL in an id": (replaced('"second"', '"a\\u0000"'), [("json-nul-character", 2, "")]),
    "control character": (replaced("Language", "\x01"), [("json-broken", 2, "")]),
    "deep nesting": ("[" * 100_000, [("json-too-deep", 2, "")]),
    "deep nesting inside": (replaced("120", "[" * 5000 + "]" * 5000), [("json-too-deep", 2, "")]),
    "list at the top": (f"[{SECOND}]", [("answer-type", 2, "/")]),
    "number at the top": ("7", [("answer-type", 2, "/")]),
    "null at the top": ("null", [("answer-type", 2, "/")]),
    "two records on a line": (SECOND + SECOND, [("json-broken", 2, "")]),
    "quotes of another kind": (SECOND.replace('"', "'"), [("json-broken", 2, "")]),
}  # fmt: skip


def problems_in(path: Path, plan: Plan) -> list[Problem]:
    with pytest.raises(CasesError) as caught:
        read_cases(path, plan)
    return list(caught.value.problems)


def told(problems: list[Problem]) -> Expected:
    return [(problem.code, problem.where.line, problem.where.pointer) for problem in problems]


@pytest.mark.parametrize("name", WRONG_LINES)
def test_wrong_line(name: str, example: Plan, tmp_path: Path) -> None:
    wrong, expected = WRONG_LINES[name]
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{GOOD}\n{wrong}\n{json.dumps(example_case('third'))}\n", encoding="utf-8")
    problems = problems_in(path, example)
    assert sorted(told(problems)) == sorted(expected)
    assert {problem.where.file for problem in problems} == {str(path)}


@pytest.mark.parametrize(
    ("record", "pointer", "nearest"),
    [
        ({"id": "x", "answers": {}, "rating": {}}, "/rating", "ratings"),
        ({"id": "x", "answers": {"member": 3}}, "/answers/member", "members"),
        ({"id": "x", "answers": {"partners": [{"name": "a", "confirmd": True}]}}, "/answers/partners/0/confirmd", "confirmed"),
        ({"id": "x", "answers": {}, "applicant": {"employes": 3}}, "/applicant/employes", "employees"),
        ({"id": "x", "answers": {}, "facts": {"regster": {}}}, "/facts/regster", "register"),
        ({"id": "x", "answers": {}, "facts": {"register": {"activ": True}}}, "/facts/register/activ", "active"),
        ({"id": "x", "answers": {}, "ratings": {"relevanse": 3}}, "/ratings/relevanse", "relevance"),
        ({"id": "x", "answers": {}, "checked": {"aproved_costs": "3"}}, "/checked/aproved_costs", "approved_costs"),
        ({"id": "x", "answers": {}, "set_by_hand": {"amount": "1", "reason": "r", "amout": "1"}}, "/set_by_hand/amout", "amount"),
    ],
)  # fmt: skip
def test_unknown_field_has_a_hint_at_every_level(
    record: dict[str, Any], pointer: str, nearest: str, example: Plan
) -> None:
    with pytest.raises(CasesError) as caught:
        cases_from_records([example_case("good"), record], example)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.line, problem.where.pointer) == ("answer-unknown", 2, pointer)
    assert problem.hint == Message("hint.nearest", {"nearest": nearest})


def test_repeated_id_names_both_lines(example: Plan, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{GOOD}\n\n{SECOND}\n{GOOD}\n", encoding="utf-8")
    (problem,) = problems_in(path, example)
    assert (problem.code, problem.where.line, problem.where.pointer) == ("case-id-repeated", 4, "/id")
    assert problem.params == {"id": "good", "first": 1}


def test_every_problem_is_told_up_to_a_hundred(example: Plan, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(f'{{"id": "c{n}", "answers": {{"members": "x"}}}}\n' for n in range(30)), encoding="utf-8")
    assert told(problems_in(path, example)) == [("answer-type", n, MEMBERS) for n in range(1, 31)]
    path.write_text("".join(f'{{"id": "c{n}", "answers": {{"members": "x"}}}}\n' for n in range(300)), encoding="utf-8")
    *first, last = told(problems_in(path, example))
    assert first == [("answer-type", n, MEMBERS) for n in range(1, MOST_PROBLEMS + 1)]
    assert last == ("cases-more-problems", 0, "")


# --- whole files -----------------------------------------------------------------------------------------------------

HEADING = "id,answers.members,answers.requested,answers.partners,facts.earlier_grants.overdue_reports"
ROW = 'a,120,300000,"[{""name"": ""Library""}]",0'
FILES: dict[str, tuple[str, bytes, Expected]] = {
    "no line": ("c.jsonl", b"", [("cases-empty", 1, "")]),
    "blank lines": ("c.jsonl", b"\n  \n\r\n\n", [("cases-empty", 1, "")]),
    "byte order mark": ("c.jsonl", b"\xef\xbb\xbf" + GOOD.encode(), [("cases-byte-order-mark", 1, "")]),
    "broken UTF-8": ("c.jsonl", f"{GOOD}\n{SECOND}".encode().replace(b"Language", b"\xc3\x28"), [("not-utf8", 1, ""), ("not-utf8", 2, "")]),
    "UTF-16": ("c.jsonl", GOOD.encode("utf-16"), [("not-utf8", 1, "")]),
    "truncated last line": ("c.jsonl", f"{GOOD}\n{SECOND[:-40]}".encode(), [("json-broken", 2, "")]),
    "a pretty list": ("c.json", json.dumps([example_case()], indent=1).encode()[:5], [("json-broken", 1, ""), ("json-broken", 2, "")]),
    "wrong suffix": ("c.xlsx", GOOD.encode(), [("cases-format", 0, "")]),
    "no heading": ("c.csv", b"", [("cases-empty", 1, "")]),
    "no rows": ("c.csv", f"{HEADING}\n".encode(), [("cases-empty", 1, "")]),
    "row too short": ("c.csv", f"{HEADING}\n{ROW}\nb,120\n".encode(), [("csv-row-length", 3, "")]),
    "row too long": ("c.csv", f"{HEADING}\n{ROW},7\n".encode(), [("csv-row-length", 2, "")]),
    "heading repeated": ("c.csv", b"id,answers.members,answers.members\na,1,2\n", [("csv-heading-repeated", 1, "")]),
    "heading inside another": ("c.csv", b"id,facts.register,facts.register.active\na,1,true\n", [("csv-heading-overlap", 1, "")]),
    "heading unknown": ("c.csv", b"id,answers.member\na,5\n", [("answer-unknown", 2, "/answers/member")]),
    "no id": ("c.csv", b"answers.members\n5\n", [("answer-missing", 2, "/id")]),
    "broken quote": ("c.csv", f'{HEADING}\n{ROW}\nb,1,"300000,,\nc,1,300000,,\n'.encode(), [("csv-broken", 3, "")]),
    "quote inside": ("c.csv", f'{HEADING}\nb,1,"30"0000,,\n'.encode(), [("csv-broken", 2, "")]),
    "latin-1": ("c.csv", "id,answers.summary\na,caf\nb,café\n".encode("latin-1"), [("not-utf8", 3, "")]),
    "not a number": ("c.csv", b"id,answers.members\na,5\nb,many\n", [("answer-type", 3, MEMBERS)]),
    "NaN in a cell": ("c.csv", b"id,answers.members\na,NaN\n", [("answer-type", 2, MEMBERS)]),
    "decimal comma": ("c.csv", b"id;answers.members;answers.target_group_share\na;5;0,5\n", [("answer-type", 2, "/answers/target_group_share")]),
    "sum with spaces": ("c.csv", b"id,answers.requested\na,300 000\n", [("answer-money", 2, REQUESTED)]),
    "repeated key in a cell": ("c.csv", b'id,answers.partners\na,"[{""name"": ""x"", ""name"": ""y""}]"\n', [("json-repeated-key", 2, "/answers.partners")]),
    "half character in a cell": ("c.csv", b'id,answers.partners\na,"[{""name"": ""\\ud800""}]"\n', [("json-half-character", 2, "/answers.partners")]),
    "deep nesting in a cell": ("c.csv", b"id,answers.partners\na," + b"[" * 20_000 + b"\n", [("json-too-deep", 2, "/answers.partners")]),
    "NUL in a cell": ("c.csv", b"id,answers.summary\na,x\0y\n", [("json-nul-character", 2, "")]),
    "wrong row after a row of two lines": ("c.csv", b'id,answers.summary,answers.members\na,"two\nlines",5\nb,x,many\n', [("answer-type", 4, MEMBERS)]),
    "wrong row of two lines": ("c.csv", b'id,answers.summary,answers.members\na,"two\nlines",many\n', [("answer-type", 2, MEMBERS)]),
    "repeated id": ("c.csv", f"{HEADING}\n{ROW}\n{ROW}\n".encode(), [("case-id-repeated", 3, "/id")]),
    "not Parquet": ("c.parquet", b"id,answers.members\na,5\n", [("parquet-broken", 0, "")]),
    "empty Parquet": ("c.parquet", b"", [("parquet-broken", 0, "")]),
    "Parquet cut short": ("c.parquet", b"PAR1" + b"\0" * 100, [("parquet-broken", 0, "")]),
}  # fmt: skip


def assert_refused_everywhere(
    path: Path, expected: Expected, example: Plan, example_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the function, and by the command line: exit 1, words on standard error only, the file of results untouched."""
    assert told(problems_in(path, example)) == expected
    out = path.parent / "outcome.json"
    out.write_text("as it was", encoding="utf-8")
    before = sorted(path.parent.iterdir())
    capsys.readouterr()
    code = run(["evaluate", str(example_path), "--cases", str(path), "--json", "--out", str(out)])
    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert len(printed.err.splitlines()) == len(expected)
    for line, (problem, _, _) in zip(printed.err.splitlines(), expected, strict=True):
        assert problem in line
        assert "Traceback" not in line
    assert out.read_text(encoding="utf-8") == "as it was"
    assert sorted(path.parent.iterdir()) == before


@pytest.mark.parametrize("name", FILES)
def test_wrong_file(name: str, example: Plan, tmp_path: Path) -> None:
    file, content, expected = FILES[name]
    path = tmp_path / file
    path.write_bytes(content)
    assert told(problems_in(path, example)) == expected


@pytest.mark.parametrize(
    "name",
    ["no line", "broken UTF-8", "truncated last line", "wrong suffix", "row too long", "repeated id", "not Parquet"],
)
def test_wrong_file_by_the_command_line(
    name: str, example: Plan, example_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, content, expected = FILES[name]
    path = tmp_path / file
    path.write_bytes(content)
    assert_refused_everywhere(path, expected, example, example_path, capsys)


def test_directory(example: Plan, example_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.jsonl"
    path.mkdir()
    assert_refused_everywhere(path, [("cases-directory", 0, "")], example, example_path, capsys)


def test_missing_file(example: Plan, example_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.jsonl"
    assert_refused_everywhere(path, [("cases-not-found", 0, "")], example, example_path, capsys)


def test_file_that_can_not_be_opened(
    example: Plan,
    example_path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A socket can be opened as a file by nobody, not even by root."""
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("c.jsonl")
        assert_refused_everywhere(tmp_path / "c.jsonl", [("cases-not-readable", 0, "")], example, example_path, capsys)


def test_name_too_long_for_the_disk(example: Plan, example_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("x" * 300 + ".jsonl")
    assert told(problems_in(path, example)) == [("cases-not-readable", 0, "")]
    assert run(["evaluate", str(example_path), "--cases", str(path), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "cases-not-readable" in printed.err


@contextmanager
def without_privileges() -> Iterator[None]:
    """As a user who owns nothing, where the tests are run by root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_no_permission(locked: str, example: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "c.jsonl"
    path.write_text(GOOD, encoding="utf-8")
    (path if locked == "file" else folder).chmod(0)
    try:
        with without_privileges():
            assert told(problems_in(path, example)) == [("cases-not-readable", 0, "")]
    finally:
        folder.chmod(0o700)


# --- Parquet of wrong types ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"id": ["a", "b"], "answers": [{"members": "x"}, {"members": "5"}]}, [("answer-type", 1, MEMBERS), ("answer-type", 2, MEMBERS)]),
        ({"id": ["a"], "answers": [{"members": 5.5}]}, [("answer-type", 1, MEMBERS)]),
        ({"id": ["a"], "answers": [{"members": float("nan")}]}, [("json-not-finite", 1, "")]),
        ({"id": [1], "answers": [{"members": 5}]}, [("answer-type", 1, "/id")]),
        ({"id": ["a"], "answers": ["text"]}, [("answer-type", 1, "/answers")]),
        ({"id": ["a", None], "answers": [{"members": 5}] * 2}, [("answer-missing", 2, "/id")]),
        ({"id": ["a"], "answers": [{"requested": Decimal("20000.125")}]}, [("answer-money", 1, REQUESTED)]),
        ({"id": ["a"], "answers": [{"requested": 20000.5}]}, [("answer-money", 1, REQUESTED)]),
        ({"id": [b"a"], "answers": [{"members": 5}]}, [("parquet-type", 0, "")]),
        ({"id": ["a"], "answers": [{"members": datetime.timedelta(1)}]}, [("parquet-type", 0, "")]),
        ({"id": ["a", "a"], "answers": [{"members": 5}] * 2}, [("case-id-repeated", 2, "/id")]),
    ],
)  # fmt: skip
def test_parquet_of_wrong_types(
    columns: dict[str, list[Any]], expected: Expected, example: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table(columns), path)
    assert told(problems_in(path, example)) == expected


def test_parquet_with_a_column_twice(example: Plan, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    ids, answers = pa.array(["a"]), pa.array([{"members": 5}])
    pq.write_table(pa.Table.from_arrays([ids, ids, answers], names=["id", "id", "answers"]), path)
    assert told(problems_in(path, example)) == [("csv-heading-repeated", 1, "")]


def test_parquet_with_pages_destroyed(example: Plan, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    write_cases([example_case(f"c{n}", summary=f"text {n}" * 20) for n in range(500)], path)
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))
    ((code, _, _),) = told(problems_in(path, example))
    assert code in ("parquet-broken", "cases-not-readable")


def test_parquet_types_of_its_own(example: Plan, tmp_path: Path) -> None:
    """Sums as decimals and times as timestamps read as the texts they stand for."""
    path = tmp_path / "c.parquet"
    moment = datetime.datetime(2027, 2, 1, 9, 30, tzinfo=datetime.UTC)
    columns = {"id": ["a"], "submitted_at": [moment], "answers": [{"requested": Decimal("20000.50"), "members": 5}]}
    pq.write_table(pa.table(columns), path)
    table = read_cases(path, example, extra=["submitted_at"]).table
    assert table.column("requested").to_pylist() == [Decimal("20000.50")]
    assert table.column("submitted_at").to_pylist() == [datetime.date(2027, 2, 1)]


# --- what is right all the same --------------------------------------------------------------------------------------


def test_values_written_in_other_ways(example: Plan, tmp_path: Path) -> None:
    """Whole numbers with a zero fraction, windows line ends, blank lines, an escaped pair, a backslash before u0000."""
    lines = [
        replaced("120", "5.0"),
        replaced("120", "1e2").replace("second", "third"),
        replaced("Language", "\\ud83d\\ude00").replace("second", "fourth"),
        replaced("Language", "\\\\u0000").replace("second", "fifth"),
        replaced('"300000"', "300000").replace("second", "sixth"),
    ]
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\r\n\r\n".join(line.encode() for line in lines))
    table = read_cases(path, example, extra=["summary"]).table
    assert table.column("id").to_pylist() == ["second", "third", "fourth", "fifth", "sixth"]
    assert table.column("members").to_pylist() == [5, 100, 120, 120, 120]
    assert table.column("summary").to_pylist()[2:4] == ["😀 café", "\\u0000 café"]
    assert table.column("requested").to_pylist() == [Decimal(300000)] * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_with_semicolons(encoding: str, example: Plan, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    text = "id;answers.members;answers.summary;answers.requested\r\na;5;blåbær, og mer;20000.50\r\n\r\nb;;;\r\n"
    path.write_bytes(text.encode(encoding))
    table = read_cases(path, example, extra=["summary"]).table
    assert table.column("id").to_pylist() == ["a", "b"]
    assert table.column("members").to_pylist() == [5, None]
    assert table.column("summary").to_pylist() == ["blåbær, og mer", None]
    assert table.column("requested").to_pylist() == [Decimal("20000.50"), None]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_three_formats_give_the_same_outcome(suffix: str, engine: Engine, example: Plan, tmp_path: Path) -> None:
    records = list(population(example, engine.registry, 200, seed=7))
    # Facts that were not obtained, and marks that were not given, are told apart from those that were in every format.
    del records[3]["facts"]["earlier_grants"]
    records[4]["ratings"]["relevance"] = [None, 4]
    records[5]["ratings"].pop("feasibility")
    direct = evaluate(
        example, cases_from_records(records, example), engine=engine.rules, as_of=TODAY, undetermined="exclude"
    )
    path = tmp_path / f"cases.{suffix}"
    assert write_cases(records, path) == 200
    read = evaluate(example, read_cases(path, example), engine=engine.rules, as_of=TODAY, undetermined="exclude")
    assert outcome_json(read) == outcome_json(direct)
    assert read.to_clarify.tolist()[3]
    assert outcome_json(read)["summary"]["funded"] > 5


# --- where the outcome can not be written ----------------------------------------------------------------------------


@pytest.fixture
def cases_file(tmp_path: Path) -> Path:
    path = tmp_path / "good.jsonl"
    path.write_text("".join(json.dumps(example_case(f"c{n}")) + "\n" for n in range(50)), encoding="utf-8")
    return path


def evaluated(example_path: Path, cases_file: Path, out: Path) -> int:
    return run(["evaluate", str(example_path), "--cases", str(cases_file), "--json", "--out", str(out)])


@pytest.mark.parametrize("place", ["no-such-folder/outcome.json", "good.jsonl/outcome.json", "folder", "x" * 300])
def test_outcome_to_an_impossible_place(
    place: str, example_path: Path, cases_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert evaluated(example_path, cases_file, tmp_path / place) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "file-not-writable" in printed.err
    assert sorted(tmp_path.rglob("*")) == before


def test_outcome_never_replaces_what_is_no_file(
    example_path: Path, cases_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert evaluated(example_path, cases_file, pipe) == 1
    assert capsys.readouterr().out == ""
    assert pipe.is_fifo()


@pytest.mark.parametrize("existed", [True, False])
def test_outcome_to_a_full_disk(
    existed: bool, example_path: Path, cases_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "outcome.json"
    if existed:
        out.write_text("as it was", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        code = evaluated(example_path, cases_file, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert "file-not-writable" in printed.err
    assert sorted(tmp_path.iterdir()) == before
    assert not existed or out.read_text(encoding="utf-8") == "as it was"


def test_outcome_written_whole(
    example_path: Path, cases_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "outcome.json"
    assert evaluated(example_path, cases_file, out) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == json.loads(capsys.readouterr().out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.jsonl", "outcome.json"]


def _unwritable() -> dict[str, Callable[[Path], Path]]:
    return {
        "missing folder": lambda folder: folder / "none" / "c.jsonl",
        "wrong suffix": lambda folder: folder / "c.xlsx",
        "no suffix": lambda folder: folder / "c",
    }


@pytest.mark.parametrize("name", _unwritable())
def test_population_to_an_impossible_place(
    name: str, example_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _unwritable()[name](tmp_path)
    assert run(["population", str(example_path), "-n", "3", "--out", str(out)]) == 1
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []
