"""A threshold is what the query says, without the query."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked
from grantengine.expressions.parse import parse
from grantengine.expressions.types import INTEGER, NUMBER, YES_NO, Scope
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import DuckdbEngine, Wanted, _sql
from grantengine.rules.thresholds import threshold

SCOPE = Scope(columns={"members": INTEGER, "share": NUMBER})
WHOLE = st.integers(-(10**15), 10**15) | st.integers(-3, 3)


def rule(text: str) -> Checked:
    return check(parse(text), SCOPE, want=YES_NO)


@given(
    st.lists(st.none() | WHOLE, min_size=1),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    WHOLE,
)
def test_as_the_query_says(values: list[int | None], op: str, bound: int) -> None:
    expression = rule(f"members {op} {bound}")
    found = threshold(expression.node)
    assert found is not None
    table = pa.table({"members": pa.array(values, pa.int64())})
    held = found.held(table)
    assert held is not None
    engine = DuckdbEngine(threads=1)
    cursor = engine._connection.cursor()
    cursor.register("cases", table)
    said = [
        row[0] for row in cursor.execute(f"select {_sql(Wanted(expression, 'yes_no', 'rule'))} from cases").fetchall()
    ]
    assert [bool(value) if known else None for value, known in zip(*held, strict=True)] == said


@pytest.mark.parametrize("text", ["share >= 3", "members >= 2.5", "3 <= members", "members >= 3 and members < 9"])
def test_others_are_queries(text: str) -> None:
    assert threshold(rule(text).node) is None


def test_a_column_that_holds_no_whole_numbers_is_asked_of_the_engine() -> None:
    cases = CaseTable(pa.table({"id": ["a", "b"], "members": pa.array([2.0, 3.0])}))
    (column,) = DuckdbEngine(threads=1).columns(cases, [Wanted(rule("members >= 3"), "yes_no", "rule")])
    assert np.array_equal(column.values, [False, True])
