"""An application is read through, handed in, and a receipt is given."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import AnswersError, ConflictError, NotPossibleError, Problem, Where
from grantengine.services.preview_application import PreviewSeen, preview_application
from grantengine.services.see_receipt import see_receipt
from grantengine.services.submit_application import submit_application
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.files import disposition
from grantengine_web.applicant.reading import (
    SIGNERS,
    WRITERS,
    fixing,
    paper_words,
    question_of,
    second,
    time_left,
    words,
)
from grantengine_web.forms.asked import asked
from grantengine_web.forms.faults import faults
from grantengine_web.pdf import receipt_pdf

VERSION = re.compile(r"[0-9]{1,9}")


@applicant.get("/applications/<id>/preview")
@open_to(Who.SIGNED_IN, *WRITERS)
def preview(id: str) -> ResponseReturnValue:
    """The application as the authority reads it, with everything that stands in the way of handing it in."""
    return _page(id)


@applicant.post("/applications/<id>/preview")
@open_to(Who.SIGNED_IN, *SIGNERS)
def submit(id: str) -> ResponseReturnValue:
    """Hand in the version that was read; the same form again leads to the same receipt."""
    version = request.form.get("version", "")
    if not request.form.get("confirmed"):
        return _page(id, (Problem("confirmation-needed", Where(pointer="/confirmed")),), 422)
    try:
        submit_application(here.engine(), here.by(), id, int(version) if VERSION.fullmatch(version) else 0)
    except AnswersError as error:
        return _page(id, error.problems, 422)
    except ConflictError as error:
        return _page(id, (), 409, changed_by=_others(error))
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(words().t("web.submit.done"))
    return redirect(url_for("applicant.receipt", id=id), 303)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200, **more: Any) -> ResponseReturnValue:
    seen = preview_application(here.engine(), here.by(), id)
    found = tuple(one for one in problems if question_of(one) not in _asked(seen))
    return render_template(
        "applicant/submit/preview.html", seen=seen, problems=found, now=here.by().at, time_left=time_left,
        faults=_faults(seen), **paper_words(seen.paper), **more,
    ), status  # fmt: skip


def _others(error: ConflictError) -> str:
    """Who has saved in the meantime; nobody where it is oneself, in another window."""
    by = error.params.get("by")
    found = by if isinstance(by, dict) else {}
    return next((str(name) for who, name in found.items() if who != here.by().id), "")


def _asked(seen: PreviewSeen) -> set[str]:
    return {question_of(problem) for problem in seen.problems}


def _faults(seen: PreviewSeen) -> list[tuple[str, str, str]]:
    """What is wrong with answers: where it is put right, the question, and what to do."""
    id, way = seen.paper.application_id, fixing(seen.paper.application_id)
    fields = {field.id: field for page in seen.paper.pages for field in page.fields}
    said = faults(words(), [asked(field) for field in fields.values()], seen.problems, here.language())
    found = []
    for pointer, sentences in said.items():
        field = fields[pointer.split("/")[1]]
        found += [(way(field.page, field.id), words().plain(field.label), each) for each in sentences]
    others = [one for one in seen.problems if question_of(one) not in fields]
    return found + [
        (url_for("applicant.form", id=id), words().t("web.preview.form"), words().problem(one)) for one in others
    ]


@applicant.get("/applications/<id>/receipt")
@open_to(Who.SIGNED_IN, *WRITERS)
def receipt(id: str) -> ResponseReturnValue:
    """The receipt, with what was handed in; made to be printed."""
    seen = see_receipt(here.engine(), here.by(), id)
    return render_template(
        "applicant/submit/receipt.html", seen=seen, second=second, now=here.by().at, **paper_words(seen.paper)
    )


@applicant.get("/applications/<id>/receipt.pdf")
@open_to(Who.SIGNED_IN, *WRITERS)
def receipt_file(id: str) -> ResponseReturnValue:
    """The same as a file."""
    seen = see_receipt(here.engine(), here.by(), id)
    answer = Response(receipt_pdf(seen), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = disposition(f"{seen.receipt.number.replace('/', '-')}.pdf")
    return answer
