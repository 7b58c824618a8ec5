"""All that is said about a case, with what it is about in words, for those of the authority who may open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import HANDLERS, LIFECYCLE, READERS
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.marks import part_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_threads import ThreadSeen, threads_seen
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.services.thread_parties import party_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Words
    from grantengine.form.build import Field
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class TalkSeen:
    """The threads of a case that are for whoever reads; ``questions`` and ``criteria`` are what they can be about, by id.

    ``open``: more can be said.
    """

    desk: CaseDesk
    threads: tuple[ThreadSeen, ...]
    questions: Mapping[str, Field]
    criteria: Mapping[str, Words]
    open: bool

    @property
    def one(self) -> ThreadSeen:
        """The thread that was asked for."""
        return self.threads[0]

    def about(self, question: str | None, criterion: str | None) -> Words | None:
        """What a thread is about, in words; None for the whole."""
        if question is not None and question in self.questions:
            return self.questions[question].label
        return self.criteria.get(criterion or "")


def see_talk(
    engine: Engine, by: By, application_id: str, *, thread: str | None = None, comment: str | None = None
) -> TalkSeen:
    """What is said about a case, as far as it is for whoever reads; that it is read is kept first.

    :param thread: only this one.
    :param comment: only the thread in which the authority has said this to the applicant; for handlers, who may publish it.
    :raises NotFoundError: ``application-not-found``, ``thread-not-found`` or ``comment-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, READERS if comment is None else HANDLERS)
        reader, party = reader_of(reading, by, one), party_of(reading, by, one)
        plan = part_of(plan_of_call(engine, reading, reading.schemes.call_of(one)), one)
        found = [each for each in reading.dialogue.threads(one.id) if party.takes_part(each.audience, each.round_id)]
        if comment is not None:
            thread = _thread_of(reading, comment)
        if thread is not None:
            found = [each for each in found if each.id == thread]
            if not found:
                raise NotFoundError("thread-not-found" if comment is None else "comment-not-found")
        seen = TalkSeen(
            case_desk_of(engine, reading, by, one), threads_seen(reading, one, found), plan.form.by_id,
            {each.id: each.title for each in plan.all_criteria},
            one.revision_id is not None and one.status not in LIFECYCLE.ends,
        )  # fmt: skip
    keep_read(engine, by, reader, "threads")
    return seen


def _thread_of(reading: Reading, comment: str) -> str:
    """Where something was said; no thread where it is not the authority that said it to an applicant."""
    found = reading.dialogue.comment(comment)
    is_told = found is not None and found[1].audience == "applicant" and found[0].side == "authority"
    return found[1].id if found and is_told else ""
