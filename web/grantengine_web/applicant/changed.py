"""Answers that differ, as people read them: word by word where they are texts, else as they were and as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from grantengine_web.answers import Said, said

if TYPE_CHECKING:
    from grantengine.form.build import Field
    from grantengine.form.diff import FieldChange, Piece
    from grantengine.services.attach_file import Attached


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose answer differs: word by word in ``pieces``, or as it was and as it is. ``page``: where it is asked."""

    id: str
    page: str | None
    label: Mapping[str, str]
    pieces: tuple[Piece, ...]
    before: Said | None
    after: Said | None


def changed(one: FieldChange, field: Field | None, files: Iterable[Attached], currency: str) -> Changed:
    """A change of the answer to a question; ``field`` is None where it is no question any more."""
    if field is None:
        before, after = (_plain(one.field, value) for value in (one.before, one.after))
        return Changed(one.field, None, {"": one.field}, one.pieces, before, after)
    files = tuple(files)
    before, after = (answered(field, value, files, currency) for value in (one.before, one.after))
    is_text = before.shape in ("line", "text") and after.shape in ("line", "text") and field.type.name == "text"
    pieces = one.pieces if is_text and before.lines == (one.before,) and after.lines == (one.after,) else ()
    return Changed(one.field, field.page, field.label, pieces, before, after)


def answered(field: Field, value: Any, files: Iterable[Attached], currency: str) -> Said:
    """A question with one answer; of files, the one that it names, and not those that were sent beside it."""
    told = said(field, value, files, currency)
    if field.question.kind != "attachment":
        return told
    found = tuple(file for file in files if file.id == value)
    return replace(told, files=found, shape="files" if found else "none")


def _plain(name: str, value: Any) -> Said:
    return Said(name, {"": name}, "none" if value is None else "line", () if value is None else (str(value),))
