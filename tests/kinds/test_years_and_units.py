"""Budgets by year, and budgets of hours and seats instead of money."""

from __future__ import annotations

import json
from typing import Any

import pytest
from calls import Case, call, case, decided, grounds, outcome, sums, wired

from grantengine.errors import EvaluationError
from grantengine.explain import explain
from grantengine.explanation_json import explanation_json
from grantengine.outcome_json import outcome_json, summary_json
from grantengine.testing import codes, small_scheme

# --- years -----------------------------------------------------------------------------------------------------------

YEARS = "{2027: 100 NOK, 2028: 50 NOK}"


def awards(found: dict[str, dict[str, Any]]) -> dict[str, list[tuple[int, str]]]:
    return {id: [(line["year"], line["amount"]) for line in one["award"]] for id, one in found.items()}


def test_each_year_has_its_own_money() -> None:
    # 40 a year each. 2027: 40, 40 and the last 20. 2028: 40, the last 10, nothing.
    found = decided(call(budget=YEARS), [case("a", 3, "40"), case("b", 2, "40"), case("c", 1, "40")])
    assert awards(found) == {
        "a": [(2027, "40.00"), (2028, "40.00")], "b": [(2027, "40.00"), (2028, "10.00")], "c": [(2027, "20.00")],
    }  # fmt: skip
    assert sums(found) == {"a": "80.00", "b": "50.00", "c": "20.00"}
    assert grounds(found) == {"a": "funded", "b": "funded in part", "c": "funded in part"}


def test_funded_in_one_year_only_is_funded_in_part() -> None:
    # 2027: 50 and 50 in full; 2028 has 50 for the first alone.
    found = decided(call(budget=YEARS), [case("a", 2, "50"), case("b", 1, "50")])
    assert awards(found) == {"a": [(2027, "50.00"), (2028, "50.00")], "b": [(2027, "50.00")]}
    assert grounds(found) == {"a": "funded", "b": "funded in part"}
    assert found["b"]["reserve"] is None


def test_years_are_in_order_whatever_the_order_they_are_written_in() -> None:
    plan = call(budget="{2028: 50 NOK, 2027: 100 NOK}")
    assert [(year.year, year.budget) for year in plan.years] == [(2027, 10_000), (2028, 5000)]


def allocation(options: str) -> str:
    return f"allocation: {{method: ranked, options: {{{options}}}}}"


def test_amounts_read_the_year() -> None:
    plan = call("", allocation("amount: requested * case when year = 2027 then 1 else 0.5 end"), budget=YEARS)
    found = decided(plan, [case("a", 2, "60"), case("b", 1, "40")])
    # 2027: 60 + 40 = 100. 2028: 30 + 20 = 50.
    assert awards(found) == {"a": [(2027, "60.00"), (2028, "30.00")], "b": [(2027, "40.00"), (2028, "20.00")]}
    assert set(grounds(found).values()) == {"funded"}


def test_round_off_of_the_largest_grant_by_year() -> None:
    # At most 2027 - 2000 = 27 and 2028 - 2000 = 28, in whole tens: 20 and 20; then 37 and 38: 30 and 30.
    for least, expected in ((2000, "20.00"), (1990, "30.00")):
        plan = call("", allocation(f"largest_grant: year - {least}, round_to: 10 NOK"), budget=YEARS)
        assert awards(decided(plan, [case("a", 1, "90")])) == {"a": [(2027, expected), (2028, expected)]}
    plan = call(
        "", allocation("largest_grant: case when year = 2027 then 29.99 else 30 end, round_to: 10 NOK"), budget=YEARS
    )
    assert awards(decided(plan, [case("a", 1, "90")])) == {"a": [(2027, "20.00"), (2028, "30.00")]}


def test_year_is_read_where_the_budget_is_one_sum() -> None:
    # The call closes in 2027, so that is the year of its money, and of the award.
    found = decided(call("", allocation("amount: year - 2000")), [case("a", 1)])
    assert awards(found) == {"a": [(2027, "27.00")]}
    found = decided(call("decided_by: 2028-02-01", allocation("amount: year - 2000")), [case("a", 1)])
    assert awards(found) == {"a": [(2028, "28.00")]}


def test_ties_are_broken_alike_in_all_years() -> None:
    # One ranking: a before b in both years, by what is asked for.
    tie = "allocation: {method: ranked, options: {when_unaffordable: partial}, tie_break: ['requested desc']}"
    found = decided(call("", tie, budget=YEARS), [case("b", 1, "40"), case("a", 1, "70")])
    assert awards(found) == {"a": [(2027, "70.00"), (2028, "50.00")], "b": [(2027, "30.00")]}
    rest = (
        'allocation: {method: ranked, tie_break: ["case when year = 2027 then requested else 0 - requested end desc"]}'
    )
    assert codes(small_scheme(rest, budget=YEARS), wired()) == ["expression-unknown-name"]


