"""The decisions of a proposal are to be told: the letters go out in the background, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.proposals import allocation_for
from grantengine.services.send_letters import SEND, untold

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

WHO = {"handler", "leader", "approver"}


def publish_decisions(engine: Engine, by: By, allocation_id: str) -> int:
    """Have the letters of a decided proposal sent; returns how many wait. Asked again, none goes out twice.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``allocation-not-decided``.
    """
    with engine.store.work(by) as work:
        opened = allocation_for(engine, work, by, allocation_id, WHO)
        if opened.allocation.status != "decided":
            raise NotPossibleError("allocation-not-decided")
        waiting = len(untold(work, allocation_id))
        if waiting:
            work.jobs.add(work.new_id(), SEND, allocation_id, by.at, steps=waiting)
            work.record("letters-ordered", opened.call, allocation=allocation_id, letters=waiting)
        return waiting
