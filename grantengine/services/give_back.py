"""A grant is given back: the applicant declines it, or it lapses; what it took of the budget is free for the reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import application_to
from grantengine.services.activities import end_activities
from grantengine.services.earlier_grants import strike_grants
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.transitions import change_status
from grantengine.services.who_is_told import who_is_told
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.lifecycle import Transition
    from grantengine.store.unit_of_work import Work

LONGEST = 1000


def decline_grant(engine: Engine, by: By, application_id: str, *, reason: str = "") -> None:
    """Say no to a grant; ``reason`` is for the authority and may be left out.

    :raises NotFoundError: ``application-not-found``.
    :raises NotPossibleError: ``status-forbids`` or ``vetoed``.
    """
    checks = Checks()
    told = checks.text(reason, "reason", LONGEST)
    checks.done()
    with engine.store.work(by) as work:
        application, transition = application_to(work, "decline", application_id)
        _give_back(engine, work, application, transition, told)


def forfeit_grant(engine: Engine, by: By, application_id: str, *, reason: str) -> None:
    """Let a grant lapse, such as where a condition was not met in time; the applicant is told why.

    :raises InputError: ``reason-missing``.
    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids`` or ``vetoed``.
    """
    checks = Checks()
    told = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        application, transition = application_to(work, "forfeit", application_id)
        _give_back(engine, work, application, transition, told)
        for role, user in work.organisations.people(application.organisation_id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "forfeited", about=application_id, name=user.name,
                    number=application.number, reason=told,
                    url=f"{engine.settings.url}/applications/{application_id}",
                )  # fmt: skip


def _give_back(
    engine: Engine, work: Work, application: Application, transition: Transition, reason: str | None
) -> None:
    strike_grants(work, [line.decision_id for line in work.decisions.lines_of(application.id)])
    freed = free_lines(work, application)
    end_activities(work, application)
    revision = work.applications.revision_by_id(application.revision_id or "")
    details = {"reason": reason} if reason else {}
    answers = (revision.answers if revision else None) or {}
    change_status(engine, work, application, transition, answers, freed=freed, **details)
    tell_freed(engine, work, application)


def free_lines(work: Work, application: Application) -> int:
    """Free what a case has of the budget; returns how much, in hundredths."""
    lines = work.decisions.lines_of(application.id)
    if lines:
        work.decisions.budget_parts(application.call_id, lock=True)  # in the order of those who decide
    for line in lines:
        line.freed_at = work.by.at
    return sum(line.amount for line in lines)


def tell_freed(engine: Engine, work: Work, application: Application) -> None:
    """Tell the handlers of the call that there is money for the reserve again."""
    call = work.schemes.call_of(application)
    for user in who_is_told(work, call, HANDLERS, [application]):
        send(
            engine, work, receiver_of(user), "grant-freed", about=application.id, name=user.name, call=call.title,
            number=application.number, url=f"{engine.settings.url}/office/calls/{call.id}/proposals",
        )  # fmt: skip
