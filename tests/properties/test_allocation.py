"""Whatever the queue and the options: never over budget, money conserved, and as a naive reading of the rules has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from factories import Record, outcome_of, plan_of, scheme_text
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import Queue, queues

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.errors import EvaluationError
from grantengine.money import format_ore
from grantengine.outcome_json import outcome_json

PlanFor = Callable[[Queue], Plan]


@pytest.fixture(scope="module")
def plan_for(engine: Engine) -> PlanFor:
    """The plan for a queue; those with the same options share one but for the budget."""

    @cache
    def with_options(rule: str, share: int | None, minimum: int | None) -> Plan:
        options = [f"when_unaffordable: {rule}", "largest_grant: most"]
        options += [f"smallest_share: {share}%"] if share is not None else []
        options += [f"minimum_points: {minimum}"] if minimum is not None else []
        questions = ["id: requested, kind: money", "id: most, kind: money", "id: score, kind: integer"]
        text = scheme_text(questions, criteria="{id: score, points: score}", options=", ".join(options))
        return plan_of(engine, text)

    def with_budget(queue: Queue) -> Plan:
        plan = with_options(queue.rule, queue.share, queue.minimum)
        return replace(plan, years=(replace(plan.years[0], budget=queue.budget),))

    return with_budget


def cases_of(queue: Queue) -> list[Record]:
    cases: list[Record] = []
    for index, (asked, points, by_hand) in enumerate(zip(queue.asked, queue.points, queue.by_hand, strict=True)):
        case: Record = {"id": f"c{index:02d}", "answers": {"requested": format_ore(asked), "score": points}}
        most = queue.largest[index]
        if most is not None:
            case["answers"]["most"] = format_ore(most)
        if by_hand is not None:
            case["set_by_hand"] = {"amount": format_ore(by_hand), "reason": "decided otherwise"}
        cases.append(case)
    return cases


def limit(queue: Queue, index: int) -> int:
    """What the case would get if money were no limit."""
    most = queue.largest[index]
    return queue.asked[index] if most is None else min(queue.asked[index], most)


def naive(queue: Queue) -> list[tuple[int, str]]:
    """Øre and ground of each case, one case after the other, as KINDS has it in words."""
    result: list[tuple[int, str]] = [(0, "budget used")] * len(queue.asked)
    order = sorted(range(len(queue.asked)), key=lambda i: (-queue.points[i], i))
    left = queue.budget - queue.committed
    for i in order:
        if queue.by_hand[i] is not None:
            result[i] = (queue.by_hand[i] or 0, "set by hand")
            left -= queue.by_hand[i] or 0
    ended = False
    for i in order:
        if queue.by_hand[i] is not None:
            continue
        wants = limit(queue, i)
        if wants == 0 or queue.points[i] < (queue.minimum or 0):
            result[i] = (0, "below minimum")
        elif ended or left == 0:
            result[i] = (0, "budget used")
        elif wants <= left:
            result[i] = (wants, "funded")
            left -= wants
        elif _in_part(queue, wants, left):
            result[i] = (left, "funded in part")
            left, ended = 0, True
        else:
            result[i] = (0, "does not fit")
            ended = queue.rule != "skip"
    return result


def _in_part(queue: Queue, wants: int, left: int) -> bool:
    if queue.rule == "stop" or (queue.rule == "skip" and queue.share is None):
        return False
    return left >= Fraction(queue.share or 0, 100) * wants


@given(queue=queues())
@example(queue=Queue((500, 300, 100, 500, 100), (5, 4, 3, 2, 1), (None,) * 5, 100, 0, "skip", 60, None, (None,) * 5))
@settings(max_examples=80)
def test_ranked_keeps_the_budget_and_equals_a_naive_reading(engine: Engine, plan_for: PlanFor, queue: Queue) -> None:
    outcome = outcome_of(engine, plan_for(queue), cases_of(queue), committed=queue.committed)
    granted = outcome.granted.tolist()
    assert sum(granted) <= queue.budget - queue.committed
    for index, (got, by_hand) in enumerate(zip(granted, queue.by_hand, strict=True)):
        assert 0 <= got <= limit(queue, index) if by_hand is None else got == by_hand
    assert list(zip(granted, map(outcome.ground, range(len(granted))), strict=True)) == naive(queue)
    printed = outcome_json(outcome)
    summary, results = printed["summary"], printed["cases"]
    assert sum(Decimal(case["granted"]) for case in results) + Decimal(summary["left"]) == Decimal(summary["budget"])
    assert Decimal(summary["budget"]) == Decimal(queue.budget - queue.committed) / 100
    waiting = [case for case in results if case["ground"] in ("does not fit", "budget used")]
    places = [case["reserve"] for case in sorted(waiting, key=lambda case: case["rank"])]
    assert places == list(range(1, len(waiting) + 1))
    assert {case["reserve"] for case in results if case not in waiting} <= {None}


@given(queue=queues(), seed=st.integers(0, 99))
@settings(max_examples=15)
def test_order_of_input_does_not_matter(engine: Engine, plan_for: PlanFor, queue: Queue, seed: int) -> None:
    plan, cases = plan_for(queue), cases_of(queue)
    shuffled = random.Random(seed).sample(cases, len(cases))
    results = [
        {case["id"]: case for case in outcome_json(outcome_of(engine, plan, each, committed=queue.committed))["cases"]}
        for each in (cases, shuffled)
    ]
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("by_hand", "committed", "code"),
    [((600, 500), 0, "by-hand-over-budget"), ((None, None), 1001, "committed-over-budget")],
)
def test_more_given_than_there_is(
    by_hand: tuple[int | None, ...], committed: int, code: str, engine: Engine, plan_for: PlanFor
) -> None:
    queue = Queue((100, 100), (1, 2), by_hand, 1000, committed, "stop", None, None, (None, None))
    with pytest.raises(EvaluationError) as caught:
        outcome_of(engine, plan_for(queue), cases_of(queue), committed=committed)
    assert [problem.code for problem in caught.value.problems] == [code]
