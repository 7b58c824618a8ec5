"""What the page of a case shows, from the case as it was read and what has just been tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from grantengine.errors import Problem, Where
from grantengine.services.case_entries import CaseEntries
from grantengine.services.case_standing import RuleSeen
from grantengine.services.read_application import FactSeen
from grantengine.services.see_case import CasePage, CheckedSeen
from grantengine_web import here
from grantengine_web.answers import Said, said, said_pages
from grantengine_web.applicant.draft_view import words as field_words
from grantengine_web.applicant.reading import file_address, file_size, words
from grantengine_web.forms.asked import Asked, asked, asked_value
from grantengine_web.forms.drawing import Drawn, draw
from grantengine_web.forms.faults import faults
from grantengine_web.forms.reading import Posted, read_answers
from grantengine_web.office.case_todo import todo_of
from grantengine_web.office.case_words import (
    Told,
    column_label,
    figure_label,
    label_of,
    source_title,
    told_value,
    told_values,
    value_words,
)

COLOURS = {"yes": "success", "no": "danger", "missing": "warning", "undetermined": "warning"}


@dataclass(frozen=True, slots=True)
class Tried:
    """A form of the page that could not be taken: which one, what is wrong, and what was written in it."""

    form: str = ""
    problems: tuple[Problem, ...] = ()
    posted: Posted = field(default_factory=MultiDict)

    def of(self, form: str, name: str) -> str:
        """What was written in a field of this form."""
        return self.posted.get(name, "") if form == self.form else ""

    def place(self, problem: Problem) -> str:
        """Where on the page a problem stands."""
        name = problem.where.pointer.removeprefix("/")
        if name in ("reason", "note"):
            return f"{self.form}-{name}"
        return (
            "handlers"
            if self.form == "give" or self.form.startswith("end-")
            else self.form.replace("clear-", "checked-")
        )

    def wrong(self, form: str, name: str) -> list[Problem]:
        """What is wrong with a field of this form."""
        return [one for one in self.problems if form == self.form and one.where.pointer == f"/{name}"]


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A figure that a handler may set; ``question`` is the one whose answer it corrects."""

    id: str
    label: str
    seen: CheckedSeen | None
    value: str
    drawn: Drawn
    question: str | None


