"""What one has to rate or handle in a call, a page at a time, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from grantengine.compile.plan import Words
from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.declare_interests import WHO
from grantengine.services.list_applications import MOST
from grantengine.services.people_input import page_of
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

State = Literal["to-handle", "not-begun", "draft", "delivered"]


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case that is given to someone. ``state`` is ``to-handle`` for a handler; for an assessor ``not-begun``, ``draft`` or
    ``delivered``, with the ``version`` of the sheet that the next save is built on.
    """

    assignment_id: str
    application_id: str
    number: str
    status: str
    organisation: str
    role: str
    round_id: str
    assigned_at: datetime
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class MyCases:
    """A page of the list; ``after`` begins the next one, None where this is the last. ``total`` are all that one has to
    rate in the call, ``left`` those that are not delivered; ``rounds`` are the titles of rounds.
    """

    items: tuple[MyCase, ...]
    after: str | None
    total: int
    left: int
    rounds: Mapping[str, Words]


def list_my_cases(
    engine: Engine, by: By, call_id: str, *, after: str = "", limit: int = 50, delivered: bool | None = None
) -> MyCases:
    """The cases of a call that are given to the user now, in the order they were given; none to whose applicant the user
    has a tie that nobody has decided about.

    :param delivered: only those that the user has, or has not, delivered.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO, one_case=True)
        me = user_of(reading, by).id
        found = reading.assignments.given_to(call_id, me, after=after, limit=limit + 1, delivered=delivered)
        total, left = reading.assignments.counts(call_id, me)
        plan = plan_of_call(engine, reading, call)
    items = tuple(
        MyCase(
            one.id, one.application_id, application.number, application.status, organisation, one.role, one.round_id,
            one.assigned_at, _state(one.role, version, delivered), version or 0,
        )
        for one, application, organisation, version, delivered in found
    )  # fmt: skip
    rounds = {one.id: one.title for part in plan.parts for one in part.rounds}
    return MyCases(items[:limit], items[limit - 1].assignment_id if len(items) > limit else None, total, left, rounds)


def _state(role: str, version: int | None, delivered: datetime | None) -> State:
    if role == "handler":
        return "to-handle"
    return "not-begun" if version is None else "draft" if delivered is None else "delivered"
