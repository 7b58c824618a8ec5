"""From a syntax tree back to text of the rule language, as a person would write it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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
    Param,
    Unary,
    Value,
)

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)
"""How tightly a construct holds together; one that stands inside a tighter one is put in parentheses."""


def show(node: Node) -> str:
    """The text of ``node``: parentheses only where they are needed, parameters of templates without their underscore."""
    return _written(node)[0]


def _inside(node: Node, least: int) -> str:
    text, level = _written(node)
    return text if level >= least else f"({text})"


def _written(node: Node) -> tuple[str, int]:
    """The text and how tightly it holds together."""
    match node:
        case Literal(value=value):
            text = _value(value)
            return text, _SIGN if text.startswith("-") else _ATOM
        case Unary(op="not", operand=IsNull(value=value)):
            return f"{_inside(value, _SUM)} is not null", _COMPARE
        case Unary(op="not", operand=In(value=value, items=items)):
            return f"{_inside(value, _SUM)} not in ({_list(items)})", _COMPARE
        case Unary(op="not", operand=operand):
            return f"not {_inside(operand, _NOT)}", _NOT
        case Unary(operand=operand):
            return f"-{_inside(operand, _ATOM)}", _SIGN
        case Binary(op=op, left=left, right=right):
            level = _SUM if op in "+-" else _PRODUCT
            return f"{_inside(left, level)} {op} {_inside(right, level + 1)}", level
        case Compare(op=op, left=left, right=right):
            return f"{_inside(left, _SUM)} {op} {_inside(right, _SUM)}", _COMPARE
        case Logic(op=op, operands=operands):
            level = _OR if op == "or" else _AND
            return f" {op} ".join(_inside(operand, level) for operand in operands), level
        case In(value=value, items=items):
            return f"{_inside(value, _SUM)} in ({_list(items)})", _COMPARE
        case IsNull(value=value):
            return f"{_inside(value, _SUM)} is null", _COMPARE
    return _whole(node), _ATOM


def _whole(node: Node) -> str:
    """The text of what needs no parentheses anywhere."""
    match node:
        case Name():
            return node.dotted
        case Param(name=name):
            return name.lstrip("_")
        case Field(of=of, name=name):
            return f"{_inside(of, _ATOM)}.{name}"
        case Call(function=function, args=args):
            return f"{function}({_list(args)})"
        case ListCall(function=function, source=source, param=param, body=body):
            return f"{function}({show(source)}, {param.lstrip('_')} -> {show(body)})"
        case Case(branches=branches, otherwise=otherwise):
            while isinstance(otherwise, Case):
                # What a nested case tries comes after what this one tries.
                branches, otherwise = (*branches, *otherwise.branches), otherwise.otherwise
            whens = "".join(f" when {show(when)} then {show(value)}" for when, value in branches)
            return f"case{whens}{'' if otherwise is None else f' else {show(otherwise)}'} end"
    raise TypeError(type(node).__name__)


def _list(nodes: tuple[Node, ...]) -> str:
    return ", ".join(show(node) for node in nodes)


def _value(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            doubled = value.replace("'", "''")
            return f"'{doubled}'"
        case date():
            return f"date '{value.isoformat()}'"
        case Decimal():
            return format(value.normalize(), "f")
    return str(value)
