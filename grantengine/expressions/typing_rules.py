"""The rules of types: what an operator or a common value of several operands may be, and what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from grantengine.errors import Message
from grantengine.expressions.expression import Fault
from grantengine.expressions.nodes import Binary, Call, Case, Literal, Node, Unary
from grantengine.expressions.types import DATE, INTEGER, MONEY, NULL, NUMBER, TEXT, Type

UNKNOWN = Type("unknown")
"""The type of what has a fault already; it fits anything, so that one mistake gives one fault."""

NUMERIC = frozenset({"integer", "number", "percent"})
_LARGEST_MONEY = Decimal(10) ** 12
_FACTOR_DECIMALS, _MONEY_DECIMALS = 4, 2


def type_of(node: Node) -> Type:
    """The type of a node that has been checked."""
    return node.type if node.type is not None else UNKNOWN


def is_open(node: Node) -> bool:
    """Whether the node fits any type: the null literal, or something with a fault already."""
    return type_of(node).name in ("null", "unknown")


def typed(node: Node, type_: Type) -> Node:
    """The node, and where it is the null literal, with the type it is read as."""
    return replace(node, type=type_) if type_of(node) == NULL else node


def numeric(types: Iterable[Type]) -> Type:
    """The common type of numbers: integer where all are, else number."""
    return INTEGER if all(item.name == "integer" for item in types) else NUMBER


def decimals(value: int | Decimal) -> int:
    """How many decimals the number is written with, zeros at the end left out."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


