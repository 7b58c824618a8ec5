"""What waits for someone who acts for organisations: for all of these at once, a statement for each kind of thing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from grantengine.store.tables.applications import Application, Draft, Extension, Partner, Revision
from grantengine.store.tables.assessment import Interest
from grantengine.store.tables.decisions import Appeal, Letter
from grantengine.store.tables.dialogue import Booking, ChangeRequest, Comment, MeetingSlot, PitchPanel, Thread
from grantengine.store.tables.people import AuthorityRole, Host, NetworkMember, Organisation, OrganisationRole
from grantengine.store.tables.schemes import Call

MOST = 20
"""How much of each kind is read; who has more begins with these."""
Case = tuple[Application, Call]


class Own:
    """Queries about what waits; each is given the ids of the organisations that the person acts for."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def applications(
        self, organisations: Collection[str], *, before: str = "", limit: int = 50
    ) -> list[tuple[Application, Call, datetime | None]]:
        """What these have applied for with the calls and the time of the last save, newest first, before this one."""
        found = (
            select(Application, Call, Draft.saved_at)
            .join(Call, Call.id == Application.call_id)
            .outerjoin(Draft, Draft.application_id == Application.id)
            .where(Application.organisation_id.in_(sorted(organisations)))
            .order_by(Application.id.desc())
            .limit(limit)
        )
        if before:
            found = found.where(Application.id < before)
        return [(one, call, saved) for one, call, saved in self.session.execute(found)]

    def single_contacts(self, organisations: Collection[str], at: datetime) -> set[str]:
        """Those of these that have one contact only."""
        found = (
            select(OrganisationRole.organisation_id)
            .where(
                OrganisationRole.organisation_id.in_(sorted(organisations)), OrganisationRole.role == "contact",
                OrganisationRole.since <= at, or_(OrganisationRole.until.is_(None), OrganisationRole.until > at),
            )
            .group_by(OrganisationRole.organisation_id)
            .having(func.count(OrganisationRole.user_id.distinct()) == 1)
        )  # fmt: skip
        return set(self.session.scalars(found))

    def hosts_asked(self, organisations: Collection[str]) -> list[tuple[Host, str]]:
        """Requests to these to be a host that they have not answered, with the names of those who ask."""
        found = (
            select(Host, Organisation.name)
            .join(Organisation, Organisation.id == Host.organisation_id)
            .where(Host.host_id.in_(sorted(organisations)), Host.consented_at.is_(None), Host.ended_at.is_(None))
            .order_by(Host.id)
            .limit(MOST)
        )
        return [(host, name) for host, name in self.session.execute(found)]

    def memberships_asked(self, organisations: Collection[str]) -> list[tuple[NetworkMember, str]]:
        """Requests to be taken into these networks, with the names of those who ask."""
        found = (
            select(NetworkMember, Organisation.name)
            .join(Organisation, Organisation.id == NetworkMember.organisation_id)
            .where(
                NetworkMember.network_id.in_(sorted(organisations)), NetworkMember.since.is_(None),
                NetworkMember.until.is_(None),
            )
            .order_by(NetworkMember.asked_at)
            .limit(MOST)
        )  # fmt: skip
        return [(member, name) for member, name in self.session.execute(found)]

    def being_written(
        self, organisations: Collection[str], at: datetime
    ) -> list[tuple[Application, Call, Draft, datetime | None]]:
        """Drafts that can still be handed in, and what is to be confirmed, with a later deadline where one was given; those
        whose deadline is next come first.
        """
        later = (
            select(func.max(Extension.closes_at))
            .where(Extension.call_id == Call.id, Extension.organisation_id == Application.organisation_id)
            .correlate(Call, Application)
            .scalar_subquery()
        )
        in_time = or_(Call.closes_at.is_(None), Call.closes_at > at, later > at)
        found = (
            select(Application, Call, Draft, later)
            .join(Call, Call.id == Application.call_id)
            .join(Draft, Draft.application_id == Application.id)
            .where(
                _of(organisations), or_((Application.status == "draft") & in_time, Application.status == "unconfirmed")
            )
            .order_by(Call.closes_at.is_(None), Call.closes_at, Application.id)
            .limit(MOST)
        )
        return [(one, call, draft, given) for one, call, draft, given in self.session.execute(found)]

    def changes_asked(self, organisations: Collection[str]) -> list[tuple[Application, Call, ChangeRequest]]:
        """Applications that are to be changed, the first deadline first."""
        found = (
            select(Application, Call, ChangeRequest)
            .join(Call, Call.id == Application.call_id)
            .join(ChangeRequest, ChangeRequest.application_id == Application.id)
            .where(_of(organisations), Application.status == "changes-asked", ChangeRequest.status == "open")
            .order_by(ChangeRequest.due_at, ChangeRequest.id)
            .limit(MOST)
        )
        return [(one, call, request) for one, call, request in self.session.execute(found)]

    def handed_in(self, organisations: Collection[str]) -> list[tuple[Application, Call, Revision]]:
        """What is with the authority, as it was handed in, newest first."""
        found = (
            select(Application, Call, Revision)
            .join(Call, Call.id == Application.call_id)
            .join(Revision, Revision.id == Application.revision_id)
            .where(_of(organisations), Application.status == "submitted")
            .order_by(Application.id.desc())
            .limit(MOST)
        )
        return [(one, call, revision) for one, call, revision in self.session.execute(found)]

    def partners_asked(
        self, organisations: Collection[str], statuses: Collection[str], at: datetime
    ) -> list[tuple[Case, Partner]]:
        """Partners that have not answered and still can, of applications in one of these statuses, those asked first first."""
        found = (
            select(Application, Call, Partner)
            .join(Call, Call.id == Application.call_id)
            .join(Partner, Partner.application_id == Application.id)
            .where(
                _of(organisations), Application.status.in_(sorted(statuses)), Partner.status == "invited",
                Partner.removed_at.is_(None), or_(Call.closes_at.is_(None), Call.closes_at > at),
            )
            .order_by(Partner.id)
            .limit(MOST)
        )  # fmt: skip
        return [((one, call), partner) for one, call, partner in self.session.execute(found)]

    def questions_asked(self, organisations: Collection[str], statuses: Collection[str]) -> list[tuple[Case, Thread]]:
        """Threads in which the authority spoke last, of applications in one of these statuses."""
        last = select(func.max(Comment.id)).where(Comment.thread_id == Thread.id).correlate(Thread).scalar_subquery()
        found = (
            select(Application, Call, Thread)
            .join(Call, Call.id == Application.call_id)
            .join(Thread, Thread.application_id == Application.id)
            .join(Comment, Comment.id == last)
            .where(
                _of(organisations), Application.status.in_(sorted(statuses)), Thread.audience == "applicant",
                Thread.resolved_at.is_(None), Comment.side == "authority",
            )
            .order_by(Thread.id)
            .limit(MOST)
        )  # fmt: skip
        return [((one, call), thread) for one, call, thread in self.session.execute(found)]

    def meetings_ahead(self, organisations: Collection[str], at: datetime) -> list[tuple[Booking, MeetingSlot, Call]]:
        """Meetings that these have booked, the next one first."""
        found = (
            select(Booking, MeetingSlot, Call)
            .join(MeetingSlot, MeetingSlot.id == Booking.slot_id)
            .join(Call, Call.id == Booking.call_id)
            .where(
                Booking.organisation_id.in_(sorted(organisations)), Booking.cancelled_at.is_(None),
                MeetingSlot.ends_at > at,
            )
            .order_by(MeetingSlot.starts_at, MeetingSlot.id)
            .limit(MOST)
        )  # fmt: skip
        return [(booking, slot, call) for booking, slot, call in self.session.execute(found)]

    def free_times(self, calls: Collection[str], at: datetime) -> list[tuple[str, str, str]]:
        """The call, the round and the one who is met, of times that nobody has, each once: with handlers and leaders who work
        there now.
        """
        taken = select(Booking.id).where(Booking.slot_id == MeetingSlot.id, Booking.cancelled_at.is_(None))
        works = select(AuthorityRole.id).where(
            AuthorityRole.user_id == MeetingSlot.with_id, AuthorityRole.authority_id == Call.authority_id,
            AuthorityRole.role.in_(("handler", "leader")), AuthorityRole.since <= at,
            or_(AuthorityRole.until.is_(None), AuthorityRole.until > at),
        )  # fmt: skip
        found = (
            select(MeetingSlot.call_id, MeetingSlot.round_id, MeetingSlot.with_id)
            .join(Call, Call.id == MeetingSlot.call_id)
            .where(
                MeetingSlot.call_id.in_(sorted(calls)), MeetingSlot.removed_at.is_(None), MeetingSlot.starts_at > at,
                ~taken.exists(), works.exists(),
            )
            .distinct()
            .order_by(MeetingSlot.call_id, MeetingSlot.round_id, MeetingSlot.with_id)
        )  # fmt: skip
        return [(call, round, user) for call, round, user in self.session.execute(found)]

    def ties(self, calls: Collection[str]) -> list[Interest]:
        """The ties of people of the authority, in these calls, that keep them away from someone."""
        found = select(Interest).where(Interest.call_id.in_(sorted(calls)), Interest.status != "no-conflict")
        return list(self.session.scalars(found.order_by(Interest.id)))

    def panels(self, calls: Collection[str]) -> dict[tuple[str, str], PitchPanel]:
        """Who hears pitches in these calls, by call and round."""
        found = select(PitchPanel).where(PitchPanel.call_id.in_(sorted(calls)))
        return {(one.call_id, one.round_id): one for one in self.session.scalars(found)}

    def letters_told(self, organisations: Collection[str], at: datetime) -> list[tuple[Case, Letter]]:
        """Decisions that can still be appealed, and have not been, the first to run out first."""
        appealed = select(Appeal.id).where(Appeal.decision_id == Letter.decision_id)
        found = (
            select(Application, Call, Letter)
            .join(Call, Call.id == Application.call_id)
            .join(Letter, Letter.application_id == Application.id)
            .where(
                _of(organisations), Letter.kind == "decision", Letter.appeal_until > at, Letter.html.is_not(None),
                ~appealed.exists(),
            )
            .order_by(Letter.appeal_until, Letter.id)
            .limit(MOST)
        )  # fmt: skip
        return [((one, call), letter) for one, call, letter in self.session.execute(found)]


def _of(organisations: Collection[str]) -> ColumnElement[bool]:
    return Application.organisation_id.in_(sorted(organisations))
