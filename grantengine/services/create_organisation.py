"""An organisation comes for the first time, with or without an organisation number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.edit_organisation import KINDS
from grantengine.services.people_input import Checks
from grantengine.store.tables.people import Organisation, OrganisationRole

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def create_organisation(
    engine: Engine, by: By, *, name: str, number: str | None = None, kind: str = "organisation",
    municipality: str | None = None, founded: int | None = None, language: str = "nb",
) -> str:  # fmt: skip
    """Make an organisation; who does it becomes its first contact. Returns its id.

    :raises InputError: every field that does not fit.
    :raises NotPossibleError: ``organisation-exists``: its contacts can invite this person.
    """
    checks = Checks()
    name, number, kind = checks.name(name), checks.number(number), checks.one_of(kind, KINDS, "kind")
    municipality, language = checks.municipality(municipality), checks.language(language)
    if founded is not None and not (isinstance(founded, int) and 1500 <= founded <= by.at.year):
        checks.add("founded-range", "founded", got=founded)
    checks.done()
    with engine.store.work(by) as work:
        user = user_of(work, by)
        if number and work.organisations.by_number(number) is not None:
            raise NotPossibleError("organisation-exists", number=number)
        organisation = Organisation(
            id=work.new_id(), number=number, name=name, kind=kind, municipality=municipality, founded=founded,
            language=language, since=by.at,
        )  # fmt: skip
        role = OrganisationRole(
            id=work.new_id(), organisation_id=organisation.id, user_id=user.id, role="contact", since=by.at
        )
        work.add(organisation, role)
        work.record("organisation-created", organisation)
        return organisation.id
