"""Which columns can leave an expression without a value."""

from __future__ import annotations

from grantengine.expressions.nodes import Call, Case, IsNull, Literal, Name, Node, children

_PASS_OVER_NULL = frozenset({"coalesce", "least", "greatest"})


def null_from(node: Node) -> frozenset[str]:
    """The dotted names of the columns whose null can make the value of ``node`` null.

    What the expression itself says what to do about is left out: ``coalesce(a, 0)`` and ``a is null`` never are null.
    """
    match node:
        case Name():
            return frozenset({node.dotted})
        case IsNull():
            return frozenset()
        case Call(function=function, args=args) if function in _PASS_OVER_NULL:
            # Null only where all of them are.
            parts = [null_from(arg) for arg in args if not (isinstance(arg, Literal) and arg.value is None)]
            return frozenset().union(*parts) if all(parts) else frozenset()
        case Case(branches=branches, otherwise=otherwise) if otherwise is not None:
            return null_from(otherwise).union(*(null_from(value) for _, value in branches))
    return frozenset().union(*(null_from(child) for child in children(node)))
