"""Files of an application: sent, listed, opened and taken away."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.answer_files import attach_files, remove_file, see_files
from grantengine.services.attach_file import MOST_BYTES, TYPES, read_attachment
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import WRITERS, file_address, file_size, words

SANDBOX = "default-src 'none'; sandbox"
"""Nothing in a file that is given out can run, load or send anything."""


@applicant.get("/applications/<id>/files/<question>")
@open_to(Who.SIGNED_IN, *WRITERS)
def files(id: str, question: str) -> ResponseReturnValue:
    """The files of a question."""
    return _page(id, question)


@applicant.post("/applications/<id>/files/<question>")
@open_to(Who.SIGNED_IN, *WRITERS)
def send_files(id: str, question: str) -> ResponseReturnValue:
    """Send files; those that can not be taken are told of, and the others are kept."""
    sent = [(one.filename or "", one.read(MOST_BYTES + 1)) for one in request.files.getlist("file") if one.filename]
    try:
        kept = attach_files(here.engine(), here.by(), application_id=id, question=question, files=sent)
    except InputError as error:
        return _page(id, question, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, question, (error.problem,), 409)
    if kept.taken:
        flash(words().t("web.files.taken", names=", ".join(one.file_name for one in kept.taken)))
    if kept.problems:
        return _page(id, question, kept.problems, 422)
    return redirect(url_for("applicant.files", id=id, question=question), 303)


def _page(id: str, question: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_files(here.engine(), here.by(), id, question)
    return render_template(
        "applicant/files/files.html", seen=seen, problems=problems, file_size=file_size, address=file_address,
        kinds=sorted(TYPES), accept=",".join([f".{name}" for name in TYPES] + ["image/*"]), limit=MOST_BYTES // 1_000_000,
    ), status  # fmt: skip


@applicant.post("/applications/<id>/files/<question>/<file>/remove")
@open_to(Who.SIGNED_IN, *WRITERS)
def remove(id: str, question: str, file: str) -> ResponseReturnValue:
    """Take a file away."""
    try:
        remove_file(here.engine(), here.by(), file, application_id=id, question=question)
    except NotPossibleError as error:
        return _page(id, question, (error.problem,), 409)
    flash(words().t("web.files.removed"))
    return redirect(url_for("applicant.files", id=id, question=question), 303)


@applicant.get("/files/<file>")
@open_to(Who.SIGNED_IN, *WRITERS, "handler", "leader", "approver", "assessor")
def download(file: str) -> ResponseReturnValue:
    """A file, to be saved: never shown as a page of this site."""
    attached, content = read_attachment(here.engine(), here.by(), file)
    answer = Response(content, mimetype=attached.media_type)
    answer.headers["Content-Disposition"] = disposition(attached.file_name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def disposition(name: str) -> str:
    """How a file is saved, by a name in any letters; older programs get one in plain ones."""
    plain = name.encode("ascii", "replace").decode("ascii").replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
