"""Templates: expressions of plugins, whose holes are filled with syntax trees and never with text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from grantengine.expressions.expression import Expression, ExpressionError
from grantengine.expressions.nodes import Field, ListCall, Literal, Name, Node, Param, Value, rebuilt
from grantengine.expressions.parse import parse
from grantengine.expressions.read import MAX_DIGITS

_HOLE = re.compile(r"\{([A-Za-z]\w*)\}")
_LARGEST = 10**MAX_DIGITS
_COLUMN = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*\Z", re.ASCII)


def expr(template: str, **holes: Expression | Value | float) -> Expression:
    """The expression that ``template`` gives when each ``{name}`` stands for ``holes[name]`` as a tree.

    The functions ``list_min``, ``list_max`` and ``list_median`` are allowed here.

    Raises:
        ValueError: the template is not an expression, or a hole is in a text, not filled, or not used.
        TypeError: a hole is filled with something that has no place in an expression.
    """
    text, named = _with_names(template)
    if set(named) != set(holes):
        wrong = sorted(set(named) ^ set(holes))
        raise ValueError(f"holes not filled or not in the template: {', '.join(wrong)}")
    filled = {f"_{name}_": _tree(name, value) for name, value in holes.items()}
    try:
        node = parse(text, trusted=True).node
    except ExpressionError as error:
        raise ValueError(f"template {template!r}: {error}") from error
    return Expression(template, _fill(node, filled))


def expression(text: str) -> Expression:
    """The expression that an author wrote as an option of a kind, to be put in a template's hole.

    Raises:
        ExpressionError: the text is not an expression of the language.
    """
    return parse(text)


def column(dotted: str) -> Expression:
    """The column of this dotted name, such as ``facts.register.active``.

    Raises:
        ValueError: the name is not words joined by points.
    """
    if not _COLUMN.match(dotted):
        raise ValueError(f"not the name of a column: {dotted!r}")
    return Expression(dotted, Name(path=tuple(dotted.split("."))))


def literal(value: Value | float) -> Expression:
    """The value as an expression.

    Raises:
        TypeError: the value is of a type that has no literal.
        ValueError: the number is infinite or not a number.
    """
    return Expression(repr(value), _literal("value", value))


def _with_names(template: str) -> tuple[str, list[str]]:
    """The template with ``{name}`` as ``_name_``, which is as long and no name of an author can be; and the names."""
    pieces = template.split("'")
    for inside in pieces[1::2]:
        found = _HOLE.search(inside)
        if found:
            raise ValueError(f"hole {found.group(1)} stands in a text of the template {template!r}")
    outside = "".join(pieces[::2])
    if re.search(r"\b_\w*_\b", outside):
        raise ValueError(f"a name with underscores at both ends in the template {template!r}")
    pieces[::2] = [_HOLE.sub(r"_\1_", piece) for piece in pieces[::2]]
    return "'".join(pieces), _HOLE.findall(outside)


def _tree(name: str, value: object) -> Node:
    return _placed(value.node) if isinstance(value, Expression) else _literal(name, value)


def _literal(name: str, value: object) -> Node:
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"hole {name}: {value} is not a finite number")
    if isinstance(value, (int, Decimal)) and abs(value) >= _LARGEST:
        raise ValueError(f"hole {name}: {value} has more than {MAX_DIGITS} digits")
    if isinstance(value, datetime) or not (value is None or isinstance(value, (bool, int, Decimal, str, date))):
        raise TypeError(f"hole {name}: a {type(value).__name__} has no place in an expression")
    return Literal(value=value)


def _placed(node: Node) -> Node:
    """The tree with every position 0: it stands in another text now."""
    return rebuilt(node, lambda inner: replace(inner, at=0))


def _fill(node: Node, filled: dict[str, Node]) -> Node:
    def put(inner: Node) -> Node:
        inner = replace(inner, at=0)
        if isinstance(inner, Name):
            if inner.dotted in filled:
                return filled[inner.dotted]
            _refuse_hole(inner.path, filled)
        elif isinstance(inner, (Param, ListCall)):
            name = inner.name if isinstance(inner, Param) else inner.param
            _refuse_hole((name,), filled)
            # An author's question may have the name of a template's parameter; an underscore keeps them apart.
            own = name if name.startswith("_") else f"_{name}"
            return replace(inner, name=own) if isinstance(inner, Param) else replace(inner, param=own)
        elif isinstance(inner, Field):
            _refuse_hole((inner.name,), filled)
        return inner

    return rebuilt(node, put)


def _refuse_hole(names: tuple[str, ...], filled: dict[str, Node]) -> None:
    for name in names:
        if name in filled:
            raise ValueError(f"hole {name.strip('_')} stands where a name must be written out")
