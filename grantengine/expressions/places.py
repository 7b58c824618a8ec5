"""Where the parts of a parsed text begin: the parser keeps places of names, functions and literals only."""

from __future__ import annotations

from sqlglot import exp

from grantengine.expressions.tokens import Tokens


class Places:
    """Finds the offset of any node of the parser's tree by its first operand and the tokens before that."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def start(self, tree: exp.Expr) -> int:
        """The offset at which ``tree`` begins, counted with the words before its first operand."""
        if "start" in tree.meta:
            return int(tree.meta["start"])
        if isinstance(tree, (exp.Column, exp.Dot)):
            return min(int(part.meta["start"]) for part in tree.walk() if "start" in part.meta)
        if isinstance(tree, exp.Case):
            first = tree.this or tree.args["ifs"][0].this
            return self.before(self.start(first), "case", 1 if tree.this else 2)
        if isinstance(tree, exp.Neg):
            return self.before(self.start(tree.this), "-", 1)
        if isinstance(tree, exp.Not):
            return self.before(self.start(tree.this), "not", 1)
        if isinstance(tree, exp.Cast):
            return self.before(self.start(tree.this), "date", 1)
        first = tree.this if isinstance(tree.this, exp.Expr) else next(iter(tree.iter_expressions()), None)
        return 0 if first is None else self.start(first)

    def before(self, at: int, word: str, steps: int) -> int:
        """The offset of the token ``steps`` before the one at ``at``, where it is ``word``; else ``at``."""
        index = self.tokens.index.get(at, 0) - steps
        return self.tokens.written[index][0] if self.tokens.word(index) == word else at
