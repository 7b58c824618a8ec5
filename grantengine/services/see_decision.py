"""What one's own application was answered, as the letters told it, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from grantengine.errors import Message
from grantengine.lifecycle import APPLICANTS, LIFECYCLE, Status, told_status
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.interim_reply import promise_to
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_letter import LetterSeen, letter_seen
from grantengine.services.submit_appeal import BY_CHANNEL, AppealSeen, appeal_seen

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

DECLINE = LIFECYCLE.find("decline")


@dataclass(frozen=True, slots=True)
class DecisionSeen:
    """What was told. ``letter`` is the last that told of a decision, with what it said (``html``, None once it has been
    erased); None before any has gone out. ``receipts`` are the letters that confirm ``appeals``, in their order. ``expected``
    is when an answer was promised for, as long as there is none. ``too_late``: an appeal would come after its deadline.
    ``can``: ``appeal`` and ``decline``, as far as this person may.
    """

    application_id: str
    number: str
    organisation: str
    status: str
    status_words: Message
    call: Mapping[str, str]
    authority: Mapping[str, str]
    letters: tuple[LetterSeen, ...]
    letter: LetterSeen | None
    html: str | None
    appeals: tuple[AppealSeen, ...]
    receipts: tuple[str | None, ...]
    expected: date | None
    too_late: bool
    can: frozenset[str]

    @property
    def appeal_until(self) -> datetime | None:
        """The first instant at which an appeal is too late."""
        return self.letter.appeal_until if self.letter else None


def see_decision(engine: Engine, by: By, application_id: str) -> DecisionSeen:
    """The answer to one's own application, for those who act for the applicant. What has not gone out is not told.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``: for someone of the authority.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
        authority, rows = reading.authorities.get(call.authority_id), reading.letters.of_case(one.id)
        appeals = reading.letters.appeals(one.id)
        mine = reading.users.roles_in_organisation(user_of(reading, by).id, one.organisation_id, by.at)
        last = next((row for row in reversed(rows) if row.kind == "decision"), None)
        expected = None
        if last is None:
            expected = promise_to(reading, plan_of_call(engine, reading, call), one, [row.mark for row in rows], by.at)
    status, marked = told_status(one.status), {row.mark: row.id for row in rows}
    possible = {
        "appeal": last is not None and bool(BY_CHANNEL["web"] & mine),
        "decline": status == Status.GRANTED and status in DECLINE.sources and bool(DECLINE.who & mine),
    }
    return DecisionSeen(
        one.id, one.number, organisation.name, str(status), Message(f"status.{status}"), call.title,
        authority.name if authority else {}, tuple(letter_seen(row) for row in rows), letter_seen(last) if last else None,
        last.html if last else None, tuple(appeal_seen(each) for each in appeals),
        tuple(marked.get(f"appeal:{each.id}") for each in appeals), expected,
        too_late=last is not None and last.appeal_until is not None and by.at >= last.appeal_until,
        can=frozenset(verb for verb, is_possible in possible.items() if is_possible),
    )  # fmt: skip
