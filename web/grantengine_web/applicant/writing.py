"""A message to an organisation of the directory, whose address is not shown."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem
from grantengine.services.write_to_organisation import LONGEST, see_writing, write_to_organisation
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant


@applicant.get("/organisations/<organisation_id>/write")
@open_to(Who.SIGNED_IN)
def write(organisation_id: str) -> str:
    """The form, for those who are a contact of another organisation; to others, who may write."""
    return _form(organisation_id, {})


@applicant.post("/organisations/<organisation_id>/write")
@open_to(Who.SIGNED_IN, "contact")
def send_message(organisation_id: str) -> ResponseReturnValue:
    """Send the message; one that can not be sent stays in the form."""
    typed = {name: request.form.get(name, "") for name in ("sender", "text")}
    text = typed["text"].replace("\r\n", "\n")  # as it was typed, and as it is counted
    try:
        write_to_organisation(here.engine(), here.by(), organisation_id, sender_id=typed["sender"], text=text)
    except InputError as error:
        return _form(organisation_id, typed, error.problems), 422
    except NotPossibleError as error:
        return _form(organisation_id, typed, (error.problem,)), 409
    to = see_writing(here.engine(), here.by(), organisation_id).to
    flash(words.t("web.write.sent", organisation=to.name))
    return redirect(url_for("applicant.about_organisation", organisation_id=organisation_id), 303)


def _form(organisation_id: str, typed: dict[str, str], problems: tuple[Problem, ...] = ()) -> str:
    writing = see_writing(here.engine(), here.by(), organisation_id)
    return render_template("applicant/write.html", writing=writing, typed=typed, problems=problems, longest=LONGEST)
