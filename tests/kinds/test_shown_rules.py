"""What a kind computes is shown as an expression that a person can read, and kinds without texts are named all the same."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from grantengine import ConditionKind, CriterionKind, expr, hookimpl
from grantengine.bootstrap import Engine
from grantengine.errors import Message, Problem
from grantengine.explain import explain
from grantengine.explanation_json import explanation_json
from grantengine.testing import engine_with, outcome_of, plan_of, small_scheme
from grantengine.texts.catalogue import Texts

QUESTIONS = """
- {id: members, kind: integer}
- {id: municipality, kind: municipality}
- {id: own_funding, kind: money}
- {id: rows, kind: partners}
"""
CRITERIA = {
    "{kind: banded, options: {of: members + 1, bands: [[10, 1], [50, 2.5]]}}": (
        "case when members + 1 >= 50 then 2.5 when members + 1 >= 10 then 1 when members + 1 is null then null else 0 end"
    ),
    "{kind: own_effort, max_points: 5, options: {share_for_full_score: 10%}}": (
        "case when own_funding / requested / 0.1 is null then null else 5 * least(own_funding / requested / 0.1, 1) end"
    ),
    "{kind: geography, max_points: 5, options: {municipalities: ['0301'], counties: ['46']}}": (
        "case when municipality is null then null when municipality is null and false or municipality = '0301'"
        " or municipality >= '4600' and municipality <= '4699' then 5 else 0 end"
    ),
    "{kind: rating, max_points: 5, options: {scale: [1, 6], better: low}}": "5 * (6 - ratings.it) / (6 - 1)",
    "{points: 'members   * 2'}": "members   * 2",
}


def explained(criterion: str, engine: Engine, plugins: tuple[str, ...], rules: str = "") -> dict[str, Any]:
    scheme = small_scheme(
        f"eligibility: [{rules}]\ncriteria: [{{id: it, {criterion[1:]}]", plugins=plugins, questions=QUESTIONS
    )
    plan = plan_of(scheme, engine)
    outcome = outcome_of(plan, [{"id": "a", "answers": {"requested": "1"}}], engine)
    return explanation_json(explain(outcome, "a", engine=engine.rules), plan, engine.registry.texts, "nb")


@pytest.mark.parametrize("criterion", CRITERIA)
def test_rule_of_a_criterion_is_an_expression_to_read(engine: Engine, criterion: str) -> None:
    assert explained(criterion, engine, ("ratings",))["criteria"][0]["rule"] == CRITERIA[criterion]


class Plain(CriterionKind):
    kind = "plain"

    def points(self, options: Any) -> Any:
        return expr("{most} + len(list_filter(rows, r -> r.confirmed))", most=2.0)


class Big(ConditionKind):
    kind = "big"

    def holds(self, options: Any) -> Any:
        return expr("requested > {least}", least=10)


def test_kinds_without_texts_are_named_by_id_and_rule() -> None:
    module = ModuleType("mine")
    module.grantengine_criterion_kinds = hookimpl(lambda: [Plain])  # type: ignore[attr-defined]
    module.grantengine_condition_kinds = hookimpl(lambda: [Big])  # type: ignore[attr-defined]
    found = explained("{kind: plain}", engine_with(("mine", module)), ("mine",), "{id: large, kind: big}")
    assert found["criteria"][0]["title"] == "it"
    assert found["criteria"][0]["rule"] == "2 + len(list_filter(rows, r -> r.confirmed))"
    assert found["rules"][0]["rule"] == "requested > 10"
    assert found["rules"][0]["because"] == "Vilkåret er ikke oppfylt: requested > 10"


@pytest.mark.parametrize(
    ("there", "asked", "words"),
    [
        ({"nb": "b", "nn": "y", "en": "e"}, "nn", "y"),
        ({"nb": "b", "en": "e"}, "nn", "b"),
        ({"nb": "b"}, "en", "b"),
        ({"se": "s"}, "nb", "s"),
        ({}, "nb", "k"),
    ],
)
def test_words_of_another_language_are_better_than_none(there: dict[str, str], asked: str, words: str) -> None:
    texts = Texts({language: {"k": text} for language, text in there.items()})
    assert texts.say(Message("k"), asked) == words


def test_a_problem_without_words_is_told_by_code_and_parameters() -> None:
    assert (
        Texts().problem(Problem("too-blue", params={"colour": "blue", "most": 3}), "en")
        == "too-blue: colour: blue, most: 3"
    )
    assert Texts().problem(Problem("too-blue"), "en") == "too-blue"
