"""Working days and time limits: the Norwegian calendar, its holidays, and both changes of the clock."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantengine.workdays import after_last_day, is_working_day, last_day

OSLO = ZoneInfo("Europe/Oslo")
MOVABLE = {"Maundy Thursday": -3, "Good Friday": -2, "Easter Day": 0, "Easter Monday": 1, "Ascension": 39,
           "Whit Sunday": 49, "Whit Monday": 50}  # fmt: skip
"""Days after Easter Day."""
YEARS_NOBODY_ASKED_FOR = range(3000, 3200)
FIXED = [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)]


def easter(year: int) -> date:
    """Easter Day by the rule printed in Nature in 1876, for any year of the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def free_days(year: int) -> set[date]:
    """The days of a year that are not Saturday or Sunday, and no working days all the same."""
    days = (date(year, 1, 1) + timedelta(number) for number in range(366))
    return {day for day in days if day.year == year and day.weekday() < 5 and not is_working_day(day)}


@pytest.mark.parametrize(
    ("year", "days"),
    [
        # Easter Day is 5 April; 17 May and Boxing Day are at a weekend.
        (2026, "01-01 04-02 04-03 04-06 05-01 05-14 05-25 12-25"),
        # Easter Day is 28 March; 17 May is Whit Monday; Labour Day and Christmas Day are Saturdays.
        (2027, "01-01 03-25 03-26 03-29 05-06 05-17"),
        # Easter Day is 16 April; New Year's Day is a Saturday.
        (2028, "04-13 04-14 04-17 05-01 05-17 05-25 06-05 12-25 12-26"),
    ],
)
def test_the_days_off_of_a_year(year: int, days: str) -> None:
    assert free_days(year) == {date.fromisoformat(f"{year}-{day}") for day in days.split()}


def test_a_week_around_easter() -> None:
    week = [date(2027, 3, 22) + timedelta(number) for number in range(9)]
    assert [is_working_day(day) for day in week] == [True, True, True] + [False] * 5 + [True]


def test_the_eves_are_working_days() -> None:
    assert is_working_day(date(2026, 12, 24))
    assert is_working_day(date(2026, 12, 31))
    assert is_working_day(date(2027, 3, 24))


@given(st.integers(1947, 9998))
def test_every_year_has_its_holidays_however_far_ahead(year: int) -> None:
    off = {date(year, month, day) for month, day in FIXED}
    off |= {easter(year) + timedelta(days) for days in MOVABLE.values()}
    assert free_days(year) == {day for day in off if day.weekday() < 5}


@pytest.mark.parametrize(
    ("notified", "days", "last"),
    [
        ("2027-01-20", 21, "2027-02-10"),  # three weeks from a Wednesday: a Wednesday
        ("2027-01-20", 1, "2027-01-21"),
        ("2027-01-22", 1, "2027-01-25"),  # a Saturday
        ("2027-01-23", 1, "2027-01-25"),  # a Sunday
        ("2027-03-03", 21, "2027-03-24"),  # the Wednesday before Easter
        ("2027-03-04", 21, "2027-03-30"),  # Maundy Thursday: the Tuesday after Easter
        ("2027-03-08", 21, "2027-03-30"),  # Easter Monday
        ("2027-04-15", 21, "2027-05-07"),  # Ascension, a Thursday
        ("2027-04-26", 21, "2027-05-18"),  # 17 May, Whit Monday too
        ("2026-04-10", 21, "2026-05-04"),  # 1 May, a Friday before a weekend
        ("2026-05-04", 21, "2026-05-26"),  # Whit Monday
        ("2026-12-03", 21, "2026-12-24"),  # Christmas Eve
        ("2026-12-04", 21, "2026-12-28"),  # Christmas Day, a Friday: Boxing Day is a Saturday
        ("2026-12-11", 21, "2027-01-04"),  # New Year's Day, a Friday
        ("2028-12-04", 21, "2028-12-27"),  # Christmas Day, a Monday
        ("2028-02-08", 21, "2028-02-29"),
    ],
)
def test_the_last_day_of_a_limit(notified: str, days: int, last: str) -> None:
    assert last_day(date.fromisoformat(notified), days) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("notified", "too_late"),
    [
        ("2027-01-20", "2027-02-10T23:00:00Z"),  # winter
        ("2027-06-02", "2027-06-23T22:00:00Z"),  # summer
        ("2027-03-05", "2027-03-30T22:00:00Z"),  # Good Friday; the clock goes forward on Easter Day
        ("2026-03-06", "2026-03-27T23:00:00Z"),  # the Friday before the clock goes forward
        ("2026-03-07", "2026-03-30T22:00:00Z"),  # the Saturday, so the Monday after
        ("2026-10-02", "2026-10-23T22:00:00Z"),  # the Friday before the clock goes back
        ("2026-10-03", "2026-10-26T23:00:00Z"),  # the Saturday, so the Monday after
        ("2026-12-10", "2026-12-31T23:00:00Z"),  # New Year's Eve
        ("2126-06-05", "2126-06-26T22:00:00Z"),  # a hundred years ahead
    ],
)
def test_the_first_instant_that_is_too_late(notified: str, too_late: str) -> None:
    found = after_last_day(date.fromisoformat(notified), 21)
    assert found == datetime.fromisoformat(too_late)
    assert found.tzinfo is UTC


@given(st.dates(date(2020, 1, 1), date(2400, 1, 1)), st.integers(0, 400))
def test_a_limit_is_never_shorter_and_ends_when_its_last_day_does(notified: date, days: int) -> None:
    last = last_day(notified, days)
    passed = [notified + timedelta(number) for number in range(days, (last - notified).days)]
    assert is_working_day(last)
    assert not any(is_working_day(day) for day in passed)
    # The longest row of days off: Christmas or Easter, and what can touch it.
    assert len(passed) <= 5
    too_late = after_last_day(notified, days)
    assert (too_late - timedelta(microseconds=1)).astimezone(OSLO).date() == last
    assert too_late.astimezone(OSLO) == datetime(*(last + timedelta(1)).timetuple()[:3], tzinfo=OSLO)


def test_an_instant_is_no_day() -> None:
    instant = datetime(2027, 5, 16, 23, tzinfo=UTC)
    with pytest.raises(TypeError, match="a day is wanted"):
        is_working_day(instant)
    with pytest.raises(TypeError, match="a day is wanted"):
        last_day(instant, 21)


def test_threads_that_ask_for_a_new_year_at_once_get_whole_calendars() -> None:
    together, found = Barrier(8), []

    def ask() -> None:
        together.wait()
        found.extend(is_working_day(date(year, 12, 25)) for year in YEARS_NOBODY_ASKED_FOR)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [False] * 8 * len(YEARS_NOBODY_ASKED_FOR)


def test_the_calendar_is_not_loaded_before_it_is_asked() -> None:
    program = "import grantengine.workdays, sys; print('holidays' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
