"""Edges of the allocation methods, worked by hand: what limits do at the last øre, who is next, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grantengine import AllocationMethod, Ground, Pool
from grantengine.bootstrap import Engine
from grantengine.hooks.pool import taken_from
from grantengine.testing import codes, plan_of, results, small_scheme
from grantengine_plugins.allocation.ranked import MANY_RUNS


def pool(amounts: Sequence[int], budget: int, points: Sequence[int] = (), unit: int = 1, **columns: Any) -> Pool:
    """Members in falling order of points unless ``points`` says otherwise; amounts in øre."""
    totals = np.array(points or range(len(amounts), 0, -1), np.int64) * 10_000
    places = np.arange(len(amounts))
    kept = {name: np.array(values) for name, values in columns.items()}
    return Pool(
        totals=totals,
        amounts=np.array(amounts, np.int64),
        budget=budget,
        unit=unit,
        columns=kept,
        ties=(taken_from(places),),
    )


def given(engine: Engine, kind: str, options: dict[str, Any], pool: Pool) -> tuple[list[int], list[str]]:
    cls = engine.registry.find(AllocationMethod, kind)
    assert cls is not None
    grants = cls(kind).share_out(cls.Options.model_validate(options), pool)
    return grants.granted.tolist(), [list(Ground)[code].value for code in grants.grounds]


def end_to_end(
    engine: Engine,
    method: str,
    options: str,
    records: list[dict[str, Any]],
    questions: str = "",
    budget: str = "100 NOK",
) -> dict[str, dict[str, Any]]:
    rest = f"criteria: [{{id: s, points: score}}]\nallocation: {{method: {method}, options: {{{options}}}}}"
    text = small_scheme(rest, questions=f"- {{id: score, kind: integer}}\n{questions}", budget=budget)
    return results(plan_of(text, engine), records, engine, undetermined="exclude")


# --- proportional -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ceiling", "freed", "expected"),
    [
        # Budget 200, 50 each first, 100 left by 1 : 1. A limit of 50 leaves the first nothing of its 50, 51 leaves 1.
        (50, False, [50, 100]),
        (51, False, [51, 100]),
        (100, False, [100, 100]),
        (50, True, [50, 150]),
        (51, True, [51, 149]),
    ],
)
def test_what_a_limit_frees_is_kept_back_or_shared(
    engine: Engine, ceiling: int, freed: bool, expected: list[int]
) -> None:
    members = pool([1000, 1000], 200, base=[1.0, 1.0], fixed=[50, 50], ceiling=[ceiling, 1000])
    options = {"base": "1", "fixed": "1", "ceiling": "1", "share_freed": freed}
    assert given(engine, "proportional", options, members)[0] == expected


def test_those_below_the_minimum_have_no_weight_also_when_freed_sums_are_kept_back(engine: Engine) -> None:
    # The last two share 100 by 1 : 1, whatever the weight of the first, who is below 2 points.
    members = pool([90, 90, 90], 100, points=[1, 3, 2], base=[8.0, 1.0, 1.0])
    options = {"base": "1", "minimum_points": 2, "share_freed": False}
    assert given(engine, "proportional", options, members) == (
        [0, 50, 50], ["below minimum", "funded in part", "funded in part"],
    )  # fmt: skip


def test_doubles_are_what_they_are(engine: Engine) -> None:
    # As doubles 0.1 + 0.2 is more than 0.3: of 3 øre, 1.5 and a hair more or less. The larger remainder has the odd øre,
    # though the other is ranked first.
    members = pool([9, 9], 3, base=[0.3, 0.1 + 0.2])
    assert given(engine, "proportional", {"base": "1"}, members)[0] == [1, 2]
    # The same written alike: equal remainders, and the better rank has it.
    members = pool([9, 9], 3, base=[0.3, 0.3])
    assert given(engine, "proportional", {"base": "1"}, members)[0] == [2, 1]


def test_sums_beyond_64_bits_are_exact(engine: Engine) -> None:
    # Weights of 10^13 øre over a budget of 10^15: their products do not fit in 64 bits. 3/4 and 1/4 to the øre.
    most = 10**15
    members = pool([most, most], most + 1, base=[3 * 10**13, 10**13])
    # 3/4 x (10^15 + 1) = 750 000 000 000 000.75 and 250 000 000 000 000.25: the odd øre goes to .75.
    assert given(engine, "proportional", {"base": "1"}, members)[0] == [750_000_000_000_001, 250_000_000_000_000]


def test_no_weight_and_no_fixed_sum_is_nothing_though_money_is_left(engine: Engine) -> None:
    members = pool([90, 20], 100, base=[0.0, 1.0])
    assert given(engine, "proportional", {"base": "1"}, members) == ([0, 20], ["below minimum", "funded"])


def test_fewer_units_than_members_go_to_the_best(engine: Engine) -> None:
    # 250 øre are two whole units of 100 over three: each has two thirds of one, the two best get it; 50 øre are left.
    members = pool([500, 500, 500], 250, points=[1, 3, 2], unit=100)
    assert given(engine, "equal", {}, members) == ([0, 100, 100], ["budget used", "funded in part", "funded in part"])


# --- by rank ----------------------------------------------------------------------------------------------------------


def test_many_that_do_not_fit_between_many_that_do(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    # 1, 1000, 1, 999, 1, 998 …: each small sum makes what is left too little for the next large one. The ranking is
    # looked through a bounded number of times all the same.
    runs = []
    longest_run = Pool.longest_run
    monkeypatch.setattr(Pool, "longest_run", lambda *args: runs.append(1) or longest_run(*args))
    amounts = [amount for number in range(400) for amount in (1, 1000 - number)]
    granted, grounds = given(engine, "ranked", {"when_unaffordable": "skip"}, pool(amounts, 1000))
    assert granted == [1, 0] * 400
    assert grounds == ["funded", "does not fit"] * 400
    assert len(runs) <= MANY_RUNS + 1


@pytest.mark.parametrize(("asked", "largest"), [("0", "50"), ("9", "50"), ("60", "0"), ("60", "9")])
def test_an_amount_of_nothing(engine: Engine, asked: str, largest: str) -> None:
    # 9 is less than the 10 that is the least given. Nobody waits for nothing: c is the first in reserve.
    cases = {"a": (9, asked, largest), "b": (8, "60", "60"), "c": (7, "60", "60")}
    records = [
        {"id": id, "answers": {"score": score, "requested": wanted, "most": most}}
        for id, (score, wanted, most) in cases.items()
    ]
    options = "round_to: 10 NOK, largest_grant: most"
    found = end_to_end(engine, "ranked", options, records, "- {id: most, kind: money}")
    assert {id: (case["granted"], case["ground"], case["reserve"]) for id, case in found.items()} == {
        "a": ("0.00", "below minimum", None),
        "b": ("60.00", "funded", None),
        "c": ("0.00", "does not fit", 1),
    }


def test_the_reserve_of_first_come_is_those_who_came_next(engine: Engine) -> None:
    records = [
        {"id": f"c{hour}", "answers": {"score": hour, "requested": "60"}, "submitted_at": f"2027-02-01T{hour}:00"}
        for hour in (14, 11, 13, 12)
    ]
    found = end_to_end(engine, "first_come", "", records)
    assert {id: (case["granted"], case["reserve"]) for id, case in found.items()} == {
        "c11": ("60.00", None), "c12": ("0.00", 1), "c13": ("0.00", 2), "c14": ("0.00", 3),
    }  # fmt: skip


# --- per unit ---------------------------------------------------------------------------------------------------------

UNITS = "- {id: hours, kind: number}\n- {id: trips, kind: integer}"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"hours": 3}, "1050.30"),  # 3 x 350.10; as doubles 1050.3000000000002
        ({"hours": 7, "trips": 3}, "2451.00"),  # 2450.70 + 3 x 0.10
        ({"hours": 0.333}, "116.58"),  # 116.5833
        ({"hours": -5, "trips": 30}, "3.00"),  # less than none is none
        ({"hours": 0, "trips": 0}, "0.00"),
    ],
)
def test_units_times_rates_to_the_ore(engine: Engine, answers: dict[str, Any], expected: str) -> None:
    options = "lines: [{units: hours, rate: 350.10 NOK}, {units: trips, rate: 0.10 NOK}]"
    records = [{"id": "a", "answers": {"score": 1, **answers}}]
    assert end_to_end(engine, "per_unit", options, records, UNITS, "9 999 NOK")["a"]["granted"] == expected


# --- quotas -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "by", "value", "group"),
    [
        ("- {id: it, kind: yes_no}", "it", False, "false"),
        ("- {id: it, kind: yes_no}", "it", True, "true"),
        ("- {id: it, kind: integer}", "it", 3, "3"),
        ("- {id: it, kind: number}", "it", 2.5, "2.5"),
        ("- {id: it, kind: number}", "it", 2.0, "2"),
        ("- {id: it, kind: money}", "it", "50000", "50000"),
        ("- {id: it, kind: money}", "it", "12.50", "12.5"),
        ("- {id: it, kind: date}", "it", "2027-02-01", "2027-02-01"),
        ("- {id: it, kind: text}", "lower(trim(it))", " North ", "north"),
    ],
)
def test_names_of_groups(engine: Engine, question: str, by: str, value: Any, group: str) -> None:
    # All is for the one group: b is in it and gets all 60. a has more points and no answer, so it is in no group, and the
    # 40 that are left are too little for it.
    options = f"by: {by}, shares: {{'{group}': 100%}}"
    records = [
        {"id": "a", "answers": {"score": 9, "requested": "60"}},
        {"id": "b", "answers": {"score": 1, "requested": "60", "it": value}},
    ]
    found = end_to_end(engine, "quota", options, records, question)
    assert {id: case["granted"] for id, case in found.items()} == {"a": "0.00", "b": "60.00"}


@pytest.mark.parametrize("name", ["nan", "None", "null", ""])
def test_what_is_not_known_is_in_no_group_whatever_its_name(engine: Engine, name: str) -> None:
    records = [
        {"id": "a", "answers": {"score": 1, "requested": "60"}},
        {"id": "b", "answers": {"score": 9, "requested": "60", "it": 3}},
    ]
    options = f"by: it, shares: {{'{name}': 100%}}"
    found = end_to_end(engine, "quota", options, records, "- {id: it, kind: number}")
    assert {id: case["granted"] for id, case in found.items()} == {"a": "0.00", "b": "60.00"}


# --- earmarked --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 49, 50, 51, 100, 400])
def test_many_organisations_can_be_named(engine: Engine, size: int) -> None:
    # The organisation with number 900000000 + n gets n + 0.10 kroner.
    named = ", ".join(f"'{900_000_000 + number}': {number}.10 NOK" for number in range(size))
    asks = sorted({0, size // 2, size - 1})
    records = [
        {"id": f"c{number}", "answers": {"score": 1}, "applicant": {"organisation_number": str(900_000_000 + number)}}
        for number in (*asks, size)
    ]
    found = end_to_end(engine, "earmarked", f"amounts: {{{named}}}", records, budget="9 999 NOK")
    assert {id: case["granted"] for id, case in found.items()} == {
        **{f"c{number}": f"{number}.10" for number in asks}, f"c{size}": "0.00",
    }  # fmt: skip
    assert found[f"c{size}"]["ground"] == "below minimum"


def test_the_second_case_of_an_organisation_waits_for_nothing(engine: Engine) -> None:
    records = [
        {"id": id, "answers": {"score": score}, "applicant": {"organisation_number": number}}
        for id, score, number in (("a", 3, "974760673"), ("b", 2, "974760673"), ("c", 1, "971032081"))
    ]
    options = "amounts: {'974760673': 60 NOK, '971032081': 50 NOK}"
    found = end_to_end(engine, "earmarked", options, records)
    assert {id: (case["granted"], case["ground"], case["reserve"]) for id, case in found.items()} == {
        "a": ("60.00", "funded", None), "b": ("0.00", "below minimum", None), "c": ("0.00", "does not fit", 1),
    }  # fmt: skip


# --- what is refused --------------------------------------------------------------------------------------------------

BY = "by: applicant.kind, shares: {municipality: 60%}"


@pytest.mark.parametrize(
    ("method", "options", "expected"),
    [
        ("lottery", "", ["missing-key"]),
        ("lottery", "seed: true", ["wrong-type"]),
        ("lottery", "seed: 1.5", ["wrong-type"]),
        ("lottery", "seed: spring, minimum_points: 3", []),
        ("ranked", "seed: 3", ["unknown-key"]),
        ("equal", "share_freed: false", ["unknown-key"]),
        ("quota", "by: applicant.kind, shares: {municipality: 60%, host: 41%}", ["quota-over-hundred"]),
        ("quota", "by: applicant.kind, shares: {municipality: 60%, host: 40%}", []),
        ("quota", "by: applicant.kind, shares: {}", ["list-too-short"]),
        ("quota", f"{BY}, then: quota", ["quota-method"]),
        ("quota", f"{BY}, then: earmarked", ["quota-method"]),
        ("quota", f"{BY}, then: rankd", ["quota-method"]),
        ("quota", f"{BY}, then: lottery", ["quota-options"]),
        ("quota", f"{BY}, then: {{method: lottery, options: {{seed: 4}}}}", []),
        ("quota", f"{BY}, then: {{method: equal, options: {{minimum_points: -1}}}}", ["quota-options"]),
        ("quota", f"{BY}, then: {{method: proportional, options: {{base: '1'}}}}", ["quota-expression"]),
        ("quota", f"{BY}, then: {{method: ranked, options: {{largest_grant: '1'}}}}", ["quota-expression"]),
        ("earmarked", "amounts: {}", ["earmarked-nobody"]),
        ("earmarked", "amounts: {'97476067': 5 NOK}", ["earmarked-number"]),
        ("earmarked", "amounts: {'97476067³': 5 NOK}", ["earmarked-number"]),
        ("earmarked", "amounts: {'974760673': 5 EUR}", ["currency-differs"]),
        ("per_unit", "lines: []", ["list-too-short"]),
        ("per_unit", "lines: [{units: score, rate: 5 EUR}]", ["currency-differs"]),
        ("per_unit", "lines: [{units: scores, rate: 5 NOK}]", ["expression-unknown-name"]),
        ("per_unit", "lines: [{units: applicant.kind, rate: 5 NOK}]", ["expression-wrong-result"]),
        ("per_unit", "lines: [{units: score, rate: 5 NOK}], settle: reported, when_short: ranked", []),
        ("per_unit", "lines: [{units: score, rate: 5}], settle: never", ["not-one-of"]),
    ],
)
def test_options_that_are_refused(engine: Engine, method: str, options: str, expected: list[str]) -> None:
    text = small_scheme(
        f"allocation: {{method: {method}, options: {{{options}}}}}", questions="- {id: score, kind: integer}"
    )
    assert codes(text, engine) == expected
