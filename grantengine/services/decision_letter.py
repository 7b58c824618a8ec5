"""The letter that answers an application, put together from the decision, its rules, and what handlers have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from grantengine.letters.data import AppealRight, DecisionLetter, Kind, Office, Subject
from grantengine.letters.explained import criterion_lines, rule_lines
from grantengine.money import IN_KIND, parse_ore
from grantengine.outcome import MONEY
from grantengine.records import Ground
from grantengine.services.case_answers import Answer, offered
from grantengine.services.letter_settings import settings_of
from grantengine.services.marks import part_of
from grantengine.services.other_names import named_others
from grantengine.services.text_blocks import seen
from grantengine.store.tables.applications import Application
from grantengine.store.tables.schemes import Call
from grantengine.texts.catalogue import in_language
from grantengine.workdays import last_day

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.explain import Explanation
    from grantengine.store.unit_of_work import Reading

OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Written:
    """What a handler has written for a letter, as :func:`grantengine.services.write_reasons.write_reasons` takes it."""

    note: str | None = None
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    blocks: tuple[str, ...] = ()
    counterfactuals: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def decision_letter(
    engine: Engine, work: Reading, answer: Answer, explanation: Explanation, told_at: datetime
) -> DecisionLetter:
    """The letter as it would go out at ``told_at``, in the applicant's own language.

    What handlers approved and what does no longer hold is left out: a change that would not help any more, a text block
    that does not go with the ground or is used no more; a reason that names another applicant.
    """
    application, texts, plan = answer.application, engine.registry.texts, answer.plan
    call = work.schemes.call_of(application)
    subject, reasons = subject_of(work, plan, call, application), written_for(work, application.id)
    language, notified = subject.language, told_at.astimezone(OSLO).date()
    approved = tuple(
        one.change for one in offered(engine, answer, explanation, language) if one.id in reasons.counterfactuals
    )
    settings = settings_of(work, call.authority_id)
    not_eligible, judged = answer.ground is Ground.NOT_ELIGIBLE, explanation.eligible and explanation.total is not None
    part = part_of(plan, application)
    return DecisionLetter(
        subject=subject, office=office_of(work, call, application), kind=_kind(answer), ground=answer.ground,
        decided_on=_decided_on(answer, notified),
        minimum=part.allocation.method.minimum_points(part.allocation.options),
        appeal=appeal_right(work, plan, call, language, notified), settings=settings.sections, notified_on=notified,
        award=answer.lines, currency=plan.currency, requested=requested_of(answer.plan, answer.record),
        reason=_reason(work, answer),
        criteria=criterion_lines(explanation, texts, language, reasons.notes) if judged else (),
        total=explanation.total if judged else None,
        rules=rule_lines(explanation, plan, texts, language, approved) if not_eligible else (),
        blocks=_blocks(work, call, answer, reasons, language), note=reasons.note or "",
        counterfactuals=() if not_eligible else approved,
        conditions=reasons.conditions if answer.granted else (), reserve=answer.reserve,
        instead_of=_instead_of(work, answer), resolved_by=_resolved_by(answer),
    )  # fmt: skip


def subject_of(work: Reading, plan: Plan, call: Call, application: Application) -> Subject:
    """What a letter is about, and in which language: the form of Norwegian that the organisation uses."""
    organisation = work.organisations.of(application)
    return Subject(
        organisation.name, application.number, dict(plan.scheme.title), dict(call.title), organisation.language
    )


def office_of(work: Reading, call: Call, application: Application | None = None) -> Office:
    """Who writes, with whoever handles the case where it is given to someone."""
    authority = work.authorities.get(call.authority_id)
    assert authority is not None  # held by a foreign key
    settings, handler = settings_of(work, call.authority_id), None
    given = work.assessments.assignments(application.id) if application else []
    handlers = [one.user_id for one in given if one.role == "handler"]
    if handlers:
        handler = work.users.named(handlers[:1]).get(handlers[0])
    return Office(dict(authority.name), handler or None, settings.email or authority.email, settings.phone)


def appeal_right(work: Reading, plan: Plan, call: Call, language: str, notified: date) -> AppealRight:
    """Until when one may appeal, and who decides."""
    days = plan.scheme.appeal.days
    return AppealRight(days, last_day(notified, days), appeal_body(work, plan, call, language))


def appeal_body(work: Reading, plan: Plan, call: Call, language: str) -> str | None:
    """Who decides appeals: an authority that the scheme names, or the body that the authority's own settings do."""
    body = plan.scheme.appeal.body
    if body != "by_authority":
        authority = work.authorities.by_key(body)
        return in_language(authority.name, language) if authority else None
    return in_language(settings_of(work, call.authority_id).appeal_body, language) or None


def written_for(work: Reading, application_id: str) -> Written:
    """What has been written for the answer that is to come; what was written for one that has gone out is not."""
    row, last = work.letters.reasons(application_id), work.letters.last_decision(application_id)
    if row is None or (last is not None and row.written_at <= last.made_at):
        return Written()
    return Written(row.note, dict(row.notes), tuple(row.blocks), tuple(row.counterfactuals), tuple(row.conditions))


def requested_of(plan: Plan, record: Mapping[str, Any] | None) -> int | None:
    """What a case asks for in money, in hundredths; None where nothing of the kind is asked, and where it is asked for each of
    several years: a sum that can not stand beside what is given in all.
    """
    requested = ((record or {}).get("answers") or {}).get("requested")
    asked = plan.form.by_id.get("requested")
    if len(plan.parts[0].years) > 1 or plan.currency in IN_KIND:
        return None
    if requested is None or asked is None or asked.type.name != MONEY:
        return None
    return parse_ore(str(requested))


def _kind(answer: Answer) -> Kind:
    if not answer.granted:
        return "refused"
    requested = requested_of(answer.plan, answer.record)
    by_hand = answer.ground is Ground.SET_BY_HAND and requested is not None and answer.granted < requested
    return "granted_in_part" if answer.ground is Ground.FUNDED_IN_PART or by_hand else "granted"


def _decided_on(answer: Answer, today: date) -> date:
    """The day of the committee's meeting, else of the decision; what is proposed would be decided today."""
    resolution = answer.allocation.resolution
    if answer.decision is None:
        return today
    if resolution:
        return date.fromisoformat(resolution["date"])
    return answer.decision.decided_at.astimezone(OSLO).date()


def _instead_of(work: Reading, answer: Answer) -> date | None:
    """The day of the letter that refused what is now moved up from the reserve."""
    last = work.letters.last_decision(answer.application.id) if answer.allocation.kind == "reserve" else None
    return last.made_at.astimezone(OSLO).date() if last else None


def _resolved_by(answer: Answer) -> str:
    """The committee that decided, and where it stands in its minutes."""
    resolution = answer.allocation.resolution
    return f"{resolution['committee']}, {resolution['reference']}" if resolution and answer.decision else ""


def _reason(work: Reading, answer: Answer) -> str:
    """A handler's reason for an amount set by hand, which was written for colleagues: it is told where it names nobody."""
    reason = answer.hand_reason if answer.ground is Ground.SET_BY_HAND else None
    return "" if not reason or named_others(work, answer.application, [reason]) else reason


def _blocks(work: Reading, call: Call, answer: Answer, reasons: Written, language: str) -> tuple[str, ...]:
    """The words of the chosen text blocks, in the order they were chosen."""
    known = {block.key: seen(block) for block in work.letters.blocks(call.authority_id)}
    chosen = [known[key] for key in reasons.blocks if key in known]
    return tuple(in_language(block.words, language) for block in chosen if block.fits(str(answer.ground)))
