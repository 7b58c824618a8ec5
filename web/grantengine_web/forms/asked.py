"""What is known of a question before anyone answers: the kind of field, its choices and columns, and its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grantengine.compile.plan import Plan
from grantengine.expressions.types import Type
from grantengine.form.build import Field
from grantengine.form.visible import browser_rule
from grantengine.hooks.kinds import QuestionKind

Words = Mapping[str, str]
LINES = frozenset({"text", "number", "percent", "money", "date", "municipality", "organisation_number"})
"""Fields of one line."""
SHAPES = LINES | {"textarea", "yes_no", "radio", "checkboxes", "checkbox", "file", "table"}
MOST_RADIOS = 7
"""More choices than these are drawn as a list that opens."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a column of a table, as a field of a kind (``shape``).

    ``name`` is that of its control in the form; in a column it is only the end of it. ``choices`` are ids with their
    words. ``most`` is how many characters there is room for, ``rule`` the condition for scripts. ``is_whole``: of
    numbers, those without decimals. ``names`` are the names of values, such as those of places.
    """

    id: str
    kind: str
    shape: str
    type: Type
    label: Words
    help: Words
    needed: str | None
    minutes: float
    name: str
    choices: tuple[tuple[str, Words], ...] = ()
    columns: tuple[Asked, ...] = ()
    names: Mapping[str, str] | None = None
    most: int | None = None
    is_whole: bool = False
    rule: Any = None
    reads: frozenset[str] = frozenset()
    most_rows: int = 0

    @property
    def place(self) -> str:
        """The id of the element where the question stands on a page."""
        return f"q-{self.id}"

    @property
    def opens(self) -> bool:
        """Whether its choices are too many to stand beside each other."""
        return len(self.choices) > MOST_RADIOS


def asked_on(plan: Plan, page: str) -> tuple[Asked, ...]:
    """The questions of a page, in order. They are the same for all, and found once for each plan."""
    kept: dict[str, tuple[Asked, ...]] = plan.form.__dict__.setdefault("asked", {})
    if page not in kept:
        kept[page] = tuple(asked(field) for field in plan.form.fields if field.page == page)
    return kept[page]


def asked(field: Field) -> Asked:
    """A question of a form."""
    condition = field.visible_if
    return _asked(
        field.kind, field.options, field.type, name=f"a.{field.id}", label=field.label, help=field.question.help or {},
        needed=field.needed, minutes=field.minutes, rule=None if condition is None else browser_rule(condition.node),
        reads=frozenset() if condition is None else condition.columns,
    )  # fmt: skip


def asked_value(id: str, type: Type, label: Words, *, name: str = "value", needed: bool = True) -> Asked:
    """A value of a type that is no question of a form, such as a figure or a fact, as a field; ``id`` names its place."""
    return Asked(
        id=id, kind="", shape=_shape_of(type), type=type, label=label, help={}, needed="to_submit" if needed else None,
        minutes=0, name=name, choices=tuple((one, {"": one}) for one in type.values or ()),
        is_whole=type.name == "integer",
    )  # fmt: skip


def _asked(kind: QuestionKind, options: Any, type: Type, **more: Any) -> Asked:
    schema = kind.schema(options, "form")
    shape = _shape(kind, type)
    columns = tuple(_columns(kind, options, schema)) if shape == "table" else ()
    if shape == "table" and not columns:
        shape = "text"
    return Asked(
        id=kind.id, kind=kind.kind, shape=shape, type=type, choices=tuple(_choices(options, type)), columns=columns,
        names=kind.names(options) or None, most=schema.get("maxLength"), is_whole=type.name == "integer",
        most_rows=schema.get("maxItems", 0), **more,
    )  # fmt: skip


def _shape(kind: QuestionKind, type: Type) -> str:
    """The widget that the kind names; where it is none of ours, what fits the values."""
    if kind.widget in SHAPES and (kind.widget != "text" or type.name == "text"):
        return kind.widget
    if type.name == "list":
        is_table = type.item is not None and type.item.name == "record"
        return "table" if is_table else "checkboxes" if type.item and type.item.values else "text"
    return _shape_of(type)


def _shape_of(type: Type) -> str:
    """The widget that fits values of a type."""
    if type.values:
        return "radio"
    return {"integer": "number"}.get(type.name, type.name if type.name in SHAPES else "text")


def _choices(options: Any, type: Type) -> Iterator[tuple[str, Words]]:
    listed = getattr(options, "choices", None)
    if listed is not None:
        yield from ((choice.id, choice.label) for choice in listed)
    else:
        values = type.values or (type.item.values if type.item else None) or ()
        yield from ((value, {"": value}) for value in values)


def _columns(kind: QuestionKind, options: Any, schema: Mapping[str, Any]) -> Iterator[Asked]:
    """The columns that an applicant fills in; others may fill in more."""
    shown = schema.get("items", {}).get("properties", {})
    declared = {one.get("id"): one for one in getattr(options, "columns", ())}
    for part, its_options, is_needed in kind.parts:
        if part.id in shown:
            said = declared.get(part.id, {})
            yield _asked(
                part, its_options, part.column(its_options), name=part.id, label=said.get("label") or {},
                help=said.get("help") or {}, needed="to_submit" if is_needed else None, minutes=0,
            )  # fmt: skip
