"""A letter goes out: it is kept as it was sent, told in the trail of its case, and its readers get its address by mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Letter
from grantengine.store.tables.people import User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work


def keep_letter(
    work: Work, application: Application, kind: str, mark: str, language: str, html: str, *,
    decision_id: str | None = None, appeal_until: datetime | None = None,
) -> Letter:  # fmt: skip
    """Keep a letter; ``mark`` says what it tells of, and a case is told of that once."""
    letter = Letter(
        id=work.new_id(), application_id=application.id, decision_id=decision_id, kind=kind, mark=mark,
        language=language, html=html, made_at=work.by.at, appeal_until=appeal_until,
    )  # fmt: skip
    work.add(letter)
    return letter


def address_of(engine: Engine, letter: Letter) -> str:
    """Where a letter is read; the mail that tells of it says nothing of what stands there."""
    return f"{engine.settings.url}/letters/{letter.id}"


def contacts_of(work: Reading, organisation_id: str, at: datetime) -> list[User]:
    """The contacts of an organisation, each once."""
    people = work.organisations.people(organisation_id, at)
    return list({user.id: user for role, user in people if role.role == "contact"}.values())
