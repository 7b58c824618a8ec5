"""The review rounds of a call as they stand: when each is open, and whether a case is offered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.compile.criteria import reading
from grantengine.compile.plan import Plan, RoundPlan, RulePlan
from grantengine.errors import NotPossibleError
from grantengine.rules.tables import cases_from_records
from grantengine.services.case_record import case_record, values_of
from grantengine.services.marks import part_of
from grantengine.stages.eligibility import Verdict, eligibility
from grantengine.stages.rounds import RoundTime, case_timetable, timetable
from grantengine.store.tables.applications import Application
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


def times_of(work: Reading, plan: Plan, call: Call, application: Application | None = None) -> tuple[RoundTime, ...]:
    """When the rounds of a call are open; with a case, those of its strand, for that case once it is submitted."""
    if application is not None:
        plan = part_of(plan, application)
    # Closed by hand in one strand, a round that ends by itself in another goes on there.
    endless = {one.id for one in plan.rounds if one.closes is None and one.days is None}
    closed = {id: at for id, at in work.dialogue.closed_rounds(call.id).items() if id in endless}
    opens = call.opens_at or call.announced_at  # one that names no opening is open once it is announced
    if application is None or application.submitted_at is None:
        return timetable(plan, opens=opens, closes=call.closes_at, closed=closed)
    return case_timetable(plan, application.submitted_at, opens=opens, closes=call.closes_at, closed=closed)


def offer(engine: Engine, work: Reading, plan: Plan, round: RoundPlan, application: Application) -> Verdict:
    """Whether a case is offered a round, by the scheme's own rule over what is submitted, and what is known of it."""
    if round.rule is None:
        return Verdict.YES
    revision = work.applications.revision_by_id(application.revision_id or "")
    record = case_record(
        plan, engine.registry, work.organisations.of(application), (revision.answers if revision else None) or {},
        id=application.id, facts=values_of(work.parts.facts(application.id), engine.registry),
        submitted_at=application.submitted_at, strand=application.strand, checked=work.parts.checked(application.id),
    )  # fmt: skip
    rule = RulePlan(round.id, "", reading(round.rule, plan.known), {})
    cases = cases_from_records([record], plan, extra=plan.columns)
    return Verdict(int(eligibility((rule,), cases, engine.rules).verdicts[0][0]))


def check_offered(engine: Engine, work: Reading, plan: Plan, round: RoundPlan, application: Application) -> None:
    """A case is offered a round.

    :raises NotPossibleError: ``round-not-offered``, or ``round-offer-unknown``: a fact that its rule reads was not obtained.
    """
    verdict = offer(engine, work, plan, round, application)
    if verdict is Verdict.UNDETERMINED:
        assert round.rule is not None  # what has no rule is yes
        facts = reading(round.rule, plan.known).facts
        raise NotPossibleError("round-offer-unknown", round=round.title, facts=facts)
    if verdict is not Verdict.YES:
        raise NotPossibleError("round-not-offered", round=round.title, number=application.number)
