"""What the page of a sheet shows, from the case as it was read and what has just been written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grantengine.errors import Problem
from grantengine.services.assess import SheetSaved
from grantengine.services.read_application import FactSeen
from grantengine.services.see_sheet import CriterionToRate, SheetPage
from grantengine_web.answers import said_pages
from grantengine_web.applicant.reading import file_address, file_size, words
from grantengine_web.office.case_words import Told, column_label, source_title, told_values, value_words
from grantengine_web.office.compared import compared

MOST_CHOICES = 11
"""A scale of whole marks with at most so many is shown as choices; a longer one as a field for a number."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was sent of a sheet: the version it was written on, the round, and marks and notes by criterion."""

    version: int
    round_id: str | None
    marks: Mapping[str, Any]
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToRate:
    """A criterion with what stands in its fields; ``choices`` are the marks there are, best last, None for a number."""

    criterion: CriterionToRate
    mark: Any
    note: str
    choices: tuple[float, ...] | None


def sheet_words(page: SheetPage, written: Written | None = None) -> dict[str, Any]:
    """What the templates of a sheet need."""
    return {
        "page": page, "desk": page.desk, "said": said_pages(page.paper), "address": file_address, "file_size": file_size,
        "facts": [
            (source_title(one.source), fact_told(page, one), one) for one in page.seen.facts if one.source in page.columns
        ],
        "to_rate": [_to_rate(one, written) for one in page.criteria], "told_values": told_values,
        "total": total_words(page), "points": points_words, "lacking": lacking_words(page),
        "tables": compared(page.found, page.plan) if page.found else [],
        "found_total": points_of(page.found.so_far.total, page.most) if page.found else "",
        "version": written.version if written else page.version,
    }  # fmt: skip


def saved_words(saved: SheetSaved) -> dict[str, Any]:
    """What the script shows once a draft is saved; the words around the figures are on the page."""
    say, so_far = words(), saved.so_far
    return {
        "version": saved.version, "saved": say.t("web.sheet.saved-at", at=say.clock(saved.at)),
        "total": say.number(so_far.total), "lacking": saved.lacking,
        "points": {id: say.number(points) for id, points in so_far.points.items() if points is not None},
    }  # fmt: skip


def total_words(page: SheetPage) -> str:
    """The points so far with one's own marks."""
    return points_of(page.so_far.total, page.most)


def points_words(page: SheetPage, one: CriterionToRate) -> str:
    """The points of a criterion with one's own mark; empty without one."""
    points = page.so_far.points.get(one.id) if one.mark is not None else None
    return "" if points is None else points_of(points, one.most)


def points_of(points: float, most: float | None) -> str:
    """Points in words, of what can be had where that is limited."""
    say = words()
    if most is None:
        return say.t("web.sheet.points", points=say.number(points))
    return say.t("web.sheet.points-of", points=say.number(points), most=say.number(most))


def lacking_words(page: SheetPage) -> str:
    """The criteria without a mark, in a sentence."""
    names = ", ".join(words().said(one.title) for one in page.lacking)
    return words().t("web.sheet.lacking", names=names) if names else words().t("web.sheet.complete")


def fact_told(page: SheetPage, one: FactSeen) -> list[Told]:
    """What a source has told; one that completes answers has told it in them."""
    columns = page.columns.get(one.source, {})
    return [
        Told(column_label(one.source, name), value_words(columns[name].type, value))
        for name, value in (one.values or {}).items()
        if name in columns
    ]


def problems_by_title(page: SheetPage, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems that name their field by the title of the criterion, and point to its field."""
    titles = {one.id: words().said(one.title) for one in page.criteria}
    return tuple(_by_title(one, titles) for one in problems)


def _by_title(one: Problem, titles: Mapping[str, str]) -> Problem:
    _, area, name = (*one.where.pointer.split("/"), "", "")[:3]
    if area not in ("marks", "notes") or name not in titles:
        return one
    key = "web.sheet.note-of" if area == "notes" else "web.sheet.mark-of"
    label = words().t(key, name=titles[name])
    where = replace(one.where, pointer=f"/{area.removesuffix('s')}.{name}")
    return replace(one, where=where, params={**one.params, "field": label, "path": label, "criterion": titles[name]})


def _to_rate(one: CriterionToRate, written: Written | None) -> ToRate:
    mark = written.marks.get(one.id) if written else one.mark
    note = written.notes.get(one.id, "") if written else one.note
    return ToRate(one, mark, note, _choices(one, mark))


def _choices(one: CriterionToRate, mark: Any) -> tuple[float, ...] | None:
    """The marks of a short scale of whole numbers, with one between them that was given before."""
    low, high = one.low, one.high
    if low is None or high is None or low != int(low) or high != int(high) or high - low >= MOST_CHOICES:
        return None
    whole = {float(number) for number in range(int(low), int(high) + 1)}
    is_between = isinstance(mark, int | float) and low <= mark <= high
    return tuple(sorted(whole | {float(mark)} if is_between else whole))
