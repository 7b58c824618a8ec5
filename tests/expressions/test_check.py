"""Types, names and columns read; refusals are in the table of hostile expressions."""

from __future__ import annotations

import pytest

from grantengine.errors import Message
from grantengine.expressions.check import check
from grantengine.expressions.expression import ExpressionError, Fault
from grantengine.expressions.nodes import Node, children
from grantengine.expressions.parse import parse
from grantengine.expressions.types import INTEGER, MONEY, NUMBER, PERCENT, TEXT, YES_NO, Scope, Type

TYPES = [
    ("members + 1", "integer"),
    ("members / 2", "number"),
    ("members // 2", "integer"),
    ("members % 2", "integer"),
    ("members * share", "number"),
    ("share + share", "number"),
    ("-members", "integer"),
    ("own + requested", "money"),
    ("own - 100", "money"),
    ("own * 0.25", "money"),
    ("own * share", "money"),
    ("members * own", "money"),
    ("own / requested", "number"),
    ("own / 3", "money"),
    ("own > 100.5", "yes_no"),
    ("own >= requested * 0.1", "yes_no"),
    ("least(own, 1000)", "money"),
    ("coalesce(own, 0)", "money"),
    ("case when ok then own else 0 end", "money"),
    ("least(own, case when ok then 10 else 20 end)", "money"),
    ("least(members, score)", "number"),
    ("floor(score)", "number"),
    ("abs(own)", "money"),
    ("len(name)", "integer"),
    ("len(tags)", "integer"),
    ("lower(trim(name))", "text"),
    ("kind = 'club'", "yes_no"),
    ("len(list_filter(tags, t -> t in ('a', 'b'))) > 0", "yes_no"),
    ("list_sum(scores)", "number"),
    ("list_sum(list_transform(partners, p -> p.amount))", "money"),
    ("list_transform(partners, p -> p.name)", "list of text"),
    ("date_diff('year', started, date '2027-01-01')", "integer"),
    ("members = null", "yes_no"),
    ("null", "null"),
    ("null + 1", "integer"),
    ("ok = true and not null", "yes_no"),
    ("started between date '2027-01-01' and date '2027-02-01'", "yes_no"),
]


@pytest.mark.parametrize(("text", "name"), TYPES)
def test_type_of_expression(text: str, name: str, scope: Scope) -> None:
    checked = check(parse(text), scope)
    assert str(checked.type) == name
    assert untyped(checked.node) == []


def untyped(node: Node) -> list[Node]:
    below = [found for child in children(node) for found in untyped(child)]
    return below if node.type is not None else [node, *below]


@pytest.mark.parametrize(
    ("text", "want", "given"),
    [
        ("members", NUMBER, "integer"),
        ("share", NUMBER, "percent"),
        ("score", (TEXT, PERCENT), "number"),
        ("1000", MONEY, "money"),
        ("case when ok then 1000 else 500 end", MONEY, "money"),
        ("null", MONEY, "money"),
        ("own", (NUMBER, MONEY), "money"),
    ],
)
def test_wanted_result(text: str, want: Type, given: str, scope: Scope) -> None:
    assert str(check(parse(text), scope, want).type) == given


@pytest.mark.parametrize(
    ("text", "want", "found"),
    [
        ("score", INTEGER, "number"),
        ("members", YES_NO, "integer"),
        ("members", MONEY, "integer"),
        ("own", NUMBER, "money"),
    ],
)
def test_wrong_result(text: str, want: Type, found: str, scope: Scope) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), scope, want)
    params = {"expected": (want.name,), "found": found}
    assert caught.value.faults == (Fault("expression-wrong-result", 0, params),)


def test_columns_read_go_through_definitions(scope: Scope) -> None:
    approved = check(parse("coalesce(own, requested)"), scope).node
    wider = scope.extended(definitions={"checked.costs": approved})
    checked = check(parse("checked.costs > 100 and facts.register.active and len(partners) > 0"), wider)
    assert checked.columns == {"own", "requested", "facts.register.active", "partners"}
    assert checked.type == YES_NO


def test_all_faults_are_given_in_order(scope: Scope) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(parse("memberz > 1 and name > 5 or started = 'x' and not staff"), scope)
    assert [(fault.code, fault.at) for fault in caught.value.faults] == [
        ("expression-unknown-name", 0),
        ("expression-types-differ", 23),
        ("expression-date-as-text", 38),
        ("expression-wrong-type", 50),
    ]


@pytest.mark.parametrize(
    ("text", "near"),
    [("facts.register.activ", "facts.register.active"), ("memberz", "members"), ("kind = 'clubb'", "club")],
)
def test_nearest_is_the_hint(text: str, near: str, scope: Scope) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), scope)
    assert caught.value.faults[0].hint == Message("hint.nearest", {"nearest": near})
