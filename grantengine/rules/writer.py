"""The type-aware writer: a checked expression as SQL, every operator in parentheses, nothing of the author's text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

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
from grantengine.expressions.types import MONEY, NUMBER, TEXT, YES_NO, Type
from grantengine.rules.constructs import Constructs, SqlTree, call, cast, group, number

# Money between its operations: six decimals hold a sum times a factor of four decimals exactly.
MONEY_TYPE = "DECIMAL(24, 6)"
_TYPES = {
    "integer": "BIGINT", "number": "DOUBLE", "percent": "DOUBLE", "money": MONEY_TYPE, "text": "TEXT",
    "yes_no": "BOOLEAN", "date": "DATE",
}  # fmt: skip
_BINARY = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
_COMPARE = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}


def type_of(node: Node) -> Type:
    """The type that the checker decided.

    Raises:
        ValueError: the node has not been checked.
    """
    if node.type is None:
        raise ValueError(f"{type(node).__name__} at {node.at} has not been checked")
    return node.type


def is_exact(node: Node) -> bool:
    """Whether money is computed as a decimal; times or by a number that is not written out it is a double."""
    match node:
        case Binary(op="*", left=left, right=right):
            sides = (left, right) if type_of(left).name == "money" else (right, left)
            factor = isinstance(sides[1], Literal) or type_of(sides[1]).name == "integer"
            return factor and is_exact(sides[0])
        case Binary(op="/"):
            return False
        case Binary(left=left, right=right):
            return is_exact(left) and is_exact(right)
        case Unary(operand=inner):
            return is_exact(inner)
        case Case(branches=branches, otherwise=otherwise):
            return all(is_exact(value) for _, value in branches) and (otherwise is None or is_exact(otherwise))
        case Call(args=args):
            return all(is_exact(arg) for arg in args)
        case ListCall(function="list_transform", body=body):
            return is_exact(body)
        case ListCall(source=source):
            return is_exact(source)
    return True


class Writer:
    """Writes checked trees as SQL of the engine that ``constructs`` belongs to."""

    def __init__(self, constructs: Constructs) -> None:
        self.constructs = constructs
        self.operators = Operators(self)
        self._params: tuple[str, ...] = ()
        self._write: dict[type[Node], Callable[..., SqlTree]] = {
            Literal: _literal,
            Name: lambda node: exp.column(exp.to_identifier(node.dotted, quoted=True)),
            Param: lambda node: exp.to_identifier(self._param(node.name), quoted=True),
            Field: lambda node: exp.Dot(
                this=group(self.tree(node.of)), expression=exp.to_identifier(node.name, quoted=True)
            ),
            Unary: self.operators.unary,
            Binary: self.operators.binary,
            Compare: self.operators.compare,
            Logic: self.operators.logic,
            In: self.operators.membership,
            IsNull: lambda node: group(exp.Is(this=self.tree(node.value), expression=exp.Null())),
            Case: self.operators.case,
            Call: self._call,
            ListCall: self._list_call,
        }

    def write(self, node: Node) -> str:
        """The SQL of a checked expression.

        Raises:
            ValueError: the tree has not been checked.
        """
        return self._sql(self.tree(node))

    def as_yes_no(self, node: Node) -> str:
        """The SQL of an output column of BOOLEAN."""
        return self._output(cast(self.tree(_read_as(node, YES_NO)), "BOOLEAN"))

    def as_text(self, node: Node) -> str:
        """The SQL of an output column of VARCHAR."""
        return self._output(cast(self.tree(_read_as(node, TEXT)), "TEXT"))

    def as_double(self, node: Node) -> str:
        """The SQL of an output column of DOUBLE; it can be infinite."""
        return self._output(self._double(node))

    def as_integer(self, node: Node) -> str:
        """The SQL of an output column of BIGINT; a number is rounded half-even, NULL where it does not fit."""
        if type_of(node).name == "integer":
            return self._output(cast(self.tree(node), "BIGINT", safe=True))
        return self._output(cast(self.constructs.round_even(self._double(node)), "BIGINT", safe=True))

    def as_ore(self, node: Node) -> str:
        """The SQL of an output column of whole øre as BIGINT: rounded down, after the noise of doubles is taken away.

        Amounts are whole currency units; NULL where the sum does not fit. Sums that are decimals all the way stay so.
        """
        if type_of(node).name == "money" and is_exact(node):
            hundredths = exp.Mul(this=group(self.tree(node)), expression=number("100"))
            return self._output(cast(call("floor", hundredths), "BIGINT", safe=True))
        millionths = self.constructs.round_even(exp.Mul(this=self._double(node), expression=number("1000000")))
        ore = call("floor", exp.Div(this=millionths, expression=number("10000")))
        return self._output(cast(ore, "BIGINT", safe=True))

    def tree(self, node: Node) -> SqlTree:
        """The tree of SQL for a checked expression."""
        return self._write[type(node)](node)

    def _sql(self, tree: SqlTree) -> str:
        # The tree was made here and is used once, so it need not be copied.
        return Dialect.get_or_raise(self.constructs.dialect).generator().generate(tree, copy=False)

    def _output(self, tree: SqlTree) -> str:
        return self._sql(self.constructs.guarded(tree))

    def _double(self, node: Node) -> SqlTree:
        return self.constructs.double(self.tree(_read_as(node, NUMBER)))

    def _param(self, name: str) -> str:
        depth = len(self._params) - 1 - self._params[::-1].index(name)
        return f"_{depth}"

    def _call(self, node: Call) -> SqlTree:
        if node.function in ("least", "greatest", "coalesce"):
            args = self.operators.aligned(node.args)
            return (
                self.constructs.extreme(node.function, args) if node.function != "coalesce" else call("coalesce", *args)
            )
        args = [self.tree(arg) for arg in node.args]
        match node.function:
            case "len" | "length" if type_of(node.args[0]).name == "list":
                return call("coalesce", self.constructs.list_length(args[0]), number("0"))
            case "len" | "length":
                return call("length", args[0])
            case "floor" if type_of(node).name == "integer":
                # A whole number stays one; the function would make it a double.
                return args[0]
            case "list_sum":
                return self._sum(node, args[0])
            case "list_min" | "list_max" | "list_median":
                return self.constructs.list_best(node.function, args[0])
            case "date_diff":
                unit = node.args[0]
                assert isinstance(unit, Literal)
                return self.constructs.date_difference(str(unit.value), args[1], args[2])
        return call(node.function, *args)

    def _sum(self, node: Call, source: SqlTree) -> SqlTree:
        kind = type_of(node).name
        to = "DOUBLE" if kind == "money" and not is_exact(node) else _TYPES[kind]
        return cast(call("coalesce", self.constructs.list_sum(source), number("0")), to, safe=True)

    def _list_call(self, node: ListCall) -> SqlTree:
        source = self.tree(node.source)
        self._params = (*self._params, node.param)
        try:
            body, param = self.tree(node.body), self._param(node.param)
        finally:
            self._params = self._params[:-1]
        return self.constructs.with_lambda(node.function, source, param, body)


def _literal(node: Literal) -> SqlTree:
    kind = type_of(node).name
    match node.value:
        case None:
            return exp.Null() if kind == "null" else cast(exp.Null(), _TYPES[kind])
        case bool():
            return exp.Boolean(this=node.value)
        case str():
            return exp.Literal.string(node.value)
        case date():
            return cast(exp.Literal.string(node.value.isoformat()), "DATE")
    # As text, so that every engine reads the digits once and rounds to the nearest double.
    return cast(exp.Literal.string(format(Decimal(node.value), "f")), _TYPES[kind])


def _read_as(node: Node, wanted: Type) -> Node:
    return replace(node, type=wanted) if type_of(node).name == "null" else node


class Operators:
    """The operators of a writer: arithmetic by type, comparison, logic, membership and cases."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def aligned(self, nodes: Sequence[Node]) -> list[SqlTree]:
        """The operands as SQL of one type: money becomes doubles where any of it is one."""
        trees = [self.writer.tree(node) for node in nodes]
        money = [node for node in nodes if type_of(node).name == "money"]
        if money and not all(is_exact(node) for node in money):
            return [self.writer.constructs.double(tree) for tree in trees]
        names = {type_of(node).name for node in nodes} - {"null"}
        if "integer" in names and len(names) > 1:
            return [self.writer.constructs.double(tree) for tree in trees]
        return trees

    def unary(self, node: Unary) -> SqlTree:
        """``not`` and ``-``."""
        inner = self.writer.tree(node.operand)
        return group((exp.Not if node.op == "not" else exp.Neg)(this=group(inner)))

    def binary(self, node: Binary) -> SqlTree:
        """Arithmetic."""
        money = [type_of(side).name == "money" for side in (node.left, node.right)]
        constructs = self.writer.constructs
        if node.op == "/" and all(money):
            return constructs.divide(*(self._ore(side) for side in (node.left, node.right)))
        if node.op == "*" and any(money):
            return self._money_product(node)
        left, right = self.aligned((node.left, node.right)) if node.op in "+-*%" else (
            self.writer.tree(node.left), self.writer.tree(node.right)
        )  # fmt: skip
        if node.op == "/":
            return constructs.divide(left, right)
        if node.op == "//":
            return constructs.whole_divide(left, right)
        if node.op == "%":
            return constructs.remainder(left, right)
        return group(_BINARY[node.op](this=left, expression=right))

    def _ore(self, node: Node) -> SqlTree:
        """Money as øre, which are whole numbers that a double holds exactly."""
        return group(exp.Mul(this=self.writer.tree(node), expression=number("100")))

    def _money_product(self, node: Binary) -> SqlTree:
        sides = (node.left, node.right)
        if is_exact(node):
            left, right = (self._factor(side) for side in sides)
            return cast(group(exp.Mul(this=left, expression=right)), MONEY_TYPE, safe=True)
        left, right = (self.writer.constructs.double(self.writer.tree(side)) for side in sides)
        return group(exp.Mul(this=left, expression=right))

    def _factor(self, node: Node) -> SqlTree:
        if type_of(node) == MONEY:
            return self.writer.tree(node)
        if isinstance(node, Literal) and node.value is not None:
            assert isinstance(node.value, (int, Decimal))
            return cast(exp.Literal.string(format(Decimal(node.value), "f")), "DECIMAL(22, 4)")
        return cast(self.writer.tree(node), "DECIMAL(18, 0)", safe=True)

    def compare(self, node: Compare) -> SqlTree:
        """A comparison, NULL where a side is."""
        left, right = self.aligned((node.left, node.right))
        return group(_COMPARE[node.op](this=left, expression=right))

    def logic(self, node: Logic) -> SqlTree:
        """``and`` and ``or`` of three-valued logic."""
        kind = exp.And if node.op == "and" else exp.Or
        tree, *rest = (self.writer.tree(operand) for operand in node.operands)
        for operand in rest:
            tree = kind(this=tree, expression=operand)
        return group(tree)

    def membership(self, node: In) -> SqlTree:
        """``value in (items)``."""
        value, *items = self.aligned((node.value, *node.items))
        return group(exp.In(this=value, expressions=items))

    def case(self, node: Case) -> SqlTree:
        """``case when … end``, its values of one type."""
        values = [value for _, value in node.branches]
        written = self.aligned(values if node.otherwise is None else [*values, node.otherwise])
        whens = [self.writer.tree(when) for when, _ in node.branches]
        ifs = [exp.If(this=when, true=value) for when, value in zip(whens, written, strict=False)]
        return group(exp.Case(ifs=ifs, default=None if node.otherwise is None else written[-1]))
