"""Scenes of what is said after submission."""

from __future__ import annotations

from itertools import count
from zoneinfo import ZoneInfo

from stage import OPEN, Call, Case, Stage, changes, reads
from worlds import ANSWERS

from grantengine.services.answer_changes import answer_changes
from grantengine.services.ask_changes import ask_changes
from grantengine.services.case_clock import case_clock
from grantengine.services.close_changes import lapse_changes, take_back_changes
from grantengine.services.close_round import close_round
from grantengine.services.list_rounds import list_rounds
from grantengine.services.open_call import open_call
from grantengine.services.publish_answer import list_answers, publish_answer
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.read_application import read_application
from grantengine.services.read_threads import read_threads
from grantengine.services.save_draft import save_draft
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread

_VERSIONS = count(1)
OSLO = ZoneInfo("Europe/Oslo")


def _asked(on: Stage) -> Case:
    """A case whose applicant has been asked for another summary."""
    case = on.submitted()
    ask_changes(on.engine, on.handler, case.id, questions=["summary"], reason="Hvor ofte er det?")
    return case


def _version(on: Stage, case: Case) -> int:
    """The version of the draft of a case."""
    seen = read_application(on.engine, on.world.by(case.by.id or ""), case.id).draft
    assert seen is not None
    return seen.version


@changes("write_comment.open_thread")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(
        case.by, lambda by: open_thread(on.engine, by, case.id, "Kan vi endre dette?", question="summary"), case
    )


@changes("write_comment.answer_thread")
def _(on: Stage) -> Call:
    case = on.submitted()
    thread = open_thread(on.engine, case.by, case.id, "Kan vi endre dette?", question="summary")
    return Call(on.handler, lambda by: answer_thread(on.engine, by, thread, "Ja, skriv hva som er nytt"), case)


@changes("write_comment.resolve_thread")
def _(on: Stage) -> Call:
    case = on.submitted()
    thread = open_thread(on.engine, case.by, case.id, "Kan vi endre dette?", question="summary")
    return Call(on.handler, lambda by: resolve_thread(on.engine, by, thread), case)


@reads("read_threads.read_threads")
def _(on: Stage) -> Call:
    case = on.submitted()
    open_thread(on.engine, case.by, case.id, "Kan vi endre dette?", question="summary")
    return Call(on.handler, lambda by: read_threads(on.engine, by, case.id), case)


@changes("ask_changes.ask_changes")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(
        on.handler,
        lambda by: ask_changes(on.engine, by, case.id, questions=["summary"], reason="Hvor ofte er det?"),
        case,
    )


@changes("answer_changes.answer_changes")
def _(on: Stage) -> Call:
    case = _asked(on)
    answers = {**ANSWERS, "summary": "Språkkafé hver tirsdag"}
    version = save_draft(on.engine, on.world.by(case.by.id or ""), case.id, _version(on, case), answers).version
    return Call(case.by, lambda by: answer_changes(on.engine, by, case.id, version), case)


@changes("close_changes.take_back_changes")
def _(on: Stage) -> Call:
    case = _asked(on)
    return Call(on.handler, lambda by: take_back_changes(on.engine, by, case.id, reason="Det sto i vedlegget"), case)


@changes("close_changes.lapse_changes")
def _(on: Stage) -> Call:
    case = on.submitted()
    now = on.world.clock()
    due = f"{now.astimezone(OSLO):%Y-%m-%dT%H:%M}"
    ask_changes(on.engine, on.handler, case.id, questions=["summary"], reason="Hvor ofte er det?", due=due)
    on.world.clock.turn(minutes=20)
    return Call(on.system, lambda by: lapse_changes(on.engine, by), case)


@reads("case_clock.case_clock")
def _(on: Stage) -> Call:
    case = _asked(on)
    return Call(on.handler, lambda by: case_clock(on.engine, by, case.id), case)


@reads("list_rounds.list_rounds")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: list_rounds(on.engine, by, on.call, application_id=case.id), case)


@changes("close_round.close_round")
def _(on: Stage) -> Call:
    """In a call of its own: a round is closed once."""
    source = OPEN.replace("version: 1.0.0", f"version: 1.2.{next(_VERSIONS)}").replace(
        ", closes: 2027-02-26T16:00, options: {exchanges: 2}", ", options: {exchanges: 2}"
    )
    call = open_call(on.engine, on.handler, publish_scheme(on.engine, on.handler, source))
    return Call(on.handler, lambda by: close_round(on.engine, by, call, "corrections"), call=call)


@changes("publish_answer.publish_answer")
def _(on: Stage) -> Call:
    on.draft()
    said = f"Ja, også for {on.email()}"
    return Call(on.handler, lambda by: publish_answer(on.engine, by, on.call, asked="Teller frivillige?", answer=said))


@reads("publish_answer.list_answers")
def _(on: Stage) -> Call:
    publish_answer(on.engine, on.handler, on.call, asked="Teller frivillige?", answer="Ja, som egeninnsats")
    return Call(on.anyone, lambda by: list_answers(on.engine, by, on.call))
