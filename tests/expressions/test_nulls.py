"""Which columns can leave an expression without a value."""

import pytest

from grantengine.expressions.nulls import null_from
from grantengine.expressions.parse import parse


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a > 5 and facts.x.y = 3", {"a", "facts.x.y"}),
        ("5", set()),
        ("a is null or b > 1", {"b"}),
        ("a is not null", set()),
        ("coalesce(a, 0) > b", {"b"}),
        ("coalesce(a, b) > 1", {"a", "b"}),
        ("coalesce(a, null) > 1", {"a"}),
        ("least(a, 5) > 1", set()),
        ("case when a > 1 then b else 0 end", {"b"}),
        ("case when a > 1 then b end", {"a", "b"}),
        ("list_sum(list_transform(rows, r -> r.amount)) > abs(a)", {"rows", "a"}),
    ],
)
def test_columns_that_can_leave_nothing(text: str, columns: set[str]) -> None:
    assert null_from(parse(text).node) == columns
