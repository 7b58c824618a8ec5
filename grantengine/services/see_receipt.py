"""The receipt of what was handed in, with the answers as they were then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.form.answers import check_answers
from grantengine.form.build import Field
from grantengine.lifecycle import APPLICANTS, IN_REVIEW, Status, told_status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_overview import PersonSeen, people_seen
from grantengine.services.submit_application import Receipt, receipt_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


HANDED_IN = ("submit", "confirm")
"""What is done to hand in what one has written, or what was told."""


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """``receipt`` is the proof, ``paper`` what counts as handed in now; ``to_complete`` are the questions to be answered before
    a decision, and ``people`` who may answer them, where there are any; ``decided_by`` is when one can be expected.
    ``sent_by`` is the name of who handed it in; empty where it was done by a link, without an account. ``completes`` tells
    whether the reader may answer what is left.
    """

    receipt: Receipt
    paper: Paper
    sent_by: str
    to_complete: tuple[Field, ...]
    decided_by: date | None
    people: tuple[PersonSeen, ...]
    completes: bool


def see_receipt(engine: Engine, by: By, application_id: str) -> ReceiptSeen:
    """The receipt, for those who act for the applicant.

    :raises NotFoundError: ``application-not-found``, or ``receipt-not-found``: nothing has been handed in, or it was erased.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        revision = reading.applications.revision_by_id(one.revision_id or "")
        if revision is None or revision.answers is None or one.status == Status.UNCONFIRMED or one.submitted_at is None:
            raise NotFoundError("receipt-not-found")
        call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
        plan = plan_of_call(engine, reading, call)
        lacking = check_answers(plan.form, revision.answers, audience="cases").missing_to_decide
        sender = reading.trail.last_user("application", one.id, HANDED_IN) or ""
        left = lacking if one.status in IN_REVIEW else ()
        people = tuple(person for person in people_seen(reading, by, organisation.id) if person.signs) if left else ()
        return ReceiptSeen(
            receipt_of(reading, one, lacking),
            paper_of(reading, one, str(told_status(one.status)), plan, call, organisation, revision.answers),
            reading.users.named([sender]).get(sender, ""),
            tuple(plan.form.by_id[name] for name in left), plan.scheme.call.decided_by, people,
            any(person.user_id == by.id for person in people),
        )  # fmt: skip
