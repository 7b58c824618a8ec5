"""Who of the authority has a case, who may get it to handle, and who is looking at it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.assign_cases import People, people_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grantengine.store.tables.assessment import Assignment
    from grantengine.store.unit_of_work import Reading

NOW = timedelta(minutes=10)
"""Who has opened a case since then is taken to be looking at it."""
LOOKED_THROUGH = 50
"""Openings of a case that are looked through, newest first."""


@dataclass(frozen=True, slots=True)
class GivenTo:
    """To whom a case is given: in the ``role`` of ``handler`` or ``assessor``; ``delivered``: the marks are there."""

    id: str
    user_id: str
    name: str
    role: str
    round_id: str
    delivered: bool


@dataclass(frozen=True, slots=True)
class Looking:
    """Someone else of the authority who opened the case a short while ago."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CasePeople:
    """``may_handle`` are those who can get the case, by id and name; ``undeclared`` could, had they declared interests."""

    given: tuple[GivenTo, ...]
    may_handle: tuple[tuple[str, str], ...]
    undeclared: tuple[str, ...]
    looking: tuple[Looking, ...]

    @property
    def handlers(self) -> tuple[GivenTo, ...]:
        """Who handles the case."""
        return tuple(one for one in self.given if one.role == "handler")

    @property
    def assessors(self) -> tuple[GivenTo, ...]:
        """Who rates it."""
        return tuple(one for one in self.given if one.role == "assessor")


def case_people(reading: Reading, by: By, call: Call, application: Application) -> CasePeople:
    """The people of a case, in a fixed number of statements."""
    given = reading.assessments.assignments(application.id)
    delivered = {
        (one.round_id, one.assessor_id) for one in reading.assessments.sheets(application.id) if one.delivered_at
    }
    found = [people_of(reading, call, role, by.at) for role in ("handler", "leader")]
    has = {one.user_id for one in given if one.role == "handler"}
    wanted = {id for people in found for id in people.of(application)} - has
    names = reading.users.named({*wanted, *(one.user_id for one in given)})
    free = {id for id in wanted if _may(found, id, application)}
    untied = {id for id in wanted - free if not any(people.is_conflicted(id, application) for people in found)}
    return CasePeople(
        tuple(_given(one, names, delivered) for one in given), tuple(_sorted(names, free)),
        tuple(name for _, name in _sorted(names, untied)), tuple(_looking(reading, by, application)),
    )  # fmt: skip


def _may(found: Sequence[People], id: str, application: Application) -> bool:
    return any(
        id in people.of(application)
        and people.has_declared(id, application)
        and not people.is_conflicted(id, application)
        for people in found
    )


def _sorted(names: Mapping[str, str], ids: set[str]) -> list[tuple[str, str]]:
    return sorted(((id, names.get(id, "")) for id in ids), key=lambda one: (one[1], one[0]))


def _given(one: Assignment, names: Mapping[str, str], delivered: set[tuple[str, str]]) -> GivenTo:
    is_there = (one.round_id, one.user_id) in delivered
    return GivenTo(one.id, one.user_id, names.get(one.user_id, ""), one.role, one.round_id, is_there)


def _looking(reading: Reading, by: By, application: Application) -> list[Looking]:
    found: dict[str, Looking] = {}
    for user, name, at in reading.beside.last_readers(application.id, LOOKED_THROUGH):
        if user != by.id and at > by.at - NOW:
            found.setdefault(user, Looking(name, at))
    return list(found.values())
