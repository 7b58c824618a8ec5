"""The authority asks an applicant to change some answers: which, why, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan, RoundPlan
from grantengine.errors import InputError, Message, NotFoundError, NotPossibleError, Problem, Where
from grantengine.hooks.moments import LocalMoment, MomentError, parse_moment
from grantengine.lifecycle import HANDLERS, LIFECYCLE, Status
from grantengine.records import By
from grantengine.scheme.collect import nearest_hint
from grantengine.services.access import application_for, application_to, status_forbids, user_of
from grantengine.services.case_rounds import check_offered, times_of
from grantengine.services.marks import part_of
from grantengine.services.messages import local_minute, receiver_of, send
from grantengine.services.open_fields import begin_changes
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.revisions import keep_revision
from grantengine.services.transitions import change_status
from grantengine.stages.rounds import after_days, open_rounds
from grantengine.store.tables.applications import Application, Revision
from grantengine.store.tables.dialogue import ChangeRequest
from grantengine.store.tables.people import User
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

ASK = LIFECYCLE.find("ask-changes")


@dataclass(frozen=True, slots=True)
class AskPreview:
    """A request for changes as the applicant's contacts (``to``, names) would get it; ``due_at`` is the first instant that is
    too late. It is worded in the language of the first of them.
    """

    to: tuple[str, ...]
    language: str
    subject: str
    body: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request that may be made: the questions in the order of the form, and which exchange of the round it is."""

    round: RoundPlan
    questions: list[str]
    exchange: int
    due_at: datetime


def ask_changes(
    engine: Engine, by: By, application_id: str, *, questions: Sequence[str], reason: str, round_id: str | None = None,
    due: str | None = None,
) -> str:  # fmt: skip
    """Ask for changes of the answers to these questions, in a round that is open and allows it; returns the request's id.

    What was submitted stays the record until it is answered. Asked twice in the same words, it is asked once.

    :param round_id: in which round; None for the only one that is open and allows it.
    :param due: local time in Norway, ``2027-03-28T23:59``, that minute included; None for the end of the last of the days
        that the round gives, counted from the day after this one.
    :raises InputError: ``reason-missing``, ``questions-missing``, ``unknown-question``, ``question-not-editable`` in this
        round, ``due-missing`` where the round gives no number of days, ``due-not-ahead``, or the time is none.
    :raises NotFoundError: ``application-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids``, ``no-open-round``, ``rounds-several``, ``round-not-open``,
        ``round-without-changes``, ``round-not-offered``, ``round-offer-unknown``, ``exchanges-used`` or ``vetoed``.
    """
    reason, until, questions = _checked(reason, due, questions, by)
    with engine.store.work(by) as work:
        call = _lock_call(work, application_id)
        application = application_for(work, by, application_id, HANDLERS, lock=True)
        plan, handler = part_of(plan_of_call(engine, work, call), application), user_of(work, by)
        earlier = work.dialogue.open_request(application_id)
        if (
            earlier
            and (earlier.asked_by, earlier.reason) == (handler.id, reason)
            and {*earlier.questions} == {*questions}
        ):
            return earlier.id
        application, _ = application_to(work, "ask-changes", application_id)
        wanted = _wanted(engine, work, by, plan, call, application, questions, round_id, until)
        round, asked = wanted.round, wanted.questions
        revision = work.applications.revision_by_id(application.revision_id or "")
        assert revision is not None  # kept when it was submitted
        request = ChangeRequest(
            id=work.new_id(), application_id=application_id, round_id=round.id, exchange=wanted.exchange,
            revision_id=revision.id, questions=asked, reason=reason, due_at=wanted.due_at, asked_by=handler.id, asked_at=by.at,
        )  # fmt: skip
        work.add(request)
        _open_draft(work, plan, revision)
        change_status(
            engine, work, application, ASK, revision.answers or {}, request=request.id, round=round.id,
            questions=asked, reason=reason, due=request.due_at.isoformat(),
        )  # fmt: skip
        _tell(engine, work, plan, application, request)
        return request.id


def preview_changes(
    engine: Engine, by: By, application_id: str, *, questions: Sequence[str], reason: str, round_id: str | None = None,
    due: str | None = None,
) -> AskPreview:  # fmt: skip
    """What :func:`ask_changes` would send now; nothing is changed. It refuses what that refuses, but for a plugin's veto."""
    reason, until, questions = _checked(reason, due, questions, by)
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, HANDLERS)
        if Status(application.status) not in ASK.sources:
            raise status_forbids(ASK.verb, application)
        call = reading.schemes.call_of(application)
        plan = part_of(plan_of_call(engine, reading, call), application)
        wanted = _wanted(engine, reading, by, plan, call, application, questions, round_id, until)
        users = contacts_of(reading, application, by.at)
        language = users[0].language if users else engine.settings.language
        name = users[0].name if users else ""
    params = _told(engine, plan, application, wanted.questions, reason, wanted.due_at, language)
    texts = engine.registry.texts
    subject, body = (
        texts.say(Message(f"mail.changes-asked.{part}", {"name": name, **params}), language)
        for part in ("subject", "body")
    )
    return AskPreview(tuple(user.name for user in users), language, subject, body, wanted.due_at)


def _wanted(
    engine: Engine, reading: Reading, by: By, plan: Plan, call: Call, application: Application, questions: Sequence[str],
    round_id: str | None, until: LocalMoment | None,
) -> _Wanted:  # fmt: skip
    """What may be asked now, where it may be."""
    round = _round(reading, by, plan, call, application, round_id)
    asked = _asked(plan, round, questions)
    exchange = _exchange(reading, round, application)
    check_offered(engine, reading, plan, round, application)
    return _Wanted(round, asked, exchange, _due(round, until, by))


