"""A handler writes down an organisation that has come in person, on paper, or by telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.edit_organisation import KINDS
from grantengine.services.people_input import Checks
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def register_organisation(
    engine: Engine, by: By, *, authority_id: str, name: str, number: str | None = None, kind: str = "organisation",
    municipality: str | None = None, language: str = "nb",
) -> str:  # fmt: skip
    """Make an organisation that nobody acts for yet; done by a handler or leader of an authority. Returns its id.

    :raises InputError: every field that does not fit.
    :raises NotPossibleError: ``organisation-exists``.
    """
    checks = Checks()
    name, number, kind = checks.name(name), checks.number(number), checks.one_of(kind, KINDS, "kind")
    municipality, language = checks.municipality(municipality), checks.language(language)
    checks.done()
    with engine.store.work(by) as work:
        authority_for(work, by, authority_id, {"handler", "leader"})
        if number and work.organisations.by_number(number) is not None:
            raise NotPossibleError("organisation-exists", number=number)
        organisation = Organisation(
            id=work.new_id(),
            number=number,
            name=name,
            kind=kind,
            municipality=municipality,
            language=language,
            since=by.at,
        )
        work.add(organisation)
        work.record("organisation-created", organisation, authority=authority_id)
        return organisation.id
