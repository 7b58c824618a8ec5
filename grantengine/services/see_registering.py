"""What a handler needs to write down an application for someone: whose it is, and the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, Words
from grantengine.errors import NotFoundError
from grantengine.lifecycle import HANDLERS, told_status
from grantengine.records import By
from grantengine.scheme.opening import Opening
from grantengine.services.access import call_for
from grantengine.services.deadlines import opening_for
from grantengine.services.directory_terms import words_of
from grantengine.services.paper import strand_title
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_desk import CallDesk, call_desk_of
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

MOST = 20
"""Organisations that are told of when one is looked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """An organisation that is here already."""

    id: str
    name: str
    number: str | None
    municipality: str | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The organisation to write for. ``contacts`` are the names of those who are asked to confirm; with nobody, the link needs
    an address. ``begun`` are the number and status of what it has in the call already.
    """

    organisation: Known
    contacts: tuple[str, ...]
    begun: tuple[tuple[str, str], ...]
    opening: Opening


@dataclass(frozen=True, slots=True)
class Registering:
    """``found`` are organisations that were looked for, ``chosen`` is the one to write for. ``strands`` are the parts of the
    scheme that can be applied to.
    """

    desk: CallDesk
    plan: Plan
    at: datetime
    found: tuple[Known, ...]
    chosen: Chosen | None
    strands: tuple[tuple[str, Words], ...]


def see_registering(engine: Engine, by: By, call_id: str, *, words: str = "", organisation_id: str = "") -> Registering:
    """What is needed to write down an application in a call, for its handlers.

    :param words: an organisation number, or beginnings of words in the name or the profile; by name only those are found that
        want to be.
    :raises NotFoundError: ``call-not-found`` or ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, HANDLERS)
        plan = plan_of_call(engine, reading, call)
        strands = ((one.id, strand_title(plan, one.id) or {}) for one in plan.strands)
        return Registering(
            call_desk_of(engine, reading, by, call), plan, by.at, tuple(map(_known, _found(reading, words))),
            _chosen(reading, by, call, organisation_id) if organisation_id else None, tuple(strands),
        )  # fmt: skip


def _found(reading: Reading, words: str) -> list[Organisation]:
    bare = "".join(words.split())
    if bare.isdecimal():
        one = reading.organisations.by_number(bare)
        return [one] if one is not None else []
    beginnings = words_of(words)[:10]
    return reading.directory.listed(beginnings=beginnings, limit=MOST) if beginnings else []


def _chosen(reading: Reading, by: By, call: Call, organisation_id: str) -> Chosen:
    one = reading.organisations.get(organisation_id)
    if one is None:
        raise NotFoundError("organisation-not-found")
    people = reading.organisations.people(one.id, by.at)
    return Chosen(
        _known(one), tuple(user.name for role, user in people if role.role == "contact"),
        tuple((each.number, str(told_status(each.status))) for each in reading.applications.begun(call.id, one.id)),
        opening_for(reading, call, one.id),
    )  # fmt: skip


def _known(one: Organisation) -> Known:
    return Known(one.id, one.name, one.number, one.municipality)
