"""An appeal is received: in time or late, written by the applicant, or written down by a handler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.letters import data
from grantengine.letters.render import appeal_receipt_html
from grantengine.lifecycle import APPLICANTS, DECIDERS, HANDLERS, Who
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.case_answers import plan_of_allocation
from grantengine.services.decision_letter import OSLO, appeal_body, office_of, subject_of
from grantengine.services.letter_post import address_of, contacts_of, keep_letter
from grantengine.services.letter_settings import settings_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.who_is_told import who_is_told
from grantengine.store.tables.decisions import Appeal, Letter

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.applications import Application
    from grantengine.store.unit_of_work import Reading, Work

CHANNELS = ("web", "oral", "paper")
BY_CHANNEL = {"web": frozenset({Who.CONTACT, Who.SIGNATORY}), "oral": HANDLERS, "paper": HANDLERS}
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class AppealReceipt:
    """That an appeal has come. ``until`` was the last day to appeal; ``letter_id`` is the receipt that was sent."""

    appeal_id: str
    number: str
    received_at: datetime
    in_time: bool
    until: date
    letter_id: str


@dataclass(frozen=True, slots=True)
class AppealSeen:
    """An appeal; ``text`` is None once it has been erased."""

    id: str
    decision_id: str
    text: str | None
    channel: str
    in_time: bool
    received_at: datetime


def submit_appeal(
    engine: Engine, by: By, application_id: str, text: str, *, channel: str = "web", received: datetime | None = None
) -> AppealReceipt:
    """Appeal against the last decision that the applicant was told of. It is received in time or late; whether a late one
    is heard, the authority decides. The same text again gives the same receipt.

    :param channel: ``web``: a contact or signatory writes it; ``oral`` or ``paper``: a handler writes it down.
    :param received: when it was told or the paper came (default: now); only where a handler writes it down.
    :raises InputError: ``field-missing``, ``text-length``, ``arrived-later`` than now, ``not-one-of``.
    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``no-decision-letter``: there is nothing to appeal against yet; ``appeal-before-letter``.
    """
    checks = Checks()
    channel = checks.one_of(channel, CHANNELS, "channel")
    told = checks.text(text, "text", LONGEST)
    if told is None:
        checks.add("field-missing", "text")
    received = checks.instant(received, "received")
    if received is not None and received > by.at:
        checks.add("arrived-later", "received")
    checks.done()
    arrived = by.at if received is None or channel == "web" else received
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, BY_CHANNEL[channel], lock=True)
        letter = work.letters.last_decision(application_id)
        if letter is None or letter.decision_id is None or letter.appeal_until is None:
            raise NotPossibleError("no-decision-letter", number=application.number)
        if _day(arrived) < _day(letter.made_at):
            raise NotPossibleError("appeal-before-letter", number=application.number)
        for one in work.letters.appeals(application_id):
            if one.body == told and one.decision_id == letter.decision_id:
                return _receipt(work, application, one, letter)
        appeal = Appeal(
            id=work.new_id(), application_id=application_id, decision_id=letter.decision_id, body=told, channel=channel,
            in_time=arrived < letter.appeal_until, received_at=arrived, received_by=user_of(work, by).id,
        )  # fmt: skip
        work.add(appeal)
        work.record("appeal-received", application, appeal=appeal.id, in_time=appeal.in_time, channel=channel)
        _confirm(engine, work, application, appeal, letter)
        return _receipt(work, application, appeal, letter)


def list_appeals(engine: Engine, by: By, application_id: str) -> tuple[AppealSeen, ...]:
    """The appeals of a case, oldest first, for the applicant's people and for those of the authority who decide.

    That someone of the authority reads them is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS | DECIDERS)
        reader = reader_of(reading, by, application)
        found = tuple(appeal_seen(one) for one in reading.letters.appeals(application_id))
    if found:
        keep_read(engine, by, reader, "appeal")
    return found


def appeal_seen(one: Appeal) -> AppealSeen:
    """An appeal as it stands in a list."""
    return AppealSeen(one.id, one.decision_id, one.body, one.channel, one.in_time, one.received_at)


def _until(letter: Letter) -> date:
    """The last day to appeal."""
    assert letter.appeal_until is not None  # a letter that tells of a decision has it
    return _day(letter.appeal_until - timedelta(seconds=1))


def _day(at: datetime) -> date:
    return at.astimezone(OSLO).date()


def _receipt(work: Reading, application: Application, appeal: Appeal, letter: Letter) -> AppealReceipt:
    sent = work.letters.marked(application.id, f"appeal:{appeal.id}")
    assert sent is not None  # sent when the appeal was received
    return AppealReceipt(
        appeal.id, application.number, appeal.received_at, appeal.in_time, _until(letter), sent.id
    )  # fmt: skip


def _confirm(engine: Engine, work: Work, application: Application, appeal: Appeal, letter: Letter) -> None:
    """Send the receipt to the applicant, and tell the handlers."""
    decision, at = work.decisions.decision(appeal.decision_id), work.by.at
    allocation = work.decisions.allocation(decision.allocation_id) if decision else None
    assert allocation is not None  # held by foreign keys
    call, plan = work.schemes.call_of(application), plan_of_allocation(engine, work, allocation)
    subject = subject_of(work, plan, call, application)
    content = data.AppealReceipt(
        subject, office_of(work, call, application), _day(at), _day(appeal.received_at), _until(letter), appeal.in_time,
        body=appeal_body(work, plan, call, subject.language), settings=settings_of(work, call.authority_id).sections,
    )  # fmt: skip
    html = appeal_receipt_html(content, engine.registry.texts)
    sent = keep_letter(
        work, application, "appeal-receipt", f"appeal:{appeal.id}", subject.language, html,
        decision_id=appeal.decision_id,
    )  # fmt: skip
    for user in contacts_of(work, application.organisation_id, at):
        send(
            engine, work, receiver_of(user), "appeal-receipt", about=application.id, call=call.title,
            number=application.number, url=address_of(engine, sent),
        )  # fmt: skip
    for user in who_is_told(work, call, HANDLERS, [application]):
        send(
            engine, work, receiver_of(user), "appeal-came", about=application.id, name=user.name, call=call.title,
            number=application.number, url=f"{engine.settings.url}/office/cases/{application.id}/letter",
        )  # fmt: skip
    work.session.flush()
