"""From the questions of a scheme to a form: each question with its kind, checked options, column type and visibility."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from grantengine.errors import Message
from grantengine.expressions.expression import Checked, ExpressionError
from grantengine.expressions.types import Type
from grantengine.form.visible import check_visible, order_by_dependency
from grantengine.hooks.guard import options_of
from grantengine.hooks.kinds import QuestionKind
from grantengine.hooks.registry import Registry
from grantengine.scheme.collect import Collector, Path
from grantengine.scheme.model import Question, Scheme


@dataclass(frozen=True)
class Field:
    """A question as the form has it. ``minutes`` is the time an applicant needs to answer."""

    page: str
    question: Question
    kind: QuestionKind
    options: Any
    type: Type
    minutes: float
    visible_if: Checked | None = None

    @property
    def id(self) -> str:
        """The question's id."""
        return self.question.id

    @property
    def label(self) -> Mapping[str, str]:
        """The question as it is asked; its id where the scheme does not say."""
        return self.question.label or {"": self.id}

    @property
    def needed(self) -> str | None:
        """``to_submit``, ``to_decide``, or None for an optional question."""
        return None if self.question.optional else self.question.needed

    @property
    def step(self) -> float | None:
        """The smallest change of the answer a counterfactual may propose, None where it may not change it."""
        changeable = self.question.changeable
        if changeable is None:
            return self.kind.step
        return float(changeable.scale) if changeable else None


@dataclass(frozen=True)
class Form:
    """Fields in the order of the scheme. ``by_dependency`` lists each conditional question after those it depends on."""

    fields: tuple[Field, ...]
    by_dependency: tuple[Field, ...]

    @cached_property
    def by_id(self) -> dict[str, Field]:
        """Fields by question id."""
        return {field.id: field for field in self.fields}


def build(scheme: Scheme, registry: Registry, collector: Collector) -> Form:
    """Make the form; problems of questions go to ``collector`` and their questions are left out."""
    available = registry.available(scheme.plugins)
    fields = [
        field
        for path, page, question in _questions(scheme)
        if (field := _field(path, page, question, registry, available, collector)) is not None
    ]
    scope = {field.id: field.type for field in fields}
    shown = [_with_visibility(field, scope, path, collector) for field, path in _with_paths(fields, scheme)]
    return Form(tuple(shown), order_by_dependency(shown, collector, dict(_paths(scheme))))


def _questions(scheme: Scheme) -> Iterator[tuple[Path, str, Question]]:
    for page_index, page in enumerate(scheme.form):
        for index, question in enumerate(page.questions):
            yield ("form", page_index, "questions", index), page.id, question


def _paths(scheme: Scheme) -> Iterator[tuple[str, Path]]:
    return ((question.id, path) for path, _, question in _questions(scheme))


def _with_paths(fields: list[Field], scheme: Scheme) -> Iterator[tuple[Field, Path]]:
    paths = dict(_paths(scheme))
    return ((field, paths[field.id]) for field in fields)


def _field(
    path: Path, page: str, question: Question, registry: Registry, available: frozenset[str], collector: Collector
) -> Field | None:
    made = _kind_with_options(path, question, registry, available, collector)
    if made is None:
        return None
    kind, options = made
    minutes = kind.default_minutes if question.minutes is None else question.minutes
    return Field(page, question, kind, options, kind.column(options), minutes)


def _kind_with_options(
    path: Path, question: Question, registry: Registry, available: frozenset[str], collector: Collector
) -> tuple[QuestionKind, Any] | None:
    cls = collector.find_kind(registry, QuestionKind, question.kind, (*path, "kind"), available)
    if cls is None:
        return None
    common = [name for name in type(question).model_fields if name not in ("id", "kind")]
    try:
        options = options_of(cls, question.kind_options, collector.context)
    except ValidationError as error:
        collector.options(error, path, cls.Options, extra_keys=common)
        return None
    kind = cls(question.id)
    if kind.has_columns:
        parts = _parts(path, getattr(options, "columns", ()), registry, available, collector)
        if parts is None:
            return None
        kind.parts = parts
    return kind, options


def _parts(
    path: Path, columns: tuple[dict[str, Any], ...], registry: Registry, available: frozenset[str], collector: Collector
) -> tuple[tuple[QuestionKind, Any, bool], ...] | None:
    """The columns of a table, each a question of a scalar kind."""
    parts: list[tuple[QuestionKind, Any, bool]] = []
    for index, raw in enumerate(columns):
        at = (*path, "columns", index)
        try:
            question = Question.model_validate(raw, context=collector.context)
        except ValidationError as error:
            collector.options(error, at, Question)
            continue
        made = _kind_with_options(at, question, registry, available, collector)
        if made is None:
            continue
        kind, options = made
        if kind.column(options).name == "list":
            collector.add("table-in-table", (*at, "kind"), {"kind": kind.kind})
        if question.visible_if is not None:
            collector.add("visible-in-table", (*at, "visible_if"))
        first = next((place for place, part in enumerate(parts) if part[0].id == kind.id), None)
        if first is not None:
            line = collector.source.where((*path, "columns", first, "id")).line
            collector.add(
                "duplicate-id", (*at, "id"), {"id": kind.id, "what": Message("word.column"), "first_line": line}
            )
        parts.append((kind, options, not question.optional))
    return tuple(parts) if len(parts) == len(columns) else None


def _with_visibility(field: Field, scope: dict[str, Type], path: Path, collector: Collector) -> Field:
    text = field.question.visible_if
    if text is None:
        return field
    try:
        checked = check_visible(text, scope)
    except ExpressionError as error:
        collector.faults(error, (*path, "visible_if"))
        return field
    return Field(field.page, field.question, field.kind, field.options, field.type, field.minutes, checked)
