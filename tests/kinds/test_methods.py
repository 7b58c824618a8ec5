"""Every allocation method against sums worked by hand."""

import hashlib
from typing import Any

import pytest

from grantengine.testing import engine_with, plan_of, results, small_scheme

SCORE = "criteria: [{id: score, points: score}]"
QUESTIONS = (
    "- {id: score, kind: integer}\n- {id: weight, kind: number}\n- {id: group, kind: text}\n- {id: cap, kind: money}"
)


def given(
    method: str, options: str, cases: dict[str, dict[str, Any]], *, budget: str = "100 NOK", **how: Any
) -> dict[str, dict[str, Any]]:
    """What each case gets; a case is its answers, `score` 0 unless it says so."""
    engine = engine_with()
    rest = f"{SCORE}\nallocation: {{method: {method}, options: {{{options}}}}}"
    plan = plan_of(small_scheme(rest, questions=QUESTIONS, budget=budget), engine)
    records = [
        {
            "id": id,
            "answers": {"score": 0, **{k: v for k, v in case.items() if k not in ("submitted_at", "applicant")}},
            **{k: v for k, v in case.items() if k in ("submitted_at", "applicant")},
        }
        for id, case in cases.items()
    ]
    return results(plan, records, engine, **how)


def sums(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {id: case["granted"] for id, case in found.items()}


def grounds(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {id: case["ground"] for id, case in found.items()}


def asks(**sums_wanted: str) -> dict[str, dict[str, Any]]:
    return {id: {"requested": wanted} for id, wanted in sums_wanted.items()}


# --- proportional ----------------------------------------------------------------------------------------------------


def test_proportional_cuts_all_alike() -> None:
    # 100 over 60 + 90 + 150 = 300: a third of each.
    found = given("proportional", "", asks(a="60", b="90", c="150"))
    assert sums(found) == {"a": "20.00", "b": "30.00", "c": "50.00"}
    assert set(grounds(found).values()) == {"funded in part"}


def test_proportional_gives_all_where_there_is_enough() -> None:
    found = given("proportional", "", asks(a="60", b="40"))
    assert (sums(found), set(grounds(found).values())) == ({"a": "60.00", "b": "40.00"}, {"funded"})


def test_left_over_ore_go_to_the_largest_remainders_and_equals_by_rank() -> None:
    # 1.00 = 100 øre over three equal: 33 each, one øre over, all remainders alike: the best rank has it.
    cases = {
        "a": {"requested": "5", "score": 1},
        "b": {"requested": "5", "score": 3},
        "c": {"requested": "5", "score": 2},
    }
    assert sums(given("proportional", "", cases, budget="1 NOK")) == {"a": "0.33", "b": "0.34", "c": "0.33"}
    # 100 øre by 1 : 2 : 4 of 7: 14.29, 28.57, 57.14 -> 14, 28, 57, one over to the remainder .57.
    cases = {
        "a": {"requested": "9", "weight": 1}, "b": {"requested": "9", "weight": 2}, "c": {"requested": "9", "weight": 4},
    }  # fmt: skip
    assert sums(given("proportional", "base: weight", cases, budget="1 NOK")) == {"a": "0.14", "b": "0.29", "c": "0.57"}


def test_what_a_limit_frees_is_shared_again() -> None:
    # By weight 1 : 1 : 2 of 100: 25, 25, 50. a asks for 10, so 15 are free for b and c as 1 : 2: 30 and 60.
    cases = {
        "a": {"requested": "10", "weight": 1}, "b": {"requested": "99", "weight": 1}, "c": {"requested": "99", "weight": 2},
    }  # fmt: skip
    found = given("proportional", "base: weight", cases)
    assert sums(found) == {"a": "10.00", "b": "30.00", "c": "60.00"}
    assert grounds(found) == {"a": "funded", "b": "funded in part", "c": "funded in part"}
    assert sums(given("proportional", "base: weight, share_freed: false", cases)) == {
        "a": "10.00", "b": "25.00", "c": "50.00",
    }  # fmt: skip


def test_freed_twice() -> None:
    # 100 by 1 : 1 : 2. a (10) frees 15: b and c have 30 and 60. b asks for 27: 3 more for c, 63.
    cases = {
        "a": {"requested": "10", "weight": 1}, "b": {"requested": "27", "weight": 1}, "c": {"requested": "99", "weight": 2},
    }  # fmt: skip
    assert sums(given("proportional", "base: weight", cases)) == {"a": "10.00", "b": "27.00", "c": "63.00"}


def test_fixed_comes_first_and_factor_and_ceiling_count() -> None:
    # 20 each first: 60 left over 1x1 : 1x2 = 20 and 40, but b's ceiling of 50 leaves 30 of its 40: 10 more for a.
    cases = {"a": {"requested": "90", "weight": 1, "cap": None}, "b": {"requested": "90", "weight": 2, "cap": "50"}}
    options = "fixed: 20, base: '1', factor: weight, ceiling: cap"
    assert sums(given("proportional", options, cases)) == {"a": "50.00", "b": "50.00"}


def test_who_has_no_part_waits_for_nothing() -> None:
    # b alone has members that count, and asks for 30 of 100: a gets nothing although 70 are left.
    cases = {"a": {"requested": "90", "weight": 0}, "b": {"requested": "30", "weight": 4}}
    found = given("proportional", "base: weight", cases)
    assert grounds(found) == {"a": "below minimum", "b": "funded"}


def test_nothing_of_a_fixed_sum_that_a_limit_frees_is_shared_again() -> None:
    # 400 each first of 1000: 100 each of the rest. a asks for 100 and frees 400, which b has no part of.
    cases = {"a": {"requested": "100"}, "b": {"requested": "900"}}
    options = "fixed: 400, base: '1', share_freed: false"
    assert sums(given("proportional", options, cases, budget="1 000 NOK")) == {"a": "100.00", "b": "500.00"}


def test_fixed_sums_that_do_not_fit_are_cut_in_proportion() -> None:
    # 80 + 120 = 200 do not fit in 100: half of each.
    cases = {"a": {"requested": "500", "cap": "80"}, "b": {"requested": "500", "cap": "120"}}
    assert sums(given("proportional", "fixed: cap", cases)) == {"a": "40.00", "b": "60.00"}


def test_proportional_by_points_with_a_minimum() -> None:
    # a is below 10; b and c share 100 by 30 : 20.
    cases = {
        "a": {"requested": "90", "score": 9},
        "b": {"requested": "90", "score": 30},
        "c": {"requested": "90", "score": 20},
    }
    found = given("proportional", "base: total, minimum_points: 10", cases)
    assert sums(found) == {"a": "0.00", "b": "60.00", "c": "40.00"}
    assert grounds(found)["a"] == "below minimum"


def test_without_weight_only_the_fixed_sum() -> None:
    cases = {"a": {"requested": "90", "weight": -3}, "b": {"requested": "90"}, "c": {"requested": "90", "weight": 0.1}}
    assert sums(given("proportional", "fixed: 5, base: weight", cases)) == {"a": "5.00", "b": "5.00", "c": "90.00"}


def test_shares_are_whole_multiples_of_round_to() -> None:
    # 10 units of 10 over three: 3 each, one over for the best rank, which is the first id.
    assert sums(given("proportional", "round_to: 10 NOK", asks(a="95", b="95", c="95"))) == {
        "a": "40.00", "b": "30.00", "c": "30.00",
    }  # fmt: skip


# --- equal -----------------------------------------------------------------------------------------------------------


def test_equal_shares_and_what_is_freed() -> None:
    # 100 over four is 25 each; a and b ask for 10: 30 are free, 15 each for c and d.
    found = given("equal", "", asks(a="10", b="10", c="90", d="40"))
    assert sums(found) == {"a": "10.00", "b": "10.00", "c": "40.00", "d": "40.00"}
    assert grounds(found) == {"a": "funded", "b": "funded", "c": "funded in part", "d": "funded"}


def test_equal_with_a_minimum() -> None:
    cases = {"a": {"requested": "90", "score": 1}, "b": {"requested": "90", "score": 5}}
    assert sums(given("equal", "minimum_points: 5", cases)) == {"a": "0.00", "b": "90.00"}


# --- per unit --------------------------------------------------------------------------------------------------------

HOURS = "- {id: lessons, kind: integer}\n- {id: practice, kind: integer}\n- {id: price, kind: money}"


def per_unit(options: str, cases: dict[str, dict[str, Any]], budget: str = "10 000 NOK") -> dict[str, dict[str, Any]]:
    engine = engine_with()
    lines = "lines: [{units: lessons, rate: 350 NOK}, {units: practice, rate: 100}]"
    rest = f"{SCORE}\nallocation: {{method: per_unit, options: {{{options or lines}}}}}"
    questions = f"{HOURS}\n- {{id: score, kind: integer}}"
    plan = plan_of(small_scheme(rest, questions=questions, budget=budget), engine)
    records = [{"id": id, "answers": {"score": 0, **answers}} for id, answers in cases.items()]
    return results(plan, records, engine, undetermined="exclude")


def test_rates_times_units() -> None:
    # a: 10 x 350 + 20 x 100 = 5500; b: 2 x 350 = 700 (practice not answered); c: nothing answered.
    found = per_unit("", {"a": {"lessons": 10, "practice": 20}, "b": {"lessons": 2}, "c": {}})
    assert sums(found) == {"a": "5500.00", "b": "700.00", "c": "0.00"}
    assert grounds(found) == {"a": "funded", "b": "funded", "c": "to be clarified: lessons, practice"}


def test_too_little_money_for_the_rates() -> None:
    # 3500 + 700 + 2800 = 7000 in a budget of 3500: half of each.
    cases = {"a": {"lessons": 10}, "b": {"lessons": 2}, "c": {"lessons": 8}}
    assert sums(per_unit("", cases, "3 500 NOK")) == {"a": "1750.00", "b": "350.00", "c": "1400.00"}


def test_too_little_money_by_rank() -> None:
    # In order b, c, a: b 700 and c 2800 leave nothing but 0 of 3500; with 4000, a has the last 500.
    cases = {"a": {"lessons": 10, "score": 1}, "b": {"lessons": 2, "score": 9}, "c": {"lessons": 8, "score": 5}}
    options = "lines: [{units: lessons, rate: 350 NOK}], when_short: ranked"
    assert sums(per_unit(options, cases, "4 000 NOK")) == {"a": "500.00", "b": "700.00", "c": "2800.00"}
    assert grounds(per_unit(options, cases, "4 000 NOK"))["a"] == "funded in part"


def test_the_last_one_in_is_given_whole_multiples_of_round_to() -> None:
    # 705 left after b: a is given 700 of its 3500.
    cases = {"a": {"lessons": 10, "score": 1}, "b": {"lessons": 2, "score": 9}}
    options = "lines: [{units: lessons, rate: 350 NOK}], when_short: ranked, round_to: 100 NOK"
    assert sums(per_unit(options, cases, "1 405 NOK")) == {"a": "700.00", "b": "700.00"}


def test_no_more_than_what_is_requested() -> None:
    # 10 x 350 = 3500 and 2 x 350 = 700; 123.45 and 900 are asked for.
    options = "lines: [{units: lessons, rate: 350 NOK}], amount: requested"
    cases = {"a": {"lessons": 10, "requested": "123.45"}, "b": {"lessons": 2, "requested": "900"}}
    assert sums(per_unit(options, cases, "9 000 NOK")) == {"a": "123.45", "b": "700.00"}


def test_rate_as_an_expression_and_a_limit_beside_the_lines() -> None:
    # 10 x 12.50 = 125, limited to 100.
    options = "lines: [{units: lessons, rate: price}], amount: 100"
    assert sums(per_unit(options, {"a": {"lessons": 10, "price": "12.50"}})) == {"a": "100.00"}
    assert sums(per_unit(options, {"a": {"lessons": 4, "price": "12.50"}})) == {"a": "50.00"}


# --- lottery, first come ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [7, 8, 9, "autumn"])
def test_lottery_can_be_repeated_by_anyone(seed: int | str) -> None:
    ids = [f"c{number}" for number in range(8)]
    drawn = sorted(ids, key=lambda id: hashlib.sha256(f"{seed}:{id}".encode()).hexdigest())
    cases = {id: {"requested": "30", "score": number} for number, id in enumerate(ids)}
    found = given("lottery", f"seed: {seed}", cases)
    assert [id for id in drawn if found[id]["granted"] == "30.00"] == drawn[:3]
    assert [id for id in ids if found[id]["granted"] == "0.00"] == [id for id in ids if id not in drawn[:3]]
    # The reserve is in drawn order too, while ranks are those of points.
    assert [found[id]["reserve"] for id in drawn[3:]] == [1, 2, 3, 4, 5]
    assert [found[id]["rank"] for id in reversed(ids)] == list(range(1, 9))


def test_lottery_with_a_minimum() -> None:
    cases = {f"c{n}": {"requested": "30", "score": n} for n in range(8)}
    found = given("lottery", "seed: 1, minimum_points: 6", cases)
    assert {id for id, case in found.items() if case["granted"] == "30.00"} == {"c6", "c7"}


def test_first_come_goes_by_the_instant() -> None:
    cases = {
        "late": {"requested": "40", "submitted_at": "2027-02-01T12:00:01+01:00", "score": 9},
        "utc": {"requested": "40", "submitted_at": "2027-02-01T10:59:00Z", "score": 1},  # 11:59 in Norway
        "early": {"requested": "40", "submitted_at": "2027-02-01T12:00:00", "score": 5},
        "same": {"requested": "40", "submitted_at": "2027-02-01T12:00:00", "score": 7},  # equal: the better one first
    }
    found = given("first_come", "when_unaffordable: partial", cases)
    assert sums(found) == {"utc": "40.00", "same": "40.00", "early": "20.00", "late": "0.00"}
    assert found["late"]["reserve"] == 1


def test_first_come_needs_the_moment() -> None:
    cases = {"a": {"requested": "40"}, "b": {"requested": "40", "submitted_at": "2027-02-01T12:00:00"}}
    assert grounds(given("first_come", "", cases, undetermined="exclude")) == {
        "a": "to be clarified: submitted_at", "b": "funded",
    }  # fmt: skip


# --- quota -----------------------------------------------------------------------------------------------------------


def quota_cases() -> dict[str, dict[str, Any]]:
    return {
        "n1": {"requested": "30", "score": 9, "group": "north"},
        "n2": {"requested": "30", "score": 8, "group": "north"},
        "n3": {"requested": "30", "score": 7, "group": "north"},
        "s1": {"requested": "30", "score": 2, "group": "south"},
        "x1": {"requested": "20", "score": 5},
    }


def test_each_group_has_its_share_and_the_rest_is_for_all() -> None:
    # 50 for the south: s1 gets 30. 50 for the north: n1 gets 30, n2 does not fit in 20. Left 40: n2 30, then x1 and n3
    # do not fit in 10.
    found = given("quota", "by: group, shares: {north: 50%, south: 50%}", quota_cases())
    assert sums(found) == {"n1": "30.00", "n2": "30.00", "n3": "0.00", "s1": "30.00", "x1": "0.00"}


def test_quota_then_by_another_rule() -> None:
    # As above, but those that do not fit are passed over: after n2 there are 10, which nobody can have in full.
    options = "by: group, shares: {south: 30%}, then: {method: ranked, options: {when_unaffordable: skip}}"
    # South: s1 30. Left 70 for all: n1, n2 30 each; 10 left: n3 and x1 do not fit.
    assert sums(given("quota", options, quota_cases())) == {
        "n1": "30.00", "n2": "30.00", "n3": "0.00", "s1": "30.00", "x1": "0.00",
    }  # fmt: skip


def test_quota_in_equal_parts() -> None:
    # North 60 over three: 20 each. South 40: s1 30. Left 10 over what n1, n2, n3 (10 each) and x1 (20) lack: 2.50 each.
    found = given("quota", "by: group, shares: {north: 60%, south: 40%}, then: equal", quota_cases())
    assert sums(found) == {"n1": "22.50", "n2": "22.50", "n3": "22.50", "s1": "30.00", "x1": "2.50"}
    assert grounds(found)["s1"] == "funded"
    assert grounds(found)["n1"] == "funded in part"


def test_quota_groups_of_numbers_and_yes_no() -> None:
    cases = {"a": {"requested": "50", "score": 3, "weight": 1}, "b": {"requested": "50", "score": 1, "weight": 2}}
    assert sums(given("quota", "by: weight, shares: {'2': 100%}", cases, budget="50 NOK")) == {
        "a": "0.00",
        "b": "50.00",
    }
    assert sums(given("quota", "by: score > 2, shares: {'false': 100%}", cases, budget="50 NOK")) == {
        "a": "0.00", "b": "50.00",
    }  # fmt: skip


# --- earmarked -------------------------------------------------------------------------------------------------------


def of(number: str, score: int = 0) -> dict[str, Any]:
    return {"applicant": {"organisation_number": number}, "score": score}


NAMED = "amounts: {'974760673': 60 NOK, '971032081': 30 NOK}"


def test_the_named_get_what_is_named() -> None:
    found = given("earmarked", NAMED, {"a": of("974760673"), "b": of("971032081"), "c": of("923609016")})
    assert sums(found) == {"a": "60.00", "b": "30.00", "c": "0.00"}
    assert grounds(found) == {"a": "funded", "b": "funded", "c": "below minimum"}


def test_a_named_sum_is_given_once() -> None:
    found = given("earmarked", NAMED, {"a": of("974760673", 1), "b": of("974760673", 2)})
    assert sums(found) == {"a": "0.00", "b": "60.00"}


def test_named_sums_beyond_the_budget_go_by_rank() -> None:
    cases = {"a": of("974760673", 1), "b": of("971032081", 2)}
    assert sums(given("earmarked", NAMED, cases, budget="80 NOK")) == {"a": "0.00", "b": "30.00"}
