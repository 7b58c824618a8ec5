"""Files with an application: put beside a draft, read, taken off."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem, Where
from grantengine.lifecycle import APPLICANTS, IN_REVIEW, READERS, Status
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.open_fields import open_now, submitted_answers
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.revisions import HANDED_IN
from grantengine.services.scan_file import REFUSED, UNSCANNED, is_held, queue_scan, verdict_of
from grantengine.store.tables.applications import Application, Attachment, AttachmentContent

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.form.build import Field
    from grantengine.store.unit_of_work import Reading, Work

MOST_BYTES = 25_000_000
MOST_FILES = 40

TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK\x03\x04",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK\x03\x04",)),
    "txt": ("text/plain", ()),
    "csv": ("text/csv", ()),
    "heic": ("image/heic", ()),
}
"""File name extension to media type and how such a file begins. HEIC (photos from some telephones) is told below."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as lists show it."""

    id: str
    question: str
    file_name: str
    media_type: str
    size: int
    scan: str
    at: datetime


def attach_file(
    engine: Engine, by: By, *, application_id: str, question: str, file_name: str, content: bytes
) -> Attached:
    """Put a file beside a draft, as the answer to a question of kind ``attachment``; its id is the answer.

    What is needed to decide only may come after the submission, before it is completed with the answer; and what the
    authority has asked to be changed, as long as it waits for it.

    The same file for the same question again is the same attachment.

    It is scanned before it is kept, where a plugin does that; later by the worker where the scanner gives no answer.

    :raises InputError: ``file-empty``, ``attachment-too-large``, ``file-type``, ``file-not-as-named``, ``file-infected``,
        ``files-too-many`` or ``question-takes-no-file``.
    :raises NotPossibleError: ``status-forbids``.
    """
    file = checked_file(file_name, content)
    with engine.store.read() as reading:
        application_for(reading, by, application_id, APPLICANTS)  # a scanner works for those only who may attach
    file = scanned_file(engine, file)
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, APPLICANTS, lock=True)
        plan = plan_of_call(engine, work, work.schemes.call_of(application))
        if not _takes(work, plan, application, file_question(plan, question)):
            raise status_forbids("attach", application)
        known = work.parts.attachments(application_id)
        same = next((one for one in known if (one.question, one.content_digest) == (question, file.digest)), None)
        if same is not None:
            return attached(same)
        if len(known) >= MOST_FILES:
            raise _problem("files-too-many", limit=MOST_FILES)
        row = keep_file(engine, work, application_id, question, file)
        work.record("file-attached", application, attachment=row.id)
        return attached(row)


def _takes(work: Work, plan: Plan, application: Application, field: Field) -> bool:
    """Whether a file may come to this question now."""
    if application.status == Status.DRAFT:
        return True
    if field.needed == "to_decide" and application.status in IN_REVIEW:
        return True
    return field.id in open_now(work, plan, application)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that can be kept: of a kind that we take, and what its name says."""

    name: str
    media_type: str
    content: bytes
    scan: str = UNSCANNED

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


def checked_file(file_name: str, content: bytes) -> CheckedFile:
    """A file as it came.

    :raises InputError: ``field-form``, ``file-empty``, ``attachment-too-large``, ``file-type`` or ``file-not-as-named``.
    """
    for field, value, kind in (("file_name", file_name, str), ("content", content, bytes)):
        if not isinstance(value, kind):
            raise _problem("field-form", field=field)
    name = _clean_name(file_name)
    return CheckedFile(name, _checked_type(name, content), content)


def scanned_file(engine: Engine, file: CheckedFile) -> CheckedFile:
    """The file with what scanners say of it.

    :raises InputError: ``file-infected``.
    """
    verdict = verdict_of(engine, file.name, file.media_type, file.content)
    if verdict == REFUSED:
        raise _problem("file-infected", name=file.name)
    return replace(file, scan=verdict)


def file_question(plan: Plan, question: str) -> Field:
    """The question that takes a file.

    :raises InputError: ``question-takes-no-file``.
    """
    field = plan.form.by_id.get(question) if isinstance(question, str) else None
    if field is None or field.question.kind != "attachment":
        raise _problem("question-takes-no-file", question=str(question)[:40])
    return field


def keep_file(engine: Engine, work: Work, application_id: str, question: str, file: CheckedFile) -> Attachment:
    """Keep a file beside an application; the event that tells is the caller's. It is scanned later where that is due."""
    row = Attachment(
        id=work.new_id(), application_id=application_id, question=question, file_name=file.name,
        media_type=file.media_type, size=len(file.content), content_digest=file.digest,
        scan=file.scan, added_by=user_of(work, work.by).id, added_at=work.by.at,
    )  # fmt: skip
    work.add(row, AttachmentContent(attachment_id=row.id, content=file.content))
    queue_scan(engine, work, row)
    return row


