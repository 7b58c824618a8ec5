"""An application as a person reads it: the answers in the order of the form, with files and partners beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.form.answers import shown_answers
from grantengine.form.build import Field
from grantengine.form.progress import shown_fields
from grantengine.services.attach_file import Attached, attached
from grantengine.store.tables.applications import Application, Partner
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.scheme.parts_form import Page
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class PartnerTold:
    """A partner that was asked, as those who asked see it; ``amount`` is in øre, ``answered_as`` the person who answered."""

    id: str
    name: str
    organisation_number: str | None
    email: str | None
    status: str
    task: str | None
    amount: int | None
    invited_at: datetime
    answered_at: datetime | None
    answered_as: str | None


@dataclass(frozen=True, slots=True)
class PaperPage:
    """A page of the form with some of its questions: those that are asked, given the answers, or that may be changed."""

    page: Page
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """An application to be read. ``answers`` are those that count, without hidden ones; ``strand`` is its title."""

    application_id: str
    number: str
    status: str
    call_id: str
    call: Mapping[str, str]
    authority: Mapping[str, str]
    organisation: str
    organisation_number: str | None
    strand: Mapping[str, str] | None
    currency: str
    pages: tuple[PaperPage, ...]
    answers: Mapping[str, Any]
    files: tuple[Attached, ...]
    partners: tuple[PartnerTold, ...]

    def field(self, name: str) -> Field | None:
        """A question that is asked, by its id."""
        return next((field for page in self.pages for field in page.fields if field.id == name), None)


def paper_of(
    reading: Reading, application: Application, status: str, plan: Plan, call: Call, organisation: Organisation,
    answers: Mapping[str, Any], *, files: Iterable[Attached] | None = None, partners: Iterable[Partner] | None = None,
) -> Paper:  # fmt: skip
    """The paper of an application, with these answers; its files and partners are those that are there now, or these."""
    if files is None:
        files = [attached(one) for one in reading.parts.attachments(application.id)]
    if partners is None:
        partners = reading.parts.partners(application.id)
    shown, _ = shown_answers(plan.form, answers)
    authority = reading.authorities.get(call.authority_id)
    return Paper(
        application.id, application.number, status, call.id, call.title, authority.name if authority else {},
        organisation.name, organisation.number, strand_title(plan, application.strand), plan.currency,
        pages=tuple(_pages(plan, answers)), answers=shown,
        files=tuple(files), partners=tuple(partner_told(one) for one in partners),
    )  # fmt: skip


def _pages(plan: Plan, answers: Mapping[str, Any]) -> list[PaperPage]:
    names = shown_fields(plan.form, answers)
    asked = [field for field in plan.form.fields if field.id in names]
    return [PaperPage(page, tuple(one for one in asked if one.page == page.id)) for page in plan.scheme.form]


def strand_title(plan: Plan, strand: str | None) -> Mapping[str, str] | None:
    """What a strand is called; its id where the scheme gives it no title."""
    if strand is None:
        return None
    found = next((one for one in plan.scheme.call.strands if one.id == strand), None)
    return (found.title if found else None) or {"": strand}


def partner_told(one: Partner) -> PartnerTold:
    """A partner as those who asked it see it."""
    return PartnerTold(
        one.id, one.name, one.organisation_number, one.email, one.status, one.task, one.amount, one.invited_at,
        one.answered_at, one.answered_as,
    )  # fmt: skip
