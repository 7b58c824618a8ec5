"""Conditional questions: one ``visible_if`` compiled to JSON Schema, to a rule over columns, and to data for the browser.

All three follow SQL's logic of three values: an unanswered question makes a comparison neither true nor false, and only
what is true is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grantengine.errors import Message
from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked, ExpressionError, Fault
from grantengine.expressions.nodes import (
    Binary,
    Call,
    Case,
    Compare,
    Field,
    In,
    IsNull,
    ListCall,
    Literal,
    Logic,
    Name,
    Node,
    Unary,
    children,
)
from grantengine.expressions.parse import parse
from grantengine.expressions.types import YES_NO, Scope, Type

if TYPE_CHECKING:
    from grantengine.form.build import Field as FormField
    from grantengine.scheme.collect import Collector, Path

COMPARABLE = frozenset({"integer", "number", "percent", "text", "yes_no"})
ORDERED = frozenset({"integer", "number", "percent"})
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}

Schema = dict[str, Any]


def check_visible(text: str, questions: Mapping[str, Type]) -> Checked:
    """Parse and check a ``visible_if``: comparison with a value, ``in``, ``is null``, ``and or not`` over questions.

    :raises ExpressionError: as for every expression, and ``visible-not-allowed`` for what can not be shown in all
        three forms.
    """
    checked = check(parse(text), Scope(columns=questions), want=YES_NO)
    faults = [*_unfit(checked.node)]
    if faults:
        raise ExpressionError(tuple(faults))
    return checked


def _unfit(node: Node) -> list[Fault]:
    match node:
        case Logic() | Unary(op="not"):
            return [fault for child in children(node) for fault in _unfit(child)]
        case Compare(op=op, left=left, right=right):
            return _unfit_comparison(node, op, left, right)
        case In(value=Name() as name, items=items) if all(isinstance(item, Literal) for item in items):
            return _unfit_type(name, COMPARABLE)
        case IsNull(value=Name() as name):
            return _unfit_type(name, COMPARABLE | {"money", "date"})
        case Name(type=kind) if kind == YES_NO:
            return []
        case Literal(type=kind) if kind == YES_NO:
            return []
    return [Fault("visible-not-allowed", node.at, {"what": Message(f"node.{type(node).__name__.lower()}")}, None)]


def _unfit_comparison(node: Node, op: str, left: Node, right: Node) -> list[Fault]:
    pair = (left, right) if isinstance(left, Name) else (right, left)
    match pair:
        case (Name() as name, Literal(value=value)) if value is not None:
            return _unfit_type(name, COMPARABLE if op in ("=", "!=") else ORDERED)
        case (Name() as name, Unary(op="-", operand=Literal())):
            return _unfit_type(name, ORDERED)
    odd = next((part for part in (left, right) if isinstance(part, Binary | Call | Case | Field | ListCall)), node)
    return [Fault("visible-not-allowed", odd.at, {"what": Message(f"node.{type(odd).__name__.lower()}")}, None)]


def _unfit_type(name: Name, fit: frozenset[str]) -> list[Fault]:
    kind = name.type.name if name.type else "null"
    if kind in fit:
        return []
    return [Fault("visible-type", name.at, {"name": name.dotted, "type": Message(f"type.{kind}")}, None)]


def order_by_dependency(
    fields: Sequence[FormField], collector: Collector, paths: Mapping[str, Path]
) -> tuple[FormField, ...]:
    """Fields so that each comes after those its visibility depends on; a circle is a problem."""
    placed: dict[str, FormField] = {}
    waiting = list(fields)
    while waiting:
        ready = [f for f in waiting if f.visible_if is None or f.visible_if.columns <= placed.keys()]
        if not ready:
            for field in _circle(waiting):
                collector.add("visible-circle", (*paths[field.id], "visible_if"), {"id": field.id})
            break
        placed |= {field.id: field for field in ready}
        waiting = [field for field in waiting if field.id not in placed]
    return tuple(placed.values())


def _circle(waiting: Sequence[FormField]) -> list[FormField]:
    """Those that wait for each other, without those that only wait for them."""
    left = list(waiting)
    while True:
        awaited = frozenset[str]().union(*(field.visible_if.columns for field in left if field.visible_if))
        kept = [field for field in left if field.id in awaited]
        if len(kept) == len(left):
            return left
        left = kept


# --- JSON Schema: one schema that holds where the condition is true, one where it is false -------------------------


def true_schema(node: Node) -> Schema:
    """A JSON Schema over the answers that is valid exactly where ``node`` is true."""
    return _schema(node, True)


def _schema(node: Node, wanted: bool) -> Schema:
    match node:
        case Logic(op=op, operands=operands):
            parts = [_schema(operand, wanted) for operand in operands]
            return {"allOf" if (op == "and") == wanted else "anyOf": parts}
        case Unary(op="not", operand=operand):
            return _schema(operand, not wanted)
        case IsNull(value=Name() as name):
            answered = _answered(name)
            return {"not": answered} if wanted else answered
        case In(value=Name() as name, items=items):
            values = [_plain(item) for item in items if _plain(item) is not None]
            if wanted:
                return _answered(name, {"enum": values})
            # `x not in (1, null)` is never true in SQL: whether x is the null can not be known.
            return _answered(name, {"not": {"enum": values}}) if len(values) == len(items) else {"not": {}}
        case Compare():
            name, op, value = _oriented(node)
            return _answered(name, _bound(op if wanted else _OPPOSITE[op], value))
        case Name():
            return _answered(node, {"const": wanted})
        case Literal(value=value):
            return {} if value is wanted else {"not": {}}
    raise AssertionError(f"check_visible lets no {type(node).__name__} through")


def _answered(name: Name, holds: Schema | None = None) -> Schema:
    not_null = {"not": {"type": "null"}}
    schema = not_null if holds is None else {"allOf": [not_null, holds]}
    return {"type": "object", "properties": {name.dotted: schema}, "required": [name.dotted]}


def _bound(op: str, value: Any) -> Schema:
    return {
        "=": {"const": value},
        "!=": {"not": {"const": value}},
        "<": {"exclusiveMaximum": value},
        "<=": {"maximum": value},
        ">": {"exclusiveMinimum": value},
        ">=": {"minimum": value},
    }[op]


def _oriented(node: Compare) -> tuple[Name, str, Any]:
    """The comparison with the question on the left."""
    if isinstance(node.left, Name):
        return node.left, node.op, _plain(node.right)
    assert isinstance(node.right, Name)
    return node.right, _MIRROR[node.op], _plain(node.left)


def _plain(node: Node) -> Any:
    """A literal as JSON has it."""
    match node:
        case Literal(value=Decimal() as value):
            return int(value) if value == int(value) else float(value)
        case Literal(value=value):
            return value
        case Unary(op="-", operand=operand):
            return -_plain(operand)
    raise AssertionError(f"{type(node).__name__} is no literal")


# --- Data for the browser ------------------------------------------------------------------------------------------


def browser_rule(node: Node) -> Any:
    """The condition as nested JSON lists that a script walks: ``["and", ["=", "kind", "course"], ["is null", "x"]]``."""
    match node:
        case Logic(op=op, operands=operands):
            return [op, *(browser_rule(operand) for operand in operands)]
        case Unary(op="not", operand=operand):
            return ["not", browser_rule(operand)]
        case IsNull(value=Name() as name):
            return ["is null", name.dotted]
        case In(value=Name() as name, items=items):
            return ["in", name.dotted, [_plain(item) for item in items]]
        case Compare():
            name, op, value = _oriented(node)
            return [op, name.dotted, value]
        case Name():
            return ["=", node.dotted, True]
        case Literal(value=value):
            return ["value", value]
    raise AssertionError(f"check_visible lets no {type(node).__name__} through")
