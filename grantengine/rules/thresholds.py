"""A column of whole numbers held against a whole number, without a query: a sweep over a threshold asks for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grantengine.expressions.nodes import Compare, Literal, Name, Node
from grantengine.expressions.types import INTEGER

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COMPARE = {
    "=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
_MOST = 2**63 - 1


class Threshold(NamedTuple):
    """``members >= 25``."""

    column: str
    op: str
    bound: int

    def held(self, table: pa.Table) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """Where it holds, and where the column has a value; None where the column holds no whole numbers."""
        column = table.column(self.column)
        if not pa.types.is_signed_integer(column.type):
            return None
        known = np.ones(len(column), np.bool_)
        if column.null_count:
            known = pc.is_valid(column).to_numpy()
            column = pc.fill_null(column, 0)
        return _COMPARE[self.op](column.to_numpy(), self.bound), known


def threshold(node: Node) -> Threshold | None:
    """The expression as a threshold, None where it is another."""
    match node:
        case Compare(op=op, left=Name(type=left) as name, right=Literal(type=right, value=int() as bound)):
            if left == right == INTEGER and not isinstance(bound, bool) and abs(bound) <= _MOST:
                return Threshold(name.dotted, op, bound)
    return None
