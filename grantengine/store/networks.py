"""Networks of organisations, and who is in them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.tables.people import NetworkMember, Organisation


class Networks:
    """Queries about memberships."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def member(self, network_id: str, organisation_id: str, *, lock: bool = False) -> NetworkMember | None:
        """The membership of an organisation in a network, whatever has become of it."""
        return self.session.get(NetworkMember, (network_id, organisation_id), with_for_update=lock or None)

    def networks_of(self, organisation_id: str) -> list[tuple[NetworkMember, str]]:
        """The networks that an organisation is in, or has asked to be, with their names."""
        found = (
            select(NetworkMember, Organisation.name)
            .join(Organisation, Organisation.id == NetworkMember.network_id)
            .where(NetworkMember.organisation_id == organisation_id, NetworkMember.until.is_(None))
        )
        return [(member, name) for member, name in self.session.execute(found.order_by(NetworkMember.network_id))]

    def members_of(self, network_id: str) -> list[tuple[NetworkMember, str]]:
        """The organisations in a network, and those that have asked to be, with their names."""
        found = (
            select(NetworkMember, Organisation.name)
            .join(Organisation, Organisation.id == NetworkMember.organisation_id)
            .where(NetworkMember.network_id == network_id, NetworkMember.until.is_(None))
        )
        return [(member, name) for member, name in self.session.execute(found.order_by(NetworkMember.organisation_id))]
