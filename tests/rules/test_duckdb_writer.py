"""SQL written for DuckDB, run on DuckDB: values worked by hand, and a second evaluator in plain Python."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grantengine.expressions.check import check
from grantengine.expressions.parse import parse
from grantengine.expressions.types import (
    DATE,
    INTEGER,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    YES_NO,
    Scope,
    list_of,
    record_of,
)
from grantengine.rules.duckdb_writer import DuckdbWriter

SCOPE = Scope(
    {
        "members": INTEGER,
        "zero": INTEGER,
        "largest": INTEGER,
        "missing": INTEGER,
        "share": PERCENT,
        "score": NUMBER,
        "huge": NUMBER,
        "own": MONEY,
        "requested": MONEY,
        "nothing": MONEY,
        "name": TEXT,
        "ok": YES_NO,
        "unsaid": YES_NO,
        "started": DATE,
        "tags": list_of(TEXT),
        "none": list_of(INTEGER),
        "counts": list_of(INTEGER),
        "partners": list_of(record_of(name=TEXT, amount=MONEY, confirmed=YES_NO)),
        "facts.register.active": YES_NO,
    }
)
ROW = """create table cases as select 7::bigint as members, 0::bigint as zero, 9223372036854775807::bigint as largest,
    null::bigint as missing, 0.25::double as share, 2.5::double as score, 1e308::double as huge,
    1000.10::decimal(15,2) as own, 10001.00::decimal(15,2) as requested, 0::decimal(15,2) as nothing,
    'Blåbær 😀' as name, true as ok, null::boolean as unsaid, date '2026-01-31' as started,
    ['a', 'b'] as tags, []::bigint[] as "none", [3, null, 4]::bigint[] as counts,
    [{'name': 'x', 'amount': 10.50::decimal(15,2), 'confirmed': true},
     {'name': 'y', 'amount': null, 'confirmed': null},
     {'name': 'z', 'amount': 4.25, 'confirmed': true}] as partners, true as "facts.register.active" """
VALUES: list[tuple[str, object]] = [
    ("own / requested >= 0.1", True),
    ("own >= requested * 0.1", True),
    ("own / nothing", None),
    ("members / zero", None),
    ("members // zero", None),
    ("members % zero", None),
    ("score / 0", None),
    ("members / 2", 3.5),
    ("members // 2", 3),
    ("-members // 2", -3),
    ("members + missing", None),
    ("missing > 3", None),
    ("missing > 3 and false", False),
    ("missing > 3 or ok", True),
    ("not unsaid", None),
    ("missing is null", True),
    ("missing in (1, 2)", None),
    ("members in (1, missing)", None),
    ("members not in (1, 2)", True),
    ("members between 7 and 8", True),
    ("coalesce(missing, 4)", 4),
    ("least(missing, 4, members)", 4),
    ("greatest(missing, members, score)", 7.0),
    ("case when unsaid then 1 when ok then 2 end", 2),
    ("case when unsaid then 1 end", None),
    ("len(name)", 8),
    ("length(trim('  æ '))", 1),
    ("lower('ÆØÅ') = 'æøå'", True),
    ("name = 'Blåbær 😀'", True),
    ("len(tags)", 2),
    ("len(none)", 0),
    ("list_sum(none)", 0),
    ("list_sum(counts)", 7),
    ("list_sum(list_filter(counts, c -> c > 3))", 4),
    ("list_sum(list_transform(counts, c -> c * members))", 49),
    ("len(list_filter(partners, p -> p.confirmed))", 2),
    ("len(list_filter(partners, p -> len(list_filter(tags, t -> t = 'a' and p.confirmed)) > 0))", 2),
    ("list_sum(list_transform(partners, p -> p.amount))", Decimal("14.750000")),
    ("facts.register.active", True),
    ("floor(score)", 2.0),
    ("floor(members) // 2", 3),
    ("abs(-score)", 2.5),
    ("0.1 + 0.2", 0.1 + 0.2),
    ("1000000 * 1000000", 10**12),
    ("own + 0.05", Decimal("1000.150000")),
    ("own * 0.3333", Decimal("333.333330")),
    ("own * members", Decimal("7000.700000")),
    ("own = 1000.1", True),
    ("own * 3 / own", 3.0),
    ("own * share", 250.025),
    ("date_diff('day', started, date '2026-02-01')", 1),
    ("date_diff('month', started, date '2026-02-01')", 1),
    ("date_diff('year', date '2025-12-31', started)", 1),
    ("started > date '2026-01-30'", True),
    ("name = 'it''s; --'", False),
    ("own * 0.5 * 0.5 * 0.5 * 0.5 * 0.5 * 0.5 * 0.5 * 0.5 * 0.5 * 0.5 > 0", True),
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "error_on_division_by_zero": "false",
        "ieee_floating_point_ops": "false",
        "python_enable_replacements": "false",
    }
    with duckdb.connect(config=settings) as made:
        made.execute(ROW)
        made.execute("create table small (a bigint, b bigint, x double, y double, p boolean, q boolean)")
        made.executemany("insert into small values (?, ?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS])
        yield made


def value(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    found = connection.execute(f"select {sql} from cases").fetchone()
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_written_expression_has_the_value_worked_by_hand(
    connection: duckdb.DuckDBPyConnection, text: str, expected: object
) -> None:
    found = value(connection, DuckdbWriter().write(check(parse(text), SCOPE).node))
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("own", 100010),
        ("own * 0.3333", 33333),
        ("own / 3", 33336),
        ("own * 0.7 + own * 0.3", 100010),
        ("0.29 * requested / requested * own * 100 / 100", 29002),
        ("1000", 100000),
        ("own * huge", None),
        ("null", None),
    ],
)
def test_ore_are_rounded_down(connection: duckdb.DuckDBPyConnection, text: str, expected: object) -> None:
    assert value(connection, DuckdbWriter().as_ore(check(parse(text), SCOPE, MONEY).node)) == expected


@pytest.mark.parametrize(
    "text", ["largest + 1", "largest * largest", "-largest - 2", "list_sum(list_transform(counts, c -> largest))"]
)
def test_overflow_is_null_and_never_ends_the_run(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    node = check(parse(text), SCOPE).node
    assert value(connection, DuckdbWriter().as_integer(node)) is None
    assert value(connection, DuckdbWriter().as_double(node)) is None


def test_infinite_number_is_no_integer(connection: duckdb.DuckDBPyConnection) -> None:
    node = check(parse("huge * 10"), SCOPE).node
    assert value(connection, DuckdbWriter().as_integer(node)) is None
    assert value(connection, DuckdbWriter().as_double(node)) == math.inf


@pytest.mark.parametrize("text", ["null", "ok and null", "null = null"])
def test_null_as_yes_no(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(connection, DuckdbWriter().as_yes_no(check(parse(text), SCOPE, YES_NO).node)) is None


def test_half_even_integer(connection: duckdb.DuckDBPyConnection) -> None:
    assert value(connection, DuckdbWriter().as_integer(check(parse("score"), SCOPE).node)) == 2


def test_unchecked_tree_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="not been checked"):
        DuckdbWriter().write(parse("1 + 1").node)


def test_own_share_of_ten_percent_holds_for_every_sum(connection: duckdb.DuckDBPyConnection) -> None:
    written = DuckdbWriter().write(check(parse("own / requested >= 0.1"), SCOPE).node)
    wrong = connection.execute(
        f"select count(*) from (select (i / 100)::decimal(15,2) as own, (i / 10)::decimal(15,2) as requested"
        f" from range(1, 100000) t(i)) where not {written}"
    ).fetchone()
    assert wrong == (0,)


# A second evaluator: text and meaning are drawn together, so that nothing of the engine decides the expected value.
Row = Mapping[str, int | float | bool | None]
ROWS: list[Row] = [
    {"a": 7, "b": 2, "x": 2.5, "y": -0.75, "p": True, "q": False},
    {"a": 0, "b": -3, "x": 0.0, "y": 4.0, "p": False, "q": None},
    {"a": None, "b": 5, "x": None, "y": 1.5, "p": None, "q": True},
    {"a": -4, "b": None, "x": -8.0, "y": None, "p": None, "q": None},
    {"a": 12, "b": 0, "x": 0.1, "y": 0.3, "p": True, "q": True},
]
SMALL = Scope({"a": INTEGER, "b": INTEGER, "x": NUMBER, "y": NUMBER, "p": YES_NO, "q": YES_NO})


@dataclass(frozen=True)
class Drawn:
    """An expression's text and what it means for a row."""

    text: str
    of: Callable[[Row], int | float | bool | None]


