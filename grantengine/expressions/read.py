"""The reader of the parser's tree: one method or entry per allowed class of node, every other class is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlglot import exp

from grantengine.errors import Message
from grantengine.expressions.expression import refusal
from grantengine.expressions.functions import CONSTANTS, DATE_UNITS, FUNCTIONS
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
)
from grantengine.expressions.places import Places
from grantengine.expressions.tokens import FUNCTION, NAME, Tokens

_BINARY = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.IntDiv: "//"}
_COMPARE = {exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_LOGIC: dict[type[exp.Expr], str] = {exp.And: "and", exp.Or: "or"}
_COMPARISONS = (*_COMPARE, exp.Between, exp.In, exp.Is)
_CONSTANT = {"null": None, "true": True, "false": False}
_PARAM = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
MAX_DIGITS = 18


class Reader:
    """Reads one parsed text. ``params`` are the lambda parameters open at the moment."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens, self.places = tokens, Places(tokens)
        self.start = self.places.start
        self.params: tuple[str, ...] = ()
        self._read: dict[type[exp.Expr], Callable[..., Node]] = {
            **dict.fromkeys(_BINARY, self._binary),
            **dict.fromkeys(_COMPARE, self._compare),
            **dict.fromkeys(_LOGIC, self._logic),
            **dict.fromkeys((exp.Column, exp.Dot, exp.Identifier), self._name),
            exp.Anonymous: self._call,
            exp.Between: self._between,
            exp.Case: self._case,
            exp.Cast: lambda tree: _date(tree, self.start(tree)),
            exp.In: self._in,
            exp.Is: self._is,
            exp.Literal: lambda tree: _literal(tree, self.start(tree)),
            exp.Neg: self._negative,
            exp.Not: lambda tree: Unary(op="not", operand=self.read(tree.this), at=self.start(tree)),
            exp.Paren: lambda tree: self.read(tree.this),
        }

    def read(self, tree: exp.Expr) -> Node:
        """The tree as a node of ours.

        Raises:
            ExpressionError: a class of node that is not of the language.
        """
        reader = self._read.get(type(tree))
        if reader is None:
            raise self._refused(tree)
        return reader(tree)

    def _refused(self, tree: exp.Expr) -> Exception:
        if isinstance(tree, exp.Lambda):
            return refusal(
                "expression-lambda-misplaced", self.places.before(self.start(tree.expressions[0]), "lambda", 1)
            )
        return refusal("expression-not-allowed", self.start(tree), construct="node", text=type(tree).__name__)

    def _binary(self, tree: exp.Binary) -> Node:
        left, right = self.read(tree.left), self.read(tree.right)
        return Binary(op=_BINARY[type(tree)], left=left, right=right, at=self.start(tree.left))

    def _operand(self, tree: exp.Expr, outer: exp.Expr) -> Node:
        inner = tree
        while (
            isinstance(inner, (exp.Paren, exp.Not)) and self.tokens.word(self.tokens.index[self.start(inner)]) != "not"
        ):
            inner = inner.this
        if isinstance(inner, _COMPARISONS):
            other = outer.args.get("expression")
            after = other if tree is outer.this and isinstance(other, exp.Expr) else tree
            raise refusal("expression-chained-comparison", self.start(after))
        return self.read(tree)

    def _compare(self, tree: exp.Binary) -> Node:
        left, right = self._operand(tree.left, tree), self._operand(tree.right, tree)
        return Compare(op=_COMPARE[type(tree)], left=left, right=right, at=self.start(tree.left))

    def _logic(self, tree: exp.Binary) -> Node:
        operands: list[exp.Expr] = []
        current: exp.Expr = tree
        while isinstance(current, exp.Binary) and type(current) is type(tree):
            operands.append(current.right)
            current = current.left
        parts = tuple(self.read(operand) for operand in (current, *reversed(operands)))
        return Logic(op=_LOGIC[type(tree)], operands=parts, at=self.start(current))

    def _between(self, tree: exp.Between) -> Node:
        value = self._operand(tree.this, tree)
        low, high = self._operand(tree.args["low"], tree), self._operand(tree.args["high"], tree)
        at = self.start(tree.this)
        bounds = (Compare(op=">=", left=value, right=low, at=at), Compare(op="<=", left=value, right=high, at=at))
        return Logic(op="and", operands=bounds, at=at)

    def _in(self, tree: exp.In) -> Node:
        value = self._operand(tree.this, tree)
        for other in ("query", "unnest", "field"):
            if tree.args.get(other) is not None:
                at = self.start(tree.args[other])
                raise refusal("expression-not-allowed", at, construct="in-without-list", text="in")
        if not tree.expressions:
            raise refusal("expression-in-empty", self.start(tree))
        return In(value=value, items=tuple(self.read(item) for item in tree.expressions), at=self.start(tree.this))

    def _is(self, tree: exp.Is) -> Node:
        if not isinstance(tree.expression, exp.Null):
            raise refusal("expression-not-allowed", self.start(tree.expression), construct="is", text="is")
        return IsNull(value=self._operand(tree.this, tree), at=self.start(tree.this))

    def _case(self, tree: exp.Case) -> Node:
        if tree.this is not None:
            raise refusal("expression-not-allowed", self.start(tree.this), construct="case-value", text="case")
        branches = tuple((self.read(when.this), self.read(when.args["true"])) for when in tree.args["ifs"])
        otherwise = tree.args.get("default")
        return Case(branches=branches, otherwise=otherwise and self.read(otherwise), at=self.start(tree))

    def _negative(self, tree: exp.Neg) -> Node:
        inner, at = self.read(tree.this), self.start(tree)
        if (
            isinstance(tree.this, exp.Literal)
            and isinstance(inner, Literal)
            and isinstance(inner.value, (int, Decimal))
        ):
            return Literal(value=-inner.value, at=at)
        return Unary(op="-", operand=inner, at=at)

    def _name(self, tree: exp.Expr) -> Node:
        parts: list[str] = []
        for part in _parts(tree):
            if not isinstance(part, exp.Identifier):
                raise refusal("expression-syntax", self.start(part), found=str(part.this))
            parts.append(str(part.this).removeprefix(NAME))
        at = self.start(tree)
        if len(parts) == 1 and parts[0].lower() in _CONSTANT:
            return Literal(value=_CONSTANT[parts[0].lower()], at=at)
        if parts[0] not in self.params:
            return Name(path=tuple(parts), at=at)
        node: Node = Param(name=parts[0], at=at)
        place = at + len(parts[0])
        for field in parts[1:]:
            node = Field(of=node, name=field, at=place + 1)
            place += 1 + len(field)
        return node

    def _call(self, tree: exp.Anonymous) -> Node:
        name, at, args = str(tree.this).removeprefix(FUNCTION), self.start(tree), tree.expressions
        if not name:
            if len(args) != 1:
                # Nothing between the parentheses, or a comma that no function asked for.
                index = self.tokens.index[self.start(args[1])] - 1 if args else self.tokens.index[at] + 1
                raise refusal("expression-syntax", self.tokens.written[index][0], found=self.tokens.word(index))
            return self.read(args[0])
        function = FUNCTIONS[name]
        if len(args) < function.least or (function.most is not None and len(args) > function.most):
            raise refusal(
                "expression-arguments", at, function=name, given=len(args), least=function.least, most=function.most
            )
        if function.takes_lambda:
            return self._list_call(name, at, args[0], args[1])
        nodes = tuple(self.read(arg) for arg in args)
        if name == "date_diff":
            nodes = (_unit(nodes[0]), *nodes[1:])
        return Call(function=name, args=nodes, at=at)

    def _list_call(self, name: str, at: int, source: exp.Expr, body: exp.Expr) -> Node:
        if not isinstance(body, exp.Lambda):
            raise refusal("expression-lambda", self.start(body), function=name)
        if len(body.expressions) != 1:
            raise refusal("expression-lambda", self.start(body.expressions[1]), function=name)
        param, place = str(body.expressions[0].this).removeprefix(NAME), self.start(body.expressions[0])
        if not _PARAM.match(param) or param.lower() in CONSTANTS or param in self.params:
            code = "expression-hides-name" if param in self.params else "expression-lambda-name"
            raise refusal(code, place, name=param)
        items = self.read(source)
        outer, self.params = self.params, (*self.params, param)
        try:
            return ListCall(function=name, source=items, param=param, body=self.read(body.this), param_at=place, at=at)
        finally:
            self.params = outer


