"""From text to the engine's own nodes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from grantengine.expressions.expression import ExpressionError
from grantengine.expressions.nodes import (
    Binary,
    Call,
    Case,
    Compare,
    Field,
    In,
    IsNull,
    ListCall,
    Literal,
    Logic,
    Name,
    Node,
    Param,
    Unary,
)
from grantengine.expressions.parse import parse, tree_depth

A, B = Name(path=("a",)), Name(path=("b",), at=4)
NODES: list[tuple[str, Node]] = [
    ("a.b.c.d.e.f", Name(path=("a", "b", "c", "d", "e", "f"))),
    ("order", Name(path=("order",))),
    ("a - 1", Binary(op="-", left=A, right=Literal(value=1, at=4))),
    ("a // b", Binary(op="//", left=A, right=Name(path=("b",), at=5))),
    ("-1.50", Literal(value=Decimal("-1.50"))),
    ("-a", Unary(op="-", operand=Name(path=("a",), at=1))),
    ("'it''s'", Literal(value="it's")),
    ("date '2027-02-01'", Literal(value=date(2027, 2, 1))),
    ("NULL", Literal(value=None)),
    ("(a)", Name(path=("a",), at=1)),
    ("a == b", Compare(op="=", left=A, right=Name(path=("b",), at=5))),
    ("a <> b", Compare(op="!=", left=A, right=Name(path=("b",), at=5))),
    ("a is null", IsNull(value=A)),
    ("a is not null", Unary(op="not", operand=IsNull(value=A))),
    ("a in (b)", In(value=A, items=(Name(path=("b",), at=6),))),
    (
        "a between 1 and 2",
        Logic(
            op="and",
            operands=(
                Compare(op=">=", left=A, right=Literal(value=1, at=10)),
                Compare(op="<=", left=A, right=Literal(value=2, at=16)),
            ),
        ),
    ),
    ("a or b or c", Logic(op="or", operands=(A, Name(path=("b",), at=5), Name(path=("c",), at=10)))),
    (
        "case when a then 1 end",
        Case(branches=((Name(path=("a",), at=10), Literal(value=1, at=17)),), otherwise=None),
    ),
    (
        "DATE_DIFF('DAY', a, b)",
        Call(
            function="date_diff",
            args=(Literal(value="day", at=10), Name(path=("a",), at=17), Name(path=("b",), at=20)),
        ),
    ),
    (
        "list_filter(a, p -> p.from.to)",
        ListCall(
            function="list_filter",
            source=Name(path=("a",), at=12),
            param="p",
            param_at=15,
            body=Field(of=Field(of=Param(name="p", at=20), name="from", at=22), name="to", at=27),
        ),
    ),
]


@pytest.mark.parametrize(("text", "node"), NODES, ids=[text for text, _ in NODES])
def test_text_becomes_nodes(text: str, node: Node) -> None:
    assert parse(text).node == node


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("not a = b", "not (a = b)"),
        ("a or b and c", "a or (b and c)"),
        ("-a + b", "(-a) + b"),
        ("a not in (1)", "not (a in (1))"),
        ("list_filter(a, x -> x > 1)", "list_filter(a, lambda x: x > 1)"),
    ],
)
def test_precedence_and_spelling(one: str, other: str) -> None:
    assert shape(parse(one).node) == shape(parse(other).node)


def shape(node: Node) -> str:
    import re

    return re.sub(r"\b(param_)?at=\d+", "", repr(node))


def test_list_statistics_are_for_templates() -> None:
    assert parse("list_median(a)", trusted=True).node == Call(function="list_median", args=(Name(path=("a",), at=12),))
    with pytest.raises(ExpressionError) as caught:
        parse("list_median(a)")
    assert caught.value.faults[0].code == "expression-unknown-function"


@pytest.mark.parametrize(
    ("text", "near"), [("lenght(a)", "length"), ("min(a, b)", "least"), ("ifnull(a, b)", "coalesce")]
)
def test_unknown_function_names_the_nearest(text: str, near: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    hint = caught.value.faults[0].hint
    assert hint is not None
    assert hint.params == {"nearest": near}


@pytest.mark.parametrize(("text", "at"), [("a +\n b )", 7), ("a\n\n\t+ > b", 6), ("a = '😀é' )", 9)])
def test_offsets_count_characters_over_lines(text: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.faults[0].at == at


def test_chain_of_and_is_one_level() -> None:
    assert tree_depth(parse("a and b and c and not d").node) == 3