@dataclass(frozen=True, slots=True)
class FactShown:
    """What a source has told, with the fields to enter it by hand where that may be done."""

    fact: FactSeen
    title: str
    values: tuple[Told, ...]
    tables: tuple[Said, ...]
    fields: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a rule needs, and where on the page it is to be had."""

    label: str
    place: str


def case_words(page: CasePage, tried: Tried | None = None) -> dict[str, Any]:
    """What the template of a case needs."""
    tried = tried or Tried()
    figures = figures_of(page, tried)
    return {
        "page": page, "desk": page.desk, "tried": tried, "todo": todo_of(page) if page.is_open else None,
        "menu": list(_menu(page)), "today": here.engine().today(), "said": said_pages(page.paper),
        "figures": figures, "beside": _beside(figures), "facts": [_fact(page, one, tried) for one in page.seen.facts],
        "told_values": told_values, "lacking": lacking_of, "colours": COLOURS, "asked_for": _asked_for(page),
        "file_size": file_size, "address": file_address, "me": here.by().id, **field_words(),
    }  # fmt: skip


def _menu(page: CasePage) -> Iterator[str]:
    """The parts of the page, by the ids of their headings."""
    yield from ("todo", "rules") if page.is_open else ("rules",)
    if page.standing.criteria:
        yield "points"
    yield from ("answers", "talk", "facts", "partners", "meetings")
    if page.people.assessors or page.standing.rated:
        yield "assessments"
    yield "past"


def _asked_for(page: CasePage) -> Told | None:
    """The sum that is applied for."""
    value = page.paper.answers.get("requested")
    return told_value(page.plan, "requested", value) if value is not None else None


def lacking_of(page: CasePage, rule: RuleSeen) -> list[Lacking]:
    """Answers and facts that a rule needs, each with its place on the page."""
    names = (name for name in (*rule.missing, *rule.not_obtained) if not name.startswith("judged."))
    return [Lacking(label_of(page.plan, name), place_of(name)) for name in names]


def place_of(name: str) -> str:
    """Where on the page something stands that rules read."""
    area, _, rest = name.partition(".")
    return {"facts": f"fact-{rest.partition('.')[0]}", "checked": f"checked-{rest}"}.get(area, f"q-{name}")


def figures_of(page: CasePage, tried: Tried) -> list[FigureShown]:
    """What a handler may check: figures of the scheme, and questions."""
    sources = {one.id: one.from_ for one in page.plan.scheme.checked}
    return [
        _figure(page, name, sources.get(name) or (name if name in page.plan.form.by_id else None), tried)
        for name in page.entries.checkable
    ]


def figure_field(entries: CaseEntries, name: str) -> Asked:
    """The field of a figure; of a question it is drawn as the applicant had it."""
    label, question = {"": words().t("web.case.checked-new")}, entries.plan.form.by_id.get(name)
    if question is None:
        return asked_value(f"set-{name}", entries.checkable[name], label)
    return replace(asked(question), id=f"set-{name}", name="value", label=label, needed="to_submit")


def _figure(page: CasePage, name: str, question: str | None, tried: Tried) -> FigureShown:
    figure, seen, form = figure_field(page.entries, name), page.checked.get(name), f"checked-{name}"
    value = seen.value if seen else page.paper.answers.get(question or "")
    if tried.form == form:
        value = read_answers([figure], tried.posted)[figure.id]
    drawn = _drawn([figure], {figure.id: value}, {figure.id: tried.wrong(form, name)})[0]
    shown = told_value(page.plan, name, seen.value, figure=True).value if seen else ""
    return FigureShown(name, figure_label(page.plan, name), seen, shown, drawn, question)


def _beside(figures: Iterable[FigureShown]) -> dict[str, list[FigureShown]]:
    found: dict[str, list[FigureShown]] = {}
    for one in figures:
        found.setdefault(one.question or "", []).append(one)
    return found


def fact_fields(entries: CaseEntries, source: str) -> list[Asked]:
    """The fields in which a handler enters what a source could not tell."""
    return [
        asked_value(
            f"of-{source}-{name}", column.type, {"": column_label(source, name)}, name=f"v.{name}",
            needed=not column.null_is_value,
        )
        for name, column in entries.columns.get(source, {}).items()
    ]  # fmt: skip


def _fact(page: CasePage, fact: FactSeen, tried: Tried) -> FactShown:
    columns = page.entries.columns.get(fact.source)
    known = {name: value for name, value in (fact.values or {}).items() if columns is not None and name in columns}
    values = tuple(
        Told(column_label(fact.source, name), value_words(columns[name].type if columns else None, value))
        for name, value in known.items()
    )
    tables = () if columns is not None else tuple(_tables(page, fact))
    is_open = page.may_work and (fact.entered_by is not None or fact.values is None or fact.retry_at is not None)
    return FactShown(
        fact, source_title(fact.source), values, tables, tuple(_entry(page, fact, tried)) if is_open else ()
    )


def _tables(page: CasePage, fact: FactSeen) -> Iterable[Said]:
    for name, value in (fact.values or {}).items():
        question = page.plan.form.by_id.get(name)
        if question is not None:
            yield said(question, value, currency=page.plan.currency)


def _entry(page: CasePage, fact: FactSeen, tried: Tried) -> Sequence[Drawn]:
    fields, form = fact_fields(page.entries, fact.source), f"fact-{fact.source}"
    names = {one.id: one.name.removeprefix("v.") for one in fields}
    if tried.form == form:
        typed: Mapping[str, Any] = read_answers(fields, tried.posted)
    else:
        typed = {id: (fact.values or {}).get(name) for id, name in names.items()} if fact.entered_by else {}
    return _drawn(fields, typed, {id: tried.wrong(form, name) for id, name in names.items()})


def _drawn(fields: Sequence[Asked], values: Mapping[str, Any], wrong: Mapping[str, Iterable[Problem]]) -> list[Drawn]:
    problems = [replace(one, where=Where(pointer=f"/{id}")) for id, some in wrong.items() for one in some]
    said_of = faults(words(), fields, problems, here.language())
    return [
        draw(one, values.get(one.id), here.language(), faults=said_of, shown={one.id}, open_=None) for one in fields
    ]


def back_to(id: str, place: str) -> str:
    """The page of a case, at this place."""
    return url_for("office.case", id=id, _anchor=place)
