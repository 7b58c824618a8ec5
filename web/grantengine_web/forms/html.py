"""Questions as HTML, drawn once for all who are asked the same: what each has written is set in afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup, escape

from grantengine_web.forms.asked import LINES, Asked
from grantengine_web.forms.drawing import Cell, Drawn, Row

MOST = 4000
"""Pieces that are kept; the oldest give way."""
_SET_IN = (LINES | {"textarea"}) - {"date"}
"""Fields that look the same whatever is written in them."""
# No text has these signs: they are taken out of all that is shown.
_PLACE = re.compile("\x02(\\d+)\x03", re.ASCII)


class Pieces:
    """What has been drawn; one for an application."""

    def __init__(self) -> None:
        self._kept: dict[Any, tuple[Asked, str]] = {}

    def question(self, one: Drawn, language: str, make: Callable[[Drawn], str]) -> Markup:
        """A question with its answer; ``make`` draws it where none like it has been drawn."""
        texts: list[str] = []
        hollow = _hollow(one, texts)
        made = self.once((*_key(hollow), language), one.asked, lambda: make(hollow))
        written = [str(escape(text)) for text in texts]
        return Markup(_PLACE.sub(lambda found: _at(written, found), made))

    def once(self, key: Any, asked: Asked, make: Callable[[], str]) -> str:
        """What ``make`` draws; kept with the question, so that no other takes its place in memory."""
        key = (id(asked), key)
        found = self._kept.get(key)
        if found is None:
            for oldest in list(self._kept)[: max(0, len(self._kept) - MOST + 1)]:
                self._kept.pop(oldest, None)
            found = self._kept[key] = (asked, make())
        return found[1]


def _at(written: list[str], found: re.Match[str]) -> str:
    place = int(found[1])
    return written[place] if place < len(written) else ""


def _hollow(one: Drawn, texts: list[str]) -> Drawn:
    """The question with marks in the places of what is written."""
    sums = []
    for id, text in one.sums:
        sums.append((id, _mark(text, texts)))
    rows = tuple(
        Row(row.number, tuple(_hollow_cell(cell, texts) for cell in row.cells), row.is_new) for row in one.rows
    )
    cell, value = _hollow_cell(one.cell, texts), None if one.value is None else True
    return replace(one, cell=cell, rows=rows, sums=tuple(sums), value=value)


def _hollow_cell(cell: Cell, texts: list[str]) -> Cell:
    text = _mark(cell.text, texts) if cell.text and cell.asked.shape in _SET_IN else cell.text
    kept = None if cell.kept is None else _mark(cell.kept, texts)
    if text is cell.text and kept is cell.kept:
        return cell
    return Cell(cell.asked, cell.name, cell.place, text, cell.chosen, kept, cell.faults)


def _mark(text: str, texts: list[str]) -> str:
    texts.append(text)
    return f"\x02{len(texts) - 1}\x03"


def _key(one: Drawn) -> tuple[Any, ...]:
    """All that the drawing of a hollow question depends on, beside the question."""
    rows = tuple((row.number, row.is_new, tuple(_cell_key(cell) for cell in row.cells)) for row in one.rows)
    return (_cell_key(one.cell), rows, one.sums, one.is_hidden, one.is_locked, one.value is None)


def _cell_key(cell: Cell) -> tuple[Any, ...]:
    return (cell.text, cell.chosen, cell.kept, tuple(cell.faults))
