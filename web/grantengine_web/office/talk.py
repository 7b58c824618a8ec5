"""The talk about a case: threads at the questions and criteria that they are about, and answers that are published to all."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.publish_answer import publish_answer
from grantengine.services.read_threads import ThreadSeen
from grantengine.services.see_desk import see_case_desk
from grantengine.services.see_talk import see_talk
from grantengine.services.write_comment import answer_thread as say_more
from grantengine.services.write_comment import open_thread as say
from grantengine.services.write_comment import resolve_thread as resolve
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS, WORKERS
from grantengine_web.words import t

PLACES = {"case": "office.case", "sheet": "office.sheet", "assessments": "office.assessments"}
"""The pages that show threads, by the words that their forms carry."""


@office.get("/cases/<id>/threads/<thread>")
@open_to(Who.SIGNED_IN, *WORKERS)
def thread(id: str, thread: str) -> ResponseReturnValue:
    """A thread by itself, such as messages lead to."""
    return _page(id, thread)


@office.post("/cases/<id>/threads")
@open_to(Who.SIGNED_IN, *WORKERS)
def open_thread(id: str) -> ResponseReturnValue:
    """Write about a question, a criterion or the whole."""
    form = request.form
    see_case_desk(here.engine(), here.by(), id)  # applicants write on pages of their own
    try:
        thread = say(
            here.engine(), here.by(), id, form.get("text", ""), question=form.get("question") or None,
            criterion=form.get("criterion") or None, audience=form.get("audience", ""),
        )  # fmt: skip
    except InputError as error:
        return _page(id, None, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, None, (error.problem,), 409)
    flash(t("web.talk.opened" if form.get("audience") == "applicant" else "web.talk.noted"))
    return _back(id, thread, form.get("question", ""), form.get("criterion", ""))


@office.post("/cases/<id>/threads/<thread>")
@open_to(Who.SIGNED_IN, *WORKERS)
def answer_thread(id: str, thread: str) -> ResponseReturnValue:
    """Say something more in a thread."""
    one = see_talk(here.engine(), here.by(), id, thread=thread).one  # of this case, or there is none
    try:
        say_more(here.engine(), here.by(), thread, request.form.get("text", ""))
    except InputError as error:
        return _page(id, thread, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, thread, (error.problem,), 409)
    flash(t("web.talk.answered"))
    return _back(id, thread, one.question, one.criterion)


@office.post("/cases/<id>/threads/<thread>/resolve")
@open_to(Who.SIGNED_IN, *WORKERS)
def resolve_thread(id: str, thread: str) -> ResponseReturnValue:
    """Say that a thread needs nothing more."""
    one = see_talk(here.engine(), here.by(), id, thread=thread).one
    try:
        resolve(here.engine(), here.by(), thread)
    except NotPossibleError as error:
        return _page(id, thread, (error.problem,), 409)
    flash(t("web.talk.resolved-now"))
    return _back(id, thread, one.question, one.criterion)


@office.get("/cases/<id>/comments/<comment>/publish")
@open_to(Who.SIGNED_IN, *HANDLERS)
def publish(id: str, comment: str) -> ResponseReturnValue:
    """An answer that one applicant got, to be written in general words for all."""
    return _publishing(id, comment)


@office.post("/cases/<id>/comments/<comment>/publish")
@open_to(Who.SIGNED_IN, *HANDLERS)
def publish_to_all(id: str, comment: str) -> ResponseReturnValue:
    """Publish it to all who apply in the call."""
    form, call = request.form, see_talk(here.engine(), here.by(), id, comment=comment).desk.call.call_id  # of this case
    try:
        publish_answer(
            here.engine(), here.by(), call, asked=form.get("asked", ""), answer=form.get("answer", ""), comment_id=comment
        )  # fmt: skip
    except InputError as error:
        return _publishing(id, comment, error.problems, 422)
    flash(t("web.talk.published"))
    return redirect(url_for("office.published", id=call), 303)


def _page(id: str, thread: str | None, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    """A thread, or one that could not be opened, with what was typed."""
    seen, form = see_talk(here.engine(), here.by(), id, thread=thread), request.form
    one = seen.one if thread is not None else None
    question = one.question if one else form.get("question")
    criterion = one.criterion if one else form.get("criterion")
    return render_template(
        "office/talk/thread.html", desk=seen.desk, seen=seen, one=one, question=question or "", criterion=criterion or "",
        about=seen.about(question, criterion), problems=problems, text=form.get("text", ""),
        audience=form.get("audience", ""), back=form.get("back", "case"),
        back_to=_place(id, form.get("back", "case"), question, criterion),
    ), status  # fmt: skip


def _publishing(id: str, comment: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen, form = see_talk(here.engine(), here.by(), id, comment=comment), request.form
    asked, answer = _given(seen.one, comment)
    return render_template(
        "office/talk/publish.html", desk=seen.desk, comment=comment, problems=problems, asked=form.get("asked", asked),
        answer=form.get("answer", answer),
    ), status  # fmt: skip


def _given(one: ThreadSeen, comment: str) -> tuple[str, str]:
    """What the applicant said last before something that the authority has said, and that."""
    place = next(place for place, said in enumerate(one.comments) if said.id == comment)
    asked = [said.text for said in one.comments[:place] if said.side == "applicant" and said.text]
    return asked[-1] if asked else "", one.comments[place].text or ""


def _place(id: str, back: str, question: str | None, criterion: str | None) -> str | None:
    """The place on a page of the case that shows the thread; None where there is no such page."""
    endpoint = PLACES.get(back, "office.case")
    if endpoint not in current_app.view_functions:
        return None
    anchor = f"q-{question}" if question else f"c-{criterion}" if criterion else "talk"
    return url_for(endpoint, id=id, _anchor=anchor)


def _back(id: str, thread: str, question: str | None, criterion: str | None) -> ResponseReturnValue:
    place = _place(id, request.form.get("back", "case"), question, criterion)
    return redirect(place or url_for("office.thread", id=id, thread=thread), 303)
