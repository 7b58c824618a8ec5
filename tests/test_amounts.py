"""Amounts and limits of the allocation: plain numbers are whole currency units, results are rounded down to øre."""

import pytest

from grantengine.testing import engine_with, plan_of, results, small_scheme


@pytest.mark.parametrize(
    ("most", "granted"),
    [
        ("45000", ["45000.00", "45000.00"]),  # a plain number is whole units
        ("30000.5", ["30000.50", "30000.50"]),
        ("requested * 0.5", ["30000.00", "25000.01"]),  # 50000.03 / 2 = 25000.015, rounded down
        ("least(requested, 40000)", ["40000.00", "40000.00"]),
        ("1000 * total", ["60000.00", "50000.03"]),  # 61 points: more than is asked for
    ],
)
def test_largest_grant_is_in_whole_units_or_a_sum(most: str, granted: list[str]) -> None:
    engine = engine_with()
    scheme = small_scheme(
        f"criteria: [{{id: flat, points: 61}}]\nallocation: {{method: ranked, options: {{largest_grant: '{most}'}}}}",
        budget="200 000 NOK",
    )
    cases = [{"id": "a", "answers": {"requested": "60000"}}, {"id": "b", "answers": {"requested": "50000.03"}}]
    result = results(plan_of(scheme, engine), cases, engine)
    assert [case["granted"] for case in result.values()] == granted


@pytest.mark.parametrize(
    ("amount", "round_to", "granted"),
    [
        ("1000", "", "1000.00"),
        ("requested * 0.333", "", "19980.00"),
        ("requested / 7", "", "8571.42"),  # 8571.428…
        ("requested / 7", "100 NOK", "8500.00"),
        ("500 * total", "", "30500.00"),
    ],
)
def test_amount_is_a_sum_or_whole_units(amount: str, round_to: str, granted: str) -> None:
    engine = engine_with()
    options = f"amount: '{amount}'" + (f", round_to: {round_to}" if round_to else "")
    scheme = small_scheme(
        f"criteria: [{{id: flat, points: 61}}]\nallocation: {{method: ranked, options: {{{options}}}}}"
    )
    result = results(plan_of(scheme, engine), [{"id": "a", "answers": {"requested": "60000"}}], engine)
    assert result["a"]["granted"] == granted
