"""Partners of a joint application: asked by a link that needs no account, answered by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import InputError, MoneyError, NotFoundError, NotPossibleError, Problem, Where
from grantengine.lifecycle import APPLICANTS, IN_REVIEW, Status
from grantengine.money import parse_ore
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.deadlines import check_in_time
from grantengine.services.links import check_fresh, find_link, make_link
from grantengine.services.messages import Receiver, receiver_of, send
from grantengine.services.open_fields import open_now
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.refresh_facts import ask_for_refresh
from grantengine.services.throttle import count_asked
from grantengine.store.tables.applications import Application, Partner
from grantengine.store.tables.people import OneTimeLink

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

ANSWERS = ("confirmed", "declined")
LONGEST_TASK = 1000
TAKES_PARTNERS = (Status.DRAFT, *IN_REVIEW)
"""Where partners may still answer."""


@dataclass(frozen=True, slots=True)
class PartnersPart:
    """What a partner sees by its link: who asks, for what, what it is asked to do, and what it has answered as whom.

    ``why_not`` is there where it can not answer: ``link-used`` (it has answered, or there is a newer link), ``link-expired``
    or ``partner-not-needed``: the application has ended, or goes on without it.
    """

    application_number: str
    call: dict[str, Any]
    applicant: str
    partner: str
    status: str
    task: str | None
    amount: int | None
    closes: datetime | None
    can_answer: bool
    answered_as: str | None = None
    why_not: str | None = None


def invite_partner(
    engine: Engine, by: By, *, application_id: str, name: str, email: str, organisation_number: str | None = None,
    task: str | None = None, language: str = "nb",
) -> str:  # fmt: skip
    """Ask a partner to take part, with the task that the applicant has in mind; returns the partner's id.

    While the authority has asked for changes, only where it has asked for changes of the partners.

    :raises InputError: every field that does not fit; ``partner-invited-already``: another one, or for something
        else, by the same address. The same again is the same partner, and is asked once.
    :raises NotPossibleError: ``status-forbids``, or ``asked-enough``: of one person, or at one address, for today.
    """
    checks = Checks()
    name, email = checks.name(name), checks.email(email)
    number, language = checks.number(organisation_number, "organisation_number"), checks.language(language)
    task = checks.text(task, "task", LONGEST_TASK)
    checks.done()
    with engine.store.read() as reading:
        application_for(reading, by, application_id, APPLICANTS)
        if known := _asked_already(reading, application_id, email, (name, number, task)):
            return known  # the answer to the first try was lost on its way
    count_asked(engine, by.at, by.id, email)
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, APPLICANTS, lock=True)
        open_until = partners_until(engine, work, application)
        if application.status not in (Status.DRAFT, Status.SUBMITTED) and open_until is None:
            raise status_forbids("invite", application)
        if known := _asked_already(work, application_id, email, (name, number, task)):
            return known
        partner = Partner(
            id=work.new_id(), application_id=application_id, name=name, organisation_number=number, email=email,
            language=language, task=task, invited_by=user_of(work, by).id, invited_at=by.at,
        )  # fmt: skip
        work.add(partner)
        work.record("partner-invited", application, partner=partner.id)
        _send_link(engine, work, application, partner)
        return partner.id


def remind_partner(engine: Engine, by: By, partner_id: str, *, application_id: str | None = None) -> None:
    """Send a partner that has not answered a new link; the earlier one can no longer be used.

    :param application_id: of this application; one of another is not found.

    :raises NotFoundError: ``partner-not-found``.
    :raises NotPossibleError: ``partner-has-answered``; ``status-forbids``: the application has ended; ``asked-enough``.
    """
    with engine.store.read() as reading:
        _, partner = _partner_for(reading, by, partner_id, application_id, lock=False)
        address = partner.email
    if address:
        count_asked(engine, by.at, by.id, address)
    with engine.store.work(by) as work:
        application, partner = _partner_for(work, by, partner_id, application_id)
        if application.status not in TAKES_PARTNERS:
            raise status_forbids("invite", application)
        if partner.status != "invited":
            raise NotPossibleError("partner-has-answered")
        work.record("partner-reminded", application, partner=partner.id)
        _send_link(engine, work, application, partner)


def remove_partner(engine: Engine, by: By, partner_id: str, *, application_id: str | None = None) -> None:
    """Take a partner off a draft, or off partners that the authority has asked to be changed; its link can no longer be used.

    :param application_id: of this application; one of another is not found.

    :raises NotFoundError: ``partner-not-found``.
    :raises NotPossibleError: ``status-forbids``.
    """
    with engine.store.work(by) as work:
        application, partner = _partner_for(work, by, partner_id, application_id)
        if application.status != Status.DRAFT and partners_until(engine, work, application) is None:
            raise status_forbids("invite", application)
        partner.removed_at = by.at
        for link in work.users.open_links("partner", partner.id):
            link.used_at = by.at
        work.record("partner-removed", application, partner=partner.id)


def see_as_partner(engine: Engine, by: By, secret: str) -> PartnersPart:
    """What the holder of the link may see; also after it has answered.

    :raises NotFoundError: ``link-unknown``.
    """
    with engine.store.read() as reading:
        link = find_link(reading, "partner", secret)
        partner, application = _of_link(reading, link)
        call = reading.schemes.call_of(application)
        organisation = reading.organisations.of(application)
        closes = partners_until(engine, reading, application) or call.closes_at
    gone = application.status not in TAKES_PARTNERS or partner.removed_at is not None
    why_not = "link-used" if link.used_at else "link-expired" if link.expires_at <= by.at else None
    why_not = "partner-not-needed" if gone else why_not
    return PartnersPart(
        application.number, call.title, organisation.name, partner.name, partner.status, partner.task, partner.amount,
        closes, why_not is None, partner.answered_as, why_not,
    )  # fmt: skip


def answer_as_partner(
    engine: Engine, by: By, secret: str, answer: str, *, person: str, task: str | None = None, amount: str | None = None
) -> None:
    """A partner confirms or declines (``confirmed``, ``declined``), once, in its own words.

    :param person: the name of who answers for it.
    :param amount: what it contributes itself, such as ``12 000``; a sum in kroner.
    :raises InputError: every field that does not fit.
    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used``, ``link-expired``, ``status-forbids``, or ``deadline-passed`` for a confirmation.
    """
    checks = Checks()
    answer, person = checks.one_of(answer, ANSWERS, "answer"), checks.name(person, "person")
    task = checks.text(task, "task", LONGEST_TASK)
    checks.done()
    sum = _sum(amount)
    with engine.store.work(by) as work:
        link = find_link(work, "partner", secret, lock=True)
        check_fresh(link, by.at)
        work.by = By("link", link.id, by.at)
        partner, application = _of_link(work, link, lock=True)
        if application.status not in TAKES_PARTNERS or partner.removed_at is not None:
            raise status_forbids("confirm", application)
        if answer == "confirmed":
            _check_in_time(engine, work, application)
        link.used_at = by.at
        partner.status, partner.answered_as, partner.answered_at = answer, person, by.at
        partner.task, partner.amount = task if task is not None else partner.task, sum
        work.record(f"partner-{answer}", application, partner=partner.id)
        if application.status == Status.SUBMITTED:
            ask_for_refresh(engine, work, application)
        inviter = work.users.get(partner.invited_by)
        if inviter is not None:
            send(
                engine, work, receiver_of(inviter), f"partner-{answer}", about=application.id, name=inviter.name,
                partner=partner.name, number=application.number,
            )  # fmt: skip


def partners_until(engine: Engine, work: Reading, application: Application) -> datetime | None:
    """The first instant that is too late for partners, where the authority has asked for changes of them."""
    request = work.dialogue.open_request(application.id) if application.status == Status.CHANGES_ASKED else None
    if request is None:
        return None
    plan = plan_of_call(engine, work, work.schemes.call_of(application))
    kinds = {plan.form.by_id[name].question.kind for name in open_now(work, plan, application)}
    return request.due_at if "partners" in kinds else None


def _check_in_time(engine: Engine, work: Work, application: Application) -> None:
    """Whether a partner that confirms now counts: before the call closes, or while partners may be changed.

    :raises NotPossibleError: ``call-not-open-yet`` or ``deadline-passed``.
    """
    until = partners_until(engine, work, application)
    if until is None or work.by.at >= until:
        call = work.schemes.call_of(application)
        check_in_time(work, call, application.organisation_id, max(work.by.at, call.opens_at or work.by.at))


def _sum(amount: object) -> int | None:
    text = "" if amount is None else str(amount)
    if not text.strip():
        return None
    try:
        return parse_ore(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except MoneyError as error:
        raise InputError([Problem(error.code, Where(pointer="/amount"), error.params)]) from error


def _asked_already(reading: Reading, application_id: str, email: str, said: tuple[str | None, ...]) -> str | None:
    """The partner who has been asked for just this at the address; None where nobody has been asked at it."""
    known = next((one for one in reading.parts.partners(application_id) if one.email == email), None)
    if known is not None and (known.name, known.organisation_number, known.task) != said:
        raise InputError([Problem("partner-invited-already", Where(pointer="/email"), {"email": email})])
    return known.id if known else None


def _send_link(engine: Engine, work: Work, application: Application, partner: Partner) -> None:
    call = work.schemes.call_of(application)
    organisation = work.organisations.of(application)
    address = make_link(engine, work, "partner", application, partner.id, partner.email)
    to = Receiver(partner.email, partner.language) if partner.email else None
    send(
        engine, work, to, "partner", about=partner.id, partner=partner.name, organisation=organisation.name,
        call=call.title, url=address,
    )  # fmt: skip


def _partner_for(
    work: Reading, by: By, partner_id: str, of: str | None, *, lock: bool = True
) -> tuple[Application, Partner]:
    application_id = work.parts.application_of(Partner, partner_id)
    if application_id is None or of not in (None, application_id):
        raise NotFoundError("partner-not-found")
    application = application_for(work, by, application_id, APPLICANTS, lock=lock)
    partner = work.parts.partner(partner_id)  # as it is now that nobody else changes it
    if partner is None or partner.removed_at is not None:
        raise NotFoundError("partner-not-found")
    return application, partner


def _of_link(work: Reading, link: OneTimeLink, *, lock: bool = False) -> tuple[Partner, Application]:
    application = work.applications.get(link.chain_id, lock=lock)
    partner = work.parts.partner(link.subject_id, lock=lock)
    if partner is None or application is None:
        raise NotFoundError("link-unknown")
    return partner, application
