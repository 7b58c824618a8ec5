"""Putting what partners have answered into the list that the applicant has written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grantengine import Applicant, PartnerAnswer, format_ore

Row = dict[str, Any]
LONGEST = 500
"""Letters of a text in a row of the list."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation that was invited, however often, and what it has answered."""

    name: str
    number: str | None
    confirmed: bool
    declined: bool
    task: str | None
    amount: int | None

    def is_same(self, name: str, number: str | None) -> bool:
        """By the number where both have one, else by the name, whatever its letters' case and spaces."""
        if self.number and number:
            return self.number == number
        return _plain(self.name) == _plain(name)


def partners_of(answers: Iterable[PartnerAnswer], applicant: Applicant) -> list[Partner]:
    """Those invited, each organisation once: asked twice it is still one. Nobody is a partner of itself."""
    found: list[Partner] = []
    for one in answers:
        fresh = Partner(
            one.name, one.organisation_number, one.status == "confirmed", one.status == "declined", one.task, one.amount
        )
        if fresh.is_same(applicant.name, applicant.organisation_number):
            continue
        place = next((at for at, known in enumerate(found) if known.is_same(fresh.name, fresh.number)), None)
        if place is None:
            found.append(fresh)
        elif fresh.confirmed or not found[place].confirmed:
            found[place] = replace(fresh, number=fresh.number or found[place].number)
    return found


def filled(
    lists: Mapping[str, Sequence[Mapping[str, Any]]], partners: Iterable[Partner], public: Collection[str]
) -> dict[str, list[Row]]:
    """The lists (by question) with what partners say of themselves; ``public`` are the numbers of public bodies.

    A partner is found in a list by number or name, and stands for one row. One that no list has is added to the first,
    unless it has declined. What only the applicant says stays, and counts as not confirmed.
    """
    rows = {question: [_unsaid(row) for row in given] for question, given in lists.items()}
    taken: set[int] = set()
    for partner in partners:
        row = next(
            (
                row
                for given in rows.values()
                for row in given
                if id(row) not in taken and partner.is_same(row.get("name", ""), row.get("organisation_number"))
            ),
            None,
        )
        if row is None:
            if partner.declined or not rows:
                continue
            row = _unsaid({"name": partner.name})
            next(iter(rows.values())).append(row)
        taken.add(id(row))
        if partner.confirmed:
            row.update(_said(partner, public))
    return rows


def _unsaid(row: Mapping[str, Any]) -> Row:
    """A row as the applicant wrote it."""
    return {**row, "confirmed": False, "public": False}


def _said(partner: Partner, public: Collection[str]) -> Row:
    """What a partner that takes part says: its task and sum replace those that the applicant wrote."""
    said = {
        "organisation_number": partner.number,
        "task": partner.task and partner.task[:LONGEST],
        "amount": None if partner.amount is None else format_ore(partner.amount),
    }
    known: Row = {name: value for name, value in said.items() if value is not None}
    return {**known, "confirmed": True, "public": partner.number in public}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
