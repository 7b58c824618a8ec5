"""Who works for an authority, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.people_input import Checks
from grantengine.store.tables.people import AuthorityRole

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

ROLES = ("handler", "assessor", "approver", "leader", "reviewer", "administrator")


def appoint(engine: Engine, by: By, *, authority_id: str, user_id: str, role: str) -> None:
    """Give a user a role in an authority; done by an administrator of it. Given twice, it is one.

    :raises NotFoundError: no such authority or user.
    :raises NotAllowedError: ``role-needed``.
    """
    checks = Checks()
    checks.one_of(role, ROLES, "role")
    checks.done()
    with engine.store.work(by) as work:
        authority = authority_for(work, by, authority_id, {"administrator"})
        user = work.users.get(user_id)
        if user is None or user.email is None:  # there is nobody, or nobody any more
            raise NotFoundError("user-not-found")
        if work.authorities.role(authority_id, user_id, role) is None:
            work.add(
                AuthorityRole(id=work.new_id(), authority_id=authority_id, user_id=user_id, role=role, since=by.at)
            )
            work.record("role-given", authority, user=user_id, role=role)


def appoint_by_email(engine: Engine, by: By, *, authority_id: str, email: str, role: str) -> str:
    """Give whoever has an account with this address a role in an authority; returns the person's name.

    Of an address without an account nothing more is told than that there is none which can be given a role.

    :raises InputError: ``email-format``, ``account-unknown``, or a role that there is not.
    :raises NotFoundError: no such authority.
    :raises NotAllowedError: ``role-needed``.
    """
    checks = Checks()
    address = checks.email(email)
    checks.one_of(role, ROLES, "role")
    checks.done()
    with engine.store.read() as reading:
        authority_for(reading, by, authority_id, {"administrator"})
        user = reading.users.by_email(address)
        if user is None or user.verified_at is None:
            checks.add("account-unknown", "email")
        checks.done()
        assert user is not None  # else there was a problem
    appoint(engine, by, authority_id=authority_id, user_id=user.id, role=role)
    return user.name


def dismiss(engine: Engine, by: By, *, authority_id: str, user_id: str, role: str) -> None:
    """End a role; the last administrator stays.

    :raises NotFoundError: no such authority, or the user does not have the role.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``last-administrator``.
    """
    with engine.store.work(by) as work:
        authority = authority_for(work, by, authority_id, {"administrator"}, lock=True)
        found = work.authorities.role(authority_id, user_id, role)
        if found is None:
            raise NotFoundError("role-not-found")
        if role == "administrator" and len(work.users.in_role(authority_id, {role}, by.at)) == 1:
            raise NotPossibleError("last-administrator")
        found.until = by.at
        work.record("role-ended", authority, user=user_id, role=role)
