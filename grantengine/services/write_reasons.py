"""A handler writes why: notes, text blocks, conditions, and which changes of an answer the letter may tell of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from grantengine.errors import Message, NotPossibleError
from grantengine.lifecycle import AWAITS_LETTER, HANDLERS, IN_REVIEW, Status
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.case_answers import Answer, Offered, answer_to, explanation_of, offered
from grantengine.services.decision_letter import Written, written_for
from grantengine.services.marks import part_of
from grantengine.services.other_names import named_others
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_assessments import blind_to
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.text_blocks import TextBlockSeen, seen
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Reasons

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading, Work

LONGEST = 4000
LONGEST_LINE = 1000
MOST_CONDITIONS = 20


@dataclass(frozen=True, slots=True)
class AssessorNote:
    """What an assessor has noted of a criterion, delivered; a handler may draw on it."""

    criterion: str
    round_id: str
    assessor: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasonsSeen:
    """What is written for a letter, and what there is to write it from.

    ``ground`` and ``granted`` (hundredths) are what is proposed or ``decided``, None where nothing is. ``fitting`` are the
    text blocks that go with the ground, ``offered`` the changes that can be approved, in the letter's ``language``.
    ``criteria`` are the titles of award criteria by id. ``mark`` is another one once something else is written.
    """

    number: str
    language: str
    decided: bool
    ground: str | None
    granted: int | None
    note: str | None
    notes: Mapping[str, str]
    blocks: tuple[str, ...]
    counterfactuals: tuple[str, ...]
    conditions: tuple[str, ...]
    assessors: tuple[AssessorNote, ...]
    fitting: tuple[TextBlockSeen, ...]
    offered: tuple[Offered, ...]
    criteria: Mapping[str, Mapping[str, str] | Message]
    mark: str


def write_reasons(
    engine: Engine, by: By, application_id: str, *, note: str | None = None, notes: Mapping[str, str] | None = None,
    blocks: Sequence[str] = (), counterfactuals: Sequence[str] = (), conditions: Sequence[str] = (),
    before: str | None = None,
) -> None:  # fmt: skip
    """Write the reasons for the letter of a case, in place of what was written before.

    :param note: the authority's view, in paragraphs that empty lines part.
    :param notes: a few words by award criterion.
    :param blocks: keys of text blocks, in the order they are to stand.
    :param counterfactuals: what would have changed the outcome: ids that :func:`see_reasons` offers.
    :param conditions: what a grant depends on.
    :param before: the mark of what it is written in place of; nothing else is overwritten.
    :raises InputError: every field that does not fit; ``unknown-criterion``, ``text-block-unknown``,
        ``counterfactual-not-offered``, ``names-another-applicant``, with the names.
    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``reasons-closed``: the letter has gone out; ``reasons-changed``: someone else has written.
    """
    checks = Checks()
    words, asked = checks.record(notes, "notes"), checks.listed(conditions, "conditions")
    told = Written(
        checks.text(note, "note", LONGEST),
        {id: text for id, said in words.items() if (text := checks.text(said, f"notes/{id}", LONGEST_LINE))},
        tuple(dict.fromkeys(checks.listed(blocks, "blocks"))),
        tuple(dict.fromkeys(checks.listed(counterfactuals, "counterfactuals"))),
        tuple(text for one in asked if (text := checks.text(one, "conditions", LONGEST_LINE))),
    )  # fmt: skip
    if len(told.conditions) > MOST_CONDITIONS:
        checks.add("too-many-conditions", "conditions", limit=MOST_CONDITIONS)
    checks.done()
    known: set[str] = set()
    if told.counterfactuals:  # all cases of the proposal are evaluated for it
        with engine.store.read() as reading:
            application = application_for(reading, by, application_id, HANDLERS)
            known = {one.id for one in _offered(engine, reading, application)}
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, HANDLERS, lock=True)
        _check_open(work, application)
        if before is not None and _mark(written_for(work, application_id)) not in (before, _mark(told)):
            raise NotPossibleError("reasons-changed")
        plan = plan_of_call(engine, work, work.schemes.call_of(application))
        _check_known(checks, work, application, plan, told, known)
        _check_names(checks, work, application, told)
        checks.done()
        _keep(work, application, told, user_of(work, by).id)
        work.record("reasons-written", application)


def see_reasons(engine: Engine, by: By, application_id: str) -> ReasonsSeen:
    """What is written for the letter of a case, what assessors have noted, and what may be chosen. That it is read is kept.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, HANDLERS)
        reader = reader_of(reading, by, application)
        found = reasons_of(engine, reading, by, application, answer_to(engine, reading, application))
    keep_read(engine, by, reader, "letter")
    return found


