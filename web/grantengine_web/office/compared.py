"""The marks of several assessors side by side: criteria as rows, assessors as columns, a table for each round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grantengine.compile.plan import Plan, Words
from grantengine.services.read_assessments import AssessmentsSeen, CriterionSeen, SheetSeen


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark with its note, as one assessor gave it."""

    mark: Any
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion: what all gave, and how far apart that is; ``points`` are those of the combined mark."""

    criterion: CriterionSeen
    cells: tuple[Cell, ...]
    points: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """The delivered sheets of a round; ``revised`` are those that were changed after a discussion."""

    round_id: str
    title: Words | None
    sheets: tuple[SheetSeen, ...]
    rows: tuple[Row, ...]

    @property
    def revised(self) -> tuple[SheetSeen, ...]:
        """Sheets that were something else before a discussion."""
        return tuple(one for one in self.sheets if one.earlier)


def compared(found: AssessmentsSeen, plan: Plan) -> list[Compared]:
    """The rounds in which there is something to compare, in the order of the scheme."""
    sheets = [one for one in (*found.own, *found.others) if one.delivered_at is not None]
    tables = []
    for id in dict.fromkeys(one.round_id for one in found.criteria):
        mine = tuple(one for one in sheets if one.round_id == id)
        if mine:
            round = plan.round(id)
            rows = tuple(_row(found, one, mine) for one in found.criteria if one.round_id == id)
            tables.append(Compared(id, round.title if round else None, mine, rows))
    return tables


def _row(found: AssessmentsSeen, one: CriterionSeen, sheets: tuple[SheetSeen, ...]) -> Row:
    cells = tuple(Cell(sheet.marks.get(one.id), sheet.notes.get(one.id, "")) for sheet in sheets)
    return Row(one, cells, found.so_far.points.get(one.id))
