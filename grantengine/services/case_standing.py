"""How a case that was handed in stands: each rule with what it read, points so far, and what is to be clarified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan, RulePlan, Words
from grantengine.evaluate import evaluate
from grantengine.explain import CriterionExplained, RuleExplained, explain
from grantengine.rules.tables import cases_from_records
from grantengine.services.blockers import Blocker, blockers_of
from grantengine.services.marks import marks_of, part_of
from grantengine.services.points_so_far import record_of
from grantengine.services.rule_words import rule_words
from grantengine.services.stored_cases import StoredCase
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.assessment import Judgement
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class JudgementSeen:
    """What a handler has said of a rule, and why."""

    answer: bool
    reason: str
    judged_by: str
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A rule of a case: what it asks (``words``), ``because`` where it refuses, and what it has read.

    ``verdict`` is ``yes``, ``no``, ``missing`` (an answer that it needs) or ``undetermined``. ``asks``: a handler says
    whether it is met.
    """

    id: str
    words: Words
    because: Words
    verdict: str
    values: Mapping[str, Any]
    missing: tuple[str, ...]
    not_obtained: tuple[str, ...]
    asks: bool
    judgement: JudgementSeen | None


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case by the rules, as it is now. ``blockers`` are what the allocation waits for in it."""

    rules: tuple[RuleSeen, ...]
    criteria: tuple[CriterionExplained, ...]
    rated: frozenset[str]
    blockers: tuple[Blocker, ...]


def standing_of(
    engine: Engine, reading: Reading, plan: Plan, application: Application, *, blind: bool = False
) -> CaseStanding:
    """A case that has been handed in, evaluated alone by the rules that decide it; who is to rate it ``blind`` is not told
    whether others disagree.
    """
    record = record_of(engine, reading, plan, application)
    marks = marks_of(reading, plan, [application])[application.id]
    record = {**record, "ratings": marks} if marks else record
    cases = cases_from_records([record], plan)
    outcome = evaluate(plan, cases, engine=engine.rules, as_of=engine.today(), undetermined="exclude")
    found, part = explain(outcome, application.id, engine=engine.rules), part_of(plan, application)
    judged = reading.assessments.judgements(application.id)
    names = reading.users.named({one.judged_by for one in judged})
    said = {one.rule: _judgement(one, names) for one in judged}
    plans = {one.id: one for one in part.rules}
    case = StoredCase(application, reading.organisations.of(application), record)
    return CaseStanding(
        tuple(_rule(engine, part, plans[one.id], one, said.get(one.id)) for one in found.rules), found.criteria,
        frozenset(one.id for one in part.criteria if one.rated),
        tuple(
            one for one in blockers_of(reading, plan, [case], outcome) if not (blind and one.kind == "not-discussed")
        ),
    )  # fmt: skip


def _rule(
    engine: Engine, part: Plan, rule: RulePlan, found: RuleExplained, judgement: JudgementSeen | None
) -> RuleSeen:
    return RuleSeen(
        rule.id, rule_words(engine, part, rule), rule.because, found.verdict.name.lower(), found.values, found.missing,
        found.not_obtained, rule.asks, judgement if rule.asks else None,
    )  # fmt: skip


def _judgement(one: Judgement, names: Mapping[str, str]) -> JudgementSeen:
    return JudgementSeen(one.answer, one.reason, names.get(one.judged_by, ""), one.judged_at)
