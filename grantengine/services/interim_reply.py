"""The answer takes longer than was promised: everyone who waits is told, once for each promise."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import Message, SchemeError
from grantengine.letters.data import InterimLetter
from grantengine.letters.render import interim_html
from grantengine.lifecycle import HANDLERS, IN_REVIEW, Status
from grantengine.records import By
from grantengine.services.access import call_for, check_impartial, check_system
from grantengine.services.case_deadlines import due_of, promise_of_plan
from grantengine.services.decision_letter import OSLO, office_of, subject_of
from grantengine.services.letter_post import address_of, contacts_of, keep_letter
from grantengine.services.letter_settings import settings_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.other_names import named_applicants
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.who_is_told import who_is_told
from grantengine.store.late import NEW, SLIPPED
from grantengine.store.tables.applications import Application
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading, Work

log = logging.getLogger("grantengine.worker")

REPLIES = "interim-replies"
WAITING = frozenset({*IN_REVIEW, Status.DECIDED})
"""Who waits for an answer: what is decided and has not been told is no answer yet."""
WHO = {"handler", "leader"}
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Reply:
    """What one applicant is told: ``why`` is in the authority's words, or a text of ours."""

    mark: str
    why: str | Message
    expected: date | None
    promised: date | None


@dataclass(frozen=True, slots=True)
class Replies:
    """What is to be told to whom, by case, in a call with this plan."""

    plan: Plan
    by_case: Mapping[str, Reply]


def send_interim_replies(engine: Engine, by: By, call_id: str, *, expected: date | None, reason: str) -> int:
    """Tell everyone who waits for an answer in a call that it takes longer; returns how many are told now.

    Each is told of a new date once. Without one each is told once that the date which was promised does not hold.

    :param expected: when the answer can be expected now; None: it is not known.
    :param reason: why, for all to read.
    :raises InputError: ``reason-missing``, ``date-behind``: the day has been, ``names-another-applicant``.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    """
    checks = Checks()
    told = checks.reason(reason, "reason", LONGEST)
    expected = checks.day(expected, "expected")
    if expected is not None and expected < _day(by.at):
        checks.add("date-behind", "expected")
    checks.done()
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, WHO)
        waiting = _waiting(work, call_id)
        check_impartial(work, by, waiting)
        names = named_applicants(work, call_id, [told])
        if names:
            checks.add("names-another-applicant", "reason", names=names)
        checks.done()
        replies = _ordered(engine, work, call, told, expected)
    return _reply_all(engine, by, replies)


def count_waiting(engine: Engine, by: By, call_id: str) -> int:
    """How many wait for an answer in a call, for those who may tell them that it takes longer.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        call_for(reading, by, call_id, WHO)
        waiting = _waiting(reading, call_id)
        check_impartial(reading, by, waiting)
    return len(waiting)


def reply_for_change(engine: Engine, by: By, call_id: str, params: Mapping[str, Any]) -> int:
    """Tell everyone who waits of a later date that was set by a change of the call; returns how many are told now.

    :param params: as :func:`change_params` gives them.
    :raises NotAllowedError: ``system-only``.
    :raises NotFoundError: ``call-not-found``.
    """
    check_system(by)
    expected, promised = (
        date.fromisoformat(params[name]) if params[name] else None for name in ("expected", "promised")
    )
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, WHO)
        replies = _ordered(engine, work, call, params["reason"], expected, promised)
    return _reply_all(engine, by, replies)


def change_params(expected: date | None, promised: date, reason: str) -> dict[str, Any]:
    """What :func:`reply_for_change` needs to know: the new day, the one before, and why."""
    told = expected.isoformat() if expected else None
    return {"expected": told, "promised": promised.isoformat(), "reason": reason[:LONGEST]}


def remind_of_slipped(engine: Engine, by: By) -> int:
    """Tell those whose answer was promised for a day that has passed, once for each promise; returns how many.

    The handlers of the call are told of it before. The worker calls it daily.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        calls = reading.letters.calls_waiting(WAITING)
    told = 0
    for call_id in calls:
        try:
            told += _remind(engine, by, call_id)
        except SchemeError:  # a plugin that this call needs is not there: the others are looked after
            log.exception("call %s: nobody can be told that the answer is late", call_id)
    return told


def promise_to(work: Reading, plan: Plan, application: Application, marks: Iterable[str], at: datetime) -> date | None:
    """The day for which an applicant was promised an answer: as the call says, or a later reply; None: none was.

    Days that are counted from the application stand still while the applicant is asked for something.
    """
    promise = promise_of_plan(plan)
    asked = work.dialogue.requests(application.id) if promise.days is not None else ()
    return due_of(promise, application.submitted_at, asked, marks, at)


