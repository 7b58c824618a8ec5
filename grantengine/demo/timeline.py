"""The demo's clock, and the stories that it takes through the months, each going on at its own time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
SATURDAY = 5

Story = Iterator[datetime]
"""Does something, gives the moment at which it goes on, and so forth until it ends."""


class Timeline:
    """A clock that shows the moment of the story that goes on; stories go on in the order of their moments."""

    def __init__(self, start: datetime) -> None:
        self.at = start
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._told = 0

    def __call__(self) -> datetime:
        """The moment that it shows."""
        return self.at

    def tell(self, story: Story) -> None:
        """Have a story go on at the moment that it gives first."""
        self._wait(story, next(story, None))

    def run(self, until: datetime) -> None:
        """Let every story go on until this moment; what would come later does not happen."""
        while self._waiting and self._waiting[0][0] < until:
            at, _, story = heapq.heappop(self._waiting)
            self.at = max(self.at, at)
            self._wait(story, next(story, None))
        self._waiting.clear()

    def _wait(self, story: Story, at: datetime | None) -> None:
        if at is not None:
            self._told += 1
            heapq.heappush(self._waiting, (at, self._told, story))


def evening(rng: Random, day: date) -> datetime:
    """A moment after dinner, when volunteers have time."""
    return _moment(day, time(18), rng.randrange(4 * 60 * 60))


def office_hours(rng: Random, day: date) -> datetime:
    """A moment at work; at the weekend, that of the Friday before."""
    workday = day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    return _moment(workday, time(8, 30), rng.randrange(6 * 60 * 60))


def working_hours(rng: Random, at: datetime) -> datetime:
    """A moment at work on the day of ``at``, or the Monday after, and not before ``at``."""
    day = at.astimezone(OSLO).date()
    workday = day + timedelta(days=(7 - day.weekday()) if day.weekday() >= SATURDAY else 0)
    return max(at, _moment(workday, time(8, 30), rng.randrange(6 * 60 * 60)))


def evening_between(rng: Random, first: datetime, last: datetime, late: float = 1.0) -> datetime:
    """An evening from ``first`` to ``last``; the larger ``late``, the nearer the end it tends to be."""
    share = rng.random() ** (1 / late)
    day = (first + share * (last - first)).astimezone(OSLO).date()
    return min(max(evening(rng, day), first), last)


def _moment(day: date, begins: time, seconds: int) -> datetime:
    return (datetime.combine(day, begins, OSLO) + timedelta(seconds=seconds)).astimezone(UTC)
