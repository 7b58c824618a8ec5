"""Answers as people read them: one way to draw them for all pages, for applicants and for those who handle cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, cast

from flask import current_app

from grantengine.errors import MoneyError
from grantengine.form.build import Field
from grantengine.money import Money, parse_ore
from grantengine_web import here
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import Asked, asked

if TYPE_CHECKING:
    from grantengine.services.attach_file import Attached
    from grantengine.services.paper import Paper, PaperPage
    from grantengine_web.words import Words

Shape = Literal["none", "line", "text", "list", "table", "files"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether numbers stand in it."""

    label: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A question with its answer in words. ``lines`` are one for a line or a text, and more for a list; a table has ``rows``
    with a text for each of ``columns``; ``missing``: it has no answer, and needs one (``to_submit`` or ``to_decide``);
    ``beside``: it needs none, as what it asks for stands beside the form: the partners that were asked.
    """

    id: str
    label: Mapping[str, str]
    shape: Shape
    lines: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sums: tuple[str, ...] = ()
    files: tuple[Attached, ...] = ()
    missing: str | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class SaidPage:
    """A page of the form with its answers."""

    id: str
    title: Mapping[str, str]
    answers: tuple[Said, ...]


def said_pages(paper: Paper) -> tuple[SaidPage, ...]:
    """An application, page by page; pages on which nothing is asked are left out."""
    return tuple(_page(paper, one) for one in paper.pages if one.fields)


def _page(paper: Paper, one: PaperPage) -> SaidPage:
    answers = [said(field, paper.answers.get(field.id), paper.files, paper.currency) for field in one.fields]
    asked_too = {field.id for field in one.fields if field.question.kind == "partners" and paper.partners}
    answers = [
        replace(each, beside=True) if each.id in asked_too and each.shape == "none" and not each.missing else each
        for each in answers
    ]
    return SaidPage(one.page.id, one.page.title or {"": one.page.id}, tuple(answers))


def said(field: Field, value: Any, files: Iterable[Attached] = (), currency: str = "NOK") -> Said:
    """A question of a form with this answer; ``files`` are those of the application."""
    question = asked(field)
    if question.shape == "file":
        mine = tuple(file for file in files if file.question == field.id)
        return Said(
            field.id, field.label, "files" if mine else "none", files=mine, missing=None if mine else field.needed
        )
    if value is None or value == []:
        return Said(field.id, field.label, "none", missing=field.needed)
    if question.shape == "table" and _is_table(value):
        return _table(question, field, value, currency)
    if question.shape == "checkboxes" and isinstance(value, list):
        return Said(field.id, field.label, "list", tuple(_line(question, one, currency) for one in value))
    shape: Shape = "text" if question.shape == "textarea" or "\n" in str(value) else "line"
    return Said(field.id, field.label, shape, (_line(question, value, currency),))


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _table(question: Asked, field: Field, rows: Sequence[Mapping[str, Any]], currency: str) -> Said:
    """Columns that are empty in every row are left out; sums of money stand below."""
    columns = [one for one in question.columns if any(row.get(one.id) is not None for row in rows)]
    sums = tuple(_sum(one, rows, currency) for one in columns)
    return Said(
        field.id, field.label, "table", columns=tuple(Column(_heading(one), _is_number(one)) for one in columns),
        rows=tuple(tuple(_line(one, row.get(one.id), currency) for one in columns) for row in rows),
        sums=sums if any(sums) and len(rows) > 1 else (),
    )  # fmt: skip


def _is_number(one: Asked) -> bool:
    return one.shape in ("number", "money", "percent")


def _heading(one: Asked) -> str:
    words = _words()
    if one.label and words.plain(one.label) != one.id:
        return words.plain(one.label)
    key = f"web.column.{one.id}"
    return words.t(key) if words.texts.has(key) else one.id.replace("_", " ")


def _sum(one: Asked, rows: Sequence[Mapping[str, Any]], currency: str) -> str:
    if one.shape != "money":
        return ""
    found = [_ore(row.get(one.id)) for row in rows]
    return _words().money(Money(sum(ore or 0 for ore in found), currency))


def _ore(value: Any) -> int | None:
    try:
        return parse_ore(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except MoneyError:
        return None


def _line(one: Asked, value: Any, currency: str) -> str:
    """One value in words; what does not fit its question is shown as it was written."""
    words = _words()
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.t("web.yes" if value else "web.no")
    chosen = dict(one.choices).get(value) if isinstance(value, str) else None
    if chosen is not None:
        return words.plain(chosen)
    if one.shape == "money" and (ore := _ore(value)) is not None:
        return words.money(Money(ore, currency))
    if isinstance(value, int | float):
        if one.shape != "percent":
            # Four digits are not divided: most of them are years.
            return str(value) if isinstance(value, int) and abs(value) < 10_000 else words.number(value)
        return words.t("web.answer.percent", number=spellings.written(spellings.percentage(value), here.language()))
    if not isinstance(value, str):
        return str(value)
    if one.shape == "municipality":
        return (one.names or {}).get(value, value)
    if one.shape == "date" and spellings.day(value) == value:
        return words.day(date.fromisoformat(value))
    if one.shape == "organisation_number" and len(value) == 9:
        return f"{value[:3]} {value[3:6]} {value[6:]}"
    return value


def _words() -> Words:
    return cast("Words", current_app.extensions["words"])
