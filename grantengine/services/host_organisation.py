"""An organisation that can not receive money itself has a host do it; the host must consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.store.tables.people import Host

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def ask_host(engine: Engine, by: By, *, organisation_id: str, host_number: str) -> str:
    """Ask the organisation with this number to receive money for this one; returns the id of the request.

    :raises NotFoundError: ``organisation-not-found``.
    :raises NotPossibleError: ``host-itself`` or ``host-asked`` already.
    """
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"}, lock=True)
        host = work.organisations.by_number(host_number.replace(" ", ""))
        if host is None:
            raise NotFoundError("organisation-not-found")
        if host.id == organisation_id:
            raise NotPossibleError("host-itself")
        if work.organisations.host_of(organisation_id) is not None:
            raise NotPossibleError("host-asked")
        asked = Host(
            id=work.new_id(),
            organisation_id=organisation_id,
            host_id=host.id,
            asked_by=user_of(work, by).id,
            asked_at=by.at,
        )
        work.add(asked)
        work.record("host-asked", organisation, host=host.id)
        for role, user in work.organisations.people(host.id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "host-asked", about=asked.id, name=user.name, host=host.name,
                    organisation=organisation.name, url=f"{engine.settings.url}/organisations/{host.id}/hosting",
                )  # fmt: skip
        return asked.id


def consent_as_host(engine: Engine, by: By, organisation_id: str) -> None:
    """The host asked by an organisation says yes; done by a contact or signatory of the host.

    :raises NotFoundError: ``host-not-asked``.
    """
    with engine.store.work(by) as work:
        work.organisations.get(organisation_id, lock=True)  # both sides may answer at once
        asked = work.organisations.host_of(organisation_id)
        if asked is None:
            raise NotFoundError("host-not-asked")
        organisation_for(work, by, asked.host_id, {"contact", "signatory"})
        if asked.consented_at is None:
            asked.consented_by, asked.consented_at = user_of(work, by).id, by.at
            work.record("host-consented", asked)


def end_hosting(engine: Engine, by: By, organisation_id: str) -> None:
    """Either side ends it.

    :raises NotFoundError: ``host-not-asked``, or the user acts for neither.
    """
    with engine.store.work(by) as work:
        work.organisations.get(organisation_id, lock=True)  # both sides may answer at once
        asked = work.organisations.host_of(organisation_id)
        if asked is None:
            raise NotFoundError("host-not-asked")
        mine = work.users.roles_in_organisation(user_of(work, by).id, organisation_id, by.at)
        organisation_for(work, by, organisation_id if mine else asked.host_id, {"contact", "signatory"})
        asked.ended_at = by.at
        work.record("host-ended", asked)
