"""A checked expression as plain data, and back: what is kept of a published scheme runs whatever plugins say later."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from grantengine.expressions import nodes
from grantengine.expressions.expression import Checked
from grantengine.expressions.types import Type

_CLASSES: dict[str, type[nodes.Node]] = {cls.__name__: cls for cls in nodes.Node.__subclasses__()}


def freeze_expression(checked: Checked) -> dict[str, Any]:
    """An expression as data that JSON can hold."""
    return {
        "text": checked.text,
        "node": _frozen(checked.node),
        "type": _frozen(checked.type),
        "columns": sorted(checked.columns),
    }


def thaw_expression(data: dict[str, Any]) -> Checked:
    """The expression that was frozen.

    :raises KeyError: the data names a node that does not exist.
    """
    return Checked(data["text"], _thawed(data["node"]), _thawed(data["type"]), frozenset(data["columns"]))


def _frozen(value: Any) -> Any:
    if isinstance(value, nodes.Node | Type):
        plain = {part.name: _frozen(getattr(value, part.name)) for part in fields(value)}
        # What stands at its default is left out; the places in the text are kept, for explanations.
        return {
            "is": type(value).__name__,
            **{name: part for name, part in plain.items() if part not in (None, [], 0)},
        } | ({"value": _frozen(value.value)} if isinstance(value, nodes.Literal) else {})
    if isinstance(value, tuple):
        return [_frozen(part) for part in value]
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_thawed(part) for part in value)
    if not isinstance(value, dict):
        return value
    if "decimal" in value:
        return Decimal(value["decimal"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    made = {name: _thawed(part) for name, part in value.items() if name != "is"}
    if value["is"] == "Type":
        return Type(**made)
    cls = _CLASSES[value["is"]]
    if cls is nodes.Case:
        made.setdefault("otherwise", None)
    return cls(**{**_empty_tuples(cls), **made})


def _empty_tuples(cls: type[nodes.Node]) -> dict[str, Any]:
    return {part.name: () for part in fields(cls) if part.name in ("operands", "items", "args", "branches", "path")}
