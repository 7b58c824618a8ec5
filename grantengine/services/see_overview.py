"""One's own application at a glance: where it stands, how far it has come, who is part of it, and what can be done now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.errors import Message
from grantengine.form.answers import check_answers, check_draft
from grantengine.form.build import Field
from grantengine.form.progress import PageProgress, progress, shown_fields
from grantengine.lifecycle import APPLICANTS, IN_REVIEW, LIFECYCLE, Status, told_status
from grantengine.records import By
from grantengine.scheme.opening import Opening
from grantengine.services.access import application_for
from grantengine.services.attach_file import Attached, attachments_for
from grantengine.services.deadlines import opening_for
from grantengine.services.invite_partner import TAKES_PARTNERS
from grantengine.services.open_fields import open_now
from grantengine.services.paper import PartnerTold, partner_told, strand_title
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_application import RequestSeen, request_seen
from grantengine.services.see_after import AfterSeen, after_of
from grantengine.store.tables.applications import Application, Draft
from grantengine.store.tables.dialogue import ChangeRequest
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.scheme.parts_form import Page
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """Someone who may work on it, in these roles; ``signs``: who may hand it in."""

    user_id: str
    name: str
    roles: tuple[str, ...]
    signs: bool


@dataclass(frozen=True, slots=True)
class SectionSeen:
    """A page of the form and how far it has come."""

    page: Page
    progress: PageProgress


@dataclass(frozen=True, slots=True)
class OverviewSeen:
    """An application as those who act for the applicant see it.

    ``can`` are the verbs that this person could do now: ``write``, ``submit``, ``withdraw``, ``complete``, ``confirm``,
    ``answer-changes``, ``attach``; of partners ``invite``, ``remind``, ``take-off``. ``sections`` and ``saved_at`` are there
    while it is being written, ``to_complete`` (the questions) while answers are needed before a decision. ``takes_files`` and
    ``takes_partners``: whether the form asks for these. ``decided_by`` is when a decision can be expected, as the call says.
    ``after`` is what happens once it has been handed in, where that was asked for.
    """

    id: str
    number: str
    status: str
    status_words: Message
    status_help: Message
    channel: str
    call_id: str
    call: Mapping[str, str]
    authority: Mapping[str, str]
    organisation_id: str
    organisation: str
    strand: Mapping[str, str] | None
    opening: Opening
    decided_by: date | None
    begun_at: datetime
    saved_at: datetime | None
    saved_by: str
    submitted_at: datetime | None
    erased_at: datetime | None
    sections: tuple[SectionSeen, ...]
    to_complete: tuple[Field, ...]
    questions: Mapping[str, Field]
    files: tuple[Attached, ...]
    takes_files: bool
    partners: tuple[PartnerTold, ...]
    takes_partners: bool
    people: tuple[PersonSeen, ...]
    request: RequestSeen | None
    can: frozenset[str]
    after: AfterSeen | None


def see_overview(engine: Engine, by: By, application_id: str, *, after: bool = False) -> OverviewSeen:
    """One's own application, for those who act for the applicant; with ``after``, also what happens once it is handed in.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``: for someone of the authority.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
        plan, requests = plan_of_call(engine, reading, call), reading.dialogue.requests(one.id)
        ahead = after_of(reading, by, one, call, plan, requests) if after and one.submitted_at else None
        return _seen(reading, by, one, call, plan, requests, organisation.name, ahead)


