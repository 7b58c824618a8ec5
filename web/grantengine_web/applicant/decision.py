"""The answer to an application, as its letter told it: in three sentences, then why; and what can be done about it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.services.give_back import decline_grant
from grantengine.services.see_decision import see_decision
from grantengine.services.see_letter import read_letter
from grantengine.services.submit_appeal import submit_appeal
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.letter_parts import letter_parts
from grantengine_web.applicant.reading import SIGNERS, WRITERS
from grantengine_web.letter_page import letter_page
from grantengine_web.words import t

DECIDERS = ("handler", "leader", "approver")


@applicant.get("/applications/<id>/decision")
@open_to(Who.SIGNED_IN, *WRITERS)
def decision(id: str) -> ResponseReturnValue:
    """What was decided and why; before that, when an answer can be expected."""
    return _page("decision", id)


@applicant.get("/letters/<id>")
@open_to(Who.SIGNED_IN, *WRITERS, *DECIDERS)
def letter(id: str) -> ResponseReturnValue:
    """A letter as it was sent: a document of its own, that may use its own style and do nothing else.

    Above it stands the way back, which is no part of it and is not printed.
    """
    read = read_letter(here.engine(), here.by(), id)
    bar = render_template("applicant/decision/letter_bar.html", read=read)
    return letter_page(read.html, bar)


@applicant.get("/applications/<id>/decision/decline")
@open_to(Who.SIGNED_IN, *WRITERS)
def declining(id: str) -> ResponseReturnValue:
    """What it means to say no to a grant, before it is done."""
    return _page("decline", id)


@applicant.post("/applications/<id>/decision/decline")
@open_to(Who.SIGNED_IN, *SIGNERS)
def decline(id: str) -> ResponseReturnValue:
    """Say no to the grant."""
    if not request.form.get("sure"):
        return _page("decline", id, (Problem("tick-to-decline", Where(pointer="/sure")),), 422)
    try:
        decline_grant(here.engine(), here.by(), id, reason=request.form.get("reason", ""))
    except InputError as error:
        return _page("decline", id, error.problems, 422)
    except NotPossibleError as error:
        return _page("decline", id, (error.problem,), 409)
    flash(t("web.decline.done"))
    return redirect(url_for("applicant.decision", id=id), 303)


@applicant.get("/applications/<id>/decision/appeal")
@open_to(Who.SIGNED_IN, *WRITERS)
def appealing(id: str) -> ResponseReturnValue:
    """How one appeals, until when, and a field to write it in."""
    return _page("appeal", id)


@applicant.post("/applications/<id>/decision/appeal")
@open_to(Who.SIGNED_IN, *SIGNERS)
def appeal(id: str) -> ResponseReturnValue:
    """Send an appeal; the same text again leads to the same receipt."""
    try:
        receipt = submit_appeal(here.engine(), here.by(), id, request.form.get("text", ""))
    except InputError as error:
        return _page("appeal", id, error.problems, 422)
    except NotPossibleError as error:
        return _page("appeal", id, (error.problem,), 409)
    flash(t("web.appeal.sent" if receipt.in_time else "web.appeal.sent-late"))
    return redirect(url_for("applicant.decision", id=id, _anchor="appeals"), 303)


def _page(name: str, id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_decision(here.engine(), here.by(), id)
    return render_template(
        f"applicant/decision/{name}.html", seen=seen, problems=problems, form=request.form,
        parts=letter_parts(seen.html) if seen.html else None,
    ), status  # fmt: skip
