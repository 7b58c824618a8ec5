"""The engine's own syntax tree: a dozen node classes that every writer, checker and compiler of expressions walks.

``at`` is the offset of the node in the text it was written in (0 where a plugin's template wrote it). ``type`` is None
until :func:`grantengine.expressions.check.check` has decided it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from grantengine.expressions.types import Type

Value: TypeAlias = "int | Decimal | str | bool | date | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes."""

    at: int = 0
    type: Type | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """A value written out: whole number, decimal number, text, yes/no (true, false), date, or null."""

    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A column of the case table by its dotted name: ``("facts", "register", "active")``."""

    path: tuple[str, ...]

    @property
    def dotted(self) -> str:
        """The name as it is written, parts joined by points."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Param(Node):
    """The parameter of a list function's lambda: ``p`` in ``p -> p.confirmed``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Node):
    """A field of a record: ``p.confirmed``."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    """``op`` is ``-`` or ``not``."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    """``op`` is one of ``+ - * / % //``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Node):
    """``op`` is one of ``= != < <= > >=``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic(Node):
    """``op`` is ``and`` or ``or``, over two operands or more."""

    op: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class In(Node):
    """``value in (items)``; ``not in`` is a ``not`` around it."""

    value: Node
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNull(Node):
    """``value is null``; ``is not null`` is a ``not`` around it."""

    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Node):
    """``case when c then v … else o end``; ``otherwise`` None reads as null."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A function of the language by its own name, such as ``least``; ``date_diff`` has its unit as a text literal first."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCall(Node):
    """``function`` is ``list_filter`` or ``list_transform``; ``body`` sees ``param`` as one item of ``source``."""

    function: str
    source: Node
    param: str
    body: Node
    param_at: int = 0


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order they are written."""
    match node:
        case Field(of=inner) | Unary(operand=inner) | IsNull(value=inner):
            return (inner,)
        case Binary(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Logic(operands=operands):
            return operands
        case In(value=value, items=items):
            return (value, *items)
        case Case(branches=branches, otherwise=otherwise):
            flat = tuple(part for branch in branches for part in branch)
            return flat if otherwise is None else (*flat, otherwise)
        case Call(args=args):
            return args
        case ListCall(source=source, body=body):
            return (source, body)
    return ()


def columns_of(node: Node) -> frozenset[str]:
    """The dotted names of every column read below ``node``."""
    if isinstance(node, Name):
        return frozenset({node.dotted})
    return frozenset().union(*(columns_of(child) for child in children(node)))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with ``change`` applied to every node, those below before those above."""
    below: dict[str, Any] = {}
    for part in fields(node):
        old = getattr(node, part.name)
        new = _rebuilt_part(old, change)
        if new is not old:
            below[part.name] = new
    return change(replace(node, **below) if below else node)


def _rebuilt_part(part: object, change: Callable[[Node], Node]) -> object:
    if isinstance(part, Node):
        return rebuilt(part, change)
    if isinstance(part, tuple):
        return tuple(_rebuilt_part(item, change) for item in part)
    return part
