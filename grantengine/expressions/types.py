"""The types an expression can have, and the scope of names it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grantengine.expressions.nodes import Node


@dataclass(frozen=True, slots=True)
class Type:
    """A scalar type, a list of ``item``, or a record of ``fields``.

    ``name`` is one of integer, number, money, percent, text, yes_no, date, null, list, record. A text that can
    only take certain values (a choice) names them in ``values``.
    """

    name: str
    item: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    values: tuple[str, ...] | None = None

    def field_type(self, name: str) -> Type | None:
        """The type of a record's field, None where there is no such field."""
        return dict(self.fields).get(name)

    def __str__(self) -> str:
        return f"list of {self.item}" if self.name == "list" else self.name


INTEGER, NUMBER, MONEY, PERCENT = Type("integer"), Type("number"), Type("money"), Type("percent")
TEXT, YES_NO, DATE, NULL = Type("text"), Type("yes_no"), Type("date"), Type("null")


def list_of(item: Type) -> Type:
    """The type of a list whose items are ``item``."""
    return Type("list", item=item)


def record_of(**fields: Type) -> Type:
    """The type of a record with these fields, in order."""
    return Type("record", fields=tuple(fields.items()))


def choice_of(values: tuple[str, ...]) -> Type:
    """A text that is one of ``values``."""
    return Type("text", values=values)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression sees at its moment.

    ``columns`` maps a dotted name (``members``, ``facts.register.active``) to the type of a column of the case table;
    ``definitions`` maps a dotted name to a checked expression that stands for it (``checked.approved_costs`` is
    the corrected value or, until there is one, the answer). ``elsewhere`` names what exists at another moment only,
    for a better hint.
    """

    columns: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    definitions: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: frozenset[str] = frozenset()

    def extended(
        self, columns: Mapping[str, Type] = MappingProxyType({}), definitions: Mapping[str, Node] = MappingProxyType({})
    ) -> Scope:
        """This scope with more names; the later wins."""
        return Scope({**self.columns, **columns}, {**self.definitions, **definitions}, self.elsewhere)

    def nearest(self, name: str) -> str | None:
        """The name in scope that looks most like ``name``."""
        names = [*self.columns, *self.definitions]
        found = get_close_matches(name, names, n=1, cutoff=0.6)
        return found[0] if found else None
