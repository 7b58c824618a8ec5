"""Evaluating expressions over a case table with embedded DuckDB, each distinct expression once per table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from weakref import WeakKeyDictionary

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grantengine.errors import EvaluationError, Problem
from grantengine.expressions.expression import Checked
from grantengine.rules.case_table import CaseTable
from grantengine.rules.connection import connect
from grantengine.rules.duckdb_writer import DuckdbWriter
from grantengine.rules.statements import Statements
from grantengine.rules.thresholds import Threshold, threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")

MOST_TEXTS = 20_000
MOST_AT_ONCE = 100_000
"""So many rows are fetched in one piece by one thread."""
MOST_KEPT = 32_000_000
"""Values kept for one table, all columns together: 32 columns of a million cases are about 300 MB."""

As = Literal["yes_no", "double", "ore", "text"]
"""What a column is wanted as: booleans, doubles, whole øre, or text."""

_NOTHING: dict[As, bool | float | str] = {"yes_no": False, "double": 0.0, "ore": 0, "text": ""}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expression and the form its values are wanted in; ``label`` names it in errors."""

    expression: Checked
    form: As
    label: str


@dataclass(frozen=True, eq=False)
class Column:
    """Values, and where they are known; what is not known has some value that means nothing.

    What is computed from a column (points, verdicts) is kept with it, the latest two of each kind, so that a scenario
    that changes one weight computes one column.
    """

    values: NDArray[np.generic]
    known: NDArray[np.bool_]
    _kept: dict[str, tuple[tuple[object, Any], ...]] = field(default_factory=dict, repr=False)

    def keep(self, kind: str, key: object, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for ``key``."""
        kept = self._kept.get(kind, ())
        for index, (other, value) in enumerate(kept):
            if other == key:
                if index:
                    self._kept[kind] = (kept[index], *kept[:index])
                found: T = value
                return found
        made = make()
        self._kept[kind] = ((key, made), *kept[:1])
        return made


class RuleEngine(Protocol):
    """What evaluation needs of an engine."""

    def columns(self, cases: CaseTable, wanted: Sequence[Wanted]) -> list[Column]:
        """One column for each expression wanted, rows in table order.

        :raises EvaluationError: the engine could not compute them; the problem names the expressions.
        """


class DuckdbEngine:
    """The default engine. Safe to share between threads: each call has a cursor of its own."""

    def __init__(self, *, threads: int = 2, memory: str = "512MB") -> None:
        self._connection = connect(threads=threads, memory=memory)
        self._statements = Statements(self._connection)
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[CaseTable, dict[str, Column]] = WeakKeyDictionary()
        self._texts: dict[tuple[int, As], tuple[Checked, str]] = {}

    def columns(self, cases: CaseTable, wanted: Sequence[Wanted]) -> list[Column]:
        """As :meth:`RuleEngine.columns`; what was computed for a table is kept as long as the table lives."""
        texts = [self._text(item) for item in wanted]
        with self._lock:
            kept = self._kept.setdefault(cases, {})
            found = {text: kept[text] for text in texts if text in kept}
        missing = {text: item for text, item in zip(texts, wanted, strict=True) if text not in found}
        if missing:
            found |= self._compute(cases, missing)
            with self._lock:
                # What was used last stands last, so that what is dropped is what has not been used for longest.
                for text, column in found.items():
                    kept.pop(text, None)
                    kept[text] = column
                most = max(MOST_KEPT // max(len(cases), 1), len(found))
                for text in list(kept)[: len(kept) - most]:
                    del kept[text]
        return [found[text] for text in texts]

    def _text(self, item: Wanted) -> str:
        """What names the column of an expression, written once: a scenario shares most expressions with its baseline."""
        key = (id(item.expression), item.form)
        # The expression is kept beside its text, so that its identity is not given to another.
        written = self._texts.get(key)
        if written is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            written = self._texts[key] = (item.expression, str(_threshold(item) or _sql(item)))
        return written[1]

    def _compute(self, cases: CaseTable, missing: dict[str, Wanted]) -> dict[str, Column]:
        found = {}
        for text, item in missing.items():
            one = _threshold(item)
            held = None if one is None else one.held(cases.table)
            if held is not None:
                found[text] = Column(*held)
        rest = {text: item for text, item in missing.items() if text not in found}
        return found | self._query(cases, rest) if rest else found

    def _query(self, cases: CaseTable, missing: dict[str, Wanted]) -> dict[str, Column]:
        texts = (_sql(item) if _threshold(item) else text for text, item in missing.items())
        picks = f"select {', '.join(f'{text} as c{index}' for index, text in enumerate(texts))} from"
        cursor = self._connection.cursor()
        try:
            if cases.source is not None and self._statements.was_asked(again := f"{picks} ({cases.source.query})"):
                columns = list(self._statements.ask(again, cases.source.literals).fetchnumpy().values())
            else:
                cursor.register("cases", cases.table)
                columns = _fetched(cursor, f"{picks} cases", len(cases))
        except duckdb.Error as error:
            # Output columns are guarded, so this is no matter of one case's values: memory, or a fault of ours.
            labels = [item.label for item in missing.values()]
            problem = Problem("rule-not-computable", params={"what": labels, "reason": type(error).__name__})
            raise EvaluationError([problem]) from error
        finally:
            cursor.close()
        return {text: _column(values, item.form) for values, (text, item) in zip(columns, missing.items(), strict=True)}


def _threshold(item: Wanted) -> Threshold | None:
    return threshold(item.expression.node) if item.form == "yes_no" else None


def _sql(item: Wanted) -> str:
    writer = DuckdbWriter()
    node = item.expression.node
    match item.form:
        case "yes_no":
            return writer.as_yes_no(node)
        case "double":
            return writer.as_double(node)
        case "ore":
            return writer.as_ore(node)
    return writer.as_text(node)


def _fetched(cursor: duckdb.DuckDBPyConnection, query: str, rows: int) -> list[NDArray[np.generic]]:
    """The columns of a query, masked where some values are null.

    Few rows come as NumPy arrays, for which the query is bound once; many as Arrow, which is filled by all threads.
    """
    if rows <= MOST_AT_ONCE:
        return list(cursor.execute(query).fetchnumpy().values())
    table = cursor.sql(query).to_arrow_table()
    return [_masked(column) for column in table.columns]


def _masked(column: pa.ChunkedArray) -> NDArray[np.generic]:
    if not column.null_count:
        whole: NDArray[np.generic] = column.to_numpy()
        return whole
    nothing = {pa.bool_(): False, pa.string(): ""}.get(column.type, 0)
    filled = pc.fill_null(column, nothing).to_numpy()
    return np.ma.MaskedArray(filled, pc.is_null(column).to_numpy())


def _column(values: NDArray[np.generic], form: As) -> Column:
    """A column that was fetched: masked where some values are null."""
    if not isinstance(values, np.ma.MaskedArray):
        return Column(values, np.ones(len(values), np.bool_))
    return Column(values.filled(_NOTHING[form]), ~np.ma.getmaskarray(values))
