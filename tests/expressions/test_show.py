"""Trees shown as text read as a person would write them, and mean the same when they are read again."""

from dataclasses import fields, replace

import pytest

from grantengine.expressions.nodes import Node, rebuilt
from grantengine.expressions.parse import parse
from grantengine.expressions.show import show
from grantengine.expressions.templates import column, expr
from grantengine.expressions.templates import expression as written


def without_places(node: Node) -> Node:
    def plain(inner: Node) -> Node:
        places = {field.name: 0 for field in fields(inner) if field.name in ("at", "param_at")}
        return replace(inner, **places)

    return rebuilt(node, plain)


@pytest.mark.parametrize(
    "text",
    [
        "members >= 10 and (kind = 'club' or kind = 'network')",
        "a or b and not c",
        "not (a or b)",
        "a - (b - c) - d",
        "a / (b * c) / d",
        "(a + b) * -c",
        "-(a + b)",
        "a - -5",
        "-5 * a",
        "a % 2 + b // 3",
        "a is null or b is not null",
        "kind in ('club', 'it''s') and kind not in ('x')",
        "(a + 1) * 2 > b",
        "a + 1 is null",
        "case when a > 1 then 0.5 when b then -1 end",
        "case when a then null else date '2027-02-01' end",
        "least(a, b, coalesce(c, 0)) / 2",
        "date_diff('month', submitted_at, date '2027-02-28')",
        "len(list_filter(partners, p -> p.confirmed and p.amount > 100))",
        "list_sum(list_transform(partners, p -> coalesce(p.amount, 0) * 2)) >= facts.x.y",
        "applicant.first_time",
    ],
)
def test_what_is_shown_is_what_was_written(text: str) -> None:
    shown = show(parse(text).node)
    assert shown == text
    assert without_places(parse(shown).node) == without_places(parse(text).node)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("((a))+(b*c)", "a + b * c"),
        ("a between 1 and 2", "a >= 1 and a <= 2"),
        ("not a in (1)", "a not in (1)"),
        ("a and (b and c)", "a and b and c"),
        ("case when a then 1 else case when b then 2 end end", "case when a then 1 when b then 2 end"),
        ("1.50 * a", "1.5 * a"),
        ("100.0 * a", "100 * a"),
    ],
)
def test_needless_signs_are_left_out(text: str, shown: str) -> None:
    assert show(parse(text).node) == shown


def test_holes_of_templates_are_filled_and_parameters_read_as_written() -> None:
    kept = expr("len(list_filter({rows}, r -> r.amount > {least}))", rows=column("partners"), least=3.0)
    made = expr("{most} * least({kept} / {of}, 1)", most=5, kept=kept, of=written("members + 1"))
    assert show(made.node) == "5 * least(len(list_filter(partners, r -> r.amount > 3)) / (members + 1), 1)"
