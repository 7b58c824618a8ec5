"""Someone stands in for another in a call, or in one case of it; perhaps from another authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import call_for, roles_in_call, user_of
from grantengine.services.decide_interest import end
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.store.tables.assessment import StandIn
from grantengine.store.tables.people import User
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

ROLES = ("handler", "assessor", "approver", "leader")
APPOINT = frozenset({"administrator", "leader"})


def appoint_stand_in(
    engine: Engine, by: By, call_id: str, *, user_id: str = "", email: str | None = None, role: str, reason: str,
    application_id: str | None = None, number: str | None = None,
) -> str:  # fmt: skip
    """Let a user stand in as handler, assessor, approver or leader in a call, or in one case of it; the id.

    By an administrator or a leader. The user need not belong to this authority, or to any, and declares interests like
    everyone else. Who stands in so already stays so.

    :param email: names the user in place of ``user_id``, and ``number`` a case in place of ``application_id``.
    :raises InputError: ``reason-missing``, ``text-length`` or ``not-one-of``; ``person-unknown``: nobody has confirmed an
        account with this address; ``number-unknown``: no case of the call has this number.
    :raises NotFoundError: ``call-not-found``, ``user-not-found``, or ``application-not-found`` in this call.
    :raises NotAllowedError: ``role-needed``.
    """
    checks = Checks()
    told, role = checks.reason(reason), checks.one_of(role, ROLES, "role")
    address = None if email is None else checks.email(email)
    checks.done()
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, APPOINT, lock=True)
        if address is not None:
            user_id = _named(work, address)
        if number:
            application_id = _numbered(work, call, number)
        user = work.users.get(user_id)
        if user is None or user.email is None:  # there is nobody, or nobody any more
            raise NotFoundError("user-not-found")
        _check_of_call(work, call, application_id)
        for one in work.impartiality.standing_in(call_id, role, by.at):
            if (one.user_id, one.application_id) == (user_id, application_id):
                return one.id
        row = StandIn(
            id=work.new_id(), call_id=call_id, application_id=application_id, user_id=user_id, role=role, reason=told,
            since=by.at, appointed_by=user_of(work, by).id,
        )  # fmt: skip
        work.add(row)
        work.record("stand-in-appointed", call, user=user_id, role=role, application=application_id, reason=told)
        send(
            engine, work, receiver_of(user), "stand-in", about=application_id or call.id, name=user.name, role=role,
            call=call.title, reason=told, url=f"{engine.settings.url}/office/calls/{call.id}/interests",
        )  # fmt: skip
        return row.id


def end_stand_in(engine: Engine, by: By, stand_in_id: str, *, reason: str, of_call: str | None = None) -> None:
    """End it; what the person had to rate or handle in that role alone is the person's no longer. By those who appoint.

    :param of_call: the call that it must be of, where one is named.
    :raises InputError: ``reason-missing`` or ``text-length``.
    :raises NotFoundError: ``stand-in-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``stand-in-ended`` already.
    """
    checks = Checks()
    told = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        call_id = work.impartiality.call_of(StandIn, stand_in_id)
        if call_id is None or of_call not in (None, call_id):
            raise NotFoundError("stand-in-not-found")
        call = call_for(work, by, call_id, APPOINT, lock=True)
        row = work.impartiality.stand_in(stand_in_id)
        assert row is not None  # nobody removes one
        if row.until is not None and row.until <= by.at:
            raise NotPossibleError("stand-in-ended")
        row.until = by.at
        work.record(
            "stand-in-ended", row, user=row.user_id, role=row.role, application=row.application_id, reason=told
        )  # fmt: skip
        user = work.users.get(row.user_id)
        assert user is not None  # held by a foreign key
        _take_back(work, call, user, told)
        send(
            engine, work, receiver_of(user), "stand-in-ended", about=row.application_id or call.id, name=user.name,
            role=row.role, call=call.title, reason=told,
        )  # fmt: skip


def _named(work: Work, email: str) -> str:
    """Whoever has confirmed an account with this address.

    :raises InputError: ``person-unknown``.
    """
    user, checks = work.users.by_email(email), Checks()
    if user is None or user.verified_at is None:
        checks.add("person-unknown", "email", got=email)
    checks.done()
    assert user is not None  # as above
    return user.id


def _numbered(work: Work, call: Call, number: str) -> str:
    """The case of a call with this number.

    :raises InputError: ``number-unknown``.
    """
    id, checks = work.staffing.numbered(call.id, number.strip().upper()), Checks()
    if id is None:
        checks.add("number-unknown", "number", got=number[:40])
    checks.done()
    assert id is not None  # as above
    return id


def _check_of_call(work: Work, call: Call, application_id: str | None) -> None:
    """A case that was handed in in this call, or the whole call."""
    if application_id is None:
        return
    application = work.applications.get(application_id)
    if application is None or application.call_id != call.id or application.submitted_at is None:
        raise NotFoundError("application-not-found")


def _take_back(work: Work, call: Call, user: User, reason: str) -> None:
    """End what is given to a user in a role that the user no longer has."""
    work.session.flush()
    mine = work.assignments.standing_of(call.id, user.id)
    cases = work.cases.by_ids({one.application_id for one in mine})
    lost = []
    for one in mine:
        roles = roles_in_call(work, user, call, work.by, cases[one.application_id])
        if not roles & ({"assessor"} if one.role == "assessor" else {"handler", "leader"}):
            lost.append(one)
    end(work, lost, reason)
