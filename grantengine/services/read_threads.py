"""What has been said about an application, as far as it is for whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.thread_parties import TALKERS, party_of
from grantengine.store.tables.applications import Application, Revision
from grantengine.store.tables.dialogue import Comment, Thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class CommentSeen:
    """Something said; ``side`` is ``applicant`` or ``authority``. ``text`` is None once it has been erased."""

    id: str
    side: str
    author: str
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadSeen:
    """A thread with what was said, oldest first. ``question`` and ``criterion`` are ids; both None: about the whole.

    ``revision`` is the place of the kept state that it is about; ``changed``: the answer to the question is another now.
    """

    id: str
    audience: str
    question: str | None
    criterion: str | None
    round_id: str | None
    revision: int
    changed: bool
    opened_by: str
    opened_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    comments: tuple[CommentSeen, ...]


def read_threads(engine: Engine, by: By, application_id: str) -> tuple[ThreadSeen, ...]:
    """The threads that are for whoever reads, in the order they were opened. That someone of the authority reads is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises StoreError: that they are read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, TALKERS)
        reader, party = reader_of(reading, by, application), party_of(reading, by, application)
        threads = [
            one for one in reading.dialogue.threads(application_id) if party.takes_part(one.audience, one.round_id)
        ]
        seen = threads_seen(reading, application, threads)
    keep_read(engine, by, reader, "threads")
    return seen


def threads_seen(reading: Reading, application: Application, threads: Sequence[Thread]) -> tuple[ThreadSeen, ...]:
    """These threads of an application with all that was said in them."""
    said: dict[str, list[Comment]] = {one.id: [] for one in threads}
    for comment in reading.dialogue.comments(application.id):
        if comment.thread_id in said:
            said[comment.thread_id].append(comment)
    kept = reading.parts.revisions({*(one.revision_id for one in threads), application.revision_id or ""})
    people = {user for one in threads for user in (one.opened_by, one.resolved_by) if user}
    names = reading.users.named(people | {one.author_id for comments in said.values() for one in comments})
    now = kept.get(application.revision_id or "")
    return tuple(_thread(one, said[one.id], kept[one.revision_id], now, names) for one in threads)


def _thread(
    one: Thread, comments: Sequence[Comment], about: Revision, now: Revision | None, names: Mapping[str, str]
) -> ThreadSeen:
    before, after = about.answers or {}, (now.answers if now else None) or {}
    return ThreadSeen(
        id=one.id, audience=one.audience, question=one.question, criterion=one.criterion, round_id=one.round_id,
        revision=about.place, changed=one.question is not None and before.get(one.question) != after.get(one.question),
        opened_by=names.get(one.opened_by, ""), opened_at=one.opened_at,
        resolved_by=names.get(one.resolved_by, "") if one.resolved_by else None, resolved_at=one.resolved_at,
        comments=tuple(
            CommentSeen(said.id, said.side, names.get(said.author_id, ""), said.body, said.written_at)
            for said in comments
        ),
    )  # fmt: skip
