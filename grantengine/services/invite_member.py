"""More people for an organisation: a second contact, a writer, a signatory, or someone who takes over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotFoundError, NotPossibleError
from grantengine.lifecycle import IN_REVIEW
from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.declare_interests import keep_role
from grantengine.services.links import find_link, make_link, use_link
from grantengine.services.messages import Receiver, receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.throttle import count_asked
from grantengine.store.tables.people import OrganisationInvitation, OrganisationRole
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

ROLES = ("contact", "writer", "signatory")


def invite_member(
    engine: Engine, by: By, *, organisation_id: str, email: str, role: str, takes_over_from: str | None = None
) -> str:
    """Ask a person by e-mail to take a role; returns the id of the invitation.

    With ``takes_over_from`` (a user's id) that user's roles end when it is accepted: a board has changed.

    :raises InputError: the address or the role does not fit.
    :raises NotFoundError: ``user-not-found``: who is to be relieved has no role here.
    :raises NotPossibleError: ``asked-enough``: of one person, or at one address, for today.
    """
    checks = Checks()
    email, role = checks.email(email), checks.one_of(role, ROLES, "role")
    checks.done()
    with engine.store.read() as reading:
        organisation_for(reading, by, organisation_id, {"contact"})
    count_asked(engine, by.at, by.id, email)
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"})
        if takes_over_from and not work.users.roles_in_organisation(takes_over_from, organisation_id, by.at):
            raise NotFoundError("user-not-found")
        user = user_of(work, by)
        invitation = OrganisationInvitation(
            id=work.new_id(), organisation_id=organisation_id, email=email, role=role, takes_over_from=takes_over_from or None,
            invited_by=user.id, invited_at=by.at,
        )  # fmt: skip
        work.add(invitation)
        work.record("member-invited", organisation, role=role)
        address = make_link(engine, work, "join", organisation, invitation.id, email)
        send(
            engine, work, Receiver(email, organisation.language), "join", about=invitation.id, name=user.name,
            organisation=organisation.name, role=role, url=address,
        )  # fmt: skip
        return invitation.id


def take_back_invitation(engine: Engine, by: By, *, organisation_id: str, invitation_id: str) -> None:
    """The link that was sent can no longer be used, such as one to a wrong address. Again changes nothing.

    :raises NotFoundError: ``invitation-not-found``.
    """
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"})
        invitation = work.organisations.invitation(invitation_id, lock=True)
        if invitation is None or invitation.organisation_id != organisation_id:
            raise NotFoundError("invitation-not-found")
        links = work.users.open_links("join", invitation_id)
        for link in links:
            link.used_at = by.at
        if links:
            work.record("invitation-taken-back", organisation, invitation=invitation_id)


@dataclass(frozen=True, slots=True)
class InvitationSeen:
    """What the holder of a link is asked: by whom, to be what, in whose place. ``state`` is ``open``, ``used``, ``expired`` or
    ``lapsed``: who asked is no contact any more.
    """

    organisation_id: str
    organisation: str
    role: str
    invited_by: str
    in_place_of: str | None
    email: str | None
    state: str


def see_invitation(engine: Engine, by: By, secret: str) -> InvitationSeen:
    """What the link offers; it can be used afterwards as before.

    :raises NotFoundError: ``link-unknown``.
    """
    with engine.store.read() as reading:
        link = find_link(reading, "join", secret)
        invitation = reading.organisations.invitation(link.subject_id)
        assert invitation is not None  # links are made with their invitation
        organisation = reading.organisations.get(invitation.organisation_id)
        assert organisation is not None  # held by a foreign key
        relieved = invitation.takes_over_from
        names = reading.users.named({invitation.invited_by, *([relieved] if relieved else [])})
        inviter = reading.users.roles_in_organisation(invitation.invited_by, organisation.id, by.at)
    state = (
        "used"
        if link.used_at
        else "expired"
        if link.expires_at <= by.at
        else "open"
        if "contact" in inviter
        else "lapsed"
    )
    return InvitationSeen(
        organisation.id, organisation.name, invitation.role, names.get(invitation.invited_by, ""),
        names.get(relieved) if relieved else None, invitation.email, state,
    )  # fmt: skip


def accept_invitation(engine: Engine, by: By, secret: str) -> str:
    """Take the role that the link offers; returns the organisation's id.

    Where the organisation has a case in review, and the user works in that call, the role is a tie from now on.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used``, ``link-expired``, ``invitation-lapsed``, or ``last-contact``: nobody would be left.
    """
    with engine.store.work(by) as work:
        user = user_of(work, by)
        link = use_link(work, "join", secret)
        invitation = work.organisations.invitation(link.subject_id, lock=True)
        assert invitation is not None  # links are made with their invitation
        calls = _calls(work, user.id, invitation.organisation_id)  # before the organisation, as everywhere
        organisation = work.organisations.get(invitation.organisation_id, lock=True)
        assert organisation is not None  # held by a foreign key
        inviter = work.users.roles_in_organisation(invitation.invited_by, organisation.id, by.at)
        if "contact" not in inviter:
            raise NotPossibleError("invitation-lapsed")
        invitation.accepted_at = by.at
        if invitation.role not in work.users.roles_in_organisation(user.id, organisation.id, by.at):
            work.add(
                OrganisationRole(
                    id=work.new_id(),
                    organisation_id=organisation.id,
                    user_id=user.id,
                    role=invitation.role,
                    since=by.at,
                )
            )
        if invitation.takes_over_from and invitation.takes_over_from != user.id:
            for role in work.organisations.roles(organisation.id, by.at):
                if role.user_id == invitation.takes_over_from:
                    role.until = by.at
            work.session.flush()
            if not any(one.role == "contact" for one in work.organisations.roles(organisation.id, by.at)):
                raise NotPossibleError("last-contact")
        work.record("member-joined", organisation, role=invitation.role)
        for call in calls:
            keep_role(engine, work, call, user, organisation.id)
        inviter_row = work.users.get(invitation.invited_by)
        if inviter_row is not None:
            send(
                engine, work, receiver_of(inviter_row), "joined", about=invitation.id, name=user.name,
                organisation=organisation.name,
            )  # fmt: skip
        return organisation.id


def _calls(work: Work, user_id: str, organisation_id: str) -> list[Call]:
    """The calls, locked, in which a user has declared interests and the organisation has a case in review."""
    ids = work.impartiality.declared_where(user_id, organisation_id, IN_REVIEW)
    return [call for id in ids if (call := work.schemes.call(id, lock=True)) is not None]


def end_role(engine: Engine, by: By, *, organisation_id: str, user_id: str, role: str) -> None:
    """End a role: one's own, or, as a contact, someone else's. The last contact stays until another has come.

    :raises NotFoundError: ``role-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``last-contact``.
    """
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, ROLES, lock=True)
        mine = work.users.roles_in_organisation(user_of(work, by).id, organisation_id, by.at)
        if user_id != by.id and "contact" not in mine:
            raise NotAllowedError("role-needed", roles=["contact"], where=organisation.name)
        roles = work.organisations.roles(organisation_id, by.at)
        found = next((one for one in roles if one.user_id == user_id and one.role == role), None)
        if found is None:
            raise NotFoundError("role-not-found")
        if role == "contact" and len({one.user_id for one in roles if one.role == "contact"}) == 1:
            raise NotPossibleError("last-contact")
        found.until = by.at
        work.record("member-left", organisation, user=user_id, role=role)