def list_attachments(engine: Engine, by: By, application_id: str) -> list[Attached]:
    """The files of an application, in the order they came.

    :raises NotFoundError: ``application-not-found``.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, APPLICANTS | READERS)
        reader = reader_of(reading, by, application)
        return attachments_for(reading, application, outside=reader is not None and reader.outside)


def attachments_for(reading: Reading, application: Application, *, outside: bool) -> list[Attached]:
    """The files as one may see them: ``outside``, those that were there when it was submitted, and those handed in since."""
    found = reading.parts.attachments(application.id)
    if outside:
        later = [one for one in found if _since(application, one)]
        named = _handed_in(reading, application) if later else frozenset()
        found = [one for one in found if one not in later or one.id in named]
    return [attached(one) for one in found]


def _since(application: Application, file: Attachment) -> bool:
    """Whether the file came after the submission; what was told is submitted with what is written down of it."""
    return file.added_at > max(application.begun_at, application.submitted_at or application.begun_at)


def _handed_in(reading: Reading, application: Application) -> frozenset[str]:
    """What answers are, in everything that has been handed in."""
    kept = reading.applications.revisions(application.id, limit=MOST_FILES * 10, causes=HANDED_IN)
    return frozenset(value for one in kept for value in (one.answers or {}).values() if isinstance(value, str))


def read_attachment(engine: Engine, by: By, attachment_id: str) -> tuple[Attached, bytes]:
    """A file and its bytes. That someone of the authority reads it is kept first.

    One that a scanner has refused is given to nobody; the authority gets none that waits for a scanner.

    :raises NotFoundError: ``attachment-not-found``.
    :raises NotPossibleError: ``file-refused`` or ``file-not-scanned``.
    """
    with engine.store.read() as reading:
        row = reading.parts.attachment(attachment_id)
        if row is None or row.removed_at is not None:
            raise NotFoundError("attachment-not-found")
        application = application_for(reading, by, row.application_id, APPLICANTS | READERS)
        reader = reader_of(reading, by, application)
        if reader and reader.outside and _since(application, row) and row.id not in _handed_in(reading, application):
            raise NotFoundError("attachment-not-found")
        if row.scan == REFUSED:
            raise NotPossibleError("file-refused", name=row.file_name)
        if reader and reader.outside and is_held(engine, row.scan):
            raise NotPossibleError("file-not-scanned", name=row.file_name)
        content = reading.parts.content(attachment_id)
    if content is None:
        raise NotFoundError("attachment-not-found")
    keep_read(engine, by, reader, "attachment", row.id)
    return attached(row), content


def remove_attachment(engine: Engine, by: By, attachment_id: str) -> None:
    """Take a file off a draft, or off changes that are being written; what was submitted keeps its own.

    :raises NotFoundError: ``attachment-not-found``.
    :raises NotPossibleError: ``status-forbids``.
    """
    with engine.store.work(by) as work:
        application_id = work.parts.application_of(Attachment, attachment_id)
        if application_id is None:
            raise NotFoundError("attachment-not-found")
        application = application_for(work, by, application_id, APPLICANTS, lock=True)
        row = work.parts.attachment(attachment_id)  # as it is now that nobody else changes it
        if row is None or row.removed_at is not None:
            raise NotFoundError("attachment-not-found")
        if not _may_go(engine, work, application, row):
            raise status_forbids("attach", application)
        row.removed_at = by.at
        work.record("file-removed", application, attachment=row.id)


def _may_go(engine: Engine, work: Work, application: Application, file: Attachment) -> bool:
    if application.status == Status.DRAFT:
        return True
    plan = plan_of_call(engine, work, work.schemes.call_of(application))
    kept = submitted_answers(work, application).get(file.question) == file.id
    return file.question in open_now(work, plan, application) and not kept


_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"<>:|?*\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def _clean_name(file_name: str) -> str:
    """The last part of the name without signs that a file system, a header or a reader could stumble on: such as those that
    turn the direction of reading, and make «fdp.exe» look like «exe.pdf».
    """
    last = re.split(r"[/\\]", file_name)[-1]
    return _UNSAFE.sub("", last).strip()[-120:] or "file"


def _checked_type(name: str, content: bytes) -> str:
    if not content:
        raise _problem("file-empty", name=name)
    if len(content) > MOST_BYTES:
        raise _problem("attachment-too-large", name=name, limit=MOST_BYTES // 1_000_000)
    extension = name.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise _problem("file-type", name=name, choices=sorted(TYPES))
    media_type, starts = TYPES[extension]
    is_text = media_type.startswith("text/")
    fits = b"\0" not in content[:4096] if is_text else content[4:8] == b"ftyp" if extension == "heic" else False
    if not (fits or any(content.startswith(start) for start in starts)):
        raise _problem("file-not-as-named", name=name, type=extension)
    return media_type


def _problem(code: str, **params: object) -> InputError:
    return InputError([Problem(code, Where(pointer="/file"), params)])


def attached(row: Attachment) -> Attached:
    """A file as lists show it."""
    return Attached(row.id, row.question, row.file_name, row.media_type, row.size, row.scan, row.added_at)
