"""The talk about one's own application: what is said, the question it is about, and the answer that it was said of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.form.build import Field
from grantengine.lifecycle import APPLICANTS, LIFECYCLE, told_status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.attach_file import Attached, attached
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_threads import ThreadSeen, threads_seen
from grantengine.store.tables.applications import Application, Revision

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class ThreadTold:
    """A thread with what it is about. ``field`` is None where it is about the whole; ``about`` is the answer as it was when
    the thread was opened, ``now`` the one that counts now. ``waits``: the authority has said the last word, and the thread is
    not resolved. ``ours``: the applicant's side has opened it.
    """

    thread: ThreadSeen
    field: Field | None
    about: Any
    now: Any
    waits: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class DialogueSeen:
    """The talk about an application. ``fields`` are the questions that were answered, to ask about; ``open``: something may be
    said, which it may from when it is handed in until it has ended.
    """

    application_id: str
    number: str
    status: str
    call: Mapping[str, str]
    currency: str
    files: tuple[Attached, ...]
    fields: tuple[Field, ...]
    threads: tuple[ThreadTold, ...]
    open: bool

    def thread(self, id: str) -> ThreadTold:
        """One of the threads.

        :raises NotFoundError: ``thread-not-found``.
        """
        found = next((one for one in self.threads if one.thread.id == id), None)
        if found is None:
            raise NotFoundError("thread-not-found")
        return found

    @property
    def waiting(self) -> tuple[ThreadTold, ...]:
        """Those that wait for the applicant, oldest first."""
        return tuple(one for one in self.threads if one.waits)


def see_dialogue(engine: Engine, by: By, application_id: str) -> DialogueSeen:
    """The threads between both sides about one's own application, oldest first, for those who act for the applicant.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``: for someone of the authority.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call = reading.schemes.call_of(one)
        plan, threads = plan_of_call(engine, reading, call), told_threads(reading, one)
        rows = {row.id: row.revision_id for row in reading.dialogue.threads(one.id)}
        files = reading.parts.attachments(one.id)
        kept = reading.parts.revisions({*rows.values(), one.revision_id or ""})
    now = kept.get(one.revision_id or "")
    status = told_status(one.status)
    return DialogueSeen(
        one.id, one.number, str(status), call.title, plan.currency, tuple(map(attached, files)), fields=_answered(plan, now),
        threads=tuple(_told(plan, each, kept.get(rows[each.id]), now) for each in threads),
        open=one.revision_id is not None and status not in LIFECYCLE.ends,
    )  # fmt: skip


def told_threads(reading: Reading, application: Application) -> tuple[ThreadSeen, ...]:
    """The threads of an application that both sides take part in."""
    threads = [one for one in reading.dialogue.threads(application.id) if one.audience == "applicant"]
    return threads_seen(reading, application, threads) if threads else ()


def waits(thread: ThreadSeen) -> bool:
    """Whether a thread waits for the applicant."""
    return thread.resolved_at is None and thread.comments[-1].side == "authority"


def _answered(plan: Plan, now: Revision | None) -> tuple[Field, ...]:
    answers = (now.answers if now else None) or {}
    return tuple(field for field in plan.form.fields if field.id in answers)


def _told(plan: Plan, one: ThreadSeen, about: Revision | None, now: Revision | None) -> ThreadTold:
    before, after = ((each.answers if each else None) or {} for each in (about, now))
    name = one.question or ""
    ours = one.comments[0].side == "applicant"
    return ThreadTold(one, plan.form.by_id.get(name), before.get(name), after.get(name), waits(one), ours)
