"""Intake: which cases compete for the same money, and how much there is when their turn comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from grantengine.compile.plan import Intake
from grantengine.rules.case_table import CaseTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).min
"""In place of the instant of submission where it is missing."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Cases that compete for the same money: all, those of one deadline, or those of one day, week or month.

    ``members`` is where they are, None for all. ``share`` is øre, a part of the budget, or None for what others leave.
    """

    name: str
    members: NDArray[np.bool_] | None = None
    share: int | Fraction | None = None


def without_moment(intake: Intake, by_time: bool, cases: CaseTable) -> NDArray[np.bool_] | None:
    """Where the instant of submission matters and is missing."""
    if not by_time and intake.kind == "window":
        return None
    missing: NDArray[np.bool_] = cases.submitted == NEVER
    return missing


def batches(intake: Intake, cases: CaseTable) -> list[Batch]:
    """The batches in the order in which they are decided.

    A case belongs to the first deadline that it reached; one that was let in after the last belongs to the last.
    """
    if intake.kind == "deadlines":
        late_for = np.searchsorted([one.closes for one in intake.deadlines], cases.submitted, side="right")
        place = np.minimum(late_for, len(intake.deadlines) - 1)
        return [Batch(one.name, place == index, one.share) for index, one in enumerate(intake.deadlines)]
    if intake.kind == "rolling":
        period = _periods(cases, intake.period)
        return [Batch(str(one), period == one) for one in np.unique(period[~np.isnat(period)])]
    return [Batch("")]


def _periods(cases: CaseTable, period: str) -> NDArray[np.datetime64]:
    """The first day of the day, week or month in which each case was submitted, local time in Norway."""
    days: NDArray[np.datetime64] = (
        cases.table.column("submitted_at").cast(pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    )
    if period == "week":
        # The epoch was a Thursday; weeks begin on Mondays.
        days = days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    return days.astype("datetime64[M]").astype("datetime64[D]") if period == "month" else days


def money_for(batch: int, all_batches: Sequence[Batch], whole: int, left: int) -> int:
    """Øre there is for one batch of ``whole``, of which ``left`` is not used; a fixed share is kept for those to come."""
    share = all_batches[batch].share
    if share is not None:
        return min(_fixed(share, whole), left)
    set_aside = sum(_fixed(later.share, whole) for later in all_batches[batch + 1 :] if later.share is not None)
    return max(left - set_aside, 0)


def _fixed(share: int | Fraction, whole: int) -> int:
    return share if isinstance(share, int) else int(whole * share)
