"""Whatever the cases: order does not matter, each is judged alone, and quick checking gives the careful verdict."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from factories import Record, outcome_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import cases, spoilt_case

from grantengine.bootstrap import Engine
from grantengine.compile.case_schema import case_schema
from grantengine.compile.plan import Plan
from grantengine.errors import Problem
from grantengine.form.schema import validator
from grantengine.outcome_json import outcome_json
from grantengine.rules.lines import LineChecker
from grantengine.simulation.population import population

ALONE = ("id", "eligible", "failed", "undetermined", "combined", "points", "missing", "total")
"""What does not depend on other cases."""


@given(records=cases(), seed=st.integers(0, 99))
@settings(max_examples=12)
def test_order_of_input_does_not_matter(engine: Engine, example: Plan, records: list[Record], seed: int) -> None:
    shuffled = random.Random(seed).sample(records, len(records))
    given_, other = (outcome_json(outcome_of(engine, example, each)) for each in (records, shuffled))
    assert given_["summary"] == other["summary"]
    assert {case["id"]: case for case in given_["cases"]} == {case["id"]: case for case in other["cases"]}


@given(records=cases())
@settings(max_examples=15)
def test_outcome_holds_together(engine: Engine, example: Plan, records: list[Record]) -> None:
    outcome = outcome_json(outcome_of(engine, example, records))
    summary, results = outcome["summary"], outcome["cases"]
    granted = sum(Decimal(case["granted"]) for case in results)
    assert granted == Decimal(summary["granted"])
    assert granted + Decimal(summary["left"]) == Decimal(summary["budget"]) == Decimal(40_000_000)
    ranked = sorted((case for case in results if case["rank"]), key=lambda case: case["rank"])
    assert [case["rank"] for case in ranked] == list(range(1, len(ranked) + 1))
    totals = [case["total"] for case in ranked]
    assert totals == sorted(totals, reverse=True)
    for case in results:
        assert case["granted"] == "0.00" or case["ground"] in ("funded", "funded in part", "set by hand")
        assert (case["total"] is None) or abs(case["total"] - sum(case["points"].values())) < 1e-9
        most = {
            "collaboration": 20,
            "continuity": 8,
            "reach": 10,
            "target-group": 15,
            "relevance": 30,
            "feasibility": 17,
        }
        assert all(0 <= case["points"][name] <= limit for name, limit in most.items())


@given(records=cases(most=6))
@settings(max_examples=6)
def test_each_case_is_judged_alone(engine: Engine, example: Plan, records: list[Record]) -> None:
    together = outcome_json(outcome_of(engine, example, records))["cases"]
    for record, result in zip(records, together, strict=True):
        (alone,) = outcome_json(outcome_of(engine, example, [{k: v for k, v in record.items() if k != "set_by_hand"}]))[
            "cases"
        ]
        assert {name: alone[name] for name in ALONE} == {name: result[name] for name in ALONE}


def test_one_case_gets_the_points_it_gets_among_ten_thousand(engine: Engine, example: Plan) -> None:
    records = list(population(example, engine.registry, 10_000, seed=3))
    together = outcome_json(outcome_of(engine, example, records))["cases"]
    for position in random.Random(5).sample(range(10_000), 10):
        (alone,) = outcome_json(outcome_of(engine, example, [records[position]]))["cases"]
        assert {name: alone[name] for name in ALONE} == {name: together[position][name] for name in ALONE}


Verdicts = Callable[[Record], tuple[bool, bool]]


@pytest.fixture(scope="module")
def verdicts(example: Plan) -> Verdicts:
    """Whether a record is right: by the schema that is exported, and by the checker of many lines."""
    careful, quick = validator(case_schema(example)), LineChecker(example, "cases")

    def both(record: Record) -> tuple[bool, bool]:
        problems: list[Problem] = []
        quick.check([(1, json.dumps(record).encode())], problems)
        return bool(careful.is_valid(record)), not problems

    return both


@given(record=spoilt_case())
@settings(max_examples=150)
def test_quick_check_gives_the_careful_verdict(verdicts: Verdicts, record: Record) -> None:
    careful, quick = verdicts(record)
    assert quick == careful


@given(records=cases(most=4))
def test_right_cases_are_right(verdicts: Verdicts, records: list[Record]) -> None:
    assert [verdicts(record) for record in records] == [(True, True)] * len(records)


# Most of what is spoilt is refused; the few that are let through are the point.
@given(record=spoilt_case())
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_what_the_check_lets_through_can_be_evaluated(
    engine: Engine, example: Plan, verdicts: Verdicts, record: Record
) -> None:
    record.pop("set_by_hand", None)
    assume(verdicts(record)[0])
    (result,) = outcome_json(outcome_of(engine, example, [record]))["cases"]
    assert result["id"] == record["id"]
