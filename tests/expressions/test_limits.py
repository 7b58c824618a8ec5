"""Bounds before parsing, and the table of hostile expressions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from grantengine.expressions.check import check
from grantengine.expressions.expression import ExpressionError
from grantengine.expressions.parse import parse
from grantengine.expressions.types import Scope

HOSTILE = YAML(typ="safe", pure=True).load(Path(__file__).with_name("hostile.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("text", "code", "at"), HOSTILE, ids=[row[0] or "nothing" for row in HOSTILE])
def test_hostile_expression_is_refused_at_its_place(text: str, code: str, at: int, scope: Scope) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), scope)
    first = caught.value.faults[0]
    assert (first.code, first.at) == (code, at)


def test_hostile_table_is_long() -> None:
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("text", ["a+" * 1_000_000, "(" * 1_000_000, "'" + "a" * 1_000_000 + "'"])
def test_megabytes_are_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert time.perf_counter() - began < 0.05
    assert [(fault.code, fault.at) for fault in caught.value.faults] == [("expression-too-long", 4000)]


def test_too_many_tokens_names_the_first_beyond() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("a" + " or a" * 300)
    fault = caught.value.faults[0]
    assert (fault.code, fault.at, fault.params["limit"]) == ("expression-too-many-tokens", 1500, 600)


def test_look_alike_letter_is_named() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("1 + \u0430")
    assert caught.value.faults[0].params["codepoint"] == "U+0430"


@pytest.mark.parametrize("text", ["name = 'blåbær'", "name = '😀 \u0430'", "members in (" + ", ".join("1" * 290) + ")"])
def test_within_the_bounds(text: str, scope: Scope) -> None:
    assert check(parse(text), scope).type.name == "yes_no"


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["members"] * 40),
        "(" * 16 + "members" + ")" * 16,
        "case when ok then " * 16 + "members" + " end" * 16,
        "ok" + " and ok" * 290,
    ],
)
def test_deepest_allowed_needs_no_deep_stack(text: str, scope: Scope) -> None:
    def below(frames: int) -> str:
        return check(parse(text), scope).type.name if frames == 0 else below(frames - 1)

    assert below(300) in ("integer", "yes_no")


@pytest.mark.parametrize("text", ["+".join("a" * 41), "not not not (" * 15 + "a" + ")" * 15])
def test_too_many_operators_above_one_another(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.faults[0].code == "expression-too-deep"


WORDS = [
    "members",
    "own",
    "ok",
    "name",
    "tags",
    "partners",
    "facts.register.active",
    "p",
    "p.name",
    "x",
    "null",
    "true",
    "is",
    "not",
    "in",
    "and",
    "or",
    "between",
    "case",
    "when",
    "then",
    "else",
    "end",
    "lambda",
    "->",
    ":",
    "(",
    ")",
    ",",
    ".",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "=",
    "<",
    ">=",
    "1",
    "2.5",
    "'a'",
    "date",
    "'2027-01-01'",
    "len",
    "least",
    "list_filter",
    "date_diff",
    "list_sum",
    "coalesce",
    "select",
    "from",
    "cast",
    "if",
    "any",
    "map",
    "struct",
    "filter",
    "distinct",
    "interval",
    "order",
    "by",
    "limit",
]


@settings(max_examples=500, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), max_size=12), glue=st.sampled_from(["", " "]))
def test_any_words_are_read_or_refused_in_place(words: list[str], glue: str, scope: Scope) -> None:
    text = glue.join(words)
    try:
        check(parse(text), scope)
    except ExpressionError as error:
        assert error.faults
        assert all(0 <= fault.at <= len(text) for fault in error.faults)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert error.faults
