"""The types of the functions: what each takes, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grantengine.expressions.nodes import Call, Node
from grantengine.expressions.types import DATE, INTEGER, NULL, NUMBER, TEXT, Type
from grantengine.expressions.typing_rules import NUMERIC, UNKNOWN, Rules, numeric, type_of, typed

_NUMBERS = tuple(sorted(NUMERIC))


def check_call(rules: Rules, node: Call, args: tuple[Node, ...]) -> Node:
    """The call with its type and its arguments as they are read; ``args`` are checked already."""
    if node.function == "date_diff":
        fits = [rules.expect(arg, node.function, "date") for arg in args[1:]]
        dates = (typed(arg, DATE) for arg in args[1:])
        return replace(node, args=(replace(args[0], type=TEXT), *dates), type=INTEGER if all(fits) else UNKNOWN)
    if node.function in ("least", "greatest", "coalesce"):
        parts, common = rules.common(args, node.function)
        return replace(node, args=tuple(parts), type=common)
    return _ONE_ARGUMENT[node.function](rules, node, args[0])


def _same(rules: Rules, node: Call, arg: Node) -> Node:
    fits = rules.expect(arg, node.function, *_NUMBERS, "money")
    arg = typed(arg, NUMBER)
    return replace(node, args=(arg,), type=type_of(arg) if fits else UNKNOWN)


def _text(rules: Rules, node: Call, arg: Node) -> Node:
    fits = rules.expect(arg, node.function, "text")
    return replace(node, args=(typed(arg, TEXT),), type=TEXT if fits else UNKNOWN)


def _length(rules: Rules, node: Call, arg: Node) -> Node:
    if type_of(arg).name not in ("list", "text", "unknown", "null"):
        found = str(type_of(arg))
        rules.fault("expression-wrong-type", arg.at, construct=node.function, expected=("list", "text"), found=found)
    return replace(node, args=(typed(arg, TEXT),), type=INTEGER)


def _of_list(*items: str) -> Callable[[Rules, Node, str], Type]:
    """Checks that an argument is a list of one of ``items`` and gives the item's type."""

    def item_type(rules: Rules, arg: Node, function: str) -> Type:
        found = type_of(arg)
        item = found.item
        if UNKNOWN in (found, item):
            return UNKNOWN
        if found.name != "list" or item is None or item.name not in items:
            expected = tuple(f"list of {name}" for name in items)
            name = "null" if found == NULL else str(found)
            rules.fault("expression-wrong-type", arg.at, construct=function, expected=expected, found=name)
            return UNKNOWN
        return item

    return item_type


_sum_item = _of_list(*_NUMBERS, "money")
_any_item = _of_list(*_NUMBERS, "money", "text", "date")
_median_item = _of_list(*_NUMBERS)


def _sum(rules: Rules, node: Call, arg: Node) -> Node:
    item = _sum_item(rules, arg, node.function)
    return replace(node, args=(arg,), type=numeric([item]) if item.name in NUMERIC else item)


def _extreme(rules: Rules, node: Call, arg: Node) -> Node:
    return replace(node, args=(arg,), type=_any_item(rules, arg, node.function))


def _median(rules: Rules, node: Call, arg: Node) -> Node:
    item = _median_item(rules, arg, node.function)
    return replace(node, args=(arg,), type=item if item == UNKNOWN else NUMBER)


_ONE_ARGUMENT: dict[str, Callable[[Rules, Call, Node], Node]] = {
    "abs": _same,
    "floor": _same,
    "len": _length,
    "length": _length,
    "list_max": _extreme,
    "list_median": _median,
    "list_min": _extreme,
    "list_sum": _sum,
    "lower": _text,
    "trim": _text,
}
