"""What handlers write for letters, the letters that were sent, and appeals that came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Appeal, Letter, ProposedCase, Reasons, TextBlock
from grantengine.store.tables.operations import Setting


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

    def marked(self, application_id: str, mark: str) -> Letter | None:
        """The letter of a case that tells of this."""
        return self.session.scalar(select(Letter).where(Letter.application_id == application_id, Letter.mark == mark))

    def last_decision(self, application_id: str) -> Letter | None:
        """The last letter that told of a decision."""
        found = select(Letter).where(Letter.application_id == application_id, Letter.kind == "decision")
        return self.session.scalar(found.order_by(Letter.id.desc()).limit(1))

    def proposed(self, application_id: str) -> ProposedCase | None:
        """What is proposed for a case, in a proposal that nobody has settled."""
        found = select(ProposedCase).where(
            ProposedCase.application_id == application_id, ProposedCase.settled_at.is_(None)
        )
        return self.session.scalar(found)

    def calls_waiting(self, statuses: Collection[str]) -> list[str]:
        """The calls that have cases in one of these statuses."""
        found = select(Application.call_id).where(
            Application.status.in_(sorted(statuses)), Application.submitted_at.is_not(None)
        )
        return sorted(set(self.session.scalars(found.distinct())))

    def waiting(self, call_id: str, statuses: Collection[str]) -> list[Application]:
        """What was handed in in a call and is in one of these statuses, in order of id."""
        found = select(Application).where(
            Application.call_id == call_id, Application.status.in_(sorted(statuses)),
            Application.submitted_at.is_not(None),
        )  # fmt: skip
        return list(self.session.scalars(found.order_by(Application.id)))

    def marks(self, call_id: str) -> dict[str, frozenset[str]]:
        """What each applicant of a call has been told of by letter, by case; a case without letters is left out."""
        found = select(Letter.application_id, Letter.mark).join(Application, Application.id == Letter.application_id)
        by_case: dict[str, set[str]] = defaultdict(set)
        for id, mark in self.session.execute(found.where(Application.call_id == call_id)):
            by_case[id].add(mark)
        return {id: frozenset(marks) for id, marks in by_case.items()}

    def settings(self, authority_id: str) -> Setting | None:
        """What an authority has said of its letters."""
        return self.session.get(Setting, (authority_id, "letters"))

    def appeals(self, application_id: str) -> list[Appeal]:
        """The appeals that came in about a case, oldest first."""
        found = select(Appeal).where(Appeal.application_id == application_id)
        return list(self.session.scalars(found.order_by(Appeal.id)))