def reasons_of(
    engine: Engine, work: Reading, by: By, application: Application, answer: Answer | None
) -> ReasonsSeen:  # fmt: skip
    """What is written and what may be chosen, of a case with this answer."""
    written, call = written_for(work, application.id), work.schemes.call_of(application)
    plan = answer.plan if answer else plan_of_call(engine, work, call)
    ground = str(answer.ground) if answer else None
    blocks = [seen(block) for block in work.letters.blocks(call.authority_id)]
    return ReasonsSeen(
        application.number, work.organisations.of(application).language,
        answer is not None and answer.decision is not None, ground, answer.granted if answer else None,
        written.note, written.notes, written.blocks, written.counterfactuals, written.conditions,
        tuple(_notes(work, by, plan, application)),
        tuple(block for block in blocks if block.fits(ground)), _offered(engine, work, application, answer),
        {one.id: one.title for one in part_of(plan, application).criteria}, _mark(written),
    )  # fmt: skip


def _mark(one: Written) -> str:
    """A short mark of what is written."""
    told = [
        one.note or "",
        sorted(one.notes.items()),
        list(one.blocks),
        list(one.counterfactuals),
        list(one.conditions),
    ]
    return sha256(json.dumps(told).encode()).hexdigest()[:20]


def _offered(
    engine: Engine, work: Reading, application: Application, answer: Answer | None = None
) -> tuple[Offered, ...]:
    """What would have changed the outcome, in the letter's language; nothing where it can not be reckoned any more."""
    answer = answer or answer_to(engine, work, application)
    if answer is None or answer.record is None:
        return ()
    language = work.organisations.of(application).language
    return offered(engine, answer, explanation_of(engine, work, answer), language)


def _notes(work: Reading, by: By, plan: Plan, application: Application) -> list[AssessorNote]:
    """What assessors have noted and delivered, but for those whom a tie keeps away, and in a blind round in which whoever
    asks rates the case too, and has not delivered.
    """
    touched = {application.organisation_id, *([application.host_id] if application.host_id else [])}
    found = work.assessments.sheets(application.id)
    blind = blind_to(work, part_of(plan, application), application.id, by.id or "", found)
    sheets = [
        sheet
        for sheet in found
        if sheet.delivered_at is not None
        and sheet.round_id not in blind
        and not work.impartiality.is_conflicted(application.call_id, sheet.assessor_id, touched)
    ]
    names = work.users.named([sheet.assessor_id for sheet in sheets])
    return [
        AssessorNote(criterion, sheet.round_id, names.get(sheet.assessor_id, ""), str(text))
        for sheet in sheets
        for criterion, text in sheet.notes.items()
        if text
    ]


def _check_open(work: Work, application: Application) -> None:
    """The answer has not gone out, or another is on its way.

    :raises NotPossibleError: ``reasons-closed``.
    """
    if not is_open(work, application):
        raise NotPossibleError("reasons-closed", number=application.number)


def is_open(work: Reading, application: Application) -> bool:
    """Whether reasons can be written: the answer has not gone out, or another is on its way."""
    waits = Status(application.status) in {*IN_REVIEW, *AWAITS_LETTER}
    return waits or work.letters.proposed(application.id) is not None


def _check_known(
    checks: Checks, work: Work, application: Application, plan: Plan, told: Written, known: set[str]
) -> None:
    """Criteria, text blocks and changes that there are."""
    criteria = {one.id for one in part_of(plan, application).criteria}
    call = work.schemes.call_of(application)
    blocks = {block.key for block in work.letters.blocks(call.authority_id)}
    for id in told.notes:
        if id not in criteria:
            checks.add("unknown-criterion", f"notes/{id}", id=id)
    for key in told.blocks:
        if key not in blocks:
            checks.add("text-block-unknown", "blocks", key=key)
    for id in told.counterfactuals:
        if id not in known:
            checks.add("counterfactual-not-offered", "counterfactuals", id=id, number=application.number)


def _check_names(checks: Checks, work: Work, application: Application, told: Written) -> None:
    """No other applicant is named, in what is written nor in the text blocks that are chosen."""
    call = work.schemes.call_of(application)
    chosen = [block for block in work.letters.blocks(call.authority_id) if block.key in told.blocks]
    written = {"note": [told.note or ""], "conditions": list(told.conditions)}
    written |= {f"notes/{id}": [text] for id, text in told.notes.items()}
    written |= {f"blocks/{block.key}": [str(text) for text in block.words.values()] for block in chosen}
    for place, texts in written.items():
        names = named_others(work, application, texts)
        if names:
            checks.add("names-another-applicant", place, names=names)


def _keep(work: Work, application: Application, told: Written, user_id: str) -> None:
    row = work.letters.reasons(application.id)
    if row is None:
        row = Reasons(application_id=application.id, written_by=user_id, written_at=work.by.at)
        work.add(row)
    row.note, row.notes, row.blocks = told.note, dict(told.notes), list(told.blocks)
    row.counterfactuals, row.conditions = list(told.counterfactuals), list(told.conditions)
    row.written_by, row.written_at = user_id, work.by.at
