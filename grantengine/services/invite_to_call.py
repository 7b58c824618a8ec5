"""Who may apply in a call by invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.access import call_for, check_no_tie, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.store.tables.schemes import Invitee

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


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
