"""What handlers write for letters, the letters that were sent, and appeals that came in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.tables.decisions import Appeal, Letter, Reasons, TextBlock


class Letters:
    """Queries about letters and appeals."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def reasons(self, application_id: str) -> Reasons | None:
        """What a handler has written for the letter of a case."""
        return self.session.get(Reasons, application_id)

    def blocks(self, authority_id: str) -> list[TextBlock]:
        """The text blocks of an authority that are in use, by key."""
        found = select(TextBlock).where(TextBlock.authority_id == authority_id, TextBlock.removed_at.is_(None))
        return list(self.session.scalars(found.order_by(TextBlock.key)))

    def block(self, authority_id: str, key: str) -> TextBlock | None:
        """A text block by its key, also one that is no longer in use."""
        found = select(TextBlock).where(TextBlock.authority_id == authority_id, TextBlock.key == key)
        return self.session.scalar(found)

    def of_case(self, application_id: str) -> list[Letter]:
        """The letters of a case, oldest first."""
        found = select(Letter).where(Letter.application_id == application_id)
        return list(self.session.scalars(found.order_by(Letter.id)))

    def letter(self, id: str) -> Letter | None:
        """A letter by id."""
        return self.session.get(Letter, id)

    def appeals(self, application_id: str) -> list[Appeal]:
        """The appeals that came in about a case, oldest first."""
        found = select(Appeal).where(Appeal.application_id == application_id)
        return list(self.session.scalars(found.order_by(Appeal.id)))
