"""An authority that shares out money: calls where applications come at any time, and people who propose and approve."""

from __future__ import annotations

from collections import Counter
from typing import Any

from closed import SMALL
from worlds import ANSWERS, World

from grantengine.records import By
from grantengine.services.allocate_call import allocate_call
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.open_call import open_call
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.send_letters import send_letters
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application

ROLLING = "\n".join(
    line.replace("intake: window", "intake: rolling").replace(", closes: call.closes", "")
    for line in SMALL.split("\n")
    if not line.startswith(("  closes: ", "  decided_by: "))
)
"""Applications at any time, half a million to share, no ratings."""
STRANDS = SMALL.replace(
    "  invited_only: false",
    "  strands: [{id: north, budget: 300 000 NOK}, {id: south, budget: 200 000 NOK}]\n  invited_only: false",
)
PART = "2027"
"""What the one part of the budget is called."""
APPROVERS = ("Guro Godkjenner", "Gard Godkjenner")


class Office:
    """A handler, two approvers, and calls of one scheme; each application in a call is another organisation's."""

    def __init__(self, world: World, source: str = ROLLING) -> None:
        self.world, self.engine = world, world.engine
        self.authority = world.authority()
        self.handler = world.made["handler"] = world.handler(self.authority)
        self.version = publish_scheme(self.engine, world.by(self.handler), source)
        self.approvers = [world.user(name) for name in APPROVERS]
        for user in self.approvers:
            appoint(
                self.engine, world.by(world.made["admin"]), authority_id=self.authority, user_id=user, role="approver"
            )
        self.applicants: list[tuple[str, str]] = []
        self._applied: Counter[str] = Counter()
        self.contact: dict[str, str] = {}

    def call(self, kroner: int = 500_000) -> str:
        """A call with this to share; applications may come already."""
        patch = [{"op": "replace", "path": "/call/budget", "value": f"{kroner} NOK"}]
        return open_call(self.engine, self.world.by(self.handler), self.version, patch=patch)

    def came(self, call: str, *kroner: int, strand: str | None = None, contact: str = "") -> list[str]:
        """Applications for these sums, each with more points than the next; everyone has declared since. The ids.

        :param contact: the contact of all new organisations; none: each has its own.
        """
        cases = []
        for place, sum in enumerate(kroner):
            user, organisation = self._applicant(call, contact)
            share = round(0.9 - place / 1000, 3)
            answers: dict[str, Any] = {
                **ANSWERS, "requested": str(sum), "own_funding": "0", "target_group_share": share, "partners": [],
            }  # fmt: skip
            by = self.world.by(user)
            id = start_draft(
                self.engine, by, call_id=call, organisation_id=organisation, answers=answers, strand=strand
            )  # fmt: skip
            submit_application(self.engine, by, id, 1)
            self.contact[id] = user
            cases.append(id)
        self.world.declare(call, self.handler, *self.approvers)
        return cases

    def _applicant(self, call: str, contact: str) -> tuple[str, str]:
        """A user and an organisation that has not applied in this call: one that is known already, or a new one."""
        place = self._applied[call]
        self._applied[call] += 1
        if place == len(self.applicants):
            user = contact or self.world.user(f"Kari {place}", f"kari{place}@example.org")
            self.applicants.append((user, self.world.organisation(user, f"Lag {place}", None)))
        return self.applicants[place]

    def propose(self, call: str, **of: Any) -> str:
        """The handler proposes."""
        return allocate_call(self.engine, self.by(self.handler), call, **of)

    def approve(self, allocation: str) -> None:
        """The first approver agrees."""
        approve_allocation(self.engine, self.by(self.approvers[0]), allocation)

    def tell(self, allocation: str) -> None:
        """The letters of what was decided go out."""
        publish_decisions(self.engine, self.by(self.handler), allocation)
        send_letters(self.engine, self.world.system, allocation)

    def by(self, user: str) -> By:
        """A user, now."""
        return self.world.by(user)
