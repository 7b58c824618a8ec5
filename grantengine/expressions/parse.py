"""From the text of an expression to the engine's own syntax tree; everything outside the language is refused."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError

from grantengine.expressions.expression import Expression, ExpressionError, refusal
from grantengine.expressions.limits import MAX_DEPTH
from grantengine.expressions.nodes import Node, children
from grantengine.expressions.read import Reader
from grantengine.expressions.tokens import Tokens

# Operators nest without a parenthesis (a + b + c is two deep); every walk below this one calls itself once a level.
MAX_TREE = 40
_DIALECT = DuckDB()


def parse(text: str, trusted: bool = False) -> Expression:
    """Parse ``text``; ``trusted`` (templates of plugins) also allows ``list_min``, ``list_max`` and ``list_median``.

    Raises:
        ExpressionError: the text is not an expression of the language; names and types are not looked at.
    """
    tokens = Tokens(text, trusted)
    try:
        tree = _tree(tokens)
        _check_operators(tree)
        node = Reader(tokens).read(tree)
    except RecursionError as error:
        raise refusal("expression-too-deep", tokens.written[0][0], limit=MAX_DEPTH) from error
    return Expression(text, node)


def tree_depth(node: Node) -> int:
    """How many nodes lie above one another at most; a chain of the same ``and`` or ``or`` is one."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in children(current))
    return deepest


def _tree(tokens: Tokens) -> exp.Expr:
    try:
        trees = _DIALECT.parser().parse(tokens.for_parser, tokens.text)
    except ParseError as error:
        raise _syntax(tokens, error) from error
    if len(trees) != 1 or trees[0] is None:
        raise refusal("expression-syntax", tokens.written[0][0], found=tokens.written[0][1])
    return trees[0]


def _syntax(tokens: Tokens, error: ParseError) -> ExpressionError:
    """Our own fault for the parser's: only the place is taken from it, as its words speak of its own classes."""
    first = error.errors[0] if error.errors else {}
    place = (first.get("line"), first.get("col"))
    found = next((token for token in tokens.for_parser if (token.line, token.col) == place), tokens.for_parser[-1])
    start, written = tokens.written[tokens.index[found.start]]
    missing = not str(first.get("description", "")).startswith("Invalid expression")
    if missing and start == tokens.written[-1][0] and written != ")":
        return refusal("expression-unfinished", len(tokens.text.rstrip()))
    return refusal("expression-syntax", start, found=written)


def _check_operators(tree: exp.Expr) -> None:
    """Refuse a tree of operators that is too deep, without calling itself."""
    waiting: list[tuple[exp.Expr, int]] = [(tree, 1)]
    while waiting:
        current, depth = waiting.pop()
        if depth > MAX_TREE:
            at = min((part.meta.get("start", 0) for part in current.walk()), default=0)
            raise refusal("expression-too-deep", at, limit=MAX_TREE)
        for child in current.iter_expressions():
            same = isinstance(current, (exp.And, exp.Or)) and type(child) is type(current)
            quiet = isinstance(child, (exp.Identifier, exp.Dot, exp.If)) or same
            waiting.append((child, depth if quiet else depth + 1))
