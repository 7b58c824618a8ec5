"""Rounds in which people meet: whether there are any, when, and who may be there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from grantengine.compile.plan import Plan, RoundPlan
from grantengine.errors import NotAllowedError, NotFoundError, NotPossibleError
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import check_impartial
from grantengine.services.case_rounds import times_of
from grantengine.services.marks import part_of
from grantengine.services.pinned import plan_of_call
from grantengine.stages.rounds import RoundTime
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import MeetingSlot
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class MeetingRound:
    """A round of a call in which meetings are held. Where ``is_open_ended`` it counts for each case, and has no time of
    its own.
    """

    call: Call
    plan: Plan
    round: RoundPlan
    time: RoundTime
    is_open_ended: bool

    @property
    def is_pitch(self) -> bool:
        """Whether applicants present, all in the same way."""
        return "pitch" in self.round.terms.allows

    def holds(self, starts: datetime, ends: datetime) -> bool:
        """Whether a meeting lies within the time of the round, as far as that is known."""
        if self.is_open_ended:
            return True
        opens, closes = self.time.opens, self.time.closes
        return opens is not None and opens <= starts and (closes is None or ends <= closes)


def meeting_round(
    engine: Engine,
    work: Reading,
    call: Call,
    round_id: str,
    *,
    application: Application | None = None,
    allows: str = "meet",
) -> MeetingRound:
    """A round of a call in which there are meetings (``meet``) or pitches (``pitch``); its time for this case, if given.

    :raises NotFoundError: ``round-not-found``.
    :raises NotPossibleError: ``round-without-meetings`` or ``round-without-pitches``.
    """
    plan = plan_of_call(engine, work, call)
    plan = part_of(plan, application) if application else plan
    round = plan.round(round_id)
    if round is None:
        raise NotFoundError("round-not-found")
    if allows not in round.terms.allows:
        raise NotPossibleError("round-without-pitches" if allows == "pitch" else "round-without-meetings")
    time = next(one for one in times_of(work, plan, call, application) if one.id == round_id)
    return MeetingRound(call, plan, round, time, plan.intake.kind == "rolling" and time.opens is None)


def check_timed(round: MeetingRound) -> None:
    """When the round is, is known, so that times in it can be given.

    :raises NotPossibleError: ``round-not-timed``.
    """
    if round.time.opens is None and not round.is_open_ended:
        raise NotPossibleError("round-not-timed")


def roles_in_call(work: Reading, user_id: str, call: Call, at: datetime) -> frozenset[str]:
    """The roles that someone has in the authority of a call, or stands in in."""
    own = work.users.roles_in_authority(user_id, call.authority_id, at)
    return own | work.impartiality.stand_in_roles(call.id, user_id, at, None)


def who_meets(work: Reading, call: Call, at: datetime) -> set[str]:
    """Those of the authority who meet applicants in a call now: handlers and leaders, and who stands in as one."""
    standing_in = [one for role in HANDLERS for one in work.impartiality.standing_in(call.id, str(role), at)]
    found = {one.id for one in work.users.in_role(call.authority_id, HANDLERS, at)}
    return found | {one.user_id for one in standing_in if one.application_id is None}


def people_of(work: Reading, call: Call, roles: Collection[str], at: datetime) -> dict[str, str]:
    """The names, in order, of those who have one of these roles in a call now, or stand in in one."""
    found = {one.id: one.name for one in work.users.in_role(call.authority_id, roles, at)}
    standing_in = [one for role in sorted(roles) for one in work.impartiality.standing_in(call.id, role, at)]
    found |= work.users.named({one.user_id for one in standing_in if one.application_id is None} - found.keys())
    return dict(sorted(found.items(), key=lambda one: (one[1].casefold(), one[0])))


def parties(work: Reading, call_id: str, organisation_id: str) -> tuple[list[Application], set[str]]:
    """What an organisation has handed in in a call, and those whom a tie would be to: it, and hosts of its money."""
    handed_in = [one for one in work.applications.begun(call_id, organisation_id) if one.submitted_at is not None]
    return handed_in, {organisation_id, *(one.host_id for one in handed_in if one.host_id)}


def check_may_meet(work: Reading, by: By, call_id: str, organisation_id: str) -> None:
    """Someone of the authority has no tie to an organisation, and has declared interests if it has handed in something.

    :raises NotAllowedError: ``interests-undeclared`` or ``conflict-of-interest``.
    """
    handed_in, touched = parties(work, call_id, organisation_id)
    if by.id is not None and by.id in kept_away(work, call_id, touched):
        raise NotAllowedError("conflict-of-interest")
    check_impartial(work, by, handed_in)


def kept_away(work: Reading, call_id: str, touched: Collection[str]) -> set[str]:
    """The users whom a tie keeps away from these organisations; one that nobody has decided about does."""
    ties = [one for one in work.impartiality.interests(call_id) if one.status != "no-conflict"]
    return {one.user_id for one in ties if one.whole_call or one.organisation_id in touched}


def hearers(work: Reading, slot: MeetingSlot) -> set[str]:
    """Those of the authority who are in a meeting: the one who is met, and the panel of a pitch."""
    panel = work.meetings.panel(slot.call_id, slot.round_id)
    return {slot.with_id, *(panel.members if panel else ())}


def local_minutes(starts: datetime, ends: datetime | None = None) -> str:
    """A meeting as people in Norway write it, to the minute: ``03.02.2027 18:00–18:20``."""
    oslo = ZoneInfo("Europe/Oslo")
    end = f"–{ends.astimezone(oslo):%H:%M}" if ends else ""
    return f"{starts.astimezone(oslo):%d.%m.%Y %H:%M}{end}"
