"""The list of applicants as someone of the authority reads it before opening cases, with the ties that were declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import call_for, roles_in_call, user_of
from grantengine.services.decide_interest import InterestSeen, interest_seen
from grantengine.services.declare_interests import WHO, touches_all
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

_LAST_LETTERS = str.maketrans("æøå", "{|}")
"""The three letters that come after z, as signs that do."""


@dataclass(frozen=True, slots=True)
class ApplicantListed:
    """A name on the list. ``is_new``: it came after the last declaration; ``is_mine``: whoever reads acts for it;
    ``tie`` is what whoever reads has declared.
    """

    organisation_id: str
    name: str
    municipality: str | None
    is_new: bool
    is_mine: bool
    tie: InterestSeen | None


@dataclass(frozen=True, slots=True)
class TieOfOther:
    """A tie that someone else has declared; ``may_decide``: whoever reads may decide about it."""

    tie: InterestSeen
    may_decide: bool


@dataclass(frozen=True, slots=True)
class InterestsSeen:
    """The list of names in alphabetical order, when whoever reads declared last, and the own ties, oldest first.

    ``whole_call``: by the scheme a tie to one applicant touches every case of the call. ``of_others`` is for leaders.
    """

    applicants: tuple[ApplicantListed, ...]
    declared_at: datetime | None
    whole_call: bool
    leads: bool
    mine: tuple[InterestSeen, ...]
    of_others: tuple[TieOfOther, ...]

    @property
    def new(self) -> tuple[ApplicantListed, ...]:
        """Those who came after the last declaration."""
        return tuple(one for one in self.applicants if one.is_new)


def see_interests(engine: Engine, by: By, call_id: str) -> InterestsSeen:
    """Who has applied in a call, and which ties are declared: for leaders all of them, for others their own.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO, one_case=True)
        user = user_of(reading, by)
        leads = "leader" in roles_in_call(reading, user, call, by)
        whole = touches_all(plan_of_call(engine, reading, call))
        declaration = reading.impartiality.declaration(call_id, user.id)
        declared_at = declaration.declared_at if declaration else None
        found = reading.impartiality.listed(call_id, None if leads else user.id)
        deciders = reading.users.named({one.decided_by for one, *_ in found if one.decided_by})
        names, since = reading.cases.applicants(call_id), reading.cases.came_in(call_id)
        acts_for = {one.id for one, _ in reading.organisations.of_user(user.id, by.at)}
    ties = [interest_seen(one, name, organisation, deciders) for one, name, organisation in found]
    mine = {one.organisation_id: one for one in ties if one.user_id == user.id}
    applicants = [
        ApplicantListed(
            one.id, one.name, one.municipality, declared_at is not None and since[one.id] > declared_at,
            one.id in acts_for, mine.get(one.id),
        )
        for one in names
    ]  # fmt: skip
    applicants.sort(key=lambda one: (alphabetical(one.name), one.organisation_id))
    away = [one for one in mine.values() if one.status != "no-conflict"]
    others = [TieOfOther(one, _may_decide(one, away)) for one in ties if one.user_id != user.id]
    return InterestsSeen(tuple(applicants), declared_at, whole, leads, tuple(mine.values()), tuple(others))


def alphabetical(name: str) -> str:
    """What a name is sorted by, in Norwegian order."""
    return name.casefold().translate(_LAST_LETTERS)


def _may_decide(tie: InterestSeen, away: list[InterestSeen]) -> bool:
    """Whether a leader with these ties of the own may decide about that of another."""
    return not any(one.whole_call or one.organisation_id == tie.organisation_id for one in away)