def _checked(
    reason: str, due: str | None, questions: Sequence[str], by: By
) -> tuple[str, LocalMoment | None, list[str]]:
    checks = Checks()
    named = checks.listed(questions, "questions")
    reason, until = checks.reason(reason), None
    if due is not None:
        try:
            until = parse_moment(str(due))
        except MomentError as error:
            checks.problems.append(Problem(error.code, Where(pointer="/due"), {"text": error.text[:40]}))
        else:
            if until.closes_at <= by.at:
                checks.add("due-not-ahead", "due", due=str(until).replace("T", " "))
    checks.done()
    return reason, until, named


def _lock_call(work: Work, application_id: str) -> Call:
    """The call, locked before the application: a round that is being closed is not asked in meanwhile."""
    call_id = work.schemes.call_id_of(application_id)
    call = work.schemes.call(call_id, lock=True) if call_id else None
    if call is None:
        raise NotFoundError("application-not-found")
    return call


def _round(work: Reading, by: By, plan: Plan, call: Call, application: Application, round_id: str | None) -> RoundPlan:
    """The round in which to ask."""
    is_open = open_rounds(plan, times_of(work, plan, call, application), by.at)
    if round_id is None:
        asking = [one for one in is_open if "ask" in one.terms.allows]
        if not asking:
            raise NotPossibleError("no-open-round")
        if len(asking) > 1:
            raise NotPossibleError("rounds-several", rounds=[one.title for one in asking])
        return asking[0]
    round = plan.round(round_id)
    if round is None:
        raise NotFoundError("round-not-found")
    if "ask" not in round.terms.allows:
        raise NotPossibleError("round-without-changes", round=round.title)
    if round not in is_open:
        raise NotPossibleError("round-not-open", round=round.title)
    return round


def _asked(plan: Plan, round: RoundPlan, questions: Sequence[str]) -> list[str]:
    """The questions, in the order of the form.

    :raises InputError: every one that can not be asked about.
    """
    checks, known = Checks(), plan.form.by_id
    may = list(known) if round.terms.editable is None else list(round.terms.editable)
    if not questions:
        checks.add("questions-missing", "questions")
    for name in questions:
        if name not in known:
            where = Where(pointer="/questions")
            checks.problems.append(Problem("unknown-question", where, {"id": name}, nearest_hint(name, known)))
        elif name not in may:
            checks.add("question-not-editable", "questions", id=name, allowed=may)
    checks.done()
    return [field.id for field in plan.form.fields if field.id in questions]


def _exchange(work: Reading, round: RoundPlan, application: Application) -> int:
    """Which exchange of the round this is; what was taken back does not count."""
    used = sum(
        one.round_id == round.id and one.status != "taken-back" for one in work.dialogue.requests(application.id)
    )
    limit = round.terms.exchanges
    if limit is not None and used >= limit:
        raise NotPossibleError("exchanges-used", round=round.title, limit=limit)
    return used + 1


def _due(round: RoundPlan, until: LocalMoment | None, by: By) -> datetime:
    """The first instant that is too late."""
    if until is not None:
        return until.closes_at
    if round.terms.answer_days is None:
        raise InputError([Problem("due-missing", Where(pointer="/due"), {"field": "due", "round": round.title})])
    return after_days(by.at, round.terms.answer_days)


def _open_draft(work: Work, plan: Plan, revision: Revision) -> None:
    """What is written from now on begins from what was submitted; other words that are in the draft are kept first."""
    draft = work.applications.draft(revision.application_id)
    assert draft is not None  # kept as long as its application
    answers = begin_changes(plan.form, draft.answers, revision.answers or {})
    if answers != draft.answers:
        keep_revision(work, draft, "interval")
        draft.answers = answers
    draft.version += 1  # what was begun before is not saved on top of it


def _tell(engine: Engine, work: Work, plan: Plan, application: Application, request: ChangeRequest) -> None:
    for user in contacts_of(work, application, work.by.at):
        params = _told(
            engine, plan, application, request.questions, request.reason or "", request.due_at, user.language
        )  # fmt: skip
        send(engine, work, receiver_of(user), "changes-asked", about=application.id, name=user.name, **params)


def _told(
    engine: Engine, plan: Plan, application: Application, questions: Sequence[str], reason: str, due_at: datetime,
    language: str,
) -> dict[str, Any]:  # fmt: skip
    """What a message about the request says."""
    return {
        "number": application.number, "fields": labels(engine, plan, questions, language), "reason": reason,
        "due": last_minute(due_at), "url": f"{engine.settings.url}/applications/{application.id}",
    }  # fmt: skip


def contacts_of(work: Reading, application: Application, at: datetime) -> list[User]:
    """The contacts of the applicant."""
    people = work.organisations.people(application.organisation_id, at)
    return [user for role, user in people if role.role == "contact"]


def labels(engine: Engine, plan: Plan, questions: Sequence[str], language: str) -> str:
    """Questions in words, each on a line of its own."""
    shown = (engine.registry.texts.show(plan.form.by_id[name].label, language) for name in questions)
    return "\n".join(f"– {words}" for words in shown)


def last_minute(due_at: datetime) -> str:
    """The last minute that is in time, as people in Norway write it."""
    return local_minute(due_at - timedelta(seconds=1))
