"""The review rounds of a call: when they are open, what they allow, and what is left of it for a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, RoundPlan, Words
from grantengine.errors import NotFoundError
from grantengine.lifecycle import APPLICANTS, READERS
from grantengine.records import By
from grantengine.services.access import application_for, call_for, user_of
from grantengine.services.case_rounds import offer, times_of
from grantengine.services.marks import part_of
from grantengine.services.pinned import plan_of_call
from grantengine.stages.eligibility import Verdict
from grantengine.stages.rounds import RoundTime, is_open
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import ChangeRequest
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

OF_AUTHORITY = READERS | {"reviewer"}


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """A round with its time in UTC; ``closes`` is the first instant that is too late, None where it is closed by hand.

    ``state`` is ``coming``, ``open`` or ``closed``; where the round counts for each case, it is ``coming`` unless a case is
    asked about. ``allows`` and ``acts`` are those of :class:`~grantengine.records.RoundTerms`. ``exchanges`` is how often
    an applicant may be asked, ``left`` how often this case still may be (None: no limit, or no case), ``offered`` whether
    the case is offered the round (None: no case, or a fact that tells is not there yet).
    """

    id: str
    kind: str
    title: Words
    acts: frozenset[str]
    allows: frozenset[str]
    opens: datetime | None
    closes: datetime | None
    state: str
    exchanges: int | None
    answer_days: int | None
    editable: tuple[str, ...] | None
    left: int | None = None
    offered: bool | None = None


def list_rounds(engine: Engine, by: By, call_id: str, *, application_id: str | None = None) -> tuple[RoundSeen, ...]:
    """The rounds of a call in the order of the scheme, for those who apply in it and for the authority.

    :param application_id: a case that was submitted in the call: the times are then its own, with what is left for it.
    :raises NotFoundError: ``call-not-found`` or ``application-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call, application = _for(reading, by, call_id, application_id)
        plan = plan_of_call(engine, reading, call)
        plan = part_of(plan, application) if application else plan
        times = times_of(reading, plan, call, application)
        requests = reading.dialogue.requests(application.id) if application else []
        offers = _offers(engine, reading, plan, application)
    return tuple(
        round_seen(one, time, by.at, requests if application else None, offers.get(one.id))
        for one, time in zip(plan.rounds, times, strict=True)
    )


def _for(reading: Reading, by: By, call_id: str, application_id: str | None) -> tuple[Call, Application | None]:
    """The call, and the case, for whoever has to do with them."""
    if application_id is not None:
        application = application_for(reading, by, application_id, APPLICANTS | READERS)
        if application.call_id != call_id:
            raise NotFoundError("application-not-found")
        return reading.schemes.call_of(application), application
    call = reading.schemes.call(call_id)
    if call is not None and by.kind == "user":
        user = user_of(reading, by)
        mine = [organisation for organisation, _ in reading.organisations.of_user(user.id, by.at)]
        if any(reading.applications.begun(call_id, one.id) for one in mine):
            return call, None
    return call_for(reading, by, call_id, OF_AUTHORITY), None


def _offers(engine: Engine, reading: Reading, plan: Plan, application: Application | None) -> dict[str, bool | None]:
    if application is None or application.revision_id is None:
        return {}
    known = {Verdict.YES: True, Verdict.UNDETERMINED: None}
    return {one.id: known.get(offer(engine, reading, plan, one, application), False) for one in plan.rounds}


def round_seen(
    one: RoundPlan, time: RoundTime, at: datetime, requests: Sequence[ChangeRequest] | None = None,
    offered: bool | None = None,
) -> RoundSeen:  # fmt: skip
    """A round at an instant; with ``requests`` what is left of it for the case that they were made in."""
    terms = one.terms
    left = None
    if requests is not None and terms.exchanges is not None and "ask" in terms.allows:
        used = sum(asked.round_id == one.id and asked.status != "taken-back" for asked in requests)
        left = max(terms.exchanges - used, 0)
    return RoundSeen(
        one.id, one.kind, one.title, terms.acts, terms.allows, time.opens, time.closes, _state(time, at), terms.exchanges,
        terms.answer_days, terms.editable, left, offered,
    )  # fmt: skip


def _state(time: RoundTime, at: datetime) -> str:
    if is_open(time, at):
        return "open"
    return "closed" if time.closes is not None and time.closes <= at else "coming"
