"""Decisions are told: case by case, each in a transaction of its own with its status, its letter and its mails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import Message, NotFoundError, NotPossibleError, StoreError
from grantengine.letters.render import decision_html
from grantengine.lifecycle import AWAITS_LETTER, HANDLERS, LIFECYCLE
from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.call_results import keep_results
from grantengine.services.case_answers import (
    Evaluated,
    decided_answer,
    evaluated_again,
    explained,
    plan_of_allocation,
)
from grantengine.services.decision_letter import OSLO, decision_letter
from grantengine.services.earlier_grants import note_grant
from grantengine.services.letter_post import address_of, contacts_of, keep_letter
from grantengine.services.messages import receiver_of, send
from grantengine.services.transitions import change_status
from grantengine.services.who_is_told import who_is_told
from grantengine.store.tables.decisions import Decision
from grantengine.workdays import after_last_day

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.services.case_answers import Answer
    from grantengine.store.unit_of_work import Reading, Work

log = logging.getLogger("grantengine.worker")

SEND = "send-letters"
GRANT, REFUSE = LIFECYCLE.find("grant"), LIFECYCLE.find("refuse")


@dataclass(frozen=True, slots=True)
class Sent:
    """How many letters went out, and how many something stood in the way of; handlers are told which."""

    sent: int
    stopped: int


def send_letters(
    engine: Engine, by: By, allocation_id: str, *, progress: Callable[[int, int | None], None] | None = None
) -> Sent:
    """Tell the decisions of a proposal that have not been told. Stopped anywhere and run again, the rest is told: nothing
    twice, and nothing lost.

    What a plugin objects to is told to the handlers, and does not stop the others.

    :param progress: told how many are done, of how many; what it raises stops the rest.
    :raises NotAllowedError: ``system-only``.
    :raises NotFoundError: ``allocation-not-found``.
    :raises StoreError: the database can not be reached.
    """
    check_system(by)
    with engine.store.read() as reading:
        ids, again = _opened(engine, reading, allocation_id)
    sent = stopped = 0
    failure: Exception | None = None
    for done, id in enumerate(ids):
        if progress is not None:
            progress(done, len(ids))
        now = By(by.kind, by.id, engine.now())
        try:
            sent += _send(engine, now, id, again)
        except NotPossibleError as error:
            _tell_stopped(engine, now, id, error)
            stopped += 1
        except StoreError:
            raise
        except Exception as error:  # whatever is wrong with one case, the others are told
            log.exception("letter of decision %s", id)
            failure = failure or error
    _keep_results(engine, By(by.kind, by.id, engine.now()), allocation_id)
    if failure is not None:
        raise failure  # it is tried again, and someone sees why
    return Sent(sent, stopped)


def _keep_results(engine: Engine, by: By, allocation_id: str) -> None:
    """Sum up what became of the call so far, for those who read of it."""
    with engine.store.work(by) as work:
        allocation = work.decisions.allocation(allocation_id)
        assert allocation is not None  # as above, and proposals are never removed
        keep_results(work, allocation.call_id)


def untold(work: Reading, allocation_id: str) -> list[Decision]:
    """The decisions of a proposal that wait for their letter."""
    decisions = work.decisions.of_allocation(allocation_id)
    if not decisions:
        return []
    applications = work.cases.by_ids([one.application_id for one in decisions])
    told = work.letters.marks(decisions[0].call_id)
    return [
        one
        for one in decisions
        if applications[one.application_id].status in AWAITS_LETTER
        and mark_of(one) not in told.get(one.application_id, ())
    ]


def mark_of(decision: Decision) -> str:
    """The mark of the letter that tells of a decision."""
    return f"decision:{decision.id}"


def _opened(engine: Engine, work: Reading, allocation_id: str) -> tuple[list[str], Evaluated | None]:
    """The decisions to be told, and all cases of the proposal evaluated once."""
    allocation = work.decisions.allocation(allocation_id)
    if allocation is None:
        raise NotFoundError("allocation-not-found")
    ids = [one.id for one in untold(work, allocation_id)]
    if not ids:
        return [], None
    return ids, evaluated_again(engine, work, plan_of_allocation(engine, work, allocation), allocation)


def _send(engine: Engine, by: By, decision_id: str, again: Evaluated | None) -> bool:
    """Tell one decision, unless that has been done or the applicant has withdrawn meanwhile.

    :raises NotPossibleError: ``vetoed`` by a plugin, or ``replay-erased``.
    """
    assert again is not None  # there is something to tell
    with engine.store.work(by) as work:
        decision = work.decisions.decision(decision_id)
        assert decision is not None  # it was there a moment ago, and decisions are never removed
        application = work.applications.get(decision.application_id, lock=True)
        assert application is not None  # held by a foreign key
        mark = mark_of(decision)
        if application.status not in AWAITS_LETTER or work.letters.marked(application.id, mark) is not None:
            return False
        answer = decided_answer(engine, work, application, decision)
        _tell(engine, work, answer, decision, again, mark)
    return True


def _tell(engine: Engine, work: Work, answer: Answer, decision: Decision, again: Evaluated, mark: str) -> None:
    application, at = answer.application, work.by.at
    content = decision_letter(engine, work, answer, explained(engine, again, answer), at)
    transition = GRANT if answer.granted else REFUSE
    letter = keep_letter(
        work, application, "decision", mark, content.subject.language, decision_html(content, engine.registry.texts),
        decision_id=decision.id, appeal_until=after_last_day(at.astimezone(OSLO).date(), content.appeal.days),
    )  # fmt: skip
    answers = (answer.record or {}).get("answers", {})
    change_status(engine, work, application, transition, answers, decision=decision.id, letter=letter.id)
    if answer.granted:
        note_grant(work, answer)
    call = work.schemes.call_of(application)
    for user in contacts_of(work, application.organisation_id, at):
        send(
            engine, work, receiver_of(user), "decision-letter", about=application.id, call=call.title,
            number=application.number, url=address_of(engine, letter),
        )  # fmt: skip


def _tell_stopped(engine: Engine, by: By, decision_id: str, error: NotPossibleError) -> None:
    """Tell the handlers of the call which letter did not go out, and why."""
    with engine.store.work(by) as work:
        decision = work.decisions.decision(decision_id)
        application = work.applications.get(decision.application_id) if decision else None
        assert application is not None  # held by a foreign key
        call = work.schemes.call_of(application)
        work.record("letter-stopped", application, decision=decision_id, code=error.code)
        for user in who_is_told(work, call, HANDLERS, [application]):
            send(
                engine, work, receiver_of(user), "letter-stopped", about=application.id, name=user.name,
                number=application.number, call=call.title, reason=Message(f"problem.{error.code}", error.params),
                url=f"{engine.settings.url}/office/cases/{application.id}/letter",
            )  # fmt: skip
