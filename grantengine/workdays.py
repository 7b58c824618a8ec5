"""Working days in Norway, and the last day of a time limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether a day is neither a Saturday, a Sunday nor a public holiday in Norway. Christmas Eve and New Year's Eve are
    working days where the calendar does not say otherwise.

    :raises TypeError: an instant is given; which day it falls on is for the caller to say.
    """
    if isinstance(day, datetime):
        raise TypeError(f"a day is wanted, not an instant: {day}")
    return day.weekday() < SATURDAY and day not in _public_holidays(day.year)


def last_day(notified: date, days: int) -> date:
    """The last day of a time limit of so many calendar days from notice, the day of notice itself not counted.

    One that would end on a Saturday, a Sunday or a public holiday ends on the working day that follows.

    Source: the Courts Act (domstolloven, 13 August 1915 no. 5) §§ 148 and 149, to which the Public Administration Act
    (forvaltningsloven) refers for time limits. A limit in weeks ends on the same day of the week (§ 148), so that three
    weeks are 21 days.
    """
    day = notified + timedelta(days=days)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def after_last_day(notified: date, days: int) -> datetime:
    """The first instant (UTC) that is too late for such a limit: midnight in Norway after its last day."""
    morrow = last_day(notified, days) + timedelta(days=1)
    return datetime.combine(morrow, time.min, ZoneInfo("Europe/Oslo")).astimezone(UTC)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    """The public holidays of a year, also those that fall on a Sunday.

    They are asked for by the year and kept: a calendar that fills itself while it is asked, as the library's does, would
    give another thread half a year.
    """
    from holidays.countries.norway import Norway

    class Calendar(Norway):
        """Norway's, also after the year 2100, where the library leaves all calendars empty."""

        end_year = date.max.year

    return frozenset(Calendar(years=year, include_sundays=False))
