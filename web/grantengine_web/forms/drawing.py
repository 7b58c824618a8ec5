"""Questions with what stands in them: all that the templates need to draw a page of the form."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grantengine.form.merge import clean_text
from grantengine.money import format_ore, parse_ore
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import Asked

Faults = Mapping[str, Sequence[str]]
"""What is wrong, in words, by the pointer of the answer."""
_UNDRAWN = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")


@dataclass(frozen=True, slots=True)
class Cell:
    """A field with what stands in it. ``text`` is for lines and for the choice that is made, ``chosen`` for several.

    ``kept`` carries, as JSON, an answer that such a field can not show.
    """

    asked: Asked
    name: str
    place: str
    text: str
    chosen: tuple[str, ...]
    kept: str | None
    faults: Sequence[str]

    @property
    def is_day(self) -> bool:
        """Whether a day stands in it, as a field for days takes it."""
        return spellings.day(self.text) == self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``number`` is part of the names of its fields, ``is_new`` where nothing has been written."""

    number: int
    cells: tuple[Cell, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question as it stands on a page. ``sums`` are, by column, what the sums of money in a table add up to."""

    cell: Cell
    rows: tuple[Row, ...] = ()
    blank: Row | None = None
    sums: tuple[tuple[str, str], ...] = ()
    is_hidden: bool = False
    is_locked: bool = False
    value: Any = None

    @property
    def asked(self) -> Asked:
        """The question."""
        return self.cell.asked


def draw(
    one: Asked, value: Any, language: str, *, faults: Faults, shown: Collection[str], open_: Collection[str] | None,
    blanks: int = 0,
) -> Drawn:  # fmt: skip
    """A question with its answer.

    :param shown: the questions that are asked, given the answers.
    :param open_: those that may be changed; None: all.
    :param blanks: how many empty rows a table ends with.
    """
    pointer = f"/{one.id}"
    hidden, locked = one.id not in shown, open_ is not None and one.id not in open_
    if one.shape != "table":
        return Drawn(
            _cell(one, one.name, one.place, value, language, faults, pointer), (), None, (), hidden, locked, value
        )
    is_drawable = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    rows = value if isinstance(value, list) and is_drawable else []
    kept = _json(value) if value is not None and not is_drawable else None
    cell = Cell(one, one.name, one.place, "", (), kept, faults.get(pointer, ()))
    drawn = [_row(one, number, row, language, faults, f"{pointer}/{number}") for number, row in enumerate(rows)]
    empty = max(blanks, 0 if rows else 1)
    drawn += [_row(one, len(rows) + more, {}, language, {}, "") for more in range(empty)]
    blank = _row(one, 999_999, {}, language, {}, "")
    return Drawn(cell, tuple(drawn), blank, sums_of(one, rows, language), hidden, locked, value)


def _row(one: Asked, number: int, row: Mapping[str, Any], language: str, faults: Faults, pointer: str) -> Row:
    cells = tuple(
        _cell(
            column, f"{one.name}.{number}.{column.id}", f"{one.place}-{number}-{column.id}", row.get(column.id), language,
            faults, f"{pointer}/{column.id}",
        )
        for column in one.columns
    )  # fmt: skip
    return Row(number, cells, not row)


def _cell(
    one: Asked, name: str, place: str, value: Any, language: str, faults: Faults, pointer: str
) -> Cell:  # fmt: skip
    wrong = faults.get(pointer, ())
    if one.shape == "checkboxes":
        ids = {id for id, _ in one.choices}
        fits = isinstance(value, list) and all(isinstance(item, str) and item in ids for item in value)
        chosen = tuple(value) if fits and isinstance(value, list) else ()
        return Cell(one, name, place, "", chosen, _json(value) if value and not fits else None, wrong)
    text = shown_text(one, value, language)
    kept = _json(value) if text is None and value is not None else None
    return Cell(one, name, place, visible(text or ""), (), kept, wrong)


def shown_text(one: Asked, value: Any, language: str) -> str | None:
    """What stands in a field; None where it can not show such an answer."""
    if value is None:
        return ""
    if one.shape in ("yes_no", "checkbox"):
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else None
    if one.shape == "radio":
        return value if isinstance(value, str) and value in {id for id, _ in one.choices} else None
    if isinstance(value, str):
        return _shown_line(one, value, language)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    match one.shape:
        case "number":
            return spellings.written(value, language)
        case "percent":
            return spellings.written(spellings.percentage(value), language)
        case "money" if isinstance(value, int):
            return spellings.written_money(value, language)
    return None


def _shown_line(one: Asked, value: str, language: str) -> str:
    if one.shape == "money":
        return spellings.written_money(value, language) or value
    if one.shape == "municipality" and one.names and value in one.names:
        return f"{value} {one.names[value]}"
    return value


def sums_of(one: Asked, rows: Iterable[Mapping[str, Any]], language: str) -> tuple[tuple[str, str], ...]:
    """What each column of sums adds up to, as it is written; empty where nothing is filled in."""
    found = []
    for column in one.columns:
        if column.shape == "money":
            kept = [spellings.money(str(row[column.id])) for row in rows if row.get(column.id) is not None]
            sums = [parse_ore(one_sum) for one_sum in kept if one_sum is not None]
            total = f"{spellings.written_money(format_ore(sum(sums)), language)}{spellings.GAP}kr"
            found.append((column.id, total if sums else ""))
    return tuple(found)


def visible(text: str) -> str:
    """A text with a sign in the place of what no page can hold."""
    return clean_text(text).translate(_UNDRAWN)


def _json(value: Any) -> str:
    return json.dumps(value)
