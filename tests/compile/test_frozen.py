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
