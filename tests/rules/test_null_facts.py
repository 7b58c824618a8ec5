"""A fact that is null for good: rules that say what it means are decided, those that do not wait and refuse nobody."""

from __future__ import annotations

from typing import Any

import pytest

from grantengine.bootstrap import Engine
from grantengine.cli.explain import label
from grantengine.compile.plan import Plan
from grantengine.explain import explain
from grantengine.stages.eligibility import Verdict
from grantengine.testing import outcome_of, plan_of, results, small_scheme

LAST = "facts.earlier_grants.last_amount"


def scheme(rule: str, engine: Engine, rest: str = "") -> Plan:
    questions = "- {id: members, kind: integer, optional: true}"
    text = small_scheme(
        f'eligibility: [{{id: small, require: "{rule}"}}]\n{rest}', plugins=["reporting"], questions=questions
    )
    return plan_of(text, engine)


def case(last: Any, members: int | None = 20, **earlier: Any) -> dict[str, Any]:
    answers = {"requested": "500", "members": members}
    return {"id": "a", "answers": answers, "facts": {"earlier_grants": {"last_amount": last, **earlier}}}


@pytest.mark.parametrize(
    ("rule", "record", "verdict"),
    [
        (f"{LAST} < 100", case(None), Verdict.UNDETERMINED),
        (f"{LAST} < 100", case("50"), Verdict.YES),
        (f"{LAST} < 100", case("150"), Verdict.NO),
        (f"{LAST} is null or {LAST} < 100", case(None), Verdict.YES),
        (f"coalesce({LAST}, 0) < 100", case(None), Verdict.YES),
        (f"coalesce({LAST}, 500) < 100", case(None), Verdict.NO),
        (f"members > 10 or {LAST} < 100", case(None), Verdict.YES),
        (f"members > 90 and {LAST} < 100", case(None), Verdict.NO),
        (f"members > 10 and {LAST} < 100", case(None, members=None), Verdict.UNDETERMINED),
        (f"members > 10 and coalesce({LAST}, 0) < 100", case(None, members=None), Verdict.MISSING),
    ],
)
def test_verdict(engine: Engine, rule: str, record: dict[str, Any], verdict: Verdict) -> None:
    outcome = outcome_of(scheme(rule, engine), [record], engine)
    assert Verdict(int(outcome.parts[0].eligibility.verdicts[0][0])) is verdict


def test_the_case_waits_and_the_fact_is_named(engine: Engine) -> None:
    plan = scheme(f"{LAST} < 100", engine)
    found = results(plan, [case(None)], engine)["a"]
    assert (found["failed"], found["undetermined"]) == ([], [LAST])
    outcome = outcome_of(plan, [case(None)], engine, undetermined="exclude")
    assert outcome.ground(0) == f"to be clarified: {LAST}"
    rule = explain(outcome, "a", engine=engine.rules).rules[0]
    assert (rule.missing, rule.not_obtained, rule.change) == ((LAST,), (), None)


def test_a_fact_not_obtained_is_told_first(engine: Engine) -> None:
    plan = scheme(f"{LAST} < 100 and facts.earlier_grants.count < 3", engine)
    assert results(plan, [case(None)], engine)["a"]["undetermined"] == ["facts.earlier_grants.count"]


def test_points_are_nought_with_the_fact_named(engine: Engine) -> None:
    plan = scheme("true", engine, f"criteria: [{{id: size, points: '{LAST} / requested'}}]")
    criterion = explain(outcome_of(plan, [case(None)], engine), "a", engine=engine.rules).criteria[0]
    assert (criterion.points, criterion.missing) == (0, (LAST,))


def test_a_missing_rating_is_told_as_a_rating(engine: Engine) -> None:
    criteria = "criteria: [{id: re-use, kind: rating, max_points: 5, options: {scale: [1, 6]}}]"
    plan = plan_of(small_scheme(criteria, plugins=["ratings"]), engine)
    outcome = outcome_of(plan, [{"id": "a", "answers": {"requested": "5"}}], engine)
    criterion = explain(outcome, "a", engine=engine.rules).criteria[0]
    assert criterion.missing == ("ratings.re_use",)
    assert criterion.values == {"ratings.re_use": []}
    assert criterion.text == "5 * (ratings.re_use - 1) / (6 - 1)"
    assert label(plan, "ratings.re_use", engine.registry.texts) != "ratings.re_use"