def strict(text: str, work: Callable[..., int | float | bool | None], *parts: Drawn) -> Drawn:
    """NULL where any part is."""

    def of(row: Row) -> int | float | bool | None:
        values = [part.of(row) for part in parts]
        return None if any(item is None for item in values) else work(*values)

    return Drawn(text.format(*(part.text for part in parts)), of)


def whole(left: int, right: int) -> int | None:
    return None if right == 0 else int(math.copysign(1, left) * math.copysign(1, right)) * (abs(left) // abs(right))


def remainder(left: int, right: int) -> int | None:
    return None if right == 0 else int(math.fmod(left, right))


def both(left: Drawn, right: Drawn) -> Drawn:
    def of(row: Row) -> bool | None:
        values = (left.of(row), right.of(row))
        return False if False in values else None if None in values else True

    return Drawn(f"({left.text} and {right.text})", of)


def either(left: Drawn, right: Drawn) -> Drawn:
    def of(row: Row) -> bool | None:
        values = (left.of(row), right.of(row))
        return True if True in values else None if None in values else False

    return Drawn(f"({left.text} or {right.text})", of)


def skipping(name: str, work: Callable[..., float], *parts: Drawn) -> Drawn:
    def of(row: Row) -> float | None:
        values = [item for item in (part.of(row) for part in parts) if item is not None]
        return work(values) if values else None

    return Drawn(f"{name}({', '.join(part.text for part in parts)})", of)


def first(*parts: Drawn) -> Drawn:
    def of(row: Row) -> int | float | bool | None:
        return next((item for item in (part.of(row) for part in parts) if item is not None), None)

    return Drawn(f"coalesce({', '.join(part.text for part in parts)})", of)


def chosen(when: Drawn, then: Drawn, otherwise: Drawn) -> Drawn:
    def of(row: Row) -> int | float | bool | None:
        return then.of(row) if when.of(row) is True else otherwise.of(row)

    return Drawn(f"(case when {when.text} then {then.text} else {otherwise.text} end)", of)


def column(name: str) -> Drawn:
    return Drawn(name, lambda row: row[name])


def leaf(names: str, low: int, high: int) -> st.SearchStrategy[Drawn]:
    columns = st.sampled_from(names).map(column)
    return columns | st.integers(low, high).map(lambda n: Drawn(str(n), lambda row: n))


def expressions(depth: int) -> tuple[st.SearchStrategy[Drawn], st.SearchStrategy[Drawn], st.SearchStrategy[Drawn]]:
    """Whole numbers, numbers, and yes or no, of at most this depth."""
    if depth == 0:
        flags = st.sampled_from("pq").map(column)
        return leaf("ab", -9, 9), leaf("xy", -9, 9), flags
    n, x, p = expressions(depth - 1)
    signs = {"+": operator.add, "-": operator.sub, "*": operator.mul}
    tests = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
    tests["!="] = operator.ne

    def arithmetic(part: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
        made = st.builds(lambda s, a, b: strict(f"({{}} {s} {{}})", signs[s], a, b), st.sampled_from("+-*"), part, part)
        low = st.builds(lambda a, b: skipping("least", min, a, b), part, part)
        return made | low | st.builds(first, part, part) | st.builds(chosen, p, part, part)

    division = st.builds(
        lambda a, b: strict("({} / {})", lambda i, j: None if j == 0 else float(i) / float(j), a, b), x | n, x | n
    )
    compared = st.builds(
        lambda s, a, b: strict(f"({{}} {s} {{}})", tests[s], a, b), st.sampled_from(sorted(tests)), x | n, x | n
    )
    wholes = st.builds(lambda a, b: strict("({} // {})", whole, a, b), n, n)
    rests = st.builds(lambda a, b: strict("({} % {})", remainder, a, b), n, n)
    empty = st.builds(lambda a: Drawn(f"({a.text} is null)", lambda row: a.of(row) is None), x | n | p)
    negated = st.builds(lambda a: strict("(not {})", operator.not_, a), p)
    return (
        n | arithmetic(n) | wholes | rests,
        x | arithmetic(x) | division,
        p | compared | empty | negated | st.builds(both, p, p) | st.builds(either, p, p),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.one_of(*expressions(3)))
def test_written_expression_agrees_with_plain_python(connection: duckdb.DuckDBPyConnection, drawn: Drawn) -> None:
    written = DuckdbWriter().write(check(parse(drawn.text), SMALL).node)
    found = [row[0] for row in connection.execute(f"select {written} from small").fetchall()]
    assert found == [drawn.of(row) for row in ROWS]
