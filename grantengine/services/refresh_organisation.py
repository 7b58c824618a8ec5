"""An organisation's place, year and employees are brought up to date from the organisation register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import organisation_for
from grantengine.services.collect_facts import ask_about
from grantengine.services.directory_terms import keep_terms
from grantengine.services.prepare_draft import REGISTER
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def refresh_organisation(engine: Engine, by: By, organisation_id: str) -> tuple[str, ...]:
    """Take over what the register says of an organisation; done by a contact of it. Returns the fields that changed.

    What the register does not say stays as the organisation has written it; the rest of the profile is its own.

    :raises NotFoundError: ``organisation-not-found``.
    :raises NotPossibleError: ``number-missing``, or ``register-silent``: nothing was changed.
    """
    with engine.store.read() as reading:
        organisation = organisation_for(reading, by, organisation_id, {"contact"})
    if organisation.number is None:
        raise NotPossibleError("number-missing")
    gathered = ask_about(engine, REGISTER, organisation, by)
    if gathered is None or gathered.collected is None:
        raise NotPossibleError("register-silent")
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"}, lock=True)
        changed = _take_over(organisation, gathered.collected.values)
        if changed:
            organisation.version += 1
            keep_terms(work, organisation)
            work.record("organisation-refreshed", organisation, fields=list(changed))
    return changed


def _take_over(organisation: Organisation, said: Mapping[str, Any]) -> tuple[str, ...]:
    founded = said.get("founded")
    fields = {"municipality": said.get("municipality"), "founded": int(founded[:4]) if founded else None}
    changed = [name for name, value in fields.items() if value is not None and value != getattr(organisation, name)]
    for name in changed:
        setattr(organisation, name, fields[name])
    employees = said.get("employees")
    if employees is not None and employees != organisation.profile.get("employees"):
        organisation.profile = {**organisation.profile, "employees": employees}
        changed.append("employees")
    return tuple(changed)
