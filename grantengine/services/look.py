"""How a case would stand now, by the very plan and evaluator that decide: each rule, each criterion, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from grantengine.compile.plan import Plan, Words
from grantengine.evaluate import evaluate
from grantengine.explain import CriterionExplained, RuleExplained, explain
from grantengine.rules.tables import cases_from_records
from grantengine.stages.eligibility import Verdict

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

Answer = Literal["yes", "no", "needs"]


@dataclass(frozen=True, slots=True)
class RuleLook:
    """A rule so far: ``yes``, ``no`` with why, or ``needs``: answers (question ids) and facts that are still to come."""

    id: str
    answer: Answer
    because: Words
    questions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionLook:
    """Points so far. ``certain``: nothing that is still open can change them; ``most`` is what can be had, if limited."""

    id: str
    title: Words
    points: float
    most: float | None
    certain: bool
    questions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    rated: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A case so far."""

    rules: tuple[RuleLook, ...]
    criteria: tuple[CriterionLook, ...]

    @property
    def answer(self) -> Answer:
        """Whether it fits: ``no`` where some rule says so, else ``needs`` where some rule is open."""
        answers = {rule.answer for rule in self.rules}
        return "no" if "no" in answers else "needs" if "needs" in answers else "yes"

    @property
    def certain_points(self) -> float:
        """The points that are certain already."""
        return sum(one.points for one in self.criteria if one.certain)


def look(engine: Engine, plan: Plan, record: dict[str, Any]) -> Look:
    """How the case of this record stands.

    :raises CasesError: the record does not fit the form.
    """
    cases = cases_from_records([record], plan)
    outcome = evaluate(plan, cases, engine=engine.rules, as_of=engine.today(), undetermined="exclude")
    found = explain(outcome, record["id"], engine=engine.rules)
    unanswered = _unanswered_lists(plan, record)
    rated = {criterion.id for criterion in plan.all_criteria if criterion.rated}
    return Look(
        tuple(_rule(rule, unanswered) for rule in found.rules),
        tuple(_criterion(one, unanswered, one.id in rated) for one in found.criteria),
    )


def _unanswered_lists(plan: Plan, record: dict[str, Any]) -> frozenset[str]:
    """Questions whose answer is a list that nobody has written yet: it reads as empty, but may still change the result."""
    return frozenset(
        field.id for field in plan.form.fields if field.type.name == "list" and not record["answers"].get(field.id)
    )


def _rule(rule: RuleExplained, unanswered: frozenset[str]) -> RuleLook:
    lists = tuple(sorted(unanswered & rule.values.keys()))
    answers = tuple(name for name in rule.missing if not name.startswith("facts."))
    if rule.verdict is Verdict.YES:
        return RuleLook(rule.id, "yes", rule.because)
    if rule.verdict is Verdict.NO and not lists:
        return RuleLook(rule.id, "no", rule.because)
    return RuleLook(rule.id, "needs", rule.because, tuple(dict.fromkeys((*answers, *lists))), rule.not_obtained)


def _criterion(one: CriterionExplained, unanswered: frozenset[str], rated: bool) -> CriterionLook:
    lists = sorted(unanswered & one.values.keys())
    absent = [name for name, value in one.values.items() if value is None and name in {*one.missing}]
    questions = tuple(dict.fromkeys((*absent, *lists)))
    answers = tuple(name for name in questions if not name.startswith(("facts.", "ratings.")))
    certain = not (answers or one.not_obtained or rated)
    return CriterionLook(one.id, one.title, one.points, one.most, certain, answers, one.not_obtained, rated)
