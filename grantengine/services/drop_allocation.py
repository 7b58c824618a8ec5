"""A proposal is dropped: nothing comes of it, and its cases can be proposed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.people_input import Checks
from grantengine.services.proposals import allocation_for, check_open

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def drop_allocation(engine: Engine, by: By, allocation_id: str, *, reason: str) -> None:
    """Drop a proposal that has not been decided, such as one that is to be made anew.

    :raises InputError: ``reason-missing``.
    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``allocation-settled``.
    """
    checks = Checks()
    told = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        opened = allocation_for(engine, work, by, allocation_id, {"handler", "leader", "approver"}, lock=True)
        check_open(opened.allocation)
        opened.allocation.status, opened.allocation.reason = "dropped", told
        for case in opened.cases:
            case.settled_at = by.at
            work.record("proposal-dropped", opened.applications[case.application_id], allocation=allocation_id)
        work.record("allocation-dropped", opened.call, allocation=allocation_id, reason=told)