def _seen(
    reading: Reading, by: By, one: Application, call: Call, plan: Plan, requests: Sequence[ChangeRequest],
    organisation: str, after: AfterSeen | None,
) -> OverviewSeen:  # fmt: skip
    status, authority = told_status(one.status), reading.authorities.get(call.authority_id)
    draft = reading.applications.draft(one.id) if status == Status.DRAFT else None
    request = next((each for each in requests if each.status == "open"), None)
    opening, to_complete = opening_for(reading, call, one.organisation_id), _to_complete(reading, one, plan)
    people = people_seen(reading, by, one.organisation_id)
    roles = next((person.roles for person in people if person.user_id == by.id), ())
    kinds = {field.question.kind for field in plan.form.fields}
    reopened = {plan.form.by_id[name].question.kind for name in open_now(reading, plan, one)}
    return OverviewSeen(
        id=one.id, number=one.number, status=str(status), status_words=Message(f"status.{status}"),
        status_help=Message(f"status.{status}.help"), channel=one.channel, call_id=call.id, call=call.title,
        authority=authority.name if authority else {}, organisation_id=one.organisation_id, organisation=organisation,
        strand=strand_title(plan, one.strand), opening=opening, decided_by=plan.scheme.call.decided_by,
        begun_at=one.begun_at, saved_at=draft.saved_at if draft else None,
        saved_by=reading.users.named([draft.author_id]).get(draft.author_id, "") if draft else "",
        submitted_at=one.submitted_at, erased_at=one.erased_at,
        sections=_sections(plan, draft) if draft else (), to_complete=to_complete,
        questions=plan.form.by_id, files=tuple(attachments_for(reading, one, outside=False)),
        takes_files="attachment" in kinds, partners=tuple(partner_told(each) for each in reading.parts.partners(one.id)),
        takes_partners="partners" in kinds, people=people, request=request_seen(request) if request else None,
        can=_can(status, roles, opening, by, completes=bool(to_complete), kinds=kinds, reopened=reopened),
        after=after,
    )  # fmt: skip


def _sections(plan: Plan, draft: Draft) -> tuple[SectionSeen, ...]:
    found = progress(
        plan.form, draft.answers, shown_fields(plan.form, draft.answers), check_draft(plan.form, draft.answers)
    )
    return tuple(SectionSeen(page, found[page.id]) for page in plan.scheme.form if page.id in found)


def _to_complete(reading: Reading, one: Application, plan: Plan) -> tuple[Field, ...]:
    """The questions that must be answered before a decision, of what has been handed in."""
    if one.status not in IN_REVIEW:
        return ()
    revision = reading.applications.revision_by_id(one.revision_id or "")
    answers = revision.answers if revision else None
    lacking = check_answers(plan.form, answers, audience="cases").missing_to_decide if answers else ()
    return tuple(plan.form.by_id[name] for name in lacking)


def people_seen(reading: Reading, by: By, organisation_id: str) -> tuple[PersonSeen, ...]:
    """Who may work on what an organisation writes."""
    found: dict[str, PersonSeen] = {}
    for role, user in reading.organisations.people(organisation_id, by.at):
        known = found.get(user.id)
        roles = (*(known.roles if known else ()), role.role)
        found[user.id] = PersonSeen(user.id, user.name, roles, bool(SIGNS & set(roles)))
    return tuple(found.values())


SIGNS = LIFECYCLE.find("submit").who


def _can(
    status: Status, roles: Collection[str], opening: Opening, by: By, *, completes: bool, kinds: Collection[str],
    reopened: Collection[str],
) -> frozenset[str]:  # fmt: skip
    """What a person with these roles could do now, as far as the status that is told, and the time, say.

    :param kinds: the kinds of questions that the form has, and of those (``reopened``) that the authority asked to be changed.
    """
    signs, writes = bool(SIGNS & set(roles)), bool(APPLICANTS & set(roles))
    in_time = not opening.is_late(by.at)
    possible = {
        "write": writes and status == Status.DRAFT and in_time,
        "submit": signs and status == Status.DRAFT and in_time and not opening.is_early(by.at),
        "attach": writes and status == Status.DRAFT and in_time,
        "invite": writes
        and (
            "partners" in reopened or ("partners" in kinds and in_time and status in (Status.DRAFT, Status.SUBMITTED))
        ),
        "remind": writes and status in TAKES_PARTNERS,
        "take-off": writes and (status == Status.DRAFT or "partners" in reopened),
        "withdraw": signs and status in LIFECYCLE.find("withdraw").sources,
        "confirm": signs and status == Status.UNCONFIRMED,
        "complete": signs and status in IN_REVIEW and completes,
        "answer-changes": writes and status == Status.CHANGES_ASKED,
    }
    return frozenset(verb for verb, is_possible in possible.items() if is_possible)