def _parts(tree: exp.Expr) -> list[exp.Expr]:
    if isinstance(tree, exp.Dot):
        return [*_parts(tree.this), tree.expression]
    return list(tree.parts) if isinstance(tree, exp.Column) else [tree]


def _unit(node: Node) -> Node:
    unit = node.value if isinstance(node, Literal) else None
    if isinstance(unit, str) and unit.lower() in DATE_UNITS:
        return Literal(value=unit.lower(), at=node.at)
    hint = Message("hint.one-of", {"allowed": DATE_UNITS})
    raise refusal("expression-date-unit", node.at, hint, unit=str(unit))


def _literal(tree: exp.Literal, at: int) -> Node:
    text = str(tree.this)
    if tree.is_string:
        return Literal(value=text, at=at)
    value = Decimal(text)
    if len(text) > 2 * MAX_DIGITS or (value and not -MAX_DIGITS <= value.adjusted() < MAX_DIGITS):
        raise refusal("expression-number", at, text=text)
    if len(value.as_tuple().digits) > MAX_DIGITS:
        raise refusal("expression-number", at, text=text)
    return Literal(value=int(text) if text.isdigit() else value, at=at)


def _date(tree: exp.Cast, at: int) -> Node:
    inner = tree.this
    if tree.to.this != exp.DataType.Type.DATE or not (isinstance(inner, exp.Literal) and inner.is_string):
        raise refusal("expression-not-allowed", at, construct="cast", text=str(tree.to))
    text = str(inner.this)
    try:
        if not _DATE.match(text):
            raise ValueError(text)
        return Literal(value=date.fromisoformat(text), at=at)
    except ValueError as error:
        raise refusal("expression-date", at, text=text) from error
