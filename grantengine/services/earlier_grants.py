"""Grants that are decided here are earlier grants for all who apply later: noted when their letter goes out."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from grantengine.outcome import MONEY
from grantengine.services.case_answers import Answer
from grantengine.store.tables.applications import EarlierGrant

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Work


def note_grant(work: Work, answer: Answer) -> None:
    """Note a grant with its first year and its money in all; what is given in kind is a grant of no money.

    It has the id of the decision, so that :func:`strike_grants` finds it.
    """
    assert answer.decision is not None  # only what is decided is given
    application = answer.application
    organisation, call = work.organisations.of(application), work.schemes.call_of(application)
    row = EarlierGrant(
        id=answer.decision.id, authority_id=call.authority_id, organisation_number=organisation.number,
        organisation_id=organisation.id, scheme=answer.plan.scheme.id, year=min(line.year for line in answer.lines),
        amount=sum(line.amount for line in answer.lines if line.unit == MONEY),
    )  # fmt: skip
    work.add(row)
    work.record("grant-noted", row, decision=answer.decision.id)


def strike_grants(work: Work, decisions: Collection[str]) -> None:
    """Take back what was noted of these decisions: the grant was declined, or has lapsed."""
    for id in sorted(set(decisions)):
        row = work.grants.by_id(id)
        if row is not None:
            work.remove(row)
            work.record("grant-struck", row, decision=id)
