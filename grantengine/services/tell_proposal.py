"""Those who work on a proposal are told when it waits for them, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grantengine.money import Money
from grantengine.services.messages import receiver_of, send
from grantengine.services.who_is_told import who_is_told
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Allocation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Work

AGREES = {"required": {"approver", "leader"}, "leader": {"leader"}, "none": set[str]()}
"""Who is told that a proposal waits, by what the scheme says of a second person."""


def tell_proposed(
    engine: Engine,
    work: Work,
    call: Call,
    plan: Plan,
    allocation: Allocation,
    cases: Iterable[Application],
    granted: int,
) -> None:
    """Tell those who may agree to a proposal about these cases that it waits; whoever made it is not told."""
    roles = AGREES[plan.scheme.decision.second_person]
    for user in who_is_told(work, call, roles, cases) if roles else ():
        if user.id != allocation.made_by:
            send(
                engine, work, receiver_of(user), "proposal-made", about=call.id, name=user.name, call=call.title,
                sum=Money(granted, plan.currency), url=f"{engine.settings.url}/office/proposals/{allocation.id}",
            )  # fmt: skip


def tell_settled(engine: Engine, work: Work, call: Call, plan: Plan, allocation: Allocation, granted: int) -> None:
    """Tell whoever made a proposal what became of it: ``proposal-decided``, or ``proposal-approved`` for a committee."""
    user = work.users.get(allocation.made_by)
    if user is None or user.id == work.by.id:
        return
    send(
        engine, work, receiver_of(user),
        "proposal-decided" if allocation.status == "decided" else "proposal-approved", about=call.id, name=user.name,
        call=call.title, sum=Money(granted, plan.currency), url=f"{engine.settings.url}/office/proposals/{allocation.id}",
    )  # fmt: skip
