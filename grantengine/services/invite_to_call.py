"""Who may apply in a call by invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.access import call_for, check_no_tie, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks, page_of
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.schemes import Invitee

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.people import Organisation
    from grantengine.store.unit_of_work import Reading

LONGEST = 200
MOST = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """An organisation that is invited to a call, and when it was."""

    id: str
    name: str
    number: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class InvitedPage:
    """A page of those who are invited; ``only``: nobody else may apply. ``after`` begins the next page, None: this is the
    last.
    """

    only: bool
    items: tuple[Invited, ...]
    after: str | None


def invite_named(engine: Engine, by: By, *, call_id: str, named: str) -> str:
    """Invite the organisation that has this number, or this very name; returns its name.

    :raises InputError: ``field-missing``, ``organisation-unknown``, or ``several-organisations`` of that name.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed`` or ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        call_for(reading, by, call_id, {"handler", "leader"})
        found = organisation_named(reading, named)
    invite_to_call(engine, by, call_id=call_id, organisation_id=found.id)
    return found.name


def organisation_named(reading: Reading, named: str) -> Organisation:
    """The organisation that has this number, or this very name.

    :raises InputError: ``field-missing``, ``organisation-unknown``, or ``several-organisations`` of that name.
    """
    checks = Checks()
    wanted = " ".join((checks.text(named, "named", LONGEST) or "").split())
    if not wanted and not checks.problems:
        checks.add("field-missing", "named")
    checks.done()
    one = reading.organisations.by_number(wanted.replace(" ", ""))
    found = [one] if one else reading.organisations.called(wanted, limit=2)
    if not found:
        checks.add("organisation-unknown", "named", named=wanted)
    elif len(found) > 1:
        checks.add("several-organisations", "named", named=wanted)
    checks.done()
    return found[0]


def list_invited(engine: Engine, by: By, call_id: str, *, after: str = "", limit: int = 50) -> InvitedPage:
    """Who is invited to a call, a page at a time, by those who invite.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, {"handler", "leader"})
        only = plan_of_call(engine, reading, call).scheme.call.invited_only
        found = reading.organisations.invited(call_id, after=after, limit=limit + 1)
    items = tuple(Invited(id, name, number, at) for id, name, number, at in found)
    return InvitedPage(only, items[:limit], items[limit - 1].id if len(items) > limit else None)


def invite_to_call(engine: Engine, by: By, *, call_id: str, organisation_id: str) -> None:
    """Invite an organisation to a call, and tell its contacts. Invited twice, it is invited once.

    :raises NotFoundError: ``call-not-found`` or ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed`` or ``conflict-of-interest``.
    """
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, {"handler", "leader"}, lock=True)
        organisation = work.organisations.get(organisation_id)
        if organisation is None:
            raise NotFoundError("organisation-not-found")
        check_no_tie(work, by, call_id, organisation_id)
        if work.schemes.is_invited(call_id, organisation_id):
            return
        work.add(
            Invitee(call_id=call_id, organisation_id=organisation_id, invited_by=user_of(work, by).id, invited_at=by.at)
        )
        work.record("organisation-invited", call, organisation=organisation_id)
        for role, user in work.organisations.people(organisation_id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "invited", about=call_id, name=user.name, call=call.title,
                    organisation=organisation.name, url=f"{engine.settings.url}/calls/{call_id}",
                )  # fmt: skip
