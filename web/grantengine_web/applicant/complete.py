"""What is needed to decide and was not needed to submit: answered afterwards, and nothing else with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import AnswersError, NotPossibleError, Problem
from grantengine.services.complete_application import complete_application
from grantengine.services.see_overview import see_overview
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.draft_view import words as field_words
from grantengine_web.applicant.reading import SIGNERS, file_size, question_of, words
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import asked
from grantengine_web.forms.drawing import draw
from grantengine_web.forms.faults import faults
from grantengine_web.forms.reading import read_answers, without_row


@applicant.get("/applications/<id>/complete")
@open_to(Who.SIGNED_IN, *SIGNERS)
def completing(id: str) -> ResponseReturnValue:
    """The questions that are open."""
    return _page(id)


@applicant.post("/applications/<id>/complete")
@open_to(Who.SIGNED_IN, *SIGNERS)
def complete(id: str) -> ResponseReturnValue:
    """Hand in what was answered; what is still open can come later."""
    seen = see_overview(here.engine(), here.by(), id)
    verb, name, place = (*request.form.get("go", "").split(":"), "", "")[:3]
    row = spellings.whole(place) if verb == "remove" else None
    posted = request.form if row is None else without_row(request.form, f"a.{name}", row)
    questions = [asked(field) for field in seen.to_complete]
    typed = read_answers(questions, posted)
    files = {one.id: posted.get(f"file.{one.id}") for one in questions if one.shape == "file"}
    if verb in ("add", "remove"):
        return _page(id, typed, blank=name if verb == "add" else "")
    answers = {key: value for key, value in {**typed, **files}.items() if value is not None}
    try:
        complete_application(here.engine(), here.by(), id, answers)
    except AnswersError as error:
        return _page(id, typed, error.problems, 422)
    except NotPossibleError as error:
        return _page(id, typed, (error.problem,), 409)
    flash(words().t("web.complete.done" if answers else "web.complete.nothing"), "message" if answers else "info")
    return redirect(url_for("applicant.overview", id=id), 303)


def _page(
    id: str,
    typed: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    status: int = 200,
    blank: str = "",
) -> ResponseReturnValue:
    seen = see_overview(here.engine(), here.by(), id)
    questions = {field.id: asked(field) for field in seen.to_complete}
    wrong = faults(words(), questions.values(), problems, here.language())
    drawn = [
        draw(
            one, (typed or {}).get(name), here.language(), faults=wrong, shown=set(questions), open_=None,
            blanks=int(name == blank),
        )
        for name, one in questions.items()
    ]  # fmt: skip
    summary = [(questions[at.split("/")[1]], each) for at, all_words in wrong.items() for each in all_words]
    others = [one for one in problems if question_of(one) not in questions]
    return render_template(
        "applicant/submit/complete.html", seen=seen, drawn=drawn, summary=summary, others=others, file_size=file_size,
        **field_words(),
    ), status  # fmt: skip
