"""Networks: an organisation asks to be a member, the network takes it in, and either side may end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.store.tables.people import NetworkMember

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

DECIDES = ("contact", "signatory")


def ask_to_join(engine: Engine, by: By, *, network_id: str, organisation_id: str) -> None:
    """Ask to be a member of a network; done by a contact of the organisation. Asked twice, it is asked once.

    :raises NotFoundError: ``organisation-not-found``, or ``network-not-found``: there is none with this id.
    """
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"})
        network = work.organisations.get(network_id)
        if network is None or network.kind != "network" or network_id == organisation_id:
            raise NotFoundError("network-not-found")
        member = work.networks.member(network_id, organisation_id, lock=True)
        if member is None:
            member = NetworkMember(
                network_id=network_id, organisation_id=organisation_id, asked_by=user_of(work, by).id, asked_at=by.at
            )
            work.add(member)
        elif member.until is None:
            return
        else:
            member.asked_by, member.asked_at, member.since, member.until = user_of(work, by).id, by.at, None, None
        work.record("membership-asked", network, organisation=organisation_id)
        for role, user in work.organisations.people(network_id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "membership-asked", about=network_id, name=user.name,
                    organisation=organisation.name, network=network.name,
                    url=f"{engine.settings.url}/organisations/{network_id}/members",
                )  # fmt: skip


def take_in(engine: Engine, by: By, *, network_id: str, organisation_id: str) -> None:
    """The network takes an organisation in; done by a contact or signatory of the network.

    :raises NotFoundError: ``organisation-not-found``, or ``membership-not-asked``.
    """
    with engine.store.work(by) as work:
        network = organisation_for(work, by, network_id, DECIDES)
        member = work.networks.member(network_id, organisation_id, lock=True)
        if member is None or member.until is not None:
            raise NotFoundError("membership-not-asked")
        if member.since is None:
            member.since = by.at
            work.record("member-taken-in", network, organisation=organisation_id)


def leave_network(engine: Engine, by: By, *, network_id: str, organisation_id: str) -> None:
    """Either side ends it, also before the network has answered.

    :raises NotFoundError: ``membership-not-asked``, or the user acts for neither.
    :raises NotPossibleError: ``membership-ended`` already.
    """
    with engine.store.work(by) as work:
        mine = work.users.roles_in_organisation(user_of(work, by).id, organisation_id, by.at)
        organisation_for(work, by, organisation_id if mine else network_id, DECIDES)
        member = work.networks.member(network_id, organisation_id, lock=True)
        network = work.organisations.get(network_id)
        if member is None or network is None:
            raise NotFoundError("membership-not-asked")
        if member.until is not None:
            raise NotPossibleError("membership-ended")
        member.until = by.at
        work.record("member-left-network", network, organisation=organisation_id)
