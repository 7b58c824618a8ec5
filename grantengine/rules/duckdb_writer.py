"""The writer for DuckDB."""

from __future__ import annotations

from sqlglot import exp

from grantengine.rules.constructs import Constructs, SqlTree, call, group, number
from grantengine.rules.writer import Writer


class DuckdbConstructs(Constructs):
    """DuckDB's own constructs."""

    dialect = "duckdb"

    def whole_divide(self, left: SqlTree, right: SqlTree) -> SqlTree:
        """Whole numbers only: between doubles the operator divides without rounding."""
        return group(exp.IntDiv(this=left, expression=call("nullif", right, number("0"))))

    def list_length(self, tree: SqlTree) -> SqlTree:
        """By ``len``, which also takes text."""
        return call("len", tree)

    def list_sum(self, tree: SqlTree) -> SqlTree:
        """By ``list_sum``: HUGEINT for whole numbers, DECIMAL(38, s) for decimals."""
        return call("list_sum", tree)

    def list_best(self, function: str, tree: SqlTree) -> SqlTree:
        """By the function of the same name."""
        return call(function, tree)

    def with_lambda(self, function: str, source: SqlTree, param: str, body: SqlTree) -> SqlTree:
        """With ``lambda p: …``; the arrow is refused."""
        made = exp.Lambda(this=body, expressions=[exp.to_identifier(param, quoted=True)])
        return call(function, source, made)

    def date_difference(self, unit: str, start: SqlTree, end: SqlTree) -> SqlTree:
        """By ``date_diff``, which counts boundaries."""
        return call("date_diff", exp.Literal.string(unit), start, end)

    def round_even(self, tree: SqlTree) -> SqlTree:
        """By ``round_even``."""
        return call("round_even", tree, number("0"))

    def guarded(self, tree: SqlTree) -> SqlTree:
        """By ``try``."""
        return call("try", tree)


class DuckdbWriter(Writer):
    """Writes checked expressions as DuckDB's SQL; a :class:`Name` is one column of the case table."""

    def __init__(self) -> None:
        super().__init__(DuckdbConstructs())