def _waiting(work: Reading, call_id: str) -> list[Application]:
    """Those who have had no answer; who was refused, and is to be granted something after all, has had one."""
    marks = work.letters.marks(call_id)
    found = work.letters.waiting(call_id, WAITING)
    return [one for one in found if not any(mark.startswith("decision:") for mark in marks.get(one.id, ()))]


def _ordered(
    engine: Engine, work: Work, call: Call, why: str, expected: date | None, promised: date | None = None
) -> Replies:
    """What each who waits is to be told; ``promised`` was said before where it is not what the call says now."""
    plan, marks = plan_of_call(engine, work, call), work.letters.marks(call.id)
    replies = {}
    for one in _waiting(work, call.id):
        before = promised or promise_to(work, plan, one, marks.get(one.id, ()), work.by.at)
        mark = f"{NEW}{expected}" if expected else f"{NEW}{before}{SLIPPED}"
        replies[one.id] = Reply(mark, why, expected, before)
    if replies:
        details = {"expected": expected.isoformat()} if expected else {}
        work.record("interim-replies-ordered", call, reason=why, cases=len(replies), **details)
    return Replies(plan, _new(replies, marks))


def _remind(engine: Engine, by: By, call_id: str) -> int:
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO)
        plan, marks = plan_of_call(engine, reading, call), reading.letters.marks(call_id)
        promises = {
            one.id: promise_to(reading, plan, one, marks.get(one.id, ()), by.at) for one in _waiting(reading, call_id)
        }
    slipped = {}
    for id, promised in promises.items():
        if promised is not None and promised < _day(by.at):
            why = Message("letter.interim.slipped")
            slipped[id] = Reply(f"{NEW}{promised}{SLIPPED}", why, None, promised)
    replies = Replies(plan, _new(slipped, marks))
    if not replies.by_case:
        return 0
    # First the handlers: stopped here, they are told once more, and nobody is forgotten.
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, WHO)
        work.record("answer-slipped", call, cases=len(replies.by_case))
        for user in who_is_told(work, call, HANDLERS):
            send(
                engine, work, receiver_of(user), "answer-slipped", about=call_id, name=user.name, call=call.title,
                count=len(replies.by_case), url=f"{engine.settings.url}/office/calls/{call_id}/interim",
            )  # fmt: skip
    return _reply_all(engine, by, replies)


def _new(replies: Mapping[str, Reply], marks: Mapping[str, frozenset[str]]) -> dict[str, Reply]:
    """Those that nobody has been sent yet."""
    return {id: reply for id, reply in replies.items() if reply.mark not in marks.get(id, ())}


def _reply_all(engine: Engine, by: By, replies: Replies) -> int:
    """Tell each in a transaction of its own: stopped anywhere and asked again, the rest is told."""
    return sum(_reply(engine, by, replies.plan, id, reply) for id, reply in replies.by_case.items())


def _day(at: datetime) -> date:
    return at.astimezone(OSLO).date()


def _reply(engine: Engine, by: By, plan: Plan, application_id: str, reply: Reply) -> bool:
    """Tell one applicant, unless the answer has come meanwhile."""
    with engine.store.work(by) as work:
        application = work.applications.get(application_id, lock=True)
        if application is None or application.status not in WAITING:
            return False
        if work.letters.marked(application_id, reply.mark) is not None:
            return False
        _tell(engine, work, plan, application, reply, by.at)
    return True


def _tell(engine: Engine, work: Work, plan: Plan, application: Application, reply: Reply, at: datetime) -> None:
    call, texts = work.schemes.call_of(application), engine.registry.texts
    subject = subject_of(work, plan, call, application)
    why = reply.why if isinstance(reply.why, str) else texts.say(reply.why, subject.language)
    content = InterimLetter(
        subject, office_of(work, call, application), _day(at), why, reply.expected, reply.promised,
        settings_of(work, call.authority_id).sections,
    )  # fmt: skip
    letter = keep_letter(work, application, "interim", reply.mark, subject.language, interim_html(content, texts))
    work.record("interim-sent", application, letter=letter.id)
    for user in contacts_of(work, application.organisation_id, at):
        send(
            engine, work, receiver_of(user), "interim-reply", about=application.id, call=call.title,
            number=application.number, url=address_of(engine, letter),
        )  # fmt: skip
