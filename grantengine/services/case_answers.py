"""What is proposed or decided of a case, and why: the stored cases evaluated anew by the stored rules, and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError
from grantengine.explain import Explanation, explain
from grantengine.letters.counterfactuals import counterfactuals
from grantengine.letters.data import Counterfactual
from grantengine.outcome import AwardLine
from grantengine.records import Ground
from grantengine.services.pinned import plan_of_call
from grantengine.services.proposals import evaluated
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Allocation, Decision

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.outcome import Outcome
    from grantengine.store.unit_of_work import Reading

POINTS = "points"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be told to an applicant: ``granted`` in hundredths, with its lines; ``record`` is what it is based on.

    ``decision`` is None as long as it is only proposed. ``plan`` are the rules that it was made by.
    """

    application: Application
    plan: Plan
    allocation: Allocation
    decision: Decision | None
    granted: int
    ground: Ground
    reserve: int | None
    lines: tuple[AwardLine, ...]
    record: Mapping[str, Any] | None
    hand_reason: str | None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The cases of a proposal with what came of them. Where not ``whole``, the record of some other case has been erased:
    each case is still judged as it was, but who lacked what to the others is no longer known.
    """

    outcome: Outcome
    whole: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that would have changed the outcome, which a handler may approve for the letter.

    ``id`` is ``rule:<id of the rule>`` or ``points``.
    """

    id: str
    change: Counterfactual


def answer_to(engine: Engine, work: Reading, application: Application) -> Answer | None:
    """What is proposed for a case, else what was decided last; None where nothing is."""
    proposed = work.letters.proposed(application.id)
    if proposed is not None:
        allocation = work.decisions.allocation(proposed.allocation_id)
        assert allocation is not None  # held by a foreign key
        lines = tuple(AwardLine(one["year"], one["unit"], one["amount"]) for one in proposed.lines)
        return Answer(
            application, plan_of_allocation(engine, work, allocation), allocation, None, proposed.granted,
            _ground(proposed.ground), proposed.outcome.get("reserve"), lines, proposed.record, proposed.hand_reason,
        )  # fmt: skip
    decisions = work.decisions.of_case(application.id)
    return decided_answer(engine, work, application, decisions[-1]) if decisions else None


def decided_answer(engine: Engine, work: Reading, application: Application, decision: Decision) -> Answer:
    """What was decided of a case."""
    allocation = work.decisions.allocation(decision.allocation_id)
    assert allocation is not None  # held by a foreign key
    own = (one for one in work.decisions.lines_of(application.id, standing=False) if one.decision_id == decision.id)
    content = decision.content or {}
    return Answer(
        application, plan_of_allocation(engine, work, allocation), allocation, decision, decision.granted,
        _ground(decision.ground), decision.outcome.get("reserve"),
        tuple(AwardLine(one.year, one.unit, one.amount) for one in own), content.get("record"),
        content.get("hand_reason"),
    )  # fmt: skip


def plan_of_allocation(engine: Engine, work: Reading, allocation: Allocation) -> Plan:
    """The rules that a proposal was made by."""
    call = work.schemes.call(allocation.call_id)
    assert call is not None  # held by a foreign key
    return plan_of_call(engine, work, call, allocation.digest, allocation.patch)


def evaluated_again(engine: Engine, work: Reading, plan: Plan, allocation: Allocation) -> Evaluated:
    """The stored cases of a proposal, evaluated as they were.

    :raises EvaluationError: a rule can not be computed.
    """
    records = [case.record for case in work.decisions.proposed(allocation.id)]
    kept = [record for record in records if record is not None]
    as_of = date.fromisoformat(allocation.as_of)
    outcome = evaluated(engine, plan, kept, as_of=as_of, committed=allocation.committed)
    return Evaluated(outcome, len(kept) == len(records))


def explained(engine: Engine, again: Evaluated, answer: Answer) -> Explanation:
    """Why a case got what it got.

    :raises NotPossibleError: ``replay-erased``: what it was decided on has been erased.
    """
    if answer.record is None:
        raise NotPossibleError("replay-erased")
    found = explain(again.outcome, answer.application.id, engine=engine.rules)
    return found if again.whole else replace(found, shortfall=None)


def explanation_of(engine: Engine, work: Reading, answer: Answer) -> Explanation:
    """Why one case got what it got; for many of a proposal, evaluate it once and ask :func:`explained`.

    :raises NotPossibleError: ``replay-erased``.
    """
    return explained(engine, evaluated_again(engine, work, answer.plan, answer.allocation), answer)


def offered(engine: Engine, answer: Answer, explanation: Explanation, language: str) -> tuple[Offered, ...]:
    """What would have changed a refusal, of what the rules compute; nothing where a person set the amount."""
    if answer.granted or answer.ground is Ground.SET_BY_HAND:
        return ()
    found = counterfactuals(explanation, answer.plan, engine.registry.texts, language)
    of_rules = answer.ground is Ground.NOT_ELIGIBLE
    return tuple(
        Offered(f"rule:{one.rule}" if one.points is None else POINTS, one)
        for one in found
        if (one.points is None) == of_rules
    )


def _ground(text: str) -> Ground:
    """The ground without the rules that it names."""
    return Ground(text.split(":", maxsplit=1)[0])
