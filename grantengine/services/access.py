"""Who may do what: loading what a service works on, and refusing those it is not for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from grantengine.errors import Message, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.lifecycle import APPLICANTS, LIFECYCLE, READERS, Status, Transition, Who, told_status
from grantengine.records import By
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import Authority, Organisation, User
from grantengine.store.tables.schemes import Call
from grantengine.store.unit_of_work import Reading, Work


def user_of(work: Reading, by: By) -> User:
    """The user who does this.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    user = work.users.get(by.id) if by.kind == "user" and by.id else None
    if user is None or user.verified_at is None:
        raise NotAllowedError("sign-in-needed")
    return user


def organisation_for(
    work: Reading, by: By, organisation_id: str, roles: Collection[str], *, lock: bool = False
) -> Organisation:
    """An organisation in which the user has one of these roles.

    :raises NotFoundError: there is none, or the user has nothing to do with it.
    :raises NotAllowedError: ``role-needed``.
    """
    user = user_of(work, by)
    organisation = (
        work.organisations.get(organisation_id, lock=lock) if lock else work.organisations.get(organisation_id)
    )
    mine = work.users.roles_in_organisation(user.id, organisation_id, by.at)
    if organisation is None or not mine:
        raise NotFoundError("organisation-not-found")
    if not mine & set(roles):
        raise NotAllowedError("role-needed", roles=sorted(roles), where=organisation.name)
    return organisation


def authority_for(work: Reading, by: By, authority_id: str, roles: Collection[str], *, lock: bool = False) -> Authority:
    """An authority in which the user has one of these roles; the system may do anything.

    :raises NotFoundError: there is none.
    :raises NotAllowedError: ``role-needed``.
    """
    authority = work.authorities.get(authority_id, lock=lock)
    if authority is None:
        raise NotFoundError("authority-not-found")
    if by.kind != "system":
        user = user_of(work, by)
        if not work.users.roles_in_authority(user.id, authority_id, by.at) & set(roles):
            raise NotAllowedError("role-needed", roles=sorted(roles), where=authority.name)
    return authority


def call_for(
    work: Reading, by: By, call_id: str, roles: Collection[str], *, lock: bool = False, one_case: bool = False
) -> Call:
    """A call of an authority in which the user has one of these roles, or in which the user stands in as one.

    :param one_case: whoever stands in for a single case of it will do.
    :raises NotFoundError: there is none.
    :raises NotAllowedError: ``role-needed``.
    """
    if by.kind == "user" and by.id:
        work.around.of_call(call_id, by.id, by.at)
    call = work.schemes.call(call_id, lock=lock)
    if call is None:
        raise NotFoundError("call-not-found")
    if by.kind != "system":
        user = user_of(work, by)
        if not roles_in_call(work, user, call, by, one_case=one_case) & set(roles):
            authority = work.authorities.get(call.authority_id)
            raise NotAllowedError("role-needed", roles=sorted(roles), where=authority.name if authority else "")
    return call


def roles_in_call(
    work: Reading, user: User, call: Call, by: By, application: Application | None = None, *, one_case: bool = False
) -> frozenset[str]:
    """The roles of a user in the authority, and those in which the user stands in: in the call and in this case of it, or
    with ``one_case`` in any.
    """
    own = work.users.roles_in_authority(user.id, call.authority_id, by.at)
    of = application.id if application else None
    return own | work.impartiality.stand_in_roles(call.id, user.id, by.at, of, one_case=one_case)


