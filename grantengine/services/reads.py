"""Who of the authority reads what applicants have written is kept before they see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.store.tables.applications import Application
from grantengine.store.tables.operations import PersonalRead

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

What = Literal["application", "revision", "attachment", "export", "threads", "assessments", "letter", "appeal"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who is about to see an application; ``outside``: for the authority, not for the applicant."""

    user_id: str
    application_id: str
    outside: bool


def reader_of(reading: Reading, by: By, application: Application) -> Reader | None:
    """Who reads; None for the system and for whoever holds a link."""
    if by.kind != "user" or by.id is None:
        return None
    mine = reading.users.roles_in_organisation(by.id, application.organisation_id, by.at)
    return Reader(by.id, application.id, outside=not mine & APPLICANTS)


def keep_read(engine: Engine, by: By, reader: Reader | None, what: What, subject: str | None = None) -> None:
    """Keep that someone of the authority reads this, in a transaction of its own; the applicant's own people are not noted.

    Called after the reading transaction and before anything is given out: what can not be noted is not shown.

    :raises StoreError: it can not be kept.
    """
    if reader is None or not reader.outside:
        return
    with engine.store.work(by) as work:
        work.add(
            PersonalRead(
                id=work.new_id(), application_id=reader.application_id, user_id=reader.user_id, at=by.at, what=what,
                subject=subject,
            )
        )  # fmt: skip


def keep_exported(engine: Engine, by: By, application_ids: Iterable[str], subject: str) -> None:
    """Keep that someone of the authority reads many applications at once, as part of ``subject``; as :func:`keep_read`.

    :raises StoreError: it can not be kept.
    """
    if by.kind != "user" or by.id is None:
        return
    with engine.store.work(by) as work:
        for id in sorted(set(application_ids)):
            work.add(
                PersonalRead(
                    id=work.new_id(), application_id=id, user_id=by.id, at=by.at, what="export", subject=subject
                )
            )  # fmt: skip
