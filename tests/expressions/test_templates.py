"""Templates of plugins: holes are trees."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from grantengine.expressions.check import check
from grantengine.expressions.expression import Expression, ExpressionError
from grantengine.expressions.nodes import Binary, Literal, Name
from grantengine.expressions.parse import parse
from grantengine.expressions.templates import column, expr, expression, literal
from grantengine.expressions.types import INTEGER, YES_NO, Scope, list_of, record_of


def test_collaboration_template() -> None:
    counted = expr(
        "list_filter(partners, p -> p.confirmed and (p.task is not null or not {needs_task}))", needs_task=True
    )
    points = expr(
        "len({counted}) * {each} + case when len(list_filter({counted}, p -> p.public)) > 0 then {bonus} else 0 end",
        counted=counted, each=2, bonus=1,
    )  # fmt: skip
    partner = record_of(confirmed=YES_NO, public=YES_NO, task=YES_NO)
    # A question may have the name of a template's parameter.
    checked = check(points, Scope({"partners": list_of(partner), "p": INTEGER}))
    assert checked.type == INTEGER
    assert checked.columns == {"partners"}


@pytest.mark.parametrize("value", [1, Decimal("0.5"), "it's {x}; --", True, None, date(2027, 2, 1)])
def test_hole_is_a_value(value: int | Decimal | str | bool | date | None) -> None:
    assert expr("{x}", x=value).node == Literal(value=value)
    assert literal(value).node == Literal(value=value)


def test_float_becomes_its_digits() -> None:
    assert expr("{x}", x=0.1).node == Literal(value=Decimal("0.1"))


def test_hole_is_one_operand() -> None:
    node = expr("{x} * 2", x=parse("a + 1")).node
    assert isinstance(node, Binary)
    assert (node.op, type(node.left)) == ("*", Binary)


def test_statistics_are_allowed() -> None:
    assert expr("list_median({xs}) + list_min({xs})", xs=column("ratings.relevance")).node is not None


@pytest.mark.parametrize(
    ("template", "holes", "word"),
    [
        ("a + {x}", {}, "x"),
        ("a + 1", {"y": 1}, "y"),
        ("a = '{x}'", {"x": 1}, "x"),
        ("facts.{x}", {"x": 1}, "x"),
        ("{x}(a)", {"x": 1}, "x"),
        ("list_filter(a, {x} -> true)", {"x": 1}, "x"),
        ("a + {x}", {"x": float("nan")}, "x"),
        ("a + {x}", {"x": 10**18}, "x"),
        ("select {x}", {"x": 1}, "select"),
        ("_x_ + {x}", {"x": 1}, "underscores"),
    ],
)
def test_wrong_template_is_a_programming_error(template: str, holes: dict[str, int], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        expr(template, **holes)


@pytest.mark.parametrize("value", [[1], object(), datetime(2027, 2, 1), b"a"])
def test_hole_of_no_literal_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="hole x"):
        expr("{x}", x=value)  # type: ignore[arg-type]


def test_column_is_a_name() -> None:
    assert column("facts.register.active").node == Name(path=("facts", "register", "active"))
    with pytest.raises(ValueError, match="not the name"):
        column("a; drop")


def test_expression_is_an_authors_text() -> None:
    assert expression("a + 1") == Expression("a + 1", parse("a + 1").node)
    with pytest.raises(ExpressionError):
        expression("list_median(a)")
