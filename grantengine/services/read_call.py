"""A call as everyone may read it: what it is for, who can apply, what counts, how it is decided, and what it costs in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.call_results import Expected, Results, expected, results_of
from grantengine.services.call_terms import Terms, terms_of
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.services.call_cards import State
    from grantengine.store.catalogue import CallRow
    from grantengine.store.tables.schemes import Call

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


def read_call(engine: Engine, by: By, call_id: str) -> CallPage:
    """A call that is announced; whoever asks, signed in or not.

    :raises NotFoundError: ``call-not-found``.
    :raises SchemeError: a plugin that the scheme needs is missing today.
    """
    with engine.store.read() as reading:
        found = reading.catalogue.call(call_id)
        if found is None:
            raise NotFoundError("call-not-found")
        call, digest, scheme, authority = found
        plan = plan_of_call(engine, reading, call, digest)
        of_scheme = reading.catalogue.calls(scheme.id)
        decided = reading.catalogue.results([one.id for one in of_scheme])
        answers, patches = reading.catalogue.answers(call_id), reading.schemes.patches(call_id)
    told = {id: one for id, one in decided.items() if one.told}
    closed = [(one, told[one.id]) for one in reversed(of_scheme) if one.id in told and _is_before(one, call)]
    return CallPage(
        id=call.id, title=call.title, authority=authority.name, email=authority.email, state=_state(call, by.at),
        opens=call.opens_at, closes=call.closes_at, terms=terms_of(engine, plan, call),
        expected=expected(plan, call, closed),
        results=tuple(results_of(row, one) for row, one in closed[:MOST_RESULTS]), answers=answers,
        changes=tuple(Change(one.made_at, one.reason) for one in patches),
        others=tuple(
            OtherCall(one.id, one.title, one.opens_at, one.closes_at)
            for one in of_scheme
            if one.id != call.id and (one.closes_at is None or one.closes_at > by.at)
        ),
    )  # fmt: skip


def _is_before(one: CallRow, call: Call) -> bool:
    """Whether a call is this one, or closed before it."""
    if one.id == call.id or call.closes_at is None:
        return True
    return one.closes_at is not None and one.closes_at <= call.closes_at


def _state(call: Call, at: datetime) -> State:
    if call.opens_at is not None and at < call.opens_at:
        return "coming"
    return "closed" if call.closes_at is not None and at >= call.closes_at else "open"
