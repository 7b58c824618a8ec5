"""A call in a few lines for tests of its parts: cases with points, what they ask for, and what each of them gets."""

from __future__ import annotations

from functools import cache
from typing import Any

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.outcome import Outcome
from grantengine.outcome_json import outcome_json
from grantengine.testing import engine_with, outcome_of, plan_of, small_scheme

Case = dict[str, Any]
ALL = ("ratings", "reporting", "register", "invitation")
SCORE = "criteria: [{id: score, points: score}]"
QUESTIONS = "- {id: score, kind: integer}"
ALLOCATION = "allocation: {method: ranked, options: {when_unaffordable: partial}}"


@cache
def wired() -> Engine:
    """One engine for all tests."""
    return engine_with()


def call(more: str = "", rest: str = "", *, budget: str = "100 NOK", questions: str = "") -> Plan:
    """A call where points are the answer ``score``, and the case at the edge of the budget gets what is left.

    ``more`` is said of the call; ``rest`` is said of rules, and may have criteria and an allocation of its own.
    """
    body = rest if "criteria:" in rest else f"{SCORE}\n{rest}"
    body = body if "allocation:" in body else f"{body}\n{ALLOCATION}"
    text = small_scheme(body, plugins=ALL, questions=f"{QUESTIONS}\n{questions}", budget=budget, call=more)
    return plan_of(text, wired())


def case(id: str, score: int, requested: str | None = "30", at: str | None = None, **more: Any) -> Case:
    """A case that has ``score`` points and asks for ``requested``; ``answers`` are more of them."""
    own: Case = {"id": id, "answers": {"score": score, "requested": requested, **more.pop("answers", {})}, **more}
    return own | ({"submitted_at": at} if at else {})


def outcome(plan: Plan, cases: list[Case], **how: Any) -> Outcome:
    """The outcome of these cases."""
    return outcome_of(plan, cases, wired(), **how)


def decided(plan: Plan, cases: list[Case], **how: Any) -> dict[str, dict[str, Any]]:
    """What each case gets, by id, as files and scripts see it."""
    return {one["id"]: one for one in outcome_json(outcome(plan, cases, **how))["cases"]}


def sums(found: dict[str, dict[str, Any]]) -> dict[str, str | None]:
    """What is granted, by id."""
    return {id: one["granted"] for id, one in found.items()}


def grounds(found: dict[str, dict[str, Any]]) -> dict[str, str | None]:
    """The ground, by id."""
    return {id: one["ground"] for id, one in found.items()}
