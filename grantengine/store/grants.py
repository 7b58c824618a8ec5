"""Grants given before, here or elsewhere."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from grantengine.store.tables.applications import EarlierGrant, PlannedActivity
from grantengine.store.tables.people import Authority, Organisation
from grantengine.store.tables.schemes import Call, SchemeVersion, StoredScheme

MOST = 2_000
"""Activities that are looked through for some municipalities and a time; beyond that the oldest are left out."""


class Grants:
    """Queries about earlier grants."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, organisation_id: str | None, number: str | None) -> list[tuple[EarlierGrant, str]]:
        """The grants of an organisation with the key of who gave each, by its id here or its number, oldest first."""
        mine = []
        if organisation_id is not None:
            mine.append(EarlierGrant.organisation_id == organisation_id)
        if number is not None:
            mine.append(EarlierGrant.organisation_number == number)
        if not mine:
            return []
        found = (
            select(EarlierGrant, Authority.key)
            .join(Authority, Authority.id == EarlierGrant.authority_id)
            .where(or_(*mine))
            .order_by(EarlierGrant.year, EarlierGrant.id)
        )
        return [(grant, key) for grant, key in self.session.execute(found)]

    def newest(self, organisation_id: str, number: str | None, limit: int) -> list[tuple[EarlierGrant, dict[str, str]]]:
        """The newest grants of an organisation with the name of who gave each, newest first."""
        mine = EarlierGrant.organisation_id == organisation_id
        whose = or_(mine, EarlierGrant.organisation_number == number) if number is not None else mine
        found = (
            select(EarlierGrant, Authority.name)
            .join(Authority, Authority.id == EarlierGrant.authority_id)
            .where(whose)
            .order_by(EarlierGrant.year.desc(), EarlierGrant.id.desc())
            .limit(limit)
        )
        return [(grant, name) for grant, name in self.session.execute(found)]

    def titles(self, keys: Collection[str]) -> dict[str, dict[str, str]]:
        """What the newest call of each of these schemes is called, by the key of the scheme; only of those known here."""
        found = (
            select(StoredScheme.key, Call.title)
            .join(SchemeVersion, SchemeVersion.scheme_id == StoredScheme.id)
            .join(Call, Call.version_id == SchemeVersion.id)
            .where(StoredScheme.key.in_(sorted(keys)))
        )
        return {row.key: row.title for row in self.session.execute(found.order_by(Call.id))}

    def by_id(self, id: str) -> EarlierGrant | None:
        """A grant by id; one that was decided here has that of its decision."""
        return self.session.get(EarlierGrant, id)

    def running(
        self, municipalities: Collection[str], since: str, until: str, limit: int = MOST
    ) -> list[tuple[EarlierGrant, str | None]]:
        """Grants that run for something in these municipalities between two ISO dates, with whose they are."""
        numbered = aliased(Organisation)  # what is imported knows the number only
        found = (
            select(EarlierGrant, func.coalesce(Organisation.name, numbered.name))
            .outerjoin(Organisation, Organisation.id == EarlierGrant.organisation_id)
            .outerjoin(numbered, numbered.number == EarlierGrant.organisation_number)
            .where(
                EarlierGrant.activity.is_not(None),
                EarlierGrant.municipality.in_(sorted(municipalities)),
                EarlierGrant.ends >= since,
                EarlierGrant.starts <= until,
            )
            .order_by(EarlierGrant.id.desc())
            .limit(limit)
        )
        rows: list[tuple[EarlierGrant, str | None]] = [(grant, name) for grant, name in self.session.execute(found)]
        return rows[::-1]

    def planned(
        self, municipalities: Collection[str], since: str, until: str, limit: int = MOST
    ) -> list[tuple[PlannedActivity, str]]:
        """Activities applied for in these municipalities between two ISO dates, with whose they are."""
        found = (
            select(PlannedActivity, Organisation.name)
            .join(Organisation, Organisation.id == PlannedActivity.organisation_id)
            .where(
                PlannedActivity.ended_at.is_(None),
                PlannedActivity.municipality.in_(sorted(municipalities)),
                PlannedActivity.ends >= since,
                PlannedActivity.starts <= until,
            )
            .order_by(PlannedActivity.id.desc())
            .limit(limit)
        )
        return [(activity, name) for activity, name in self.session.execute(found)][::-1]

    def keys(self, authority_id: str) -> set[tuple[str | None, str, int, int]]:
        """What tells the grants of an authority apart: organisation number, scheme, year and øre."""
        found = select(
            EarlierGrant.organisation_number, EarlierGrant.scheme, EarlierGrant.year, EarlierGrant.amount
        ).where(EarlierGrant.authority_id == authority_id)
        return {(number, scheme, year, amount) for number, scheme, year, amount in self.session.execute(found)}
