"""A handler answers a rule that asks for it with yes or no, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.marks import part_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.assessment import Judgement

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def judge_rule(engine: Engine, by: By, application_id: str, rule: str, *, answer: bool, reason: str) -> None:
    """Answer a rule of the scheme that asks a handler. Until the case is decided it can be answered anew, with a new reason.

    :raises InputError: ``reason-missing``, ``text-length`` or ``yes-or-no``.
    :raises NotFoundError: ``application-not-found``, or ``rule-not-found``: none of this name asks anyone.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids``.
    """
    checks = Checks()
    told = checks.reason(reason)
    if not isinstance(answer, bool):
        checks.add("yes-or-no", "answer")
    checks.done()
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, HANDLERS, lock=True)
        if application.status not in IN_REVIEW:
            raise status_forbids("judge", application)
        plan = part_of(plan_of_call(engine, work, work.schemes.call_of(application)), application)
        if not any(one.asks and one.id == rule for one in plan.rules):
            raise NotFoundError("rule-not-found", rule=str(rule)[:40])
        user = user_of(work, by).id
        row = next((one for one in work.assessments.judgements(application_id) if one.rule == rule), None)
        if row is None:
            work.add(
                Judgement(
                    id=work.new_id(), application_id=application_id, rule=rule, answer=answer, reason=told,
                    judged_by=user, judged_at=by.at,
                )
            )  # fmt: skip
        else:
            row.answer, row.reason, row.judged_by, row.judged_at = answer, told, user, by.at
        work.record("rule-judged", application, rule=rule, answer=answer, reason=told)
