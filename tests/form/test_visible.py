"""One table of conditional questions, run through JSON Schema, SQL and the browser's script: the same is shown in all."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa
import pytest
from py_mini_racer import MiniRacer

from grantengine.expressions.expression import Checked, ExpressionError
from grantengine.expressions.types import DATE, INTEGER, MONEY, NUMBER, PERCENT, TEXT, YES_NO, choice_of
from grantengine.form.schema import validator
from grantengine.form.visible import browser_rule, check_visible, true_schema
from grantengine.rules.case_table import CaseTable, arrow_type
from grantengine.rules.duckdb_engine import DuckdbEngine, Wanted

QUESTIONS = {
    "members": INTEGER,
    "score": NUMBER,
    "share": PERCENT,
    "sort": choice_of(("club", "network")),
    "name": TEXT,
    "ok": YES_NO,
    "new": YES_NO,
    "sum": MONEY,
    "starts": DATE,
}
CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("ok", {"ok": True}, True),
    ("ok", {"ok": False}, False),
    ("ok", {}, False),
    ("ok", {"ok": None}, False),
    ("not ok", {"ok": False}, True),
    ("not ok", {"ok": True}, False),
    ("not ok", {}, False),
    ("ok = true", {"ok": True}, True),
    ("ok != true", {"ok": False}, True),
    ("ok != true", {}, False),
    ("members > 10", {"members": 11}, True),
    ("members > 10", {"members": 10}, False),
    ("members > 10", {}, False),
    ("members >= 10", {"members": 10}, True),
    ("members < 10", {"members": 9}, True),
    ("members <= 10", {"members": 11}, False),
    ("10 < members", {"members": 11}, True),
    ("10 >= members", {"members": 11}, False),
    ("members = 10", {"members": 10}, True),
    ("members != 10", {"members": 10}, False),
    ("members != 10", {}, False),
    ("not members > 10", {"members": 10}, True),
    ("not members > 10", {}, False),
    ("members > -5", {"members": -4}, True),
    ("members > -5", {"members": -5}, False),
    ("members = 0", {"members": 0}, True),
    ("members = 0", {"members": None}, False),
    ("score > 2.5", {"score": 2.51}, True),
    ("score = 2.5", {"score": 2.5}, True),
    ("score = 2", {"score": 2.0}, True),
    ("share >= 0.6", {"share": 0.6}, True),
    ("share < 0.6", {"share": 0.6}, False),
    ("sort = 'club'", {"sort": "club"}, True),
    ("sort = 'club'", {"sort": "network"}, False),
    ("sort != 'club'", {"sort": "network"}, True),
    ("sort != 'club'", {}, False),
    ("'club' = sort", {"sort": "club"}, True),
    ("name = 'Blåbær 😀'", {"name": "Blåbær 😀"}, True),
    ("name = 'a''b'", {"name": "a'b"}, True),
    ("name = ''", {"name": ""}, True),
    ("name = 'x'", {"name": "X"}, False),
    ("sort in ('club', 'network')", {"sort": "network"}, True),
    ("sort in ('club')", {"sort": "network"}, False),
    ("sort in ('club')", {}, False),
    ("sort not in ('club')", {"sort": "network"}, True),
    ("sort not in ('club')", {}, False),
    ("members in (1, 2)", {"members": 2}, True),
    ("members not in (1, 2)", {"members": 2}, False),
    ("members in (1, null)", {"members": 1}, True),
    ("members not in (1, null)", {"members": 2}, False),
    ("members between 1 and 3", {"members": 3}, True),
    ("members between 1 and 3", {"members": 4}, False),
    ("members not between 1 and 3", {"members": 4}, True),
    ("members not between 1 and 3", {}, False),
    ("members is null", {}, True),
    ("members is null", {"members": None}, True),
    ("members is null", {"members": 0}, False),
    ("members is not null", {"members": 0}, True),
    ("sum is null", {}, True),
    ("sum is not null", {"sum": "5"}, True),
    ("starts is not null", {"starts": "2027-01-01"}, True),
    ("not members is null", {"members": 1}, True),
    ("ok and new", {"ok": True, "new": True}, True),
    ("ok and new", {"ok": True}, False),
    ("not (ok and new)", {"ok": True}, False),
    ("not (ok and new)", {"ok": False}, True),
    ("ok or new", {"ok": True}, True),
    ("ok or new", {"ok": False}, False),
    ("not (ok or new)", {"ok": False, "new": False}, True),
    ("not (ok or new)", {"ok": False}, False),
    ("not (not ok)", {"ok": True}, True),
    ("ok or members > 3 and sort = 'club'", {"members": 4, "sort": "club"}, True),
    ("(ok or members > 3) and sort = 'club'", {"ok": True}, False),
    ("true", {}, True),
    ("false", {}, False),
    ("not false", {}, True),
    ("ok or true", {}, True),
    ("members > 3 and members is not null or name is null", {}, True),
]


@cache
def condition(text: str) -> Checked:
    return check_visible(text, QUESTIONS)


@pytest.fixture(scope="module")
def browser() -> MiniRacer:
    """A JavaScript engine with the script that pages load."""
    script = resources.files("grantengine_web") / "static" / "visible.js"
    racer = MiniRacer()
    racer.eval(script.read_text(encoding="utf-8"))
    return racer


@pytest.fixture(scope="module")
def sql() -> DuckdbEngine:
    return DuckdbEngine(threads=1)


def id_of(case: tuple[str, dict[str, Any], bool]) -> str:
    return f"{case[0]} with {case[1]}"


def table_of(answers: list[dict[str, Any]]) -> CaseTable:
    read = {"sum": lambda text: text and pa.scalar(text).cast(pa.decimal128(15, 2)).as_py()}
    read["starts"] = lambda text: text and pa.scalar(text).cast(pa.date32()).as_py()
    columns = {
        name: pa.array([read.get(name, lambda value: value)(each.get(name)) for each in answers], arrow_type(kind))
        for name, kind in QUESTIONS.items()
    }
    return CaseTable(pa.table(columns))


def test_table_is_large_enough() -> None:
    assert len(CASES) == len({id_of(case) for case in CASES}) >= 25


@pytest.mark.parametrize(("text", "answers", "shown"), CASES, ids=map(id_of, CASES))
def test_shown_by_json_schema(text: str, answers: dict[str, Any], shown: bool) -> None:
    assert validator(true_schema(condition(text).node)).is_valid(answers) is shown


@pytest.mark.parametrize(("text", "answers", "shown"), CASES, ids=map(id_of, CASES))
def test_shown_by_the_browser(text: str, answers: dict[str, Any], shown: bool, browser: MiniRacer) -> None:
    rule = json.dumps(browser_rule(condition(text).node))
    assert browser.eval(f"grantengineIsShown({rule}, {json.dumps(answers)})") is shown


def test_shown_by_sql(sql: DuckdbEngine) -> None:
    found = []
    for text in dict.fromkeys(text for text, _, _ in CASES):
        rows = [(answers, shown) for other, answers, shown in CASES if other == text]
        (column,) = sql.columns(table_of([answers for answers, _ in rows]), [Wanted(condition(text), "yes_no", text)])
        got = (column.known & column.values.astype(bool)).tolist()
        found += [(text, answers, shown) for (answers, _), shown in zip(rows, got, strict=True)]
    assert sorted(found, key=repr) == sorted(CASES, key=repr)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("members + 1 > 3", "visible-not-allowed"),
        ("members > score", "visible-not-allowed"),
        ("lower(name) = 'x'", "visible-not-allowed"),
        ("coalesce(ok, true)", "visible-not-allowed"),
        ("sum > 3", "visible-type"),
        ("starts > date '2027-01-01'", "visible-type"),
        ("name > 'a'", "visible-type"),
        ("mebers > 3", "expression-unknown-name"),
        ("members", "expression-wrong-result"),
    ],
)
def test_what_can_not_be_shown_everywhere_is_refused(text: str, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check_visible(text, QUESTIONS)
    assert [fault.code for fault in caught.value.faults] == [code]
