"""What pages that show an application have in common: ways to its fields and files, and the size of a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, url_for

from grantengine_web import here
from grantengine_web.answers import said_pages
from grantengine_web.words import OSLO

if TYPE_CHECKING:
    from grantengine.errors import Problem
    from grantengine.services.attach_file import Attached
    from grantengine.services.paper import Paper
    from grantengine_web.words import Words

WRITERS = ("contact", "signatory", "writer")
SIGNERS = ("contact", "signatory")


def words() -> Words:
    """What says words here."""
    return cast("Words", current_app.extensions["words"])


def paper_words(paper: Paper) -> dict[str, Any]:
    """What templates need to show an application."""
    return {
        "paper": paper, "pages": said_pages(paper), "file_size": file_size, "address": file_address,
        "fix": fixing(paper.application_id),
    }  # fmt: skip


def fixing(id: str) -> Callable[[str, str], str]:
    """Gives the way to the field of a question."""
    return lambda page, question: url_for("applicant.section", id=id, page=page, _anchor=f"q-{question}")


def file_address(file: Attached) -> str:
    """Where a file is."""
    return url_for("applicant.download", file=file.id)


def file_size(size: int) -> str:
    """How large a file is, in words."""
    if size < 1_000_000:
        return words().t("web.files.kilobytes", size=words().number(max(1, round(size / 1000))))
    return words().t("web.files.megabytes", size=words().number(round(size / 1_000_000, 1)))


def time_left(left: timedelta) -> str:
    """How long there is until a deadline, in words: days, then hours, then minutes."""
    if left.days >= 2:
        return words().t("web.left.days", count=left.days)
    hours, minutes = divmod(max(0, int(left.total_seconds())) // 60, 60)
    if hours >= 2:
        return words().t("web.left.hours", count=hours)
    return words().t("web.left.minutes", count=hours * 60 + minutes)


def second(at: datetime) -> str:
    """An instant in Norwegian time, to the second."""
    local = at.astimezone(OSLO)
    time = local.strftime("%H:%M:%S" if here.language() == "en" else "%H.%M.%S")
    return words().t("web.minute", day=words().day(at), time=time)


def question_of(problem: Problem) -> str:
    """The question that a problem is about, by its id; nothing where it is about none."""
    return next(iter(problem.where.pointer.split("/")[1:]), "")
