"""Moments, percent, expressions and what identifies a version."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from grantengine.hooks.expression_texts import ExpressionText, split_tie_break
from grantengine.hooks.moments import MomentError, parse_moment
from grantengine.hooks.values import Percent, SumOrShare
from grantengine.scheme.pointer import pointer_steps, pointer_text, resolve
from grantengine.scheme.versions import canonical, version_hash


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("2027-01-15T09:00", "2027-01-15T08:00:00+00:00", "2027-01-15T08:01:00+00:00"),
        ("2027-07-15T09:00:30", "2027-07-15T07:00:30+00:00", "2027-07-15T07:00:31+00:00"),
        ("2027-03-28T01:59", "2027-03-28T00:59:00+00:00", "2027-03-28T01:00:00+00:00"),
        ("2027-10-31T03:00", "2027-10-31T02:00:00+00:00", "2027-10-31T02:01:00+00:00"),
    ],
)
def test_moments(text: str, opens: str, closes: str) -> None:
    moment = parse_moment(text)
    assert (moment.opens_at.isoformat(), moment.closes_at.isoformat(), str(moment)) == (opens, closes, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2027-03-28T02:00", "moment-does-not-exist"),
        ("2027-03-28T02:59", "moment-does-not-exist"),
        ("2027-10-31T02:00", "moment-twice"),
        ("2027-10-31T02:59:59", "moment-twice"),
        ("2027-02-30T02:00", "moment-format"),
        ("2027-02-03T24:00", "moment-format"),
        ("2027-02-03 12:00", "moment-format"),
        ("0001-01-01T00:00", "moment-format"),
        ("٢٠٢٧-01-01T00:00", "moment-format"),
    ],
)
def test_moments_refused(text: str, code: str) -> None:
    with pytest.raises(MomentError) as caught:
        parse_moment(text)
    assert caught.value.code == code


def test_percent_is_exact() -> None:
    percent = TypeAdapter(Percent)
    written = ("60%", "12,5 %", 0.6, 1, "0%")
    assert [percent.validate_python(one) for one in written] == [
        Decimal("0.6"), Decimal("0.125"), Decimal("0.6"), Decimal(1), Decimal(0),
    ]  # fmt: skip
    assert TypeAdapter(SumOrShare).validate_python("rest") == "rest"


def test_bare_values_are_expressions() -> None:
    expression = TypeAdapter(ExpressionText)
    assert [expression.validate_python(one) for one in (True, 10, 0.5, "a > 1")] == ["true", "10", "0.5", "a > 1"]


def test_split_tie_break() -> None:
    assert split_tie_break(" points.a + 1  desc") == ("points.a + 1", True, 1)


def test_canonical_leaves_out_status_and_order() -> None:
    assert canonical({"b": "ø", "a": [1.5, None], "status": "draft"}) == '{"a":[1.5,null],"b":"ø"}'.encode()
    assert version_hash({"a": 1, "status": "x"}) == version_hash({"status": "y", "a": 1})
    assert version_hash({"a": 1}) != version_hash({"a": 2})


def test_pointers() -> None:
    data = {"criteria": [{"id": "a", "max": 1}, {"id": "b"}], "x/y": 1}
    assert resolve(data, "/criteria/*/max") == [("criteria", 0, "max")]
    assert resolve(data, "/criteria/b") == resolve(data, "/criteria/1") == [("criteria", 1)]
    assert resolve(data, "/x~1y") == [("x/y",)]
    assert resolve(data, "/criteria/c") == resolve(data, "/x~1y/z") == []
    assert pointer_text(pointer_steps("/a~1b/c~0")) == "/a~1b/c~0"
