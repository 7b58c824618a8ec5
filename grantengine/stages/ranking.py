"""Ranking: highest total first, equals in the order of the scheme's tie-breaks, last by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grantengine.compile.plan import TieBreak
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import As, Column, RuleEngine, Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tie_keys(ties: tuple[TieBreak, ...], cases: CaseTable, engine: RuleEngine) -> tuple[NDArray[np.generic], ...]:
    """Sort keys of the tie-breaks over all cases, the most important first; what is missing comes last."""
    return cases.memory.kept("ties", ties, lambda: _tie_keys(ties, cases, engine))


def _tie_keys(ties: tuple[TieBreak, ...], cases: CaseTable, engine: RuleEngine) -> tuple[NDArray[np.generic], ...]:
    wanted = [Wanted(tie.expression, _form(tie), tie.expression.text) for tie in ties]
    keys: list[NDArray[np.generic]] = []
    for tie, column in zip(ties, engine.columns(cases, wanted), strict=True):
        if not column.known.all():
            keys.append(~column.known)
        keys.append(column.keep("order", tie.descending, lambda c=column, t=tie: _ordered(c, t)))  # type: ignore[misc]
    return tuple(keys)


def _form(tie: TieBreak) -> As:
    forms: dict[str, As] = {"money": "ore", "text": "text", "date": "text", "yes_no": "yes_no"}
    return forms.get(tie.expression.type.name, "double")


def _ordered(column: Column, tie: TieBreak) -> NDArray[np.generic]:
    values = column.values
    if values.dtype.kind in "OUM":
        values = np.unique(values.astype(str), return_inverse=True)[1]
    if values.dtype.kind == "b":
        values = values.astype(np.int8)
    ordered: NDArray[Any] = np.where(column.known, values, 0)
    return -ordered if tie.descending else ordered


def ranking(
    positions: NDArray[np.intp], total: NDArray[np.int64], keys: Sequence[NDArray[np.generic]], ids: NDArray[np.int64]
) -> NDArray[np.intp]:
    """``positions`` best first; ``keys`` are tie-breaks and ``ids`` the order of ids as text, both over all cases."""
    order = np.lexsort([ids[positions], *(key[positions] for key in reversed(keys)), -total[positions]])
    return positions[order]
