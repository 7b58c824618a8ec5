"""What letters of an authority say of the law, of how it is reached, and of who decides appeals."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, Problem
from grantengine.services.letter_settings import (
    CHANGERS,
    READERS,
    SECTIONS,
    change_letter_settings,
    read_letter_settings,
)
from grantengine.settings import LANGUAGES
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.authorities import authority_seen
from grantengine_web.words import labelled, t


@office.get("/authorities/<id>/letters")
@open_to(Who.SIGNED_IN, *sorted(READERS))
def letter_settings(id: str) -> ResponseReturnValue:
    """What letters say now; leaders and administrators can change it."""
    seen = read_letter_settings(here.engine(), here.by(), id)
    typed = {name: getattr(seen.sections, name) or "" for name in SECTIONS}
    typed |= {"email": seen.email or "", "phone": seen.phone or ""}
    typed |= {f"appeal_body/{code}": seen.appeal_body.get(code, "") for code in LANGUAGES}
    return _page(id, typed)


@office.post("/authorities/<id>/letters")
@open_to(Who.SIGNED_IN, *sorted(CHANGERS))
def change_settings(id: str) -> ResponseReturnValue:
    """Say what letters say from now on."""
    form = request.form
    bodies = {code: name for code in LANGUAGES if (name := form.get(f"appeal_body/{code}", "").strip())}
    try:
        change_letter_settings(
            here.engine(), here.by(), id, reasons_section=form.get("reasons_section"),
            appeal_section=form.get("appeal_section"), access_section=form.get("access_section"),
            interim_section=form.get("interim_section"), email=form.get("email", "").strip() or None,
            phone=form.get("phone"), appeal_body=bodies,
        )  # fmt: skip
    except InputError as error:
        return _page(id, dict(form), labelled(error.problems, "admin"), 422)
    flash(t("web.admin.letters.kept"))
    return redirect(url_for("office.letter_settings", id=id), 303)


def _page(id: str, typed: dict[str, str], problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    seen = authority_seen(id, *READERS)
    return render_template(
        "office/admin/letters.html", seen=seen, typed=typed, problems=problems, sections=SECTIONS, codes=LANGUAGES,
        may_change=bool(CHANGERS & set(seen.roles)),
    ), status  # fmt: skip
