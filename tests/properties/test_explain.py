"""What an explanation suggests is true: put into the case and evaluated again by the ordinary path, it changes the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from factories import Record, outcome_of, plan_of, scheme_text
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Queue, queues, sums

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.counterfactual import Shortfall
from grantengine.explain import explain
from grantengine.money import format_ore
from grantengine.stages.eligibility import Verdict

QUESTIONS = [
    "id: members, kind: integer, minimum: 0, maximum: 5000",
    "id: staff, kind: integer, minimum: 0, maximum: 500, optional: true",
    "id: share, kind: percent",
    "id: own, kind: money",
    "id: requested, kind: money, maximum: 1 000 000 NOK",
    "id: sort, kind: choice, choices: [{id: club, label: {en: C}}, {id: network, label: {en: N}}, {id: firm, label: {en: F}}]",
    "id: ok, kind: yes_no",
    "id: years, kind: integer, minimum: 0, maximum: 99, visible_if: ok",
    "id: fixed, kind: integer, minimum: 0, changeable: false",
    "id: in_tens, kind: integer, minimum: 0, maximum: 5000, changeable: {scale: 10}",
]
RULES = {
    "enough": "members >= 137",
    "few": "members + 2 * staff <= 900",
    "own-share": "own / requested >= 0.1",
    "between": "share between 0.3 and 0.6",
    "sort": "sort in ('club', 'network')",
    "consent": "ok",
    "either": "members between 40 and 60 or staff >= 12",
    "running": "years >= 3",
    "never-changed": "fixed >= 10",
    "tens": "in_tens > 95",
    "both": "members >= 10 and (requested <= 50000 or own > 1000)",
}
ALWAYS = {"enough", "sort", "consent", "tens"}
"""Rules that one other answer can always mend, whatever the rest is."""


@pytest.fixture(scope="module")
def plan(engine: Engine) -> Plan:
    rules = ", ".join(f'{{id: {id}, require: "{text}"}}' for id, text in RULES.items())
    return plan_of(engine, scheme_text(QUESTIONS, eligibility=rules, criteria="{id: base, points: 1}"))


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "members": st.integers(0, 1200),
        "staff": st.integers(0, 500),
        "share": st.floats(0, 1),
        "own": sums(0, 10**8),
        "requested": sums(0, 10**8),
        "sort": st.sampled_from(["club", "network", "firm"]),
        "ok": st.booleans(),
        "years": st.integers(0, 5),
        "fixed": st.integers(0, 20),
        "in_tens": st.integers(0, 300),
    },
)


@given(answers=st.lists(ANSWERS, min_size=2, max_size=3))
@settings(max_examples=10)
def test_suggested_answer_makes_the_rule_hold(engine: Engine, plan: Plan, answers: list[Record]) -> None:
    records: list[Record] = [{"id": f"c{index}", "answers": each} for index, each in enumerate(answers)]
    outcome = outcome_of(engine, plan, records)
    trials: list[tuple[Record, str, bool]] = []
    for record in records:
        for rule in explain(outcome, record["id"], engine=engine.rules).rules:
            refused = rule.verdict in (Verdict.NO, Verdict.MISSING)
            assert rule.change is None or refused
            assert rule.change is not None or not refused or rule.id not in ALWAYS
            assert rule.id != "never-changed" or rule.change is None
            if rule.change is None:
                continue
            question, value, today = rule.change.question, rule.change.value, rule.change.today
            trials.append((_changed(record, question, value), rule.id, True))
            step = 10 if question == "in_tens" else 1
            if isinstance(today, int) and not isinstance(today, bool) and today != value:
                # In tens, one step less lands on the far side of today's answer where that is closer than a step.
                closer = max(value - step, today) if value > today else min(value + step, today)
                trials.append((_changed(record, question, closer), rule.id, False))
    if not trials:
        return
    again = outcome_of(engine, plan, [{**record, "id": f"t{n}"} for n, (record, _, _) in enumerate(trials)])
    ids = [rule.id for rule in plan.rules]
    for position, (record, rule_id, holds) in enumerate(trials):
        verdict = again.parts[0].eligibility.verdicts[ids.index(rule_id)][position]
        assert (verdict == Verdict.YES) == holds, (record, rule_id)


def _changed(record: Record, question: str, value: Any) -> Record:
    return {**record, "answers": {**record["answers"], question: value}}


def test_hidden_question_is_not_suggested(engine: Engine, plan: Plan) -> None:
    records: list[Record] = [{"id": "hidden", "answers": {"ok": False}}, {"id": "shown", "answers": {"ok": True}}]
    outcome = outcome_of(engine, plan, records)
    changes = {}
    for record in records:
        rules = {rule.id: rule for rule in explain(outcome, record["id"], engine=engine.rules).rules}
        changes[record["id"]] = rules["running"].change
    assert changes["hidden"] is None
    shown = changes["shown"]
    assert shown is not None
    assert (shown.question, shown.value, shown.today) == ("years", 3, None)


# --- a lost rank -----------------------------------------------------------------------------------------------------

PlanFor = Callable[[Queue], Plan]


@pytest.fixture(scope="module")
def queue_plan(engine: Engine) -> PlanFor:
    """A plan whose only points are an answer with four decimals."""

    @cache
    def with_options(rule: str, share: int | None, minimum: int | None) -> Plan:
        options = [f"when_unaffordable: {rule}"]
        options += [f"smallest_share: {share}%"] if share is not None else []
        options += [f"minimum_points: {minimum}"] if minimum is not None else []
        questions = ["id: requested, kind: money", "id: score, kind: number"]
        text = scheme_text(questions, criteria="{id: score, points: score}", options=", ".join(options))
        return plan_of(engine, text)

    def with_budget(queue: Queue) -> Plan:
        plan = with_options(queue.rule, queue.share, queue.minimum)
        return replace(plan, years=(replace(plan.years[0], budget=queue.budget),))

    return with_budget


@given(queue=queues())
@settings(max_examples=25)
def test_points_short_are_exactly_what_is_short(engine: Engine, queue_plan: PlanFor, queue: Queue) -> None:
    plan = queue_plan(queue)
    records: list[Record] = [
        {"id": f"c{n:02d}", "answers": {"requested": format_ore(asked), "score": points + n % 3 / 8}}
        for n, (asked, points) in enumerate(zip(queue.asked, queue.points, strict=True))
    ]
    outcome = outcome_of(engine, plan, records, committed=queue.committed)
    short: dict[int, Shortfall] = {}
    for position, record in enumerate(records):
        found = explain(outcome, record["id"], engine=engine.rules).shortfall
        if found is not None:
            assert outcome.granted[position] == 0
            short[position] = found
    for position in sorted(short)[:2]:
        for less, funded in ((0, True), (1, False)):
            score = round(short[position].total_needed * 10_000 - less) / 10_000
            changed = [*records]
            changed[position] = _changed(records[position], "score", score)
            again = outcome_of(engine, plan, changed, committed=queue.committed)
            assert bool(again.granted[position] > 0) == funded
        today = records[position]["answers"]["score"]
        assert short[position].points == pytest.approx(short[position].total_needed - today, abs=1e-9)


def test_points_short_by_other_marks(engine: Engine) -> None:
    """Budget for one of two; the loser, rated 4 of 1 to 5, needs a bit more than the winner's 4.5."""
    text = scheme_text(
        ["id: requested, kind: money"],
        budget="100",
        plugins="ratings",
        criteria="{id: quality, kind: rating, max_points: 40, options: {scale: [1, 5]}}",
    )
    plan = plan_of(engine, text)

    def granted(marks: list[float]) -> tuple[int, Any]:
        records: list[Record] = [
            {"id": "a", "answers": {"requested": "100"}, "ratings": {"quality": [4, 5]}},
            {"id": "b", "answers": {"requested": "100"}, "ratings": {"quality": marks}},
        ]
        outcome = outcome_of(engine, plan, records)
        return int(outcome.granted[1]), explain(outcome, "b", engine=engine.rules).shortfall

    ore, shortfall = granted([4, 4])
    assert ore == 0
    # 40 x 3.5 / 4 = 35 for the winner, 30 for the loser; by id the winner is first among equals.
    assert shortfall == Shortfall(points=5.0001, total_needed=35.0001, reachable=True)
    # 40 x (r - 1) / 4 = 35.0001 where r = 4.50001
    assert granted([4.50001])[0] == 10_000
    assert granted([4.5])[0] == 0


def test_points_short_beyond_what_criteria_give(engine: Engine) -> None:
    """The best there is has been given to another that is first by its id: no points are enough."""
    text = scheme_text(
        ["id: requested, kind: money", "id: score, kind: number"],
        budget="100",
        criteria="{id: score, points: score, max_points: 10}",
    )
    records: list[Record] = [
        {"id": id, "answers": {"requested": "100", "score": score}} for id, score in (("a", 10), ("b", 3))
    ]
    outcome = outcome_of(engine, plan_of(engine, text), records)
    found = explain(outcome, "b", engine=engine.rules).shortfall
    assert found == Shortfall(points=7.0001, total_needed=10.0001, reachable=False)
