"""What the authority asks to be changed: read, looked over, and handed in; the writing is done on the pages of the form."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import AnswersError, ConflictError, InputError, NotPossibleError, Problem, Where
from grantengine.services.answer_changes import answer_changes
from grantengine.services.see_changes import ChangesSeen, Changing, see_changes
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.changed import Changed, changed
from grantengine_web.applicant.reading import SIGNERS, WRITERS, file_address, file_size, fixing, words
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import asked
from grantengine_web.forms.faults import faults
from grantengine_web.words import t


@applicant.get("/applications/<id>/changes")
@open_to(Who.SIGNED_IN, *WRITERS)
def changes(id: str) -> ResponseReturnValue:
    """What is asked, why and until when; what has been changed so far; and the answer to it."""
    return _page(id)


@applicant.post("/applications/<id>/changes")
@open_to(Who.SIGNED_IN, *SIGNERS)
def hand_in_changes(id: str) -> ResponseReturnValue:
    """Hand in what is changed, or say why nothing is; the same form again leads to the same."""
    message, version = request.form.get("message", ""), request.form.get("version", "")
    if request.form.get("unchanged") and not message.strip():
        return _page(id, (Problem("why-unchanged", Where(pointer="/message")),), 422)
    try:
        answer_changes(here.engine(), here.by(), id, spellings.whole(version) or 0, message=message)
    except AnswersError:
        return _page(id, (), 422)
    except InputError as error:
        return _page(id, error.problems, 422)
    except ConflictError:
        return _page(id, (Problem("changed-meanwhile"),), 409)
    except NotPossibleError as error:
        return _page(id, (error.problem,), 409)
    flash(t("web.changes.done"))
    return redirect(url_for("applicant.changes", id=id), 303)


def _page(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = see_changes(here.engine(), here.by(), id)
    changing = seen.changing
    return render_template(
        "applicant/changes/changes.html", seen=seen, problems=problems, now=here.by().at,
        differing=_differing(seen, changing) if changing else (), faults=_faults(seen, changing) if changing else (),
        message=request.form.get("message", ""), file_size=file_size, address=file_address, fix=fixing(id),
    ), status  # fmt: skip


def _differing(seen: ChangesSeen, changing: Changing) -> list[Changed]:
    return [
        changed(one, seen.questions.get(one.field), changing.files, seen.currency) for one in changing.changes
    ]  # fmt: skip


def _faults(seen: ChangesSeen, changing: Changing) -> list[tuple[str, str, str]]:
    """What does not fit yet: where it is put right, the question, and what to write."""
    way, fields = fixing(seen.application_id), seen.questions
    said = faults(words(), [asked(field) for field in fields.values()], changing.problems, here.language())
    found = []
    for pointer, sentences in said.items():
        field = fields[pointer.split("/")[1]]
        found += [(way(field.page, field.id), words().plain(field.label), each) for each in sentences]
    return found