def test_a_year_for_which_nothing_is_asked_does_not_make_a_grant_partial() -> None:
    # Only 2028 is asked for: 20 of 50 there in full, though there is nothing in 2027, which comes first; and the other way.
    for year, other in ((2028, 2027), (2027, 2028)):
        plan = call("", allocation(f"amount: case when year = {year} then requested else 0 end"), budget=YEARS)
        found = decided(plan, [case("a", 2, "20"), case("b", 1, None)], undetermined="exclude")
        assert awards(found)["a"] == [(year, "20.00")], other
        assert grounds(found)["a"] == "funded"
    # Without money in the year that is asked for it waits for it, and is on the reserve list.
    plan = call("", allocation("amount: case when year = 2028 then requested else 0 end"), budget=YEARS)
    found = decided(plan, [case("a", 2, "50"), case("b", 1, "30")])
    assert (grounds(found), found["b"]["reserve"]) == ({"a": "funded", "b": "budget used"}, 1)


def test_a_sum_set_by_hand_is_for_each_year() -> None:
    # By hand 30 in each year; a, who is better, has the 70 and 20 that are left.
    hand = case("b", 1, "5", set_by_hand={"amount": "30", "reason": "As promised"})
    found = decided(call(budget=YEARS), [case("a", 2, "90"), hand])
    assert awards(found) == {"a": [(2027, "70.00"), (2028, "20.00")], "b": [(2027, "30.00"), (2028, "30.00")]}
    assert grounds(found) == {"a": "funded in part", "b": "set by hand"}


def test_a_sum_set_by_hand_must_fit_each_year() -> None:
    hand = case("b", 1, "5", set_by_hand={"amount": "60", "reason": "As promised"})
    with pytest.raises(EvaluationError) as caught:
        decided(call(budget=YEARS), [hand])
    assert [problem.code for problem in caught.value.problems] == ["by-hand-over-budget"]


def test_committed_by_year() -> None:
    # 2027: 100 - 60 = 40. 2028 as it was.
    result = outcome(call(budget=YEARS), [case("a", 1, "90")], committed={"2027": 6000})
    assert result.granted.tolist() == [4000 + 5000]
    assert result.budgets == (4000, 5000)


