"""Every kind of eligibility rule: when it holds, when it refuses and with which words, and when nobody knows yet."""

from __future__ import annotations

from typing import Any

import pytest

from grantengine.bootstrap import Engine
from grantengine.explain import explain
from grantengine.explanation_json import explanation_json
from grantengine.testing import codes, outcome_of, plan_of, results, small_scheme

PLUGINS = ["invitation", "register", "reporting", "ratings"]
ASK = "ask: {en: Is it democratic?}"


def scheme(rule: str) -> str:
    return small_scheme(f"eligibility: [{{id: the-rule, {rule}}}]", plugins=PLUGINS)


def ground(engine: Engine, rule: str, **case: Any) -> str:
    record = {"id": "a", "answers": {"requested": "10"}, **case}
    found: str = results(plan_of(scheme(rule), engine), [record], engine, undetermined="exclude")["a"]["ground"]
    return found


@pytest.mark.parametrize(
    ("kind", "source", "facts", "refusing", "fact"),
    [
        ("invited", "invitation", {"invited": True}, {"invited": False}, "invited"),
        ("registered_organisation", "register", {"active": True}, {"active": False}, "active"),
        (
            "earlier_report_delivered",
            "earlier_grants",
            {"overdue_reports": 0},
            {"overdue_reports": 1},
            "overdue_reports",
        ),
    ],
)
def test_rules_that_read_a_fact(
    engine: Engine, kind: str, source: str, facts: dict[str, Any], refusing: dict[str, Any], fact: str
) -> None:
    rule = f"kind: {kind}"
    assert ground(engine, rule, facts={source: facts}) == "funded"
    assert ground(engine, rule, facts={source: refusing}) == "not eligible: the-rule"
    # Not obtained, in each way that a file can say it: never a refusal.
    clarify = f"to be clarified: facts.{source}.{fact}"
    for lacking in ({}, {"facts": {}}, {"facts": {source: {}}}, {"facts": {source: {fact: None}}}):
        assert ground(engine, rule, **lacking) == clarify


def test_judged_by_a_handler(engine: Engine) -> None:
    rule = f"kind: judged, {ASK}"
    assert ground(engine, rule, judged={"the-rule": True}) == "funded"
    assert ground(engine, rule, judged={"the-rule": False}) == "not eligible: the-rule"
    for unanswered in ({}, {"judged": {}}, {"judged": {"the-rule": None}}):
        assert ground(engine, rule, **unanswered).startswith("to be clarified: ")


def test_an_unanswered_question_to_the_handler_blocks_the_call(engine: Engine) -> None:
    plan = plan_of(scheme(f"kind: judged, {ASK}"), engine)
    records = [
        {"id": "a", "answers": {"requested": "10"}, "judged": {"the-rule": True}},
        {"id": "b", "answers": {"requested": "10"}},
    ]
    found = results(plan, records, engine)
    assert {id: case["granted"] for id, case in found.items()} == {"a": None, "b": None}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (f"kind: judged, {ASK}", []),
        ("kind: judged", ["missing-key"]),
        ("kind: judged, ask: {nb: Er det demokratisk?}", ["text-language-missing"]),
        (f"kind: judged, {ASK}, scale: 3", ["unknown-key"]),
        ("kind: invited, list: x", ["unknown-key"]),
    ],
)
def test_what_a_rule_may_say(engine: Engine, rule: str, expected: list[str]) -> None:
    assert codes(scheme(rule), engine) == expected


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Denne utlysningen er bare for dem som er invitert."),
        ("nn", "Denne utlysinga er berre for dei som er inviterte."),
        ("en", "This call is only for those who are invited."),
    ],
)
def test_reason_of_the_kind_and_of_the_scheme(engine: Engine, language: str, words: str) -> None:
    record = {"id": "a", "answers": {"requested": "10"}, "facts": {"invitation": {"invited": False}}}

    def because(rule: str) -> str:
        plan = plan_of(scheme(rule), engine)
        explanation = explain(outcome_of(plan, [record], engine), "a", engine=engine.rules)
        told = explanation_json(explanation, plan, engine.registry.texts, language)
        reason: str = told["rules"][0]["because"]
        return reason

    assert because("kind: invited") == words
    assert because("kind: invited, because: {en: Only for those on the list.}") == "Only for those on the list."


def test_invitations_are_brought_by_their_plugin(engine: Engine) -> None:
    text = small_scheme("eligibility: [{id: in, kind: invited}]")
    assert codes(text, engine) == ["plugin-not-listed"]
