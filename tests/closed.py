"""Calls that have closed, with cases that can be decided, on a clock that is turned by minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from stage import Case, Stage
from worlds import ANSWERS, EXAMPLE

from grantengine.records import By
from grantengine.services.allocate_call import allocate_call
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.open_call import open_call
from grantengine.services.send_letters import send_letters
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application

UNRATED = "\n".join(line for line in EXAMPLE.split("\n") if "kind: rating" not in line and "id: assessment" not in line)
SMALL = (
    UNRATED.replace("budget: 40 000 000 NOK", "budget: 500 000 NOK")
    .replace("minimum_points: 40, when_unaffordable: skip, smallest_share: 60%", "minimum_points: 5, when_unaffordable: skip")
    .replace("organisation_number: required", "organisation_number: optional")
)  # fmt: skip
"""The example without ratings, with a budget for one and a half of its usual applications."""
_SOUND = "  - {id: sound, kind: judged, ask: {nb: Er det et lag?, nn: Er det eit lag?, en: Is it a club?}}\n"
JUDGED = SMALL.replace("\ncriteria:\n", f"\n{_SOUND}\ncriteria:\n", 1)
"""The same with a rule that a handler judges."""
COMMITTEE = SMALL.replace("by: administration", "by: committee")
OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True)
class Closed:
    """A call that has just closed, its cases best first, and a second person."""

    call: str
    cases: tuple[Case, ...]
    second: By

    @property
    def first(self) -> Case:
        return self.cases[0]


def closed(on: Stage, source: str = SMALL, sums: tuple[int, ...] = (300_000, 250_000, 200_000)) -> Closed:
    """A call with an application for each of these sums, each with more points than the next; all have declared."""
    version = on.published(source)
    minute = f"{on.world.clock().astimezone(OSLO):%Y-%m-%dT%H:%M}"
    call = open_call(on.engine, on.handler, version, patch=[{"op": "replace", "path": "/call/closes", "value": minute}])
    cases = tuple(_submitted(on, call, place, sum) for place, sum in enumerate(sums))
    on.world.clock.turn(minutes=2)
    second = on.staff("approver")
    on.world.declare(call, on.world.made["handler"], second.id or "")
    return Closed(call, cases, second)


def _submitted(on: Stage, call: str, place: int, sum: int) -> Case:
    by = on.person()
    organisation = on.organisation(by)
    answers: dict[str, Any] = {
        **ANSWERS, "requested": str(sum), "own_funding": "0", "target_group_share": 0.9 - place / 10,
    }  # fmt: skip
    id = start_draft(on.engine, by, call_id=call, organisation_id=organisation, answers=answers)
    submit_application(on.engine, by, id, 1)
    return Case(id, on.world.by(by.id or ""), organisation)


def proposed(on: Stage, there: Closed) -> str:
    """A proposal for a closed call."""
    return allocate_call(on.engine, on.handler, there.call)


def decided(on: Stage, there: Closed) -> str:
    """A proposal that has been decided."""
    allocation = proposed(on, there)
    approve_allocation(on.engine, there.second, allocation)
    return allocation


def sent(on: Stage, **more: Any) -> Closed:
    """A closed call of which everyone knows what was decided; ``more`` as for :func:`closed`."""
    there = closed(on, **more)
    send_letters(on.engine, on.system, decided(on, there))
    return there
