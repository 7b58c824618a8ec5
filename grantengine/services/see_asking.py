"""What a handler needs to ask for changes: the answers, the rounds in which it may be, and what was asked before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import DECIDERS, Status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.ask_changes import ASK
from grantengine.services.case_clock import Clock, clock_of
from grantengine.services.case_rounds import offer, times_of
from grantengine.services.marks import part_of
from grantengine.services.open_fields import submitted_answers
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_changes import Asked, asked_seen
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.stages.eligibility import Verdict
from grantengine.stages.rounds import after_days, open_rounds

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import RoundPlan, Words
    from grantengine.store.tables.dialogue import ChangeRequest


@dataclass(frozen=True, slots=True)
class RoundToAsk:
    """A round that is open and in which this case may be asked. ``left`` is how often still, of ``exchanges`` (None: no limit);
    ``due_at`` the first instant that is too late where the round gives a number of days; ``editable`` the questions that it is
    about (None: all).
    """

    id: str
    title: Words
    exchanges: int | None
    left: int | None
    answer_days: int | None
    due_at: datetime | None
    editable: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class AskingSeen:
    """A case that may be asked about. ``request`` waits for an answer, ``earlier`` do not, newest first. ``may_ask``: its
    status allows to ask.
    """

    desk: CaseDesk
    paper: Paper
    rounds: tuple[RoundToAsk, ...]
    clock: Clock
    request: Asked | None
    earlier: tuple[Asked, ...]
    may_ask: bool


def see_asking(engine: Engine, by: By, application_id: str) -> AskingSeen:
    """The answers of a case that may be asked about, and what was asked before. That it is read is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, DECIDERS)
        reader, call = reader_of(reading, by, one), reading.schemes.call_of(one)
        plan, requests = part_of(plan_of_call(engine, reading, call), one), reading.dialogue.requests(one.id)
        names = reading.users.named({each.asked_by for each in requests})
        asked = [asked_seen(plan, each, names) for each in reversed(requests)]
        is_open = open_rounds(plan, times_of(reading, plan, call, one), by.at)
        rounds = [
            _round(each, requests, by.at) for each in is_open
            if "ask" in each.terms.allows and offer(engine, reading, plan, each, one) is Verdict.YES
        ]  # fmt: skip
        seen = AskingSeen(
            case_desk_of(engine, reading, by, one),
            paper_of(
                reading, one, one.status, plan, call, reading.organisations.of(one), submitted_answers(reading, one)
            ),
            tuple(rounds), clock_of(reading, by, one, call, requests),
            next((each for each in asked if each.status == "open"), None),
            tuple(each for each in asked if each.status != "open"), Status(one.status) in ASK.sources,
        )  # fmt: skip
    keep_read(engine, by, reader, "application")
    return seen


def _round(one: RoundPlan, requests: Sequence[ChangeRequest], at: datetime) -> RoundToAsk:
    terms = one.terms
    used = sum(asked.round_id == one.id and asked.status != "taken-back" for asked in requests)
    return RoundToAsk(
        one.id, one.title, terms.exchanges, None if terms.exchanges is None else max(terms.exchanges - used, 0),
        terms.answer_days, None if terms.answer_days is None else after_days(at, terms.answer_days),
        None if terms.editable is None else frozenset(terms.editable),
    )  # fmt: skip
