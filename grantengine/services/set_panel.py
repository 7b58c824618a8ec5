"""Who hears every pitch of a round: people without a tie to any applicant, the same from the first pitch to the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.lifecycle import HANDLERS, IN_REVIEW, Who
from grantengine.records import By
from grantengine.services.access import call_for, came_in, user_of
from grantengine.services.case_rounds import offer
from grantengine.services.meetings import MeetingRound, kept_away, meeting_round, roles_in_call
from grantengine.services.people_input import Checks
from grantengine.stages.eligibility import Verdict
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import PitchPanel
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

MAY_HEAR = HANDLERS | {Who.ASSESSOR}
MOST_MEMBERS = 20
MOST_PITCHES = 10_000


def set_panel(engine: Engine, by: By, call_id: str, round_id: str, members: Sequence[str]) -> None:
    """Say who hears the pitches of a round; users who have a role here, or stand in. Set again before the first pitch, the
    new one counts. After it nobody comes in, and out go only those who may not hear the rest: who has left, or got a tie.

    :raises InputError: ``list-empty``, ``list-too-long``; of a member ``panel-member-unknown``, ``panel-member-undeclared``
        (interests, since the last application came in) or ``panel-member-not-impartial``.
    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-without-pitches``, or ``panel-fixed``: the first pitch has begun, and this would
        take in someone, or leave out someone who may hear.
    """
    checks = Checks()
    wanted = list(dict.fromkeys(checks.listed(members, "members")))
    if not (wanted or checks.problems):
        checks.add("list-empty", "members", least=1)
    if len(wanted) > MOST_MEMBERS:
        checks.add("list-too-long", "members", most=MOST_MEMBERS)
    checks.done()
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        meeting_round(engine, work, call, round_id, allows="pitch")
        user, panel = user_of(work, by), work.meetings.panel(call_id, round_id)
        if panel is not None and panel.members == wanted:
            return
        if work.meetings.has_begun(call_id, round_id, by.at):
            _check_only_fewer(work, call, panel, wanted)
        check_members(work, checks, call, wanted)
        checks.done()
        if panel is None:
            work.add(PitchPanel(call_id=call_id, round_id=round_id, members=wanted, set_by=user.id, set_at=by.at))
        else:
            panel.members, panel.set_by, panel.set_at = wanted, user.id, by.at
        work.record("panel-set", call, round=round_id, members=wanted)


def _check_only_fewer(work: Work, call: Call, panel: PitchPanel | None, wanted: Sequence[str]) -> None:
    """All are heard by the same people; where one of them may not hear the rest, by those of them who are left.

    :raises NotPossibleError: ``panel-fixed``.
    """
    before = panel.members if panel is not None else []
    out = Checks()
    check_members(work, out, call, before)
    gone = {before[int(one.where.pointer.rsplit("/", 1)[1])] for one in out.problems}
    if set(wanted) - set(before) or (set(before) - set(wanted)) - gone:
        raise NotPossibleError("panel-fixed")


def waiting_for_decision(work: Reading, call_id: str) -> list[tuple[Application, str]]:
    """The applications of a call that nothing is decided of, each with the organisation's name."""
    found = work.applications.of_call(call_id, statuses=IN_REVIEW, limit=MOST_PITCHES)
    return [(one, organisation.name) for one, organisation, _ in found]


def to_be_heard(engine: Engine, work: Reading, round: MeetingRound) -> list[tuple[Application, str]]:
    """Those of them that the round is for."""
    waiting = waiting_for_decision(work, round.call.id)
    return [one for one in waiting if offer(engine, work, round.plan, round.round, one[0]) is Verdict.YES]


def check_members(work: Work, checks: Checks, call: Call, members: Sequence[str]) -> None:
    """Note every member who may not hear the applicants there are."""
    applications = [one for one, _ in waiting_for_decision(work, call.id)]
    touched = {id for one in applications for id in (one.organisation_id, one.host_id) if id}
    last = max((at for one in applications if (at := came_in(one))), default=None)
    away, names = kept_away(work, call.id, touched), work.users.named(members)
    for place, id in enumerate(members):
        field, declared = f"members/{place}", work.impartiality.declaration(call.id, id)
        if not roles_in_call(work, id, call, work.by.at) & MAY_HEAR:
            checks.add("panel-member-unknown", field)
        elif declared is None or (last is not None and declared.declared_at < last):
            checks.add("panel-member-undeclared", field, name=names[id])
        elif id in away:
            checks.add("panel-member-not-impartial", field, name=names[id])
