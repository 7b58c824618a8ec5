"""How an application stands while one writes it, by the rules that will decide; asked for, as it takes longer than a page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request, url_for

from grantengine.errors import Problem
from grantengine.form.build import Field
from grantengine.services.give_feedback import give_feedback
from grantengine.services.overlap_hint import overlap_hint
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.draft_view import say
from grantengine_web.applicant.reading import WRITERS
from grantengine_web.forms.asked import asked
from grantengine_web.forms.faults import fault, part_of


@applicant.get("/applications/<id>/feedback")
@open_to(Who.SIGNED_IN, *WRITERS)
def feedback(id: str) -> str:
    """The rules, the points that are certain, what is missing, and who plans the same; for a script, without the page."""
    found = give_feedback(here.engine(), here.by(), id)
    hints = overlap_hint(here.engine(), here.by(), id)
    name = "forms/standing.html" if request.args.get("part") else "applicant/feedback.html"
    form = found.plan.form
    lacking = list(_lacking(found.to_submit, form.by_id))
    return render_template(
        name, found=found, hints=hints, id=id, lacking=lacking, to_decide=[form.by_id[one] for one in found.to_decide],
        fields=form.by_id, place=lambda field: _place(id, field),
    )  # fmt: skip


def _place(id: str, field: Field) -> str:
    """Where a question is answered."""
    return url_for("applicant.section", id=id, page=field.page, _anchor=f"q-{field.id}")


def _lacking(problems: tuple[Problem, ...], fields: dict[str, Field]) -> Iterator[tuple[Field, list[str]]]:
    """The questions that stop a submission, with what is wrong, in the order of the form."""
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        field = fields.get(problem.where.pointer.split("/")[1])
        if field is not None:
            said = fault(say(), part_of(asked(field), problem), problem, here.language())
            wrong.setdefault(field.id, []).append(said)
    return ((field, list(dict.fromkeys(wrong[name]))) for name, field in fields.items() if name in wrong)
