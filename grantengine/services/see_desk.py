"""What pages of the authority show around what they are about: the call or case, and in which roles one works with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.lifecycle import READERS
from grantengine.records import By
from grantengine.services.access import application_for, call_for, roles_in_call, user_of
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.applications import Application
    from grantengine.store.tables.schemes import Call
    from grantengine.store.unit_of_work import Reading

IN_CALLS = frozenset({"handler", "leader", "approver", "assessor", "reviewer", "administrator"})
"""The roles in which someone has to do with calls of an authority."""


@dataclass(frozen=True, slots=True)
class CallDesk:
    """A call as someone of the authority works with it.

    ``roles`` are those of whoever asks: of the authority, and as a stand-in. ``declared_at`` is when interests were declared
    last; ``tied``: a tie keeps whoever asks away from every case. ``closes`` is the first instant that is too late, None where
    applications come at any time; ``decided_by`` is when decisions are promised, where a day is.
    """

    call_id: str
    title: Mapping[str, str]
    authority_id: str
    authority: Mapping[str, str]
    opens: datetime | None
    closes: datetime | None
    decided_by: date | None
    roles: frozenset[str]
    declared_at: datetime | None
    tied: bool


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """A case as someone of the authority works with it; ``roles`` are those in this case."""

    application_id: str
    number: str
    status: str
    organisation: str
    roles: frozenset[str]
    call: CallDesk


def see_desk(engine: Engine, by: By, call_id: str) -> CallDesk:
    """A call, for those who have any role in it.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, IN_CALLS, one_case=True)
        return call_desk_of(engine, reading, by, call)


def see_case_desk(engine: Engine, by: By, application_id: str) -> CaseDesk:
    """A case that has been handed in, for those of the authority who may open it.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, READERS)
        return case_desk_of(engine, reading, by, one)


def case_desk_of(engine: Engine, reading: Reading, by: By, one: Application) -> CaseDesk:
    """The same of a case that has been read."""
    call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
    roles = roles_in_call(reading, user_of(reading, by), call, by, one) if by.kind == "user" else frozenset[str]()
    return CaseDesk(
        one.id, one.number, one.status, organisation.name, roles, call_desk_of(engine, reading, by, call)
    )  # fmt: skip


def call_desk_of(engine: Engine, reading: Reading, by: By, call: Call, plan: Plan | None = None) -> CallDesk:
    """The same of a call that has been read, with its plan where that has been too."""
    plan, authority = plan or plan_of_call(engine, reading, call), reading.authorities.get(call.authority_id)
    roles, declared, tied = frozenset[str](), None, False
    if by.kind == "user":
        user = user_of(reading, by)
        roles = roles_in_call(reading, user, call, by, one_case=True)
        declaration = reading.impartiality.declaration(call.id, user.id)
        declared = declaration.declared_at if declaration else None
        tied = reading.impartiality.is_conflicted(call.id, user.id, ())
    return CallDesk(
        call.id, call.title, call.authority_id, authority.name if authority else {}, call.opens_at, call.closes_at,
        plan.scheme.call.decided_by, roles, declared, tied,
    )  # fmt: skip
