"""The directory of organisations that want to be found."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from grantengine.store.tables.people import Organisation, ProfileTerm


class Directory:
    """Queries about organisations by what they say of themselves."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def terms(self, organisation_id: str) -> list[ProfileTerm]:
        """The words by which an organisation is found."""
        return list(self.session.scalars(select(ProfileTerm).where(ProfileTerm.organisation_id == organisation_id)))

    def listed(
        self, terms: Iterable[tuple[str, str]] = (), beginnings: Iterable[str] = (), place: str = "", *,
        after: str = "", limit: int = 50,
    ) -> list[Organisation]:  # fmt: skip
        """The directory: organisations that want to be found, in order of id, after this one.

        :param terms: kind and term of all that must be said of them.
        :param beginnings: how words must begin, each of them.
        :param place: a municipality number, or the two digits of a county.
        """
        found = select(Organisation).where(Organisation.listed, Organisation.id > after)
        mine = ProfileTerm.organisation_id == Organisation.id
        for kind, term in terms:
            found = found.where(exists().where(mine, ProfileTerm.kind == kind, ProfileTerm.term == term))
        for beginning in beginnings:
            starts = ProfileTerm.term.startswith(beginning, autoescape=True)
            found = found.where(exists().where(mine, ProfileTerm.kind == "words", starts))
        if place:
            found = found.where(Organisation.municipality.startswith(place, autoescape=True))
        return list(self.session.scalars(found.order_by(Organisation.id).limit(limit)))
