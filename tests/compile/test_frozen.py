"""A plan that was kept is the plan that runs, whatever plugins make of the scheme today."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from grantengine.bootstrap import Engine
from grantengine.compile.frozen import differing, freeze, thaw
from grantengine.compile.plan import Plan
from grantengine.expressions.check import check
from grantengine.expressions.parse import parse
from grantengine.testing import plan_of, small_scheme

ROOT = Path(__file__).parents[2]
SCHEMES = sorted((ROOT / "schemes").glob("*/*/scheme.yaml"))


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.parent.name)
def test_what_is_frozen_thaws_to_the_same_expressions(engine: Engine, path: Path) -> None:
    plan = engine.plan(path)
    kept = json.loads(json.dumps(freeze(plan)))
    thawed = thaw(plan, kept)
    assert [one.reading for one in thawed.rules] == [one.reading for one in plan.rules]
    assert [(one.reading, one.combined) for one in thawed.criteria] == [
        (one.reading, one.combined) for one in plan.criteria
    ]
    assert [year.allocation.expressions for year in thawed.years] == [
        year.allocation.expressions for year in plan.years
    ]
    assert thawed.reports == plan.reports
    assert thawed.rounds == plan.rounds
    assert differing(plan, kept) == ()


def _with_rule(plan: Plan, text: str) -> Plan:
    expression = check(parse(text), plan.scope)
    rule = plan.rules[0]
    return replace(plan, rules=(replace(rule, reading=replace(rule.reading, expression=expression)), *plan.rules[1:]))


def test_the_kept_expression_runs_where_plugins_say_something_else(example: Plan) -> None:
    kept = freeze(example)
    today = _with_rule(example, "members >= 50")
    assert differing(today, kept) == ("rules/enough-members",)
    assert thaw(today, kept).rules[0].reading.expression.text == "members >= 5"


def test_every_kind_of_node_thaws(engine: Engine, example: Plan) -> None:
    texts = [
        "members in (1, 2) and not (employees is null)",
        "-members * 1.5 > 2 or members // 2 = 1",
        "date_diff('day', submitted_at, date '2027-02-01') < 10",
        "case when members > 3 then true else false end",
        "case when members > 3 then true end",
        "len(list_filter(partners, p -> p.confirmed and p.task is not null)) > 0",
        "coalesce(least(requested, own_funding), requested) > 0",
    ]
    for text in texts:
        plan = _with_rule(example, text)
        thawed = thaw(plan, json.loads(json.dumps(freeze(plan))))
        assert thawed.rules[0].reading.expression == plan.rules[0].reading.expression


def _with_talk(engine: Engine, rule: str, strand: str = "members < 5") -> Plan:
    """Dialogue for those whom a rule says, and in a strand for those whom another says."""
    patch = f"[{{op: replace, path: /rounds/talk/options/rule, value: {strand}}}]"
    return plan_of(
        small_scheme(
            f"rounds: [{{id: talk, kind: dialogue, options: {{offered_to: by_rule, rule: {rule}}}}}]",
            plugins=["dialogue"],
            questions="- {id: members, kind: integer}",
            call=f"strands: [{{id: small, patch: {patch}}}]",
        ),
        engine,
    )


def _talk_rules(plan: Plan) -> list[str]:
    rounds = [one.round("talk") for one in (plan, *plan.parts)]
    return [one.rule.text for one in rounds if one is not None and one.rule is not None]


def test_who_dialogue_is_offered_to_is_kept(engine: Engine) -> None:
    kept = json.loads(json.dumps(freeze(_with_talk(engine, "members < 50"))))
    today = _with_talk(engine, "members < 100", "members < 10")
    assert _talk_rules(thaw(today, kept)) == ["members < 50", "members < 5"]
    assert differing(today, kept) == ("rounds/talk/rule", "strands/small/rounds/talk/rule")


def test_a_version_from_before_rounds_had_rules_thaws(engine: Engine) -> None:
    today = _with_talk(engine, "members < 50")
    kept = {place: data for place, data in freeze(today).items() if not place.endswith("rounds/talk/rule")}
    assert len(kept) == len(freeze(today)) - 2
    assert _talk_rules(thaw(today, kept)) == ["members < 50", "members < 5"]
