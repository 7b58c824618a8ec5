"""An organisation wants to be told when a call opens that may fit it, or does not want that any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.read_organisation import mine_of
from grantengine.store.tables.schemes import CallAlert

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An organisation that one acts for: whether it is told of calls, and whether one may change that."""

    organisation_id: str
    name: str
    is_told: bool
    may_change: bool


def ask_for_alerts(engine: Engine, by: By, organisation_id: str) -> None:
    """The contacts of an organisation are told when a call opens that may fit it. Asked for twice, it is asked for once.

    Done by a contact. Calls that are open already are not told of: the pre-check shows them.

    :raises NotFoundError: ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"}, lock=True)
        if work.catalogue.alert(organisation_id) is not None:
            return
        work.add(CallAlert(organisation_id=organisation_id, asked_by=user_of(work, by).id, since=by.at))
        work.record("alerts-asked", organisation)


def stop_alerts(engine: Engine, by: By, organisation_id: str) -> None:
    """The organisation is not told of calls any more.

    :raises NotFoundError: ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"}, lock=True)
        wish = work.catalogue.alert(organisation_id)
        if wish is not None:
            work.remove(wish)
            work.record("alerts-stopped", organisation)


def list_alerts(engine: Engine, by: By) -> list[AlertSeen]:
    """The organisations that the user acts for, and which of them are told of calls.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.read() as reading:
        mine = mine_of(reading.organisations.of_user(user_of(reading, by).id, by.at))
        told = reading.catalogue.alerts_of([one.id for one in mine])
    return [AlertSeen(one.id, one.name, one.id in told, "contact" in one.roles) for one in mine]
