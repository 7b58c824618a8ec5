"""The form of an application on one page, as a handler fills it in for someone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from grantengine.errors import Problem
from grantengine.form.progress import shown_fields
from grantengine.services.see_registering import Registering
from grantengine_web import here
from grantengine_web.applicant.draft_view import words as field_words
from grantengine_web.applicant.reading import question_of, words
from grantengine_web.forms.asked import Asked, asked_on
from grantengine_web.forms.drawing import Drawn, draw
from grantengine_web.forms.faults import faults
from grantengine_web.forms.reading import Posted

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan

FILE = "f."
"""How the names of fields begin that take a file."""


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """What was written in the form; ``blank`` is the table that gets one more empty row."""

    posted: Posted = field(default_factory=MultiDict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    blank: str = ""

    def with_problems(self, problems: Iterable[Problem]) -> RegisterForm:
        """The same with what is wrong with it."""
        return replace(self, problems=tuple(problems))


@dataclass(frozen=True, slots=True)
class FormPart:
    """A page of the scheme's form."""

    id: str
    title: Mapping[str, str]
    help: Mapping[str, str] | None
    questions: tuple[Drawn, ...]


def questions_of(plan: Plan) -> list[Asked]:
    """All questions of a form, in order."""
    return [one for page in plan.scheme.form for one in asked_on(plan, page.id)]


def register_words(seen: Registering, typed: RegisterForm) -> dict[str, Any]:
    """What the template of the form needs."""
    questions = questions_of(seen.plan)
    known, shown = {one.id: one for one in questions}, shown_fields(seen.plan.form, typed.answers)
    wrong = faults(words(), questions, typed.problems, here.language())
    parts = []
    for page in seen.plan.scheme.form:
        drawn = tuple(
            draw(
                one, typed.answers.get(one.id), here.language(), faults=wrong, shown=shown, open_=None,
                blanks=int(one.id == typed.blank),
            )
            for one in asked_on(seen.plan, page.id)
        )  # fmt: skip
        parts.append(FormPart(page.id, page.title or {"": page.id}, page.help, drawn))
    summary = [(known[at.split("/")[1]], each) for at, all_words in wrong.items() for each in all_words]
    others = [one for one in typed.problems if question_of(one) not in known]
    fields = [one for question in questions for one in (question, *question.columns)]
    return {
        "parts": parts, "summary": summary, "others": others, "file": FILE, "wrong": wrong,
        "has_hidden": any(one.is_hidden for part in parts for one in part.questions),
        "place_names": next((one.names for one in fields if one.shape == "municipality"), None), **field_words(),
    }  # fmt: skip
