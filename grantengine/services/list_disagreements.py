"""Where assessors disagree in a call, and whether they have talked about it, for its handlers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.compile.plan import Words
from grantengine.errors import NotAllowedError
from grantengine.lifecycle import HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.assign_cases import people_of
from grantengine.services.marks import disagreements
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class Apart:
    """Marks of one case for one criterion (with its ``title``) that are further apart than the round allows. ``discussed``: a
    discussion of the assessors about it is settled.
    """

    application_id: str
    number: str
    criterion: str
    title: Words
    round_id: str
    marks: tuple[float, ...]
    spread: float
    limit: float
    discussed: bool


def list_disagreements(engine: Engine, by: By, call_id: str) -> tuple[Apart, ...]:
    """Every case and criterion over the limit, in order of the cases; none that the reader has a tie to, or that came in
    after the reader last declared, and in a blind round none of which the reader's own marks are still to come. A fixed
    number of statements.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, or ``conflict-of-interest`` with the whole call.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, HANDLERS)
        plan = plan_of_call(engine, reading, call)
        cases = reading.assignments.to_rate(call_id, IN_REVIEW)
        if by.kind == "user":
            people = people_of(reading, call, "handler", by.at)
            me = by.id or ""
            if me in people.away:
                raise NotAllowedError("conflict-of-interest")
            if cases and me not in people.declared:
                raise NotAllowedError("interests-undeclared")
            cases = [one for one in cases if people.has_declared(me, one) and not people.is_conflicted(me, one)]
        found = disagreements(reading, plan, cases)
        blind = _blind(reading, plan, call_id, by)
        titles = {one.id: one.title for one in plan.all_criteria}
    return tuple(
        Apart(
            one.id, one.number, apart.criterion, titles[apart.criterion], apart.round_id, apart.marks, apart.spread,
            apart.limit, apart.discussed,
        )
        for one in cases for apart in found[one.id] if (one.id, apart.round_id) not in blind
    )  # fmt: skip


def _blind(reading: Reading, plan: Plan, call_id: str, by: By) -> frozenset[tuple[str, str]]:
    """The cases and blind rounds in which a handler who is an assessor too has not delivered the own marks."""
    rounds = sorted({one.id for part in plan.parts for one in part.rounds if one.terms.blind})
    return frozenset(
        (one.application_id, id)
        for id in rounds
        for one, delivered in reading.assignments.of_round(call_id, id)
        if one.user_id == by.id and not delivered
    )
