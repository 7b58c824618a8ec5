"""The talk with the authority about an application: threads at the questions that they are about."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotAllowedError, NotPossibleError, Problem
from grantengine.services.see_dialogue import DialogueSeen, ThreadTold, see_dialogue
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.answers import Said
from grantengine_web.applicant import applicant
from grantengine_web.applicant.changed import answered
from grantengine_web.applicant.reading import WRITERS, file_address, file_size
from grantengine_web.words import t


@applicant.get("/applications/<id>/threads")
@open_to(Who.SIGNED_IN, *WRITERS)
def threads(id: str) -> ResponseReturnValue:
    """All threads, those that wait for an answer first; and a field to ask something new, about the question in ``about``."""
    return _threads(id)


@applicant.post("/applications/<id>/threads")
@open_to(Who.SIGNED_IN, *WRITERS)
def ask(id: str) -> ResponseReturnValue:
    """Ask the authority about a question of the form, or about the whole."""
    try:
        thread = open_thread(
            here.engine(), here.by(), id, request.form.get("text", ""), question=request.form.get("question") or None
        )
    except InputError as error:
        return _threads(id, error.problems, 422)
    except NotPossibleError as error:
        return _threads(id, (error.problem,), 409)
    flash(t("web.thread.asked"))
    return redirect(url_for("applicant.thread", id=id, thread=thread), 303)


@applicant.get("/applications/<id>/threads/<thread>")
@open_to(Who.SIGNED_IN, *WRITERS)
def thread(id: str, thread: str) -> ResponseReturnValue:
    """A thread with the answer that it is about, as it was then."""
    return _thread(id, thread)


@applicant.post("/applications/<id>/threads/<thread>")
@open_to(Who.SIGNED_IN, *WRITERS)
def reply(id: str, thread: str) -> ResponseReturnValue:
    """Say something more in a thread."""
    see_dialogue(here.engine(), here.by(), id).thread(thread)  # of this application, or there is none
    try:
        answer_thread(here.engine(), here.by(), thread, request.form.get("text", ""))
    except InputError as error:
        return _thread(id, thread, error.problems, 422)
    except NotPossibleError as error:
        return _thread(id, thread, (error.problem,), 409)
    flash(t("web.thread.answered"))
    return redirect(url_for("applicant.thread", id=id, thread=thread), 303)


@applicant.post("/applications/<id>/threads/<thread>/resolve")
@open_to(Who.SIGNED_IN, *WRITERS)
def resolve(id: str, thread: str) -> ResponseReturnValue:
    """Say that a thread needs nothing more."""
    see_dialogue(here.engine(), here.by(), id).thread(thread)
    try:
        resolve_thread(here.engine(), here.by(), thread)
    except (NotAllowedError, NotPossibleError) as error:
        return _thread(id, thread, (error.problem,), 409)
    flash(t("web.thread.resolved-now"))
    return redirect(url_for("applicant.threads", id=id), 303)


def _threads(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_dialogue(here.engine(), here.by(), id)
    about = request.form.get("question", request.args.get("about", ""))
    return render_template(
        "applicant/dialogue/threads.html", seen=seen, problems=problems, about=about, text=request.form.get("text", "")
    ), status  # fmt: skip


def _thread(id: str, thread: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_dialogue(here.engine(), here.by(), id)
    one = seen.thread(thread)
    return render_template(
        "applicant/dialogue/thread.html", seen=seen, one=one, problems=problems, text=request.form.get("text", ""),
        about=_said(seen, one, one.about), now=_said(seen, one, one.now), file_size=file_size, address=file_address,
    ), status  # fmt: skip


def _said(seen: DialogueSeen, one: ThreadTold, value: object) -> Said | None:
    return answered(one.field, value, seen.files, seen.currency) if one.field else None
