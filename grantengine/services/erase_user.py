"""A person's account is erased: what is known of the person goes, what the person did stays told by a number alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotFoundError, NotPossibleError
from grantengine.lifecycle import LIFECYCLE
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.erased_words import empty, erase_words_about
from grantengine.services.sessions import end_sessions
from grantengine.store.base import Audited, chain_of
from grantengine.store.tables.assessment import Interest, StandIn
from grantengine.store.tables.people import AuthorityRole, OneTimeLink, OrganisationRole, User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def erase_user(engine: Engine, by: By, user_id: str) -> None:
    """Erase an account: by the person, or by the system.

    Name, address, telephone, password, second factor and what was said of ties to applicants go, roles, links and sessions
    end. Erased already, it stays so, and nothing happens.

    :raises NotFoundError: ``user-not-found``.
    :raises NotAllowedError: ``own-account-only``.
    :raises NotPossibleError: ``person-last-contact`` of an organisation with applications that have not ended, or
        ``person-last-administrator`` of an authority.
    """
    with engine.store.work(by) as work:
        if by.kind != "system" and user_of(work, by).id != user_id:
            raise NotAllowedError("own-account-only")
        user = work.users.get(user_id, lock=True)
        if user is None:
            raise NotFoundError("user-not-found")
        if _is_erased(user):
            return
        _leave_organisations(work, user)
        _leave_authorities(work, user)
        _forget_addresses(work, user)
        _forget_ties(work, user)
        _sign_out(work, user)
        work.remove(*work.personal.messages_to(user), *work.queues.views_of(user.id))
        for words in work.personal.words_of(chain_of(user)):
            words.body, words.salt = None, ""
        user.email = user.phone = user.password_hash = user.verified_at = None
        user.name, user.channel = "", "email"
        work.record("user-erased", user)


def _is_erased(user: User) -> bool:
    return user.email is None and not user.name


def _sign_out(work: Work, user: User) -> None:
    end_sessions(work, user.id)
    factor = work.sign_in.factor(user.id, lock=True)
    if factor is not None:
        work.remove(factor)


def _leave_organisations(work: Work, user: User) -> None:
    ended = {str(status) for status in LIFECYCLE.ends}
    roles = work.personal.organisation_roles(user.id)
    for id in dict.fromkeys(role.organisation_id for role in roles):
        organisation = work.organisations.get(id, lock=True)
        assert organisation is not None  # held by a foreign key
        contacts = {role.user_id for role in work.organisations.roles(id, work.by.at) if role.role == "contact"}
        if contacts == {user.id} and work.personal.has_open(id, ended):
            raise NotPossibleError("person-last-contact", organisation=organisation.name)
    _end(work, roles, "member-left")


def _leave_authorities(work: Work, user: User) -> None:
    roles = work.personal.authority_roles(user.id)
    for role in roles:
        if role.role == "administrator":
            authority = work.authorities.get(role.authority_id, lock=True)
            assert authority is not None  # held by a foreign key
            if len(work.users.in_role(authority.id, {role.role}, work.by.at)) == 1:
                raise NotPossibleError("person-last-administrator", authority=authority.name)
    _end(work, roles, "role-ended")


def _end(work: Work, roles: Iterable[AuthorityRole | OrganisationRole], verb: str) -> None:
    for role in roles:
        role.until = work.by.at
        work.record(verb, role, user=role.user_id, role=role.role)


def _forget_ties(work: Work, user: User) -> None:
    """What ties the person had, and in whose place the person was, goes; to whom, and what was decided, stays."""
    ties: dict[str, list[Interest | StandIn]] = {}
    for row in work.personal.ties_of(user.id):
        ties.setdefault(row.call_id, []).append(row)
    for call_id, rows in sorted(ties.items()):
        call = work.schemes.call(call_id, lock=True)
        assert call is not None  # held by a foreign key
        for row in rows:
            empty(row, work.by.at)
        erase_words_about(work, call, "user", user.id, rows, user=user.id)


def _forget_addresses(work: Work, user: User) -> None:
    """The address goes from links, invitations and partners too; a link that was sent to it can no longer be used."""
    told: dict[tuple[str, str], Audited] = {}
    for row in work.personal.written_to(user):
        row.email = None
        if isinstance(row, OneTimeLink) and row.used_at is None:
            row.used_at = work.by.at
        told.setdefault(chain_of(row), row)
    for one in told.values():
        work.record("address-erased", one)
