"""When an answer is late, as a condition on cases: the same as services say of one case, for whole lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, cast, false, func, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from grantengine.store.each import there_is
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Letter
from grantengine.store.tables.dialogue import ChangeRequest

OSLO = ZoneInfo("Europe/Oslo")
DAY = 86_400
NEW, SLIPPED, BEYOND = "interim:", ":passed", "interim;"
"""Marks of letters: ``interim:<date>`` tells of a new date, ``interim:<date>:passed`` that this one does not hold. All of them
stand before ``BEYOND``.
"""


_MARKS = select(Letter.id).correlate(Application)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a call promises: an answer by a day, or so many days after each application; either may be None."""

    by: date | None
    days: int | None

    def at(self, day: date) -> Promise:
        """What counts of it on a day: those that count alike then are the same."""
        if self.by is None:
            return self
        if self.by >= day:
            return Promise(date.max, None)
        return Promise(None, self.days) if self.days is not None else Promise(date.min, None)

    @property
    def may_be_late(self) -> bool:
        """Whether it is not for a day that never comes."""
        return self.by != date.max


class _Seconds(FunctionElement[int]):
    """Whole seconds since 1970 of an instant."""

    type = BigInteger()
    inherit_cache = True
    name = "seconds"


@compiles(_Seconds, "sqlite")
def _on_sqlite(element: _Seconds, compiler: Any, **more: Any) -> str:
    return f"cast(strftime('%s', {compiler.process(element.clauses, **more)}) as integer)"


@compiles(_Seconds, "postgresql")
def _on_postgresql(element: _Seconds, compiler: Any, **more: Any) -> str:
    return f"cast(floor(extract(epoch from {compiler.process(element.clauses, **more)})) as bigint)"


def promised_before(promise: Promise, day: date, at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether an answer to a case was promised for a day before this one, and for no later day.

    Days that are counted from the application stand still while the applicant is asked for something.
    """
    if promise.by is not None and promise.by >= day:
        return false()
    letters = (Letter.application_id == Application.id) & ~Letter.mark.endswith(SLIPPED) & (Letter.mark < BEYOND)
    later = there_is(_MARKS.where(letters, Letter.mark >= f"{NEW}{day.isoformat()}"))
    if promise.days is not None:
        return _counted_before(promise.days, day, at) & ~later
    if promise.by is None:
        return there_is(_MARKS.where(letters, Letter.mark >= NEW)) & ~later
    return true() & ~later


def _counted_before(days: int, day: date, at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether so many days after the application, and those in which it stood still, are over before a day."""
    last = datetime.combine(day - timedelta(days=days), time(), OSLO)
    asked = _Seconds(func.coalesce(ChangeRequest.closed_at, at)) - _Seconds(ChangeRequest.asked_at)
    waited = (
        select(func.coalesce(cast(func.sum(asked), BigInteger), 0))
        .where(ChangeRequest.application_id == Application.id)
        .correlate(Application)
        .scalar_subquery()
    )
    still = (waited // DAY) * DAY
    return (Application.submitted_at < last) & (_Seconds(Application.submitted_at) + still < int(last.timestamp()))