@pytest.mark.parametrize(
    ("committed", "code"),
    [
        (1, "committed-of-what"),
        ({"2029": 1}, "committed-of-what"),
        ({"2028": 5001}, "committed-over-budget"),
        ({"2028": -1}, "committed-over-budget"),
    ],
)
def test_committed_that_does_not_fit_years(committed: Any, code: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        outcome(call(budget=YEARS), [case("a", 1)], committed=committed)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_committed_of_one_sum_with_or_without_its_year() -> None:
    for committed in (3000, {"2027": 3000}):
        assert outcome(call(), [case("a", 1, "90")], committed=committed).granted.tolist() == [7000]


def test_the_summary_tells_of_each_year() -> None:
    result = outcome(call(budget=YEARS), [case("a", 2, "60"), case("b", 1, "10")], committed={"2027": 2500})
    summary = summary_json(result)
    # 2027: 100 - 25 used; 60 and 10 given, 5 left. 2028: 50, all of it for a.
    assert summary["years"] == [
        {"year": 2027, "budget": "75.00", "granted": "70.00", "left": "5.00"},
        {"year": 2028, "budget": "50.00", "granted": "50.00", "left": "0.00"},
    ]
    assert (summary["budget"], summary["granted"], summary["left"]) == ("125.00", "120.00", "5.00")
    assert "years" not in summary_json(outcome(call(), [case("a", 1)]))


def test_explain_has_the_award_lines() -> None:
    plan = call(budget=YEARS)
    explanation = explain(outcome(plan, [case("a", 1, "60")]), "a", engine=wired().rules)
    shown = explanation_json(explanation, plan, wired().registry.texts, "en")
    assert shown["award"] == [
        {"year": 2027, "unit": "money", "amount": "60.00"}, {"year": 2028, "unit": "money", "amount": "50.00"},
    ]  # fmt: skip
    assert (shown["granted"], shown["ground"]) == ("110.00", "funded in part")


# --- units -----------------------------------------------------------------------------------------------------------

WANTS = "- {id: wanted, kind: number}\n- {id: cost, kind: money, maximum: 50 000 NOK}"


def in_kind(budget: str, options: str = "amount: wanted, when_unaffordable: partial", more: str = "") -> Any:
    return call(more, allocation(options), budget=budget, questions=WANTS)


def wants(id: str, score: int, wanted: float | None, **more: Any) -> Case:
    return case(id, score, None, answers={"wanted": wanted}, **more)


def lines(found: dict[str, dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    return {id: [(line["unit"], line["amount"]) for line in one["award"]] for id, one in found.items()}


def test_hours() -> None:
    # 400 hours: 250.5, then 149.5 of the 200 that are asked for.
    plan = in_kind("400 hours")
    result = outcome(plan, [wants("a", 2, 250.5), wants("b", 1, 200), wants("c", 0, 1)])
    found = {one["id"]: one for one in outcome_json(result)["cases"]}
    assert lines(found) == {"a": [("hours", "250.50")], "b": [("hours", "149.50")], "c": []}
    assert set(sums(found).values()) == {"0.00"}, "what is granted in kind is no money"
    assert grounds(found) == {"a": "funded", "b": "funded in part", "c": "budget used"}
    summary = summary_json(result)
    assert [summary[key] for key in ("currency", "unit", "budget", "granted", "left", "funded")] == [
        "hours", "hours", "400.00", "400.00", "0.00", 2,
    ]  # fmt: skip
    explanation = explain(result, "a", engine=wired().rules)
    shown = explanation_json(explanation, plan, wired().registry.texts, "en")
    assert (shown["granted"], shown["award"]) == ("0.00", [{"year": 2027, "unit": "hours", "amount": "250.50"}])


def test_seats_are_whole() -> None:
    # 12.9 seats are 12; then 7.9 are 7; of 30 there are 11 left, and 20 are asked for.
    found = decided(
        in_kind("30 seats"), [wants("a", 3, 12.9), wants("b", 2, 7.9), wants("c", 1, 20), wants("d", 0, 0.9)]
    )
    assert lines(found) == {"a": [("seats", "12.00")], "b": [("seats", "7.00")], "c": [("seats", "11.00")], "d": []}
    assert grounds(found)["d"] == "below minimum"


def test_seats_in_multiples_and_by_year() -> None:
    plan = in_kind("{2027: 30 seats, 2028: 10 seats}", "amount: wanted, round_to: 4 seats")
    found = decided(plan, [wants("a", 2, 11), wants("b", 1, 7)])
    # Whole fours: 8 and 4. 2028: 8 of 10 for a, and 4 do not fit in 2.
    assert {id: [(line["year"], line["amount"]) for line in one["award"]] for id, one in found.items()} == {
        "a": [(2027, "8.00"), (2028, "8.00")], "b": [(2027, "4.00")],
    }  # fmt: skip


def test_seats_at_deadlines_are_whole() -> None:
    # Half of 5 seats is 2.5: two are given, and three are left for the rest.
    closes = "intake: deadlines, deadlines: [{closes: 2027-03-01T12:00, budget: 50%}, {closes: 2027-06-01T12:00}]"
    plan = in_kind("5 seats", more=closes)
    cases = [wants("a", 1, 9, at="2027-02-01"), wants("b", 1, 9, at="2027-05-01")]
    assert lines(decided(plan, cases)) == {"a": [("seats", "2.00")], "b": [("seats", "3.00")]}


def test_committed_seats_are_whole_as_far_as_they_are_given() -> None:
    found = outcome(in_kind("5 seats"), [wants("a", 1, 9)], committed=250)
    assert found.granted.tolist() == [200]


def test_what_is_set_by_hand_is_in_the_unit() -> None:
    hand = {"set_by_hand": {"amount": "7", "reason": "Agreed"}}
    found = decided(in_kind("30 seats"), [wants("a", 1, 2, **hand), wants("b", 9, 40)])
    assert lines(found) == {"a": [("seats", "7.00")], "b": [("seats", "23.00")]}


def test_half_a_seat_can_not_be_set_by_hand() -> None:
    hand = {"set_by_hand": {"amount": "7.50", "reason": "Agreed"}}
    with pytest.raises(EvaluationError) as caught:
        decided(in_kind("30 seats"), [wants("a", 1, 2, **hand)])
    assert [problem.code for problem in caught.value.problems] == ["by-hand-not-whole"]
    found = decided(in_kind("30 hours"), [wants("a", 1, 2, **hand)])
    assert lines(found) == {"a": [("hours", "7.50")]}


@pytest.mark.parametrize("budget", ["30.5 seats", "'7,25 slots'", "{2027: 30 seats, 2028: 0.5 seats}"])
def test_a_part_of_a_seat_is_no_budget(budget: str) -> None:
    rest = "allocation: {method: ranked, options: {amount: 1}}"
    assert codes(small_scheme(rest, budget=budget), wired()) == ["unit-not-whole"]


def test_hours_may_have_decimals() -> None:
    assert in_kind("30.5 hours").budget == 3050


def test_sums_in_a_call_of_seats_are_not_compared_with_them() -> None:
    # The question has a limit in NOK, and so have answers; an option of the allocation would be compared with seats.
    plan = in_kind("30 seats")
    found = decided(plan, [case("a", 1, None, answers={"wanted": 3, "cost": "49999.50"})])
    assert lines(found) == {"a": [("seats", "3.00")]}
    rest = "allocation: {method: ranked, options: {amount: 1, round_to: 10 NOK}}"
    assert codes(small_scheme(rest, budget="30 seats"), wired()) == ["currency-differs"]


def test_the_outcome_in_kind_is_json() -> None:
    assert (
        json.loads(json.dumps(outcome_json(outcome(in_kind("3 slots"), [wants("a", 1, 2)]))))["summary"]["unit"]
        == "slots"
    )
