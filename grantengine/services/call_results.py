"""What became of calls that are decided, and when an answer can be expected; never so that one applicant can be made out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from grantengine.records import POINT_UNITS
from grantengine.store.catalogue import CallRow
from grantengine.store.looking import ResultRow
from grantengine.store.tables.schemes import CallResults

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Work

FEW = 5
"""Below so many applicants, or grants, figures could tell of one of them."""
OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a call. None of a figure: it is about too few to be told.

    ``applicants`` have had their answer, ``funded`` of them were given something; ``granted`` is in hundredths of ``unit``
    (``money``, or what is given in kind); ``least_total`` is the lowest total that was funded. ``so_far``: some still wait.
    """

    call_id: str
    closed: datetime | None
    applicants: int | None
    funded: int | None
    granted: int | None
    unit: str | None
    least_total: float | None
    so_far: bool

    @property
    def rate(self) -> float | None:
        """The share of the applicants who were given something, from 0 to 1."""
        return self.funded / self.applicants if self.applicants and self.funded is not None else None


@dataclass(frozen=True, slots=True)
class Expected:
    """When an answer comes. ``told`` has come; ``by_data`` is reckoned from ``days``, the median of ``of`` earlier calls.

    ``promised`` is what the call says, ``answer_days`` within how many days of an application it promises an answer.
    """

    told: date | None = None
    by_data: date | None = None
    days: int | None = None
    of: int = 0
    promised: date | None = None
    answer_days: int | None = None


def results_of(row: CallRow, one: CallResults | ResultRow) -> Results:
    """What may be told of the results of a call.

    Where few applied, nothing is counted; where few were funded or few refused, none of the figures that could be taken apart.
    """
    many = one.told >= FEW
    apart = many and one.funded >= FEW
    rest = one.told - one.funded
    return Results(
        row.id, row.closes_at, one.told if many else None,
        one.funded if apart and (rest == 0 or rest >= FEW) else None, one.granted if apart else None, one.unit,
        one.least_total / POINT_UNITS if apart and one.least_total else None, one.waiting > 0,
    )  # fmt: skip


def expected(plan: Plan, call: Call, closed: Sequence[tuple[CallRow, CallResults | ResultRow]]) -> Expected:
    """When an answer can be expected: from how long it took in earlier calls of the scheme, and from what the call says."""
    terms = plan.scheme.call
    days = [
        (one.told_at - row.closes_at).days
        for row, one in closed
        if row.id != call.id and one.told_at and row.closes_at and one.told_at >= row.closes_at and not one.waiting
    ]
    usual = round(median(days)) if days else None
    own = next((one for row, one in closed if row.id == call.id and not one.waiting), None)
    return Expected(
        told=own.told_at.astimezone(OSLO).date() if own is not None and own.told_at else None,
        by_data=(call.closes_at + timedelta(days=usual)).astimezone(OSLO).date() if usual and call.closes_at else None,
        days=usual, of=len(days), promised=terms.decided_by,
        answer_days=terms.answer_days if terms.intake == "rolling" else None,
    )  # fmt: skip


def keep_results(work: Work, call_id: str) -> None:
    """Sum up what became of a call, once letters have gone out. One at a time: the later of two workers counts them all."""
    work.schemes.call(call_id, lock=True)
    work.session.merge(work.catalogue.sum_up(call_id, work.by.at))