def application_for(
    work: Reading, by: By, application_id: str, who: Collection[Who] = APPLICANTS, *, lock: bool = False
) -> Application:
    """An application that the user may work on in one of these roles, in the organisation or in the authority.

    The authority has nothing to do with it before it is submitted, or written down for the applicant; then only those who have
    declared their interests, and have none in it; an assessor only with what is assigned.

    :raises NotFoundError: there is none, or the user has nothing to do with it.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    if by.kind == "user" and by.id:
        work.around.of_case(application_id, by.id, by.at)
    application = work.applications.get(application_id, lock=lock)
    if application is None:
        raise NotFoundError("application-not-found")
    if by.kind == "system":
        mine = frozenset({str(Who.SYSTEM)})
    else:
        user = user_of(work, by)
        mine = work.users.roles_in_organisation(user.id, application.organisation_id, by.at)
        # What has not been submitted, or told, is the applicant's own.
        if not mine & APPLICANTS and application.submitted_at is not None:
            mine |= _authority_roles(work, by, user, application)
            if mine & {str(one) for one in who} & READERS:
                check_impartial(work, by, [application])
    if not mine:
        raise NotFoundError("application-not-found")
    if not mine & {str(one) for one in who}:
        raise NotAllowedError("role-needed", roles=sorted(who), where=application.number)
    return application


def roles_of(work: Reading, by: By, application: Application) -> frozenset[str]:
    """The roles in which a user has to do with an application: in the organisation, or else in the authority.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    user = user_of(work, by)
    mine = work.users.roles_in_organisation(user.id, application.organisation_id, by.at) & APPLICANTS
    return mine or _authority_roles(work, by, user, application)


def _authority_roles(work: Reading, by: By, user: User, application: Application) -> frozenset[str]:
    """The roles in which a user has to do with a case that was handed in."""
    call = work.schemes.call_of(application)
    roles = roles_in_call(work, user, call, by, application) & READERS
    if Who.ASSESSOR in roles and not work.assessments.is_assigned(application.id, user.id):
        roles -= {Who.ASSESSOR}
    return roles


def check_impartial(work: Reading, by: By, applications: Iterable[Application]) -> None:
    """The user has declared interests since these cases of one call came in, and has none in any of them.

    What was told on the telephone or on paper may be written down before: it is guidance, and not yet a case.

    :raises NotAllowedError: ``interests-undeclared`` or ``conflict-of-interest``.
    """
    cases = list(applications)
    if by.kind == "system" or by.id is None or not cases:
        return
    call_id = cases[0].call_id
    touched = {one.organisation_id for one in cases} | {one.host_id for one in cases if one.host_id}
    if work.impartiality.is_conflicted(call_id, by.id, touched):
        raise NotAllowedError("conflict-of-interest")
    there = [at for one in cases if one.status != Status.UNCONFIRMED and (at := came_in(one))]
    declared = work.impartiality.declaration(call_id, by.id)
    if there and (declared is None or declared.declared_at < max(there)):
        raise NotAllowedError("interests-undeclared", call_id=call_id)


def came_in(application: Application) -> datetime | None:
    """Since when a case is on the list of applicants: it was submitted, or what had been told was written down later."""
    submitted = application.submitted_at
    return None if submitted is None else max(submitted, application.begun_at)


def check_no_tie(work: Reading, by: By, call_id: str, organisation_id: str) -> None:
    """The user has no tie to an organisation that may apply in a call; nothing need be declared before it has.

    :raises NotAllowedError: ``conflict-of-interest``.
    """
    if by.id is not None and work.impartiality.is_conflicted(call_id, by.id, {organisation_id}):
        raise NotAllowedError("conflict-of-interest")


def application_to(work: Work, verb: str, application_id: str) -> tuple[Application, Transition]:
    """An application, locked, and the transition that ``verb`` makes of it, if its status allows that.

    :raises NotPossibleError: ``status-forbids``.
    """
    transition = LIFECYCLE.find(verb)
    application = application_for(work, work.by, application_id, transition.who, lock=True)
    if Status(application.status) not in transition.sources:
        raise status_forbids(verb, application)
    return application, transition


def status_forbids(verb: str, application: Application) -> NotPossibleError:
    """The error for something that the status of an application does not allow; applicants do not learn from it what is
    decided.
    """
    status = told_status(application.status) if verb in _OF_APPLICANTS else application.status
    return NotPossibleError("status-forbids", verb=Message(f"verb.{verb}"), status=Message(f"status.{status}"))


_OF_APPLICANTS = {one.verb for one in LIFECYCLE.transitions if one.who <= APPLICANTS} | {
    "attach", "comment", "complete", "invite", "save",
}  # fmt: skip


def check_system(by: By) -> None:
    """Only the system itself does this, at the bidding of whoever runs it.

    :raises NotAllowedError: ``system-only``.
    """
    if by.kind != "system":
        raise NotAllowedError("system-only")