class Rules:
    """Applies the rules and collects a :class:`Fault` for each breach."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, code: str, at: int, hint: Message | None = None, **params: object) -> Type:
        """Note a fault; gives the unknown type."""
        self.faults.append(Fault(code, at, params, hint))
        return UNKNOWN

    def expect(self, node: Node, construct: str, *names: str) -> bool:
        """Whether the node's type is one of ``names`` (or open); a fault where it is not."""
        found = type_of(node)
        if is_open(node) or found.name in names:
            return True
        if found.name in ("list", "record"):
            self.fault("expression-list-as-value", node.at, construct=construct, found=str(found))
        else:
            self.fault("expression-wrong-type", node.at, construct=construct, expected=names, found=str(found))
        return False

    def as_money(self, node: Node) -> Node | None:
        """The node with its number literals read as whole currency units; None if it holds other numbers."""
        if type_of(node).name in ("money", "null", "unknown"):
            return node
        match node:
            case Literal(value=int() | Decimal() as value) if type_of(node).name in NUMERIC:
                return self._money_literal(node, value)
            case Unary(op="-", operand=inner):
                parts = self._all_money([inner])
                return None if parts is None else replace(node, operand=parts[0], type=MONEY)
            case Case(branches=branches, otherwise=otherwise):
                return self._money_case(node, [value for _, value in branches], otherwise)
            case Call(function="least" | "greatest" | "coalesce", args=args):
                parts = self._all_money(args)
                return None if parts is None else replace(node, args=tuple(parts), type=MONEY)
            case Binary(op="+" | "-", left=left, right=right):
                parts = self._all_money([left, right])
                return None if parts is None else replace(node, left=parts[0], right=parts[1], type=MONEY)
        return None

    def _all_money(self, nodes: Sequence[Node]) -> list[Node] | None:
        found = [part for part in map(self.as_money, nodes) if part is not None]
        return found if len(found) == len(nodes) else None

    def _money_case(self, node: Case, values: list[Node], otherwise: Node | None) -> Node | None:
        parts = self._all_money(values if otherwise is None else [*values, otherwise])
        if parts is None:
            return None
        branches = tuple((when, value) for (when, _), value in zip(node.branches, parts, strict=False))
        return replace(node, branches=branches, otherwise=None if otherwise is None else parts[-1], type=MONEY)

    def _money_literal(self, node: Literal, value: int | Decimal) -> Node:
        if decimals(value) > _MONEY_DECIMALS:
            self.fault("expression-money-decimals", node.at, text=str(value), limit=_MONEY_DECIMALS)
        elif abs(Decimal(value)) > _LARGEST_MONEY:
            self.fault("expression-number", node.at, text=str(value))
        return replace(node, type=MONEY)

    def common(self, nodes: Sequence[Node], construct: str) -> tuple[list[Node], Type]:
        """The operands as they are read, and the one type they have in common (null where all are null)."""
        for node in nodes:
            if type_of(node).name in ("list", "record"):
                self.fault("expression-list-as-value", node.at, construct=construct, found=str(type_of(node)))
                return list(nodes), UNKNOWN
        closed = [node for node in nodes if not is_open(node)]
        if not closed:
            return list(nodes), UNKNOWN if any(type_of(node) == UNKNOWN for node in nodes) else NULL
        names = {type_of(node).name for node in closed}
        if "money" in names and names <= NUMERIC | {"money"}:
            return self._common_money(nodes, construct)
        if names <= NUMERIC:
            same = type_of(closed[0]) if len(names) == 1 else numeric(map(type_of, closed))
        elif len(names) == 1:
            same = type_of(closed[0])
            if same.name == "text" and any(type_of(node) != same for node in closed):
                same = TEXT
        else:
            return list(nodes), self._differ(closed, construct)
        return [typed(node, same) for node in nodes], same

    def _common_money(self, nodes: Sequence[Node], construct: str) -> tuple[list[Node], Type]:
        read: list[Node] = []
        for node in nodes:
            money = self.as_money(node)
            if money is None:
                hint = Message("hint.money-with-number")
                self.fault("expression-money-with-number", node.at, hint, construct=construct, found=str(type_of(node)))
            read.append(typed(money or node, MONEY))
        return read, MONEY

    def _differ(self, nodes: Sequence[Node], construct: str) -> Type:
        first = type_of(nodes[0])
        for node in nodes:
            dated = any(type_of(other) == DATE for other in nodes)
            if dated and type_of(node).name == "text" and isinstance(node, Literal):
                hint = Message("hint.write-date", {"text": node.value})
                return self.fault("expression-date-as-text", node.at, hint, text=node.value)
        other = next(
            node for node in nodes if type_of(node).name != first.name and {type_of(node).name, first.name} - NUMERIC
        )
        found = str(type_of(other))
        return self.fault("expression-types-differ", other.at, construct=construct, expected=str(first), found=found)

    def arithmetic(self, node: Binary) -> Node:
        """The node with its type; ``left`` and ``right`` are checked already."""
        if node.op in ("%", "//"):
            names = ("integer",) if node.op == "//" else tuple(sorted(NUMERIC))
        else:
            names = (*sorted(NUMERIC), "money")
        left, right = node.left, node.right
        fits = [self.expect(operand, node.op, *names) for operand in (left, right)]
        if not all(fits) or UNKNOWN in (type_of(left), type_of(right)):
            return replace(node, type=UNKNOWN)
        if node.op in ("+", "-"):
            (left, right), result = self.common([left, right], node.op)
            result = numeric([result]) if result.name in NUMERIC else result
        elif node.op in ("*", "/"):
            result = self._product(node)
            left, right = (typed(operand, NUMBER) for operand in (left, right))
        else:
            result = numeric(type_of(operand) for operand in (left, right) if not is_open(operand))
            left, right = (typed(operand, result) for operand in (left, right))
        result = NUMBER if result == NULL else result
        return replace(node, left=typed(left, NUMBER), right=typed(right, NUMBER), type=result)

    def _product(self, node: Binary) -> Type:
        left, right = type_of(node.left).name == "money", type_of(node.right).name == "money"
        if left and right:
            return NUMBER if node.op == "/" else self.fault("expression-money-times-money", node.right.at)
        if right and node.op == "/":
            return self.fault("expression-number-by-money", node.right.at)
        if not (left or right):
            whole = node.op == "*" and not (is_open(node.left) or is_open(node.right))
            return numeric((type_of(node.left), type_of(node.right))) if whole else NUMBER
        factor = node.right if left else node.left
        value = factor.value if node.op == "*" and isinstance(factor, Literal) else None
        if isinstance(value, Decimal) and decimals(value) > _FACTOR_DECIMALS:
            self.fault("expression-money-decimals", factor.at, text=str(value), limit=_FACTOR_DECIMALS)
        return MONEY
