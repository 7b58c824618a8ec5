"""What is known of persons, wherever it lies, so that it can be erased; and who has read what they wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grantengine.store.base import key_of
from grantengine.store.tables.applications import (
    Application,
    Attachment,
    AttachmentContent,
    CheckedValue,
    Fact,
    Partner,
    PlannedActivity,
    Revision,
)
from grantengine.store.tables.assessment import Assessment, Assignment, Interest, Judgement, StandIn
from grantengine.store.tables.decisions import Appeal, AwardLine, Decision, Letter, ProposedCase, Reasons
from grantengine.store.tables.dialogue import Booking, ChangeRequest, Comment, MeetingLog, Thread
from grantengine.store.tables.operations import AuditDetail, AuditEvent, Job, OutboxMessage, PersonalRead
from grantengine.store.tables.people import (
    Authority,
    AuthorityRole,
    OneTimeLink,
    Organisation,
    OrganisationInvitation,
    OrganisationRole,
    User,
)

Content = (
    Appeal | Assessment | Assignment | Attachment | AwardLine | ChangeRequest | CheckedValue | Comment | Decision | Fact
    | Judgement | Letter | Partner | PlannedActivity | ProposedCase | Reasons | Revision | Thread
)  # fmt: skip
PARTS: tuple[type[Content], ...] = (
    Appeal, Assessment, Assignment, Attachment, AwardLine, ChangeRequest, CheckedValue, Comment, Decision, Fact, Judgement,
    Letter, Partner, PlannedActivity, ProposedCase, Reasons, Revision, Thread,
)  # fmt: skip
"""What belongs to an application; of a thread or a line of an award only its id is needed, to find messages about it."""

Beside = Booking | MeetingLog | StandIn
"""What is about an application and told in the chain of its call."""

Part = Content | Beside | OneTimeLink


class Personal:
    """Queries about what is to be erased, and what has been read."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def authority_roles(self, user_id: str) -> list[AuthorityRole]:
        """The roles in authorities that a user has and has not ended, by authority."""
        found = select(AuthorityRole).where(AuthorityRole.user_id == user_id, AuthorityRole.until.is_(None))
        return list(self.session.scalars(found.order_by(AuthorityRole.authority_id, AuthorityRole.id)))

    def organisation_roles(self, user_id: str) -> list[OrganisationRole]:
        """The roles in organisations that a user has and has not ended, by organisation."""
        found = select(OrganisationRole).where(OrganisationRole.user_id == user_id, OrganisationRole.until.is_(None))
        return list(self.session.scalars(found.order_by(OrganisationRole.organisation_id, OrganisationRole.id)))

    def roles_by_name(self, user_id: str) -> list[tuple[str, Any, AuthorityRole | OrganisationRole]]:
        """The roles that a user has and has not ended, each with its kind and the name of where; in two statements."""
        mine = select(OrganisationRole, Organisation.name).join(
            Organisation, Organisation.id == OrganisationRole.organisation_id
        )
        staff = select(AuthorityRole, Authority.name).join(Authority, Authority.id == AuthorityRole.authority_id)
        return [
            *(
                ("organisation", name, role)
                for role, name in self.session.execute(
                    mine.where(OrganisationRole.user_id == user_id, OrganisationRole.until.is_(None)).order_by(
                        OrganisationRole.since, OrganisationRole.id
                    )
                )
            ),
            *(
                ("authority", name, role)
                for role, name in self.session.execute(
                    staff.where(AuthorityRole.user_id == user_id, AuthorityRole.until.is_(None)).order_by(
                        AuthorityRole.since, AuthorityRole.id
                    )
                )
            ),
        ]

    def has_open(self, organisation_id: str, ended: Collection[str]) -> bool:
        """Whether an organisation has an application whose status is none of these."""
        found = select(Application.id).where(
            Application.organisation_id == organisation_id, Application.status.not_in(sorted(ended))
        )
        return self.session.scalar(found.limit(1)) is not None

    def written_to(self, user: User) -> list[OneTimeLink | OrganisationInvitation | Partner]:
        """Links, invitations and partners that hold the e-mail address of a user, and all links of the account."""
        own = (OneTimeLink.chain == "user") & (OneTimeLink.chain_id == user.id)
        links = select(OneTimeLink).where(or_(OneTimeLink.email == user.email, own))
        found: list[OneTimeLink | OrganisationInvitation | Partner] = [
            *self.session.scalars(links.order_by(OneTimeLink.id))
        ]
        for table in (OrganisationInvitation, Partner):
            found += self.session.scalars(select(table).where(table.email == user.email).order_by(table.id))
        return found

    def messages_to(self, user: User) -> list[OutboxMessage]:
        """Messages to or from a user or about the account, and those to others that have been sent and name the user."""
        addresses = [address for address in (user.email, user.phone) if address]
        words = [text for text in (user.email, user.name) if text]
        mine = or_(
            OutboxMessage.address.in_(addresses), OutboxMessage.reply_to.in_(addresses), OutboxMessage.about == user.id
        )
        naming = or_(
            *(OutboxMessage.body.contains(text, autoescape=True) for text in words),
            *(OutboxMessage.subject.contains(text, autoescape=True) for text in words),
        )
        return list(
            self.session.scalars(select(OutboxMessage).where(or_(mine, OutboxMessage.due_at.is_(None) & naming)))
        )

    def parts_of(self, application_id: str) -> list[Part]:
        """Everything that hangs on an application, also what was removed from it, and the links about it."""
        found: list[Part] = []
        for table in PARTS:
            rows: Iterable[Any] = self.session.scalars(select(table).where(table.application_id == application_id))
            found += sorted(rows, key=key_of)
        links = select(OneTimeLink).where(OneTimeLink.chain == "application", OneTimeLink.chain_id == application_id)
        return found + list(self.session.scalars(links.order_by(OneTimeLink.id)))

    def beside(self, application: Application) -> list[Beside]:
        """Meetings about an application, and who stands in for it.

        A meeting that was about no application of the organisation's, such as guidance before it began one, is taken for
        one about its last application in the call: it is found once all others have been erased.
        """
        here = Application.call_id == application.call_id, Application.organisation_id == application.organisation_id
        kept = select(Application.id).where(*here, Application.erased_at.is_(None), Application.id != application.id)
        is_last = self.session.scalar(kept.limit(1)) is None
        found: list[Beside] = [
            *self.session.scalars(select(StandIn).where(StandIn.application_id == application.id).order_by(StandIn.id))
        ]
        for table in (Booking, MeetingLog):
            before = table.application_id.is_(None) & (table.organisation_id == application.organisation_id)
            mine = (
                or_(table.application_id == application.id, before)
                if is_last
                else table.application_id == application.id
            )
            found += self.session.scalars(
                select(table).where(table.call_id == application.call_id, mine).order_by(table.id)
            )
        return found

    def ties_of(self, user_id: str) -> list[Interest | StandIn]:
        """The ties that a user has declared, and in whose place the user has been: words about the user."""
        ties = self.session.scalars(select(Interest).where(Interest.user_id == user_id).order_by(Interest.id))
        places = self.session.scalars(select(StandIn).where(StandIn.user_id == user_id).order_by(StandIn.id))
        return [*ties, *places]

    def contents_of(self, application_id: str) -> list[AttachmentContent]:
        """The bytes of all files of an application."""
        mine = select(Attachment.id).where(Attachment.application_id == application_id)
        return list(self.session.scalars(select(AttachmentContent).where(AttachmentContent.attachment_id.in_(mine))))

    def work_and_messages(self, ids: Collection[str]) -> list[Job | OutboxMessage]:
        """Work that waits and messages about these."""
        known = sorted(ids)
        jobs = self.session.scalars(select(Job).where(Job.key.in_(known)))
        return [*jobs, *self.session.scalars(select(OutboxMessage).where(OutboxMessage.about.in_(known)))]

    def words_of(self, chain: tuple[str, str]) -> list[AuditDetail]:
        """The words of the events of an aggregate that have not been erased."""
        events = select(AuditEvent.id).where(AuditEvent.aggregate == chain[0], AuditEvent.aggregate_id == chain[1])
        found = select(AuditDetail).where(AuditDetail.event_id.in_(events), AuditDetail.body.is_not(None))
        return list(self.session.scalars(found))

    def words_about(self, chain: tuple[str, str], name: str, id: str) -> list[tuple[int, AuditDetail]]:
        """The words of those events of an aggregate that say ``id`` by this name, each with the event's place."""
        found = (
            select(AuditEvent.place, AuditDetail)
            .join(AuditDetail, AuditDetail.event_id == AuditEvent.id)
            .where(AuditEvent.aggregate == chain[0], AuditEvent.aggregate_id == chain[1])
            .where(AuditDetail.body[name].as_string() == id)
            .order_by(AuditEvent.place)
        )
        return [(place, words) for place, words in self.session.execute(found)]

    def reads(self, application_id: str, *, after: str = "", limit: int = 50) -> list[tuple[PersonalRead, str]]:
        """Who has read an application, with the name, oldest first, after this one."""
        found = (
            select(PersonalRead, User.name)
            .join(User, User.id == PersonalRead.user_id)
            .where(PersonalRead.application_id == application_id, PersonalRead.id > after)
            .order_by(PersonalRead.id)
            .limit(limit)
        )
        return [(read, name) for read, name in self.session.execute(found)]
