"""An application that was told or came on paper is written down for whoever applies."""

from __future__ import annotations

import re
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.hooks.moments import MomentError, parse_moment
from grantengine.services.attach_file import MOST_BYTES
from grantengine.services.edit_organisation import KINDS
from grantengine.services.register_on_behalf import register_on_behalf
from grantengine.services.register_organisation import register_organisation
from grantengine.services.see_registering import Registering, see_registering
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.profile_form import places
from grantengine_web.forms import spellings
from grantengine_web.forms.reading import Posted, read_answers, without_row
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.office.register_view import FILE, RegisterForm, questions_of, register_words
from grantengine_web.words import t

MARK = re.compile(r"[A-Za-z0-9_-]{8,80}")
TIME = re.compile(r"(\d{1,2})[.:]?(\d{2})", re.ASCII)


@office.get("/calls/<id>/register")
@open_to(Who.SIGNED_IN, *HANDLERS)
def register(id: str) -> ResponseReturnValue:
    """Whose application it is; with ``organisation``, the form to fill in for it."""
    seen = _seen(id, request.args.get("organisation", ""))
    if seen.chosen is not None:
        return _form(seen, RegisterForm())
    return _choose(seen)


@office.post("/calls/<id>/register/organisation")
@open_to(Who.SIGNED_IN, *HANDLERS)
def register_new_organisation(id: str) -> ResponseReturnValue:
    """Write down an organisation that is not here yet, and go on with its application."""
    seen, form = _seen(id), request.form
    try:
        made = register_organisation(
            here.engine(), here.by(), authority_id=seen.desk.authority_id, name=form.get("name", ""),
            number="".join(form.get("number", "").split()) or None, kind=form.get("kind", ""),
            municipality=form.get("municipality") or None, language=form.get("language", "nb"),
        )  # fmt: skip
    except InputError as error:
        return _choose(seen, error.problems, 422)
    except NotPossibleError as error:
        return _choose(seen, (error.problem,), 409)
    return redirect(url_for("office.register", id=id, organisation=made), 303)


@office.post("/calls/<id>/register")
@open_to(Who.SIGNED_IN, *HANDLERS)
def register_application(id: str) -> ResponseReturnValue:
    """Write it down, and have the applicant asked to confirm it. What was written is never lost on the way."""
    seen = _seen(id, request.form.get("organisation", ""))
    verb, name, place = (*request.form.get("go", "").split(":"), "", "")[:3]
    row = spellings.whole(place) if verb == "remove" else None
    posted = request.form if row is None else without_row(request.form, f"a.{name}", row)
    if seen.chosen is None:
        return redirect(url_for("office.register", id=id), 303)
    typed = RegisterForm(posted, read_answers(questions_of(seen.plan), posted), blank=name if verb == "add" else "")
    if verb in ("add", "remove", "show"):
        return _form(seen, typed)
    try:
        made = _keep(id, seen, typed)
    except InputError as error:
        return _form(seen, typed.with_problems(error.problems), 422)
    except NotPossibleError as error:
        return _form(seen, typed.with_problems((error.problem,)), 409)
    flash(t("web.register-case.done"))
    return redirect(url_for("office.case", id=made), 303)


def _keep(id: str, seen: Registering, typed: RegisterForm) -> str:
    posted = typed.posted
    mark = posted.get("mark", "")
    files = {
        name.removeprefix(FILE): (sent.filename, sent.read(MOST_BYTES + 1))
        for name, sent in request.files.items()
        if name.startswith(FILE) and sent.filename
    }
    assert seen.chosen is not None  # looked at before
    if not posted.get("channel"):
        raise InputError([Problem("channel-needed", Where(pointer="/channel"))])
    return register_on_behalf(
        here.engine(), here.by(), call_id=id, organisation_id=seen.chosen.organisation.id,
        channel=posted.get("channel", ""), arrived=_arrived(posted), email=posted.get("email", "").strip() or None,
        answers={name: value for name, value in typed.answers.items() if value is not None},
        strand=posted.get("strand") or None, files=files, request_id=mark if MARK.fullmatch(mark) else None,
    )  # fmt: skip


def _arrived(posted: Posted) -> datetime | None:
    """When it was told or came, as it was written; None: now.

    :raises InputError: it is no day, or no time of day.
    """
    day, time = (posted.get(name, "").strip() for name in ("day", "time"))
    if not day and not time:
        return None
    found = TIME.fullmatch(time)
    written = f"{spellings.day(day) or day}T{int(found[1]):02}:{found[2]}" if found else f"{day} {time}"
    try:
        return parse_moment(written).opens_at
    except MomentError as error:
        code = "arrived-format" if error.code == "moment-format" else error.code
        raise InputError([Problem(code, Where(pointer="/arrived"), {"text": written[:40]})]) from error


def _seen(id: str, organisation: str = "") -> Registering:
    words = request.args.get("q", "")
    return see_registering(here.engine(), here.by(), id, words=words, organisation_id=organisation)


def _choose(seen: Registering, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    return render_template(
        "office/register/choose.html", desk=seen.desk, seen=seen, problems=problems, typed=request.form, kinds=KINDS,
        places=places(), words=request.args.get("q", ""),
    ), status  # fmt: skip


def _form(seen: Registering, typed: RegisterForm, status: int = 200) -> ResponseReturnValue:
    mark = typed.posted.get("mark", "")
    return render_template(
        "office/register/form.html", desk=seen.desk, seen=seen, typed=typed,
        mark=mark if MARK.fullmatch(mark) else here.engine().new_secret(), **register_words(seen, typed),
    ), status  # fmt: skip
