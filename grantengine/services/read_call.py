"""A call as everyone may read it: what it is for, who can apply, what counts, how it is decided, and what it costs in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.call_results import Expected, Results, expected, results_of
from grantengine.services.call_terms import Terms, terms_of
from grantengine.services.pinned import MOST_PLANS, plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.services.call_cards import State
    from grantengine.store.catalogue import CallRow
    from grantengine.store.looking import ResultRow, Stamp
    from grantengine.store.tables.people import Authority
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading

MOST_CALLS = MOST_PLANS
"""Calls that are kept in a process; each holds its plan."""
MOST_RESULTS = 3
"""Earlier calls whose results are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed after the call was announced, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OtherCall:
    """Another call of the same scheme."""

    id: str
    title: Mapping[str, str]
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call. ``others`` are the calls of the scheme that are open or coming; ``results`` those of this and earlier calls."""

    id: str
    title: Mapping[str, str]
    authority: Mapping[str, str]
    email: str | None
    state: State
    opens: datetime | None
    closes: datetime | None
    terms: Terms
    expected: Expected
    results: tuple[Results, ...]
    answers: int
    changes: tuple[Change, ...]
    others: tuple[OtherCall, ...]


@dataclass(frozen=True, slots=True)
class _Announced:
    """All that a call says until something is announced anew, in this call or another."""

    stamp: Stamp
    call: Call
    authority: Authority
    plan: Plan
    terms: Terms
    of_scheme: tuple[CallRow, ...]
    changes: tuple[Change, ...]
    scheme_id: str


@dataclass(slots=True)
class _Kept:
    """What is kept of a call in this process: what is announced, and its page as it was made last, with what it was made of."""

    said: _Announced
    made: tuple[tuple[Any, ...], CallPage] | None = None


def read_call(engine: Engine, by: By, call_id: str) -> CallPage:
    """A call that is announced; whoever asks, signed in or not. As long as nothing of it changes, it is the same page.

    :raises NotFoundError: ``call-not-found``.
    :raises SchemeError: a plugin that the scheme needs is missing today.
    """
    kept: _Kept | None = engine.calls.get(call_id)
    if kept is not None:
        with engine.store.look() as looking:
            stamp, answers = looking.stamp_of(call_id)
            if kept.said.stamp == stamp:
                return _page(kept, by.at, answers, looking.results(kept.said.scheme_id))
    with engine.store.read() as reading:
        stamp, answers = reading.looking.stamp_of(call_id)
        kept = _Kept(_announced(engine, reading, call_id, stamp))
        results = reading.looking.results(kept.said.scheme_id)
    for oldest in list(engine.calls)[: max(0, len(engine.calls) - MOST_CALLS + 1)]:
        engine.calls.pop(oldest, None)
    engine.calls[call_id] = kept
    return _page(kept, by.at, answers, results)


def _announced(engine: Engine, reading: Reading, call_id: str, stamp: Stamp) -> _Announced:
    found = reading.catalogue.call(call_id)
    if found is None:
        raise NotFoundError("call-not-found")
    call, digest, scheme, authority = found
    plan = plan_of_call(engine, reading, call, digest)
    changes = tuple(Change(one.made_at, one.reason) for one in reading.schemes.patches(call_id))
    of_scheme = tuple(reading.catalogue.calls(scheme.id))
    return _Announced(stamp, call, authority, plan, terms_of(engine, plan, call), of_scheme, changes, scheme.id)


def _page(kept: _Kept, at: datetime, answers: int, results: tuple[ResultRow, ...]) -> CallPage:
    """The page as it is now: who has had an answer, and which calls are open, is looked at each time."""
    said, call = kept.said, kept.said.call
    state, others = _state(call, at), tuple(row for row in said.of_scheme if _is_other(row, call, at))
    made, made_of = kept.made, (state, others, answers, results)
    if made is None or made[0] != made_of:
        told = {one.call_id: one for one in results if one.told}
        rows = [row for row in reversed(said.of_scheme) if row.id in told and _is_before(row, call)]
        closed = [(row, told[row.id]) for row in rows]
        page = CallPage(
            id=call.id, title=call.title, authority=said.authority.name, email=said.authority.email, state=state,
            opens=call.opens_at, closes=call.closes_at, terms=said.terms, expected=expected(said.plan, call, closed),
            results=tuple(results_of(row, one) for row, one in closed[:MOST_RESULTS]), answers=answers,
            changes=said.changes, others=tuple(OtherCall(one.id, one.title, one.opens_at, one.closes_at) for one in others),
        )  # fmt: skip
        kept.made = made = made_of, page
    return made[1]


def _is_other(row: CallRow, call: Call, at: datetime) -> bool:
    """Whether it is another call, which is open or coming."""
    return row.id != call.id and (row.closes_at is None or row.closes_at > at)


def _is_before(one: CallRow, call: Call) -> bool:
    """Whether a call is this one, or closed before it."""
    if one.id == call.id or call.closes_at is None:
        return True
    return one.closes_at is not None and one.closes_at <= call.closes_at


def _state(call: Call, at: datetime) -> State:
    if call.opens_at is not None and at < call.opens_at:
        return "coming"
    return "closed" if call.closes_at is not None and at >= call.closes_at else "open"
