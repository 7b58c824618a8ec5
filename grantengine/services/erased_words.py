"""What people wrote is taken out of rows and events; that something was written, by whom and when, stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.store.base import Audited, chain_of
from grantengine.store.personal import Part
from grantengine.store.tables.applications import Attachment, CheckedValue, Fact, Partner, PlannedActivity, Revision
from grantengine.store.tables.assessment import Assessment, Assignment, Interest, Judgement, StandIn
from grantengine.store.tables.decisions import Appeal, Decision, Letter, ProposedCase, Reasons
from grantengine.store.tables.dialogue import Booking, ChangeRequest, Comment, MeetingLog
from grantengine.store.tables.people import OneTimeLink
from grantengine.store.verify import WORDS_ERASED

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Work

ERASED = "erased"
"""What a fact says in place of why it was not obtained."""

BLANK: Mapping[type[Audited], Mapping[str, Any]] = {
    Appeal: {"body": None},
    Assignment: {"end_reason": None},
    Attachment: {"file_name": "", "content_digest": "", "size": 0},
    Booking: {"wish": None},
    ChangeRequest: {"reason": None, "answer": None},
    Comment: {"body": None},
    Decision: {"content": None},
    Fact: {"values": None, "raw": None, "source_note": None, "retry_at": None, "failure": ERASED},
    Interest: {"description": "", "reason": None},
    Judgement: {"reason": ""},
    Letter: {"html": None},
    MeetingLog: {"summary": None},
    OneTimeLink: {"email": None},
    Partner: {
        "name": "", "language": "nb", "organisation_number": None, "email": None, "task": None, "answered_as": None,
    },
    PlannedActivity: {"name": "", "target_group": None},
    ProposedCase: {"record": None, "hand_reason": None},
    Revision: {"answers": None},
    StandIn: {"reason": ""},
}  # fmt: skip
"""What each column holds afterwards; columns that are not named stay as they are."""


def empty(row: Part | Interest, at: datetime) -> None:
    """Take what people wrote, and what may tell who they are, out of a row. Marks, sums and grounds stay."""
    for name, value in BLANK.get(type(row), {}).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    further = FURTHER.get(type(row))
    if further is not None:
        further(row, at)


def _assessment(row: Assessment, at: datetime) -> None:
    row.notes = {}
    row.earlier = [{name: one[name] for name in ("at", "marks") if name in one} for one in row.earlier]


def _attachment(row: Attachment, at: datetime) -> None:
    row.removed_at = row.removed_at or at


def _checked(row: CheckedValue, at: datetime) -> None:
    row.reason = ""
    row.value = {name: value for name, value in row.value.items() if isinstance(value, int | float)}


def _activity(row: PlannedActivity, at: datetime) -> None:
    row.ended_at = row.ended_at or at


def _reasons(row: Reasons, at: datetime) -> None:
    row.notes, row.note, row.conditions = {}, None, []


def _link(row: OneTimeLink, at: datetime) -> None:
    row.used_at = row.used_at or at


FURTHER: Mapping[type[Audited], Callable[[Any, datetime], None]] = {
    Assessment: _assessment, Attachment: _attachment, CheckedValue: _checked, OneTimeLink: _link,
    PlannedActivity: _activity, Reasons: _reasons,
}  # fmt: skip


def erase_words_about(
    work: Work, of: Audited, name: str, id: str, emptied: Sequence[Audited], **details: Any
) -> None:  # fmt: skip
    """Erase the words of those events of ``of`` that say ``id`` by this name; told with those rows that were emptied.

    The event names the places, so that words of other events can not be lost without being missed. Nothing is told where
    there was nothing.
    """
    found = work.personal.words_about(chain_of(of), name, id)
    for _, words in found:
        words.body, words.salt = None, ""
    if found or emptied:
        work.record(WORDS_ERASED, of, places=[place for place, _ in found], **details)
