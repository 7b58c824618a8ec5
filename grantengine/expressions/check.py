"""The checker: every name found in its scope, every operand of the right type, all faults at once with their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from grantengine.expressions.calls import check_call
from grantengine.expressions.expression import Checked, Expression, ExpressionError
from grantengine.expressions.names import Names, nearest
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
    columns_of,
)
from grantengine.expressions.parse import MAX_TREE
from grantengine.expressions.types import DATE, INTEGER, NULL, NUMBER, TEXT, YES_NO, Scope, Type, list_of
from grantengine.expressions.typing_rules import NUMERIC, UNKNOWN, Rules, is_open, type_of, typed

SCALAR = (*sorted(NUMERIC), "money", "text", "yes_no", "date")


def check(expression: Expression, scope: Scope, want: Type | tuple[Type, ...] | None = None) -> Checked:
    """Decide every name and type; ``want`` is the type, or one of the types, that the result must have.

    An integer or percent is also a number, and a number written out is money where money is wanted.

    Raises:
        ExpressionError: with all faults found, in the order of the text.
    """
    checker = _Checker(scope)
    try:
        node = checker.visit(expression.node)
        if want is not None:
            node = checker.result(node, want if isinstance(want, tuple) else (want,))
    except RecursionError as error:
        checker.rules.fault("expression-too-deep", 0, limit=MAX_TREE)
        raise ExpressionError(checker.rules.faults) from error
    if checker.rules.faults:
        unique = {(fault.code, fault.at, str(fault.params)): fault for fault in checker.rules.faults}
        raise ExpressionError(sorted(unique.values(), key=lambda fault: fault.at))
    return Checked(expression.text, node, type_of(node), columns_of(node))


class _Checker:
    """Walks an expression from the leaves; ``params`` are the lambda parameters open at the moment."""

    def __init__(self, scope: Scope) -> None:
        self.rules = Rules()
        self.names = Names(scope, self.rules)
        self.params: Mapping[str, Type] = {}
        self._visit: dict[type[Node], Callable[..., Node]] = {
            Literal: _literal,
            Name: self.names.resolve,
            Param: lambda node: replace(node, type=self.params.get(node.name, UNKNOWN)),
            Field: self._field,
            Unary: self._unary,
            Binary: lambda node: self.rules.arithmetic(
                replace(node, left=self.visit(node.left), right=self.visit(node.right))
            ),
            Compare: self._compare,
            Logic: self._logic,
            In: self._in,
            IsNull: self._is_null,
            Case: self._case,
            Call: self._call,
            ListCall: self._list_call,
        }

    def visit(self, node: Node) -> Node:
        """The node and everything below it, typed."""
        return self._visit[type(node)](node)

    def result(self, node: Node, want: tuple[Type, ...]) -> Node:
        """The node as one of the types wanted, or a fault."""
        names = {item.name for item in want}
        found = type_of(node).name
        if found in ("null", "unknown"):
            return typed(node, want[0])
        if found in names or (found in NUMERIC and names & {"number", "percent"} and found != "integer"):
            return node
        if found == "integer" and names & {"number", "percent"}:
            return node
        money = self.rules.as_money(node) if "money" in names and found in NUMERIC else None
        if money is None:
            expected = tuple(item.name for item in want)
            self.rules.fault("expression-wrong-result", node.at, expected=expected, found=str(type_of(node)))
        return money or node

    def _yes_no(self, node: Node, construct: str) -> Node:
        checked = self.visit(node)
        self.rules.expect(checked, construct, "yes_no")
        return typed(checked, YES_NO)

    def _field(self, node: Field) -> Node:
        inner = self.visit(node.of)
        return self.names.field(inner, node.name, node.at)

    def _unary(self, node: Unary) -> Node:
        if node.op == "not":
            return replace(node, operand=self._yes_no(node.operand, "not"), type=YES_NO)
        inner = self.visit(node.operand)
        fits = self.rules.expect(inner, "-", *sorted(NUMERIC), "money")
        inner = typed(inner, NUMBER)
        return replace(node, operand=inner, type=type_of(inner) if fits else UNKNOWN)

    def _compare(self, node: Compare) -> Node:
        (left, right), common = self.rules.common([self.visit(node.left), self.visit(node.right)], node.op)
        if common.name == "yes_no" and node.op not in ("=", "!="):
            expected = tuple(name for name in SCALAR if name != "yes_no")
            self.rules.fault("expression-wrong-type", left.at, construct=node.op, expected=expected, found="yes_no")
        if node.op in ("=", "!="):
            self._choice([left, right])
        return replace(node, left=left, right=right, type=YES_NO)

    def _choice(self, nodes: list[Node]) -> None:
        values = next((type_of(node).values for node in nodes if type_of(node).values is not None), None)
        for node in nodes:
            text = node.value if isinstance(node, Literal) else None
            if values is not None and isinstance(text, str) and text not in values:
                self.rules.fault("expression-not-a-choice", node.at, nearest(text, values), text=text, values=values)

    def _logic(self, node: Logic) -> Node:
        operands = tuple(self._yes_no(operand, node.op) for operand in node.operands)
        return replace(node, operands=operands, type=YES_NO)

    def _in(self, node: In) -> Node:
        parts, _ = self.rules.common([self.visit(item) for item in (node.value, *node.items)], "in")
        self._choice(parts)
        return replace(node, value=parts[0], items=tuple(parts[1:]), type=YES_NO)

    def _is_null(self, node: IsNull) -> Node:
        inner = self.visit(node.value)
        self.rules.expect(inner, "is null", *SCALAR)
        return replace(node, value=inner, type=YES_NO)

    def _case(self, node: Case) -> Node:
        whens = [self._yes_no(when, "case") for when, _ in node.branches]
        values = [self.visit(value) for _, value in node.branches]
        if node.otherwise is not None:
            values.append(self.visit(node.otherwise))
        values, common = self.rules.common(values, "case")
        branches = tuple(zip(whens, values, strict=False))
        otherwise = None if node.otherwise is None else values[-1]
        return replace(node, branches=branches, otherwise=otherwise, type=common)

    def _call(self, node: Call) -> Node:
        return check_call(self.rules, node, tuple(self.visit(arg) for arg in node.args))

    def _list_call(self, node: ListCall) -> Node:
        source = self.visit(node.source)
        found = type_of(source)
        if found.name not in ("list", "unknown"):
            self.rules.fault(
                "expression-wrong-type", source.at, construct=node.function, expected=("list",), found=str(found)
            )
        # Parameters of templates begin with an underscore and never hide a name.
        if not node.param.startswith("_") and self.names.hidden_by(node.param):
            self.rules.fault("expression-hides-name", node.param_at, name=node.param)
        outer, self.params = self.params, {**self.params, node.param: found.item or UNKNOWN}
        try:
            body = self._body(node)
        finally:
            self.params = outer
        kept = found if node.function == "list_filter" else list_of(type_of(body))
        return replace(node, source=source, body=body, type=kept if found.name == "list" else UNKNOWN)

    def _body(self, node: ListCall) -> Node:
        if node.function == "list_filter":
            return self._yes_no(node.body, node.function)
        body = self.visit(node.body)
        self.rules.expect(body, node.function, *SCALAR)
        return typed(body, NUMBER) if is_open(body) else body


def _literal(node: Literal) -> Node:
    match node.value:
        case bool():
            found = YES_NO
        case int():
            found = INTEGER
        case Decimal():
            found = NUMBER
        case str():
            found = TEXT
        case None:
            found = NULL
        case _:
            found = DATE
    return replace(node, type=found)
