"""Kept states of an application: keeping one, listing them, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.form.diff import FieldChange, answers_diff
from grantengine.lifecycle import APPLICANTS, READERS
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.store.tables.applications import Application, Draft, Revision

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

SEE = APPLICANTS | READERS
HANDED_IN = ("submitted", "completed", "changed", "registered")
"""Why the states were kept that the authority may see; the others are steps on the way."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept state, as lists show it: ``place`` counts from 1, ``cause`` says why it was kept."""

    place: int
    cause: str
    author: str
    at: datetime


def keep_revision(work: Work, draft: Draft, cause: str, answers: Mapping[str, Any] | None = None) -> Revision:
    """Keep the draft as it stands (or these answers of it), by its last author; the event that tells is the caller's.

    A step on the way is of when it was written, what is handed in of when that was done.
    """
    last = work.applications.last_revision(draft.application_id)
    if last is not None and last.draft_version == draft.version and cause in ("author", "interval"):
        return last  # it is kept already
    kept = Revision(
        id=work.new_id(), application_id=draft.application_id, place=last.place + 1 if last else 1, cause=cause,
        draft_version=draft.version, answers=draft.answers if answers is None else dict(answers),
        author_id=draft.author_id, kept_at=work.by.at if cause in HANDED_IN else draft.saved_at,
    )  # fmt: skip
    work.add(kept)
    work.session.flush()
    draft.revised_at = work.by.at
    return kept


def list_revisions(engine: Engine, by: By, application_id: str, *, after: int = 0, limit: int = 50) -> list[Kept]:
    """Kept states, oldest first, after this place; for the authority those that were handed in.

    That someone of the authority reads is kept first.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        reader = reader_of(reading, by, application_for(reading, by, application_id, SEE))
        causes = HANDED_IN if reader and reader.outside else ()
        found = reading.applications.revisions(application_id, after=after, limit=limit, causes=causes)
        names = reading.users.named({one.author_id for one in found})
    keep_read(engine, by, reader, "revision")
    return [Kept(one.place, one.cause, names.get(one.author_id, ""), one.kept_at) for one in found]


def compare_revisions(
    engine: Engine, by: By, application_id: str, first: int, second: int | None = None
) -> tuple[FieldChange, ...]:
    """What differs, field by field and word by word, between two kept states; without ``second``, the draft now.

    The authority sees what was handed in: without ``second``, what is submitted now. That it reads is kept first.

    :raises NotFoundError: ``application-not-found`` or ``revision-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, SEE)
        reader = reader_of(reading, by, application)
        outside = reader is not None and reader.outside
        before = _kept(reading, application, first, outside)
        after = _now(reading, application, outside) if second is None else _kept(reading, application, second, outside)
        call = reading.schemes.call_of(application)
        changes = answers_diff(plan_of_call(engine, reading, call).form, before, after)
    keep_read(engine, by, reader, "revision", f"{first}-{second or ''}")
    return changes


def _now(reading: Reading, application: Application, outside: bool) -> dict[str, object]:
    if outside:
        revision = reading.applications.revision_by_id(application.revision_id or "")
        return (revision.answers if revision else None) or {}
    draft = reading.applications.draft(application.id)
    return draft.answers if draft else {}


def _kept(reading: Reading, application: Application, place: int, outside: bool) -> dict[str, object]:
    found = reading.applications.revision(application.id, place)
    if found is None or found.answers is None or (outside and found.cause not in HANDED_IN):
        raise NotFoundError("revision-not-found", place=place)
    return found.answers
