"""A leader decides whether a tie is a conflict of interest; what a conflict touches is taken from the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import Message, NotAllowedError, NotFoundError
from grantengine.records import By
from grantengine.services.access import call_for, roles_in_call, user_of
from grantengine.services.declare_interests import WHO
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.store.tables.assessment import Assignment, Interest
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class InterestSeen:
    """A tie that someone has declared. ``status`` is ``declared``, ``conflict`` or ``no-conflict``; ``reason`` is the leader's.

    ``whole_call``: it touches every case of the call.
    """

    id: str
    user_id: str
    user: str
    organisation_id: str
    organisation: str
    description: str
    whole_call: bool
    declared_at: datetime
    status: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


def list_interests(engine: Engine, by: By, call_id: str) -> tuple[InterestSeen, ...]:
    """The ties declared in a call, oldest first: all of them for its leaders, for others their own.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO, one_case=True)
        user = user_of(reading, by)
        leads = "leader" in roles_in_call(reading, user, call, by)
        found = reading.impartiality.listed(call_id, None if leads else user.id)
        deciders = reading.users.named({one.decided_by for one, *_ in found if one.decided_by})
    return tuple(
        interest_seen(one, name, organisation, deciders) for one, name, organisation in found
    )  # fmt: skip


def interest_seen(one: Interest, user: str, organisation: str, deciders: Mapping[str, str]) -> InterestSeen:
    """A tie with the names of its people."""
    return InterestSeen(
        one.id, one.user_id, user, one.organisation_id, organisation, one.description, one.whole_call, one.declared_at,
        one.status, deciders.get(one.decided_by or ""), one.decided_at, one.reason,
    )  # fmt: skip


def decide_interest(
    engine: Engine, by: By, interest_id: str, *, conflict: bool, reason: str, of_call: str | None = None
) -> tuple[str, ...]:
    """Decide about a tie; it can be decided anew, with a new reason. The person is told.

    With a conflict, the cases it touches are given to the person no longer; the ids of those that were. What the person
    has delivered stays on record, and does not count.

    :param of_call: the call that it must be of, where one is named.
    :raises InputError: ``reason-missing``, ``text-length`` or ``yes-or-no``.
    :raises NotFoundError: ``interest-not-found``.
    :raises NotAllowedError: ``role-needed``; ``own-interest``: nobody decides about oneself; ``conflict-of-interest``: nor
        does one who has a tie to the same applicant.
    """
    told = _checked(conflict, reason)
    with engine.store.work(by) as work:
        call_id = work.impartiality.call_of(Interest, interest_id)
        if call_id is None or of_call not in (None, call_id):
            raise NotFoundError("interest-not-found")
        call = call_for(work, by, call_id, {"leader"}, lock=True)
        interest = work.impartiality.interest(interest_id)
        assert interest is not None  # nobody removes one
        check_decides(work, by, interest)
        return settle(engine, work, call, interest, conflict=conflict, reason=told)


def check_decides(work: Work, by: By, interest: Interest) -> None:
    """Whoever decides about a tie is not the person, and has none to the same applicant.

    :raises NotAllowedError: ``own-interest`` or ``conflict-of-interest``.
    """
    if by.id == interest.user_id:
        raise NotAllowedError("own-interest")
    if by.id and work.impartiality.is_conflicted(interest.call_id, by.id, {interest.organisation_id}):
        raise NotAllowedError("conflict-of-interest")


def settle(
    engine: Engine, work: Work, call: Call, interest: Interest, *, conflict: bool, reason: str
) -> tuple[str, ...]:
    """Keep what is decided about a tie of a locked call, take away what it touches, and tell the person."""
    interest.status = "conflict" if conflict else "no-conflict"
    interest.decided_by, interest.decided_at, interest.reason = user_of(work, work.by).id, work.by.at, reason
    ended: tuple[str, ...] = ()
    if conflict:
        organisation = None if interest.whole_call else interest.organisation_id
        ended = end(work, work.assignments.standing_of(call.id, interest.user_id, organisation), reason)
    work.record(
        "interest-decided", interest, user=interest.user_id, organisation=interest.organisation_id,
        status=interest.status, reason=reason,
    )  # fmt: skip
    user, applicant = work.users.get(interest.user_id), work.organisations.get(interest.organisation_id)
    assert user is not None  # held by a foreign key
    assert applicant is not None  # as above
    send(
        engine, work, receiver_of(user), "interest-decided", about=call.id, name=user.name, call=call.title,
        organisation=applicant.name, decision=Message(f"interest.{interest.status}"), reason=reason,
        url=f"{engine.settings.url}/office/calls/{call.id}/interests",
    )  # fmt: skip
    return ended


def end(work: Work, assignments: Iterable[Assignment], reason: str) -> tuple[str, ...]:
    """End assignments with a reason; the ids of their cases. Each case tells of it."""
    ended, found = [], list(assignments)
    work.cases.by_ids({one.application_id for one in found}, lock=True)
    for one in found:
        one.ended_at, one.end_reason = work.by.at, reason
        work.record("assignment-ended", one, user=one.user_id, role=one.role, round=one.round_id, reason=reason)
        ended.append(one.application_id)
    return tuple(dict.fromkeys(ended))


def _checked(conflict: object, reason: str) -> str:
    checks = Checks()
    told = checks.reason(reason)
    if not isinstance(conflict, bool):
        checks.add("yes-or-no", "conflict")
    checks.done()
    return told
