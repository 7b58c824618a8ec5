"""What fact sources may read of the store about one submission; each question is a short transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from grantengine.hooks.context import Activity, EarlierAward, PartnerAnswer, SourceDown
from grantengine.store.unit_of_work import Store


@dataclass(frozen=True)
class StoreFacts:
    """A :class:`grantengine.hooks.context.FactReader` over the store."""

    store: Store
    application_id: str | None
    call_id: str
    organisation_id: str
    organisation_number: str | None

    def earlier_awards(self) -> Sequence[EarlierAward]:
        """The applicant's earlier grants, oldest first."""
        with self.store.read() as reading:
            found = reading.grants.of(self.organisation_id, self.organisation_number)
        return [
            EarlierAward(
                authority, grant.scheme, grant.year, grant.amount, grant.report, grant.activity, grant.target_group,
                grant.municipality, grant.starts, grant.ends, grant.report_due,
            )
            for grant, authority in found
        ]  # fmt: skip

    def partner_answers(self) -> Sequence[PartnerAnswer]:
        """The partners of the application, in the order they were invited."""
        if self.application_id is None:
            return []
        with self.store.read() as reading:
            found = reading.parts.partners(self.application_id)
        return [
            PartnerAnswer(one.id, one.name, one.organisation_number, one.status, one.task, one.amount) for one in found
        ]

    def similar_cases(self, municipalities: Sequence[str], since: date, until: date) -> Sequence[Activity]:
        """Activities of other organisations in these municipalities that overlap the time, applied for or running."""
        places, first, last = set(municipalities), since.isoformat(), until.isoformat()
        with self.store.read() as reading:
            planned = reading.grants.planned(places, first, last)
            running = reading.grants.running(places, first, last)
        found = [
            Activity(name, one.name, one.target_group, one.municipality, one.starts, one.ends)
            for one, name in planned
            if one.organisation_id != self.organisation_id
        ]
        for grant, owner in running:
            mine = grant.organisation_id == self.organisation_id or (
                grant.organisation_number is not None and grant.organisation_number == self.organisation_number
            )
            if not mine and grant.activity is not None:
                found.append(
                    Activity(
                        owner or grant.organisation_number or "", grant.activity, grant.target_group, grant.municipality,
                        grant.starts, grant.ends,
                    )
                )  # fmt: skip
        return found

    def is_invited(self) -> bool:
        """Whether the applicant is invited to the call."""
        with self.store.read() as reading:
            return reading.schemes.is_invited(self.call_id, self.organisation_id)


class WithheldError(SourceDown):
    """What is stored of an organisation is told to those who act for it; who asks does not."""


@dataclass(frozen=True)
class ProfileFacts(StoreFacts):
    """The same about an organisation and one of many calls: what has been read for all of them is not read again.

    ``awards`` is None for one who does not act for the organisation: anyone may type a number.
    """

    awards: Sequence[EarlierAward] | None = ()
    invited: bool = False

    def earlier_awards(self) -> Sequence[EarlierAward]:
        """The applicant's earlier grants, oldest first.

        :raises WithheldError: they are not for whoever asks.
        """
        if self.awards is None:
            raise WithheldError("earlier grants are told to those who act for the organisation")
        return self.awards

    def is_invited(self) -> bool:
        """Whether the applicant is invited to the call."""
        return self.invited
