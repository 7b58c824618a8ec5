"""What was written in a form, as answers. What does not fit its question stays as it was written: a draft may hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from grantengine.form.merge import clean_text
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import Asked

Posted = MultiDict[str, str]
MOST_ROWS = 1000
KEPT = ".kept"
"""The end of the name of what a field can not show, and carries along."""


def read_answers(questions: Iterable[Asked], posted: Posted) -> dict[str, Any]:
    """The answers of these questions by id; None is no answer. Files are put beside a draft elsewhere, and are left out."""
    return {one.id: read_answer(one, one.name, posted) for one in questions if one.shape != "file"}


def read_answer(one: Asked, name: str, posted: Posted) -> Any:
    """What was written in a field of this name."""
    value = _read(one, name, posted)
    if value is not None:
        return value
    return _kept(posted.get(name + KEPT))


def _read(one: Asked, name: str, posted: Posted) -> Any:
    if one.shape == "table":
        return _rows(one, name, posted) or None
    if one.shape == "checkboxes":
        return posted.getlist(name) or None
    if one.shape == "checkbox":
        return True if posted.get(name) else None
    text = clean_text(posted.get(name, ""))
    if not text.strip():
        return None
    if one.shape == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    said = _line(one, text)
    return text if said is None else said


def _line(one: Asked, text: str) -> Any:
    """What a line says, where it says what the question asks for."""
    match one.shape:
        case "number":
            return spellings.number(text, whole=one.is_whole)
        case "percent":
            return spellings.share(text)
        case "money":
            return spellings.money(text)
        case "date":
            return spellings.day(text)
        case "municipality":
            return spellings.place(text, one.names or {})
        case "organisation_number":
            return spellings.digits(text)
    return text


def _rows(one: Asked, name: str, posted: Posted) -> list[dict[str, Any]]:
    """The rows of a table in the order of their numbers, without those in which nothing is written."""
    read = (_row(one, name, place, posted) for place in row_places(name, posted))
    return [row for row in read if row]


def row_places(name: str, posted: Posted) -> list[int]:
    """The numbers of the rows that were sent of a table."""
    pattern = re.compile(re.escape(name) + r"\.(\d{1,6})\.", re.ASCII)
    found = {int(match[1]) for key in posted if (match := pattern.match(key))}
    return sorted(found)[:MOST_ROWS]


def _row(one: Asked, name: str, place: int, posted: Posted) -> dict[str, Any]:
    cells = {column.id: read_answer(column, f"{name}.{place}.{column.id}", posted) for column in one.columns}
    return {id: value for id, value in cells.items() if value is not None}


def without_row(posted: Posted, name: str, place: int) -> Posted:
    """What was sent, but for one row of a table."""
    beginning = f"{name}.{place}."
    return MultiDict([(key, value) for key, value in posted.items(multi=True) if not key.startswith(beginning)])


def read_base(text: str | None) -> Mapping[str, str]:
    """The digests that the page showed, by question; none where they did not come as they were sent."""
    found = _kept(text)
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _kept(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
