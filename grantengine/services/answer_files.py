"""Files as answers: several may be sent for one question; as long as any is there, one of them is its answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.errors import InputError, NotFoundError, Problem, Where
from grantengine.form.build import Field
from grantengine.lifecycle import APPLICANTS, IN_REVIEW, Status, told_status
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.attach_file import (
    Attached,
    attach_file,
    attachments_for,
    file_question,
    remove_attachment,
)
from grantengine.services.open_fields import open_now, submitted_answers
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.save_draft import write_draft
from grantengine.services.scan_file import REFUSED
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class FilesSeen:
    """The files of one question. ``open``: whether files can come and go now; ``kept`` are those that stay, as they have been
    handed in.
    """

    paper: Paper
    field: Field
    files: tuple[Attached, ...]
    open: bool
    kept: frozenset[str]


@dataclass(frozen=True, slots=True)
class FilesTaken:
    """What was kept of several files, and why the others were not."""

    taken: tuple[Attached, ...]
    problems: tuple[Problem, ...]


def see_files(engine: Engine, by: By, application_id: str, question: str) -> FilesSeen:
    """The files of a question, for those who act for the applicant.

    :raises NotFoundError: ``application-not-found``, or ``question-takes-no-file``.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call, draft = reading.schemes.call_of(one), reading.applications.draft(application_id)
        plan = plan_of_call(engine, reading, call)
        field = _field(plan, question)
        paper = paper_of(
            reading, one, str(told_status(one.status)), plan, call, reading.organisations.of(one),
            draft.answers if draft else {},
        )  # fmt: skip
        files = tuple(file for file in attachments_for(reading, one, outside=False) if file.question == question)
        before = submitted_answers(reading, one).get(question)
        return FilesSeen(paper, field, files, _is_open(reading, plan, one, field), frozenset({str(before)} - {"None"}))


def _field(plan: Plan, question: str) -> Field:
    try:
        return file_question(plan, question)
    except InputError as error:
        raise NotFoundError("question-takes-no-file", question=question[:40]) from error


def _is_open(reading: Reading, plan: Plan, one: Application, field: Field) -> bool:
    if one.status == Status.DRAFT:
        return True
    lacks = field.needed == "to_decide" and field.id not in submitted_answers(reading, one)
    return (lacks and one.status in IN_REVIEW) or field.id in open_now(reading, plan, one)


def attach_files(
    engine: Engine, by: By, *, application_id: str, question: str, files: Collection[tuple[str, bytes]]
) -> FilesTaken:
    """Put several files beside a draft; those that can be kept are, and the others are told of, each with its name.

    :raises InputError: ``files-none``: there is no file.
    :raises NotFoundError: ``application-not-found``.
    :raises NotPossibleError: ``status-forbids``.
    """
    if not files:
        raise InputError([Problem("files-none", Where(pointer="/file"))])
    taken: list[Attached] = []
    problems: list[Problem] = []
    for name, content in files:
        try:
            taken.append(
                attach_file(
                    engine, by, application_id=application_id, question=question, file_name=name, content=content
                )
            )
        except InputError as error:
            problems += [replace(problem, where=Where(pointer="/file")) for problem in error.problems]
    if taken:
        _answer(engine, by, application_id, question)
    return FilesTaken(tuple(taken), tuple(problems))


def remove_file(
    engine: Engine, by: By, attachment_id: str, *, application_id: str | None = None, question: str | None = None
) -> str:
    """Take a file off a draft; another of the same question, if there is one, is then the answer. Returns the question.

    :param application_id: of this application, and with ``question`` of that question; one of another is not found.
    :raises NotFoundError: ``attachment-not-found``.
    :raises NotPossibleError: ``status-forbids``.
    """
    with engine.store.read() as reading:
        row = reading.parts.attachment(attachment_id)
    if row is None or application_id not in (None, row.application_id) or question not in (None, row.question):
        raise NotFoundError("attachment-not-found")
    remove_attachment(engine, by, attachment_id)
    _answer(engine, by, row.application_id, row.question)
    return row.question


def _answer(engine: Engine, by: By, application_id: str, question: str) -> None:
    """Let the answer be one of the files that are there, or nothing; what has been handed in is completed by itself."""
    with engine.store.work(by) as work:
        one = application_for(work, by, application_id, APPLICANTS, lock=True)
        draft = work.applications.draft(application_id)
        if draft is None or one.status not in (Status.DRAFT, Status.CHANGES_ASKED):
            return
        plan = plan_of_call(engine, work, work.schemes.call_of(one))
        if one.status == Status.CHANGES_ASKED and question not in open_now(work, plan, one):
            return
        there = [file for file in work.parts.attachments(application_id) if file.question == question]
        sound = [file.id for file in there if file.scan != REFUSED]
        answer = draft.answers.get(question)
        if answer in sound or (answer is None and not sound):
            return
        rest = {name: value for name, value in draft.answers.items() if name != question}
        write_draft(work, one, draft, user_of(work, by).id, {**rest, **({question: sound[0]} if sound else {})})
