"""What there is where the browsers look around: calls that are open, coming and closed, and people who apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from worlds import ANSWERS, EXAMPLE, NUMBERS, Clock, World, new_world

from grantengine.services.submit_application import submit_application

OSLO = ZoneInfo("Europe/Oslo")


class Present(Clock):
    """The clock of the machine, which the server reads too; ``ahead`` of it where the authority's work needs days."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.ahead

    def turn(self, **by: float) -> datetime:
        """From now on so much ahead."""
        self.ahead += timedelta(**by)
        return self()


def from_today(source: str, opens: int, closes: int, id: str = "") -> str:
    """The example with days of its call so many from today, under an id of its own."""
    today = datetime.now(OSLO)
    begins, ends = (today + timedelta(days=days) for days in (opens, closes))
    decided = ends + timedelta(days=60)
    text = source.replace("opens: 2027-01-15T09:00", f"opens: {begins:%Y-%m-%d}T09:00")
    text = text.replace("closes: 2027-03-01T23:59", f"closes: {ends:%Y-%m-%d}T23:59")
    text = text.replace("decided_by: 2027-05-15", f"decided_by: {decided:%Y-%m-%d}")
    return text.replace("id: imdi-integration-work", f"id: imdi-{id}") if id else text


@dataclass
class Town:
    """A world beside a server: the same database, the clock of the machine, links that lead to the server."""

    world: World
    address: str
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def beside(cls, database: str, address: str) -> Town:
        """An authority with three calls, an organisation, and its applications."""
        world = new_world(database, Present(), GRANTENGINE_URL=address)
        town = cls(world, address)
        ids = town.ids
        ids["open"] = world.call(from_today(EXAMPLE, -5, 20))
        ids["coming"] = world.call(from_today(EXAMPLE, 10, 40, "coming"))
        ids["closed"] = world.call(from_today(EXAMPLE, -60, -2, "closed"))
        ids["user"] = world.user("Kari Nordmann", "kari@example.org")
        ids["organisation"] = world.organisation(ids["user"], "Bydel Vel", NUMBERS[0])
        ids["draft"] = world.draft(ids["open"], ids["organisation"], ids["user"], ANSWERS)
        ids["submitted"] = world.draft(ids["open"], ids["organisation"], ids["user"], ANSWERS)
        submit_application(world.engine, world.by(ids["user"]), ids["submitted"], 1)
        return town
