"""What the authority does while an applicant is at the pages: through the services, as it has pages of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from office import ROLLING
from worlds import Clock, World

from grantengine.services.allocate_call import allocate_call
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.ask_changes import ask_changes
from grantengine.services.offer_slots import offer_slots
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.run_jobs import queue_retries, run_jobs
from grantengine.services.send_letters import send_letters

OSLO = ZoneInfo("Europe/Oslo")
TALKING = "\n".join(
    line.replace("kind: dialogue, days: 21", "kind: dialogue, opens: call.opens, days: 60")
    for line in ROLLING.split("\n")
    if "kind: completeness_check" not in line
)
"""Applications at any time, and questions about them from the first day on."""


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


@dataclass
class Office:
    """What the authority does, through the services."""

    world: World
    call: str

    @classmethod
    def of(cls, world: World) -> Office:
        """A call where one can apply at any time, with a meeting to book."""
        today = datetime.now(OSLO)
        call = world.call(TALKING.replace("2027-01-15T09:00", f"{today - timedelta(days=5):%Y-%m-%d}T09:00"))
        office = cls(world, call)
        office.offers(today)
        world.made["approver"] = world.user("Guro Godkjenner")
        administrator = world.by(world.made["admin"])
        appoint(
            world.engine, administrator, authority_id=world.made["imdi"], user_id=world.made["approver"],
            role="approver",
        )  # fmt: skip
        return office

    def offers(self, today: datetime) -> None:
        starts = [f"{today + timedelta(days=days):%Y-%m-%d}T18:00" for days in (3, 4)]
        by = self.world.by(self.world.made["handler"])
        offer_slots(self.world.engine, by, self.call, "guidance", starts=starts, place="Tøyen bibliotek")

    def asks(self, application: str) -> None:
        """The summary is to be said in more words."""
        handler = self.world.by(self.world.made["handler"])
        self.world.declare(self.call)
        ask_changes(self.world.engine, handler, application, questions=["summary"], reason="Hvor ofte møtes dere?")

    def decides(self) -> None:
        """On the day after, as a day's applications are decided together; the worker has asked about partners by then."""
        world = self.world
        world.clock.turn(days=1)
        queue_retries(world.engine, world.system)
        assert run_jobs(world.engine, world.system).failed == 0
        world.declare(self.call, world.made["handler"], world.made["approver"])
        proposal = allocate_call(world.engine, world.by(world.made["handler"]), self.call)
        approve_allocation(world.engine, world.by(world.made["approver"]), proposal)
        publish_decisions(world.engine, world.by(world.made["handler"]), proposal)
        send_letters(world.engine, world.system, proposal)
