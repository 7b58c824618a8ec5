"""How an application became what it is: its kept states, and what differs between any two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grantengine.services.see_history import HistorySeen, see_history
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.answers import Said, said
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import WRITERS, paper_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grantengine.form.diff import FieldChange, Piece


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose answer differs: word by word in ``pieces``, or as it was and as it is. ``page``: where it is asked."""

    id: str
    page: str | None
    label: Mapping[str, str]
    pieces: tuple[Piece, ...]
    before: Said | None
    after: Said | None


@applicant.get("/applications/<id>/history")
@open_to(Who.SIGNED_IN, *WRITERS)
def history(id: str) -> ResponseReturnValue:
    """The kept states, and two of them compared."""
    first, second = (request.args.get(name, "") for name in ("from", "to"))
    older, newer = _place(first), _place(second)
    if older is not None and newer is not None and newer < older:
        older, newer = newer, older
    seen = see_history(here.engine(), here.by(), id, older, newer)
    changes = None if seen.changes is None else [_changed(seen, one) for one in seen.changes]
    return render_template(
        "applicant/history/history.html", seen=seen, changes=changes,
        can_write=seen.paper.status in ("draft", "changes-asked"), **paper_words(seen.paper),
    )  # fmt: skip


def _place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _changed(seen: HistorySeen, one: FieldChange) -> Changed:
    field = seen.questions.get(one.field)
    if field is None:
        before, after = (_plain(one.field, value) for value in (one.before, one.after))
        return Changed(one.field, None, {"": one.field}, one.pieces, before, after)
    before, after = (said(field, value, seen.paper.files, seen.paper.currency) for value in (one.before, one.after))
    is_text = before.shape in ("line", "text") and after.shape in ("line", "text") and field.type.name == "text"
    pieces = one.pieces if is_text and before.lines == (one.before,) and after.lines == (one.after,) else ()
    if field.question.kind == "attachment":
        before, after = (_file(seen, side, value) for side, value in ((before, one.before), (after, one.after)))
    return Changed(one.field, field.page, field.label, pieces, before, after)


def _plain(name: str, value: Any) -> Said:
    return Said(name, {"": name}, "none" if value is None else "line", () if value is None else (str(value),))


def _file(seen: HistorySeen, side: Said, value: Any) -> Said:
    """The one file that the answer names; not those that were sent beside it."""
    found = tuple(file for file in seen.paper.files if file.id == value)
    return replace(side, files=found, shape="files" if found else "none")
