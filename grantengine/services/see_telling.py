"""How far the letters of a decided proposal have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.lifecycle import AWAITS_LETTER
from grantengine.records import By
from grantengine.services.access import check_impartial
from grantengine.services.proposals import call_of
from grantengine.services.send_letters import SEND

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.operations import Job

WHO = {"handler", "leader", "approver"}


@dataclass(frozen=True, slots=True)
class Waits:
    """A case whose letter has not gone out."""

    application_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Telling:
    """The letters of a proposal. ``gone`` have gone out, ``waits`` have not; ``ended`` cases get none, such as those that were
    withdrawn before. ``going``: they have been ordered and are being sent; ``failed``: that was given up until
    they are ordered again.
    """

    call_id: str
    gone: int
    waits: tuple[Waits, ...]
    ended: int
    going: bool
    failed: bool

    @property
    def of(self) -> int:
        """How many letters there are to be."""
        return self.gone + len(self.waits)


def see_telling(engine: Engine, by: By, allocation_id: str) -> Telling:
    """How far the letters of a decided proposal have come, in a fixed number of statements.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``allocation-not-decided``.
    """
    with engine.store.read() as reading:
        allocation = reading.decisions.allocation(allocation_id)
        if allocation is None:
            raise NotFoundError("allocation-not-found")
        call_of(reading, by, allocation, WHO)
        cases = reading.sharing.applications_of(allocation_id)
        check_impartial(reading, by, cases)
        if allocation.status != "decided":
            raise NotPossibleError("allocation-not-decided")
        gone, job = reading.sharing.told_of(allocation_id), reading.jobs.waiting(SEND, allocation_id)
        waits = [one for one in cases if one.id not in gone and one.status in AWAITS_LETTER]
        return Telling(
            allocation.call_id, len(gone), tuple(Waits(one.id, one.number) for one in waits),
            len(cases) - len(gone) - len(waits), bool(waits) and _is_going(job),
            bool(waits) and job is not None and not _is_going(job),
        )  # fmt: skip


def _is_going(job: Job | None) -> bool:
    """Whether the work waits to be done or is being done; one that has failed for good is due no more."""
    return job is not None and job.due_at is not None and job.cancelled_at is None
