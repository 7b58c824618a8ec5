"""How an application became what it is: its kept states, and what differs between any two."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grantengine.services.see_history import see_history
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.changed import changed
from grantengine_web.applicant.reading import WRITERS, paper_words


@applicant.get("/applications/<id>/history")
@open_to(Who.SIGNED_IN, *WRITERS)
def history(id: str) -> ResponseReturnValue:
    """The kept states, and two of them compared."""
    first, second = (request.args.get(name, "") for name in ("from", "to"))
    older, newer = place_in(first), place_in(second)
    if older is not None and newer is not None and newer < older:
        older, newer = newer, older
    seen = see_history(here.engine(), here.by(), id, older, newer)
    changes = (
        None
        if seen.changes is None
        else [
            changed(one, seen.questions.get(one.field), seen.paper.files, seen.paper.currency) for one in seen.changes
        ]
    )
    return render_template(
        "applicant/history/history.html", seen=seen, changes=changes,
        can_write=seen.paper.status in ("draft", "changes-asked"), **paper_words(seen.paper),
    )  # fmt: skip


def place_in(text: str) -> int | None:
    """The place of a kept state, as an address names it; None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
