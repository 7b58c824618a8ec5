"""One mistake hides no other: numbers beyond all bounds, and options that are wrong beside their expressions."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from grantengine import ConditionKind, ExpressionText, KindOptions, expr, expression, hookimpl
from grantengine.bootstrap import Engine
from grantengine.compile.check import check
from grantengine.errors import SchemeError
from grantengine.scheme.load import load
from grantengine.testing import codes, engine_with, small_scheme


def told(rest: str, engine: Engine, **how: Any) -> list[tuple[str, str]]:
    with pytest.raises(SchemeError) as raised:
        check(load(small_scheme(rest, **how)), engine.registry)
    return [(problem.code, problem.where.pointer) for problem in raised.value.problems]


@pytest.mark.parametrize("number", [".inf", "-.Inf", ".nan", "1e999", "9" * 30])
def test_a_number_beyond_all_bounds_hides_nothing(engine: Engine, number: str) -> None:
    rest = f"""
eligibility:
  - {{id: few, require: membres > 5}}
criteria:
  - {{id: some, points: requestd * 2, weight: {number}}}
  - {{id: more, points: 5, max_points: {number}}}
allocation: {{method: rankd}}
"""
    assert told(rest, engine) == [
        ("expression-unknown-name", "/eligibility/few/require"),
        ("expression-unknown-name", "/criteria/some/points"),
        ("number-out-of-range", "/criteria/some/weight"),
        ("number-out-of-range", "/criteria/more/max_points"),
        ("unknown-kind", "/allocation/method"),
    ]


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("criteria: [{id: a, points: .inf}]", "/criteria/a/points"),
        ("criteria: [{id: .inf, points: 1}]", "/criteria/.inf/id"),
        ("checked: [.inf]", "/checked/0"),
        ("criteria: .inf", "/criteria"),
        ("criteria: [{id: a, kind: banded, options: {of: requested / 5, bands: [[0, 1], [5, .inf]]}}]",
         "/criteria/a/options/bands/1/1"),
        ("allocation: {method: ranked, options: {minimum_points: .nan}}", "/allocation/options/minimum_points"),
    ],
)  # fmt: skip
def test_it_is_told_once_wherever_it_stands(engine: Engine, rest: str, place: str) -> None:
    assert told(rest, engine) == [("number-out-of-range", place)]


def test_options_hide_no_fault_of_their_expressions(engine: Engine) -> None:
    rest = """
criteria:
  - {id: a, kind: banded, max_pints: 3, options: {of: membres + 1, bands: [[5, 1], [2, 2]], extra: 1}}
  - {id: b, kind: banded, options: {of: (requested, bands: []}}
"""
    assert told(rest, engine) == [
        ("unknown-key", "/criteria/a/max_pints"),
        ("expression-unknown-name", "/criteria/a/options/of"),
        ("unknown-key", "/criteria/a/options/extra"),
        ("expression-unclosed", "/criteria/b/options/of"),
        ("list-too-short", "/criteria/b/options/bands"),
    ]


class Limit(KindOptions):
    up_to: ExpressionText


class LimitsOptions(KindOptions):
    most: ExpressionText
    limits: tuple[Limit, ...] = ()
    count: int = 1


class Limits(ConditionKind):
    kind = "limits"
    Options = LimitsOptions

    def holds(self, options: Any) -> Any:
        return expr("requested < {most}", most=expression(options.most))


def test_options_of_a_rule_hide_no_fault_of_their_expressions() -> None:
    module = ModuleType("mine")
    module.grantengine_condition_kinds = hookimpl(lambda: [Limits])  # type: ignore[attr-defined]
    engine = engine_with(("mine", module))
    faulty = "{id: r, kind: limits, most: requestd, count: many, limits: [{up_to: 5}, {up_to: requested +}]}"
    assert told(f"eligibility: [{faulty}]", engine, plugins=["mine"]) == [
        ("expression-unknown-name", "/eligibility/r/most"),
        ("wrong-type", "/eligibility/r/count"),
        ("expression-unfinished", "/eligibility/r/limits/1/up_to"),
    ]
    fine = small_scheme(
        "eligibility: [{id: r, kind: limits, most: requested * 2, limits: [{up_to: 5}]}]", plugins=["mine"]
    )
    assert codes(fine, engine) == []
