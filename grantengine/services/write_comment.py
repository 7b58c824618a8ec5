"""What is said about a field of an application: a thread is opened, answered, and resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.errors import NotAllowedError, NotFoundError, Problem, Where
from grantengine.lifecycle import HANDLERS, LIFECYCLE, Status, Who
from grantengine.records import By
from grantengine.scheme.collect import nearest_hint
from grantengine.services.access import application_for, status_forbids
from grantengine.services.case_rounds import times_of
from grantengine.services.marks import is_marked_in, part_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.thread_parties import AUDIENCES, TALKERS, Party, party_of, tell
from grantengine.stages.rounds import open_rounds
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import Comment, Thread

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

LONGEST = 4000
LONGEST_ID = 200


def open_thread(
    engine: Engine, by: By, application_id: str, text: str, *, question: str | None = None, criterion: str | None = None,
    audience: str = "applicant",
) -> str:  # fmt: skip
    """Say something about a question of the form, a criterion, or the whole, as it is submitted now; returns the thread's id.

    Said again in the same words before anyone has answered or resolved it, it is the same thread.

    :param audience: ``applicant`` (both sides), ``authority`` (its own notes), or ``assessors`` who have delivered, and
        handlers. A criterion is for assessors.
    :raises InputError: ``comment-missing``, ``text-length``, ``unknown-question``, ``unknown-criterion`` or
        ``criterion-for-assessors``.
    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``audience-not-yours``, or ``deliver-first``: an assessor has not delivered.
    :raises NotPossibleError: ``status-forbids``: it is not handed in, or has ended.
    """
    checks = Checks()
    body, audience = _body(checks, text), checks.one_of(audience, AUDIENCES, "audience")
    question = checks.text(question, "question", LONGEST_ID)
    criterion = checks.text(criterion, "criterion", LONGEST_ID)
    checks.done()
    with engine.store.work(by) as work:
        application = _application(work, application_id)
        party = party_of(work, by, application)
        plan = part_of(plan_of_call(engine, work, work.schemes.call_of(application)), application)
        _check_anchor(plan, question, criterion, audience)
        round_id = _round(work, plan, application, party, audience, criterion)
        if not party.takes_part(audience, round_id):
            raise NotAllowedError(
                "deliver-first" if audience == "assessors" and Who.ASSESSOR in party.roles else "audience-not-yours"
            )
        thread = Thread(
            id=work.new_id(), application_id=application_id, revision_id=application.revision_id or "", audience=audience,
            question=question, criterion=criterion, round_id=round_id, opened_by=party.user.id, opened_at=by.at,
        )  # fmt: skip
        earlier = _same(work, thread, body)
        if earlier is not None:
            return earlier
        work.add(thread)
        work.record("thread-opened", application, thread=thread.id, audience=audience)
        _say(engine, work, application, thread, party, body)
        return thread.id


def answer_thread(engine: Engine, by: By, thread_id: str, text: str) -> str:
    """Say something more in a thread; one that was resolved is open again. Returns the id of what was said.

    The same words twice in a row by the same person are said once.

    :raises InputError: ``comment-missing`` or ``text-length``.
    :raises NotFoundError: ``thread-not-found``: there is none, or it is not for this person.
    :raises NotPossibleError: ``status-forbids``.
    """
    checks = Checks()
    body = _body(checks, text)
    checks.done()
    with engine.store.work(by) as work:
        application, thread, party = _thread(work, thread_id)
        said = [one for one in work.dialogue.comments(application.id) if one.thread_id == thread_id]
        if said and (said[-1].author_id, said[-1].body) == (party.user.id, body):
            return said[-1].id
        thread.resolved_by = thread.resolved_at = None
        work.record("thread-answered", application, thread=thread_id)
        return _say(engine, work, application, thread, party, body)


def resolve_thread(engine: Engine, by: By, thread_id: str) -> None:
    """Say that a thread needs nothing more; what the authority has opened is for the authority to resolve.

    Resolved already, it stays so, and nothing happens.

    :raises NotFoundError: ``thread-not-found``: there is none, or it is not for this person.
    :raises NotAllowedError: ``thread-of-authority``.
    :raises NotPossibleError: ``status-forbids``.
    """
    with engine.store.work(by) as work:
        application, thread, party = _thread(work, thread_id)
        first = next(one for one in work.dialogue.comments(application.id) if one.thread_id == thread_id)
        if party.side == "applicant" and first.side == "authority":
            raise NotAllowedError("thread-of-authority")
        if thread.resolved_at is None:
            thread.resolved_by, thread.resolved_at = party.user.id, by.at
            work.record("thread-resolved", application, thread=thread_id)


def _body(checks: Checks, text: str) -> str:
    body = checks.text(text, "text", LONGEST)
    if body is None and not checks.problems:
        checks.add("comment-missing", "text")
    return body or ""


def _application(work: Work, application_id: str) -> Application:
    """An application that is handed in and has not ended, for whoever may talk about it."""
    application = application_for(work, work.by, application_id, TALKERS, lock=True)
    if application.revision_id is None or Status(application.status) in LIFECYCLE.ends:
        raise status_forbids("comment", application)
    return application


def _thread(work: Work, thread_id: str) -> tuple[Application, Thread, Party]:
    """A thread that is for whoever does this."""
    application_id = work.dialogue.application_of(thread_id)
    if application_id is None:
        raise NotFoundError("thread-not-found")
    application = _application(work, application_id)
    thread, party = work.dialogue.thread(thread_id), party_of(work, work.by, application)
    if thread is None or not party.takes_part(thread.audience, thread.round_id):
        raise NotFoundError("thread-not-found")
    return application, thread, party


def _check_anchor(plan: Plan, question: str | None, criterion: str | None, audience: str) -> None:
    checks = Checks()
    if question is not None and question not in plan.form.by_id:
        hint = nearest_hint(question, plan.form.by_id)
        checks.problems.append(Problem("unknown-question", Where(pointer="/question"), {"id": question}, hint))
    criteria = [one.id for one in plan.all_criteria]
    if criterion is not None and criterion not in criteria:
        hint = nearest_hint(criterion, criteria)
        checks.problems.append(Problem("unknown-criterion", Where(pointer="/criterion"), {"id": criterion}, hint))
    if criterion is not None and audience != "assessors":
        checks.add("criterion-for-assessors", "criterion")
    checks.done()


def _round(
    work: Work, plan: Plan, application: Application, party: Party, audience: str, criterion: str | None
) -> str | None:
    """The round in which it is said: one that is open and is about this; among assessors one in which the criterion is
    marked, of several one that this person has delivered in, and else the last that they rated in.
    """
    about = {"applicant": "ask", "assessors": "rate"}.get(audience)
    call = work.schemes.call_of(application)
    is_open = open_rounds(plan, times_of(work, plan, call, application), work.by.at)
    found = [one.id for one in is_open if about is None or about in one.terms.allows]
    if audience != "assessors":
        return found[0] if found else None
    marked = next((one for one in plan.all_criteria if one.id == criterion), None)
    found = [id for id in found if marked is None or is_marked_in(plan, marked, id)]
    if found:
        return min(found, key=lambda id: id not in party.delivered)
    is_handler = bool(party.roles & HANDLERS)
    sheets = work.assessments.sheets(application.id)
    rated = [one.round_id for one in sheets if is_handler or one.round_id in party.delivered]
    rated = [id for id in rated if marked is None or is_marked_in(plan, marked, id)]
    return rated[-1] if rated else None


def _same(work: Work, thread: Thread, body: str) -> str | None:
    """A thread that says just this, and that nobody has answered or resolved."""
    said = work.dialogue.comments(thread.application_id)
    anchor = (thread.opened_by, thread.audience, thread.question, thread.criterion)
    open_ones = (one for one in work.dialogue.threads(thread.application_id) if one.resolved_at is None)
    for one in open_ones:
        words = [comment.body for comment in said if comment.thread_id == one.id]
        if words == [body] and (one.opened_by, one.audience, one.question, one.criterion) == anchor:
            return one.id
    return None


def _say(engine: Engine, work: Work, application: Application, thread: Thread, party: Party, body: str) -> str:
    said = Comment(
        id=work.new_id(), application_id=application.id, thread_id=thread.id, side=party.side, body=body,
        author_id=party.user.id, written_at=work.by.at,
    )  # fmt: skip
    work.add(said)
    work.session.flush()
    tell(engine, work, application, thread, party)
    return said.id
