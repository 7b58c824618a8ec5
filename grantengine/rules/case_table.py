"""The case table: typed columns by dotted name, the same for cases from files and from a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import is_
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grantengine.expressions.types import Type

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")

FEW = 50_000
MOST_PARTS = 32
MONEY = pa.decimal128(15, 2)
_ARROW: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "percent": pa.float64(),
    "money": MONEY,
    "text": pa.string(),
    "yes_no": pa.bool_(),
    "date": pa.date32(),
}
_DUCKDB = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "percent": "DOUBLE",
    "money": "DECIMAL(15,2)",
    "text": "VARCHAR",
    "yes_no": "BOOLEAN",
    "date": "DATE",
}


def arrow_type(kind: Type) -> pa.DataType:
    """The Arrow type of a column of this expression type."""
    if kind.name == "list":
        assert kind.item is not None
        return pa.list_(arrow_type(kind.item))
    if kind.name == "record":
        return pa.struct([(name, arrow_type(field)) for name, field in kind.fields])
    return _ARROW[kind.name]


def json_structure(kind: Type) -> object:
    """The structure DuckDB's ``from_json`` reads a value of this type by."""
    if kind.name == "list":
        assert kind.item is not None
        return [json_structure(kind.item)]
    if kind.name == "record":
        return {name: json_structure(field) for name, field in kind.fields}
    return _DUCKDB[kind.name]


@dataclass(frozen=True, eq=False)
class CaseTable:
    """Cases as an Arrow table.

    Columns: ``id``, ``withdrawn`` (boolean), ``by_hand`` (øre, null where not set by hand), one column per name that some rule
    reads (``members``, ``facts.register.active``, ``marks.relevance``), ``obtained.<fact>`` where a fact's null is a
    value, and ``submitted`` (instant) where the order in time matters. Never changed once made: engines keep evaluated
    columns for as long as the table lives.
    """

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def ids(self) -> list[str]:
        """The cases' ids in table order."""
        return list(self.table.column("id").to_pylist())

    @cached_property
    def id_order(self) -> NDArray[np.int64]:
        """Each case's place when ids are sorted as text, ascending: the last resort among equals."""
        order = pc.sort_indices(self.table.column("id")).to_numpy()
        places = np.empty(len(self), np.int64)
        places[order] = np.arange(len(self))
        return places

    def ids_at(self, positions: NDArray[np.intp]) -> NDArray[np.str_]:
        """The ids of the cases at these positions."""
        ids = self.table.column("id").take(pa.array(positions, pa.int64()))
        return np.array(ids.to_pylist(), np.str_)

    def id_keys(self, positions: NDArray[np.intp]) -> NDArray[Any]:
        """Keys that sort the cases at these positions by id as text; of a big table all ids are sorted only if need be."""
        if len(positions) <= FEW < len(self) and "id_order" not in self.__dict__:
            return self.ids_at(positions)
        return self.id_order[positions]

    @cached_property
    def withdrawn(self) -> NDArray[np.bool_]:
        """Where the applicant has withdrawn."""
        return to_bools(pc.fill_null(self.table.column("withdrawn"), False))

    @cached_property
    def by_hand(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Amounts set by a handler in øre, and where there is one."""
        column = self.table.column("by_hand")
        return pc.fill_null(column, 0).to_numpy(), to_bools(pc.is_valid(column))

    @cached_property
    def submitted(self) -> NDArray[np.int64]:
        """The instant of submission in microseconds since 1970, UTC; the smallest number where it is missing."""
        column = pc.cast(self.table.column("submitted"), pa.int64())
        moments: NDArray[np.int64] = pc.fill_null(column, np.iinfo(np.int64).min).to_numpy()
        return moments

    @cached_property
    def _lacking(self) -> dict[str, NDArray[np.bool_]]:
        return {}

    def lacks(self, name: str) -> NDArray[np.bool_]:
        """Where a fact was not obtained, or an answer is missing."""
        if name not in self._lacking:
            self._lacking[name] = self._find_lacking(name)
        return self._lacking[name]

    def _find_lacking(self, name: str) -> NDArray[np.bool_]:
        obtained = f"obtained.{name}"
        if obtained in self.table.column_names:
            return ~to_bools(pc.fill_null(self.table.column(obtained), False))
        column = self.table.column(name)
        if pa.types.is_list(column.type):
            return to_bools(pc.equal(pc.fill_null(pc.list_value_length(column), 0), 0))
        return to_bools(pc.is_null(column))

    def with_columns(self, columns: Mapping[str, NDArray[np.float64]]) -> CaseTable:
        """This table with more columns of numbers; nothing is copied."""
        table = self.table
        for name, values in columns.items():
            table = table.append_column(name, pa.array(values))
        return CaseTable(table)

    @cached_property
    def any_by_hand(self) -> bool:
        """Whether a handler has set the amount of some case."""
        return bool(self.by_hand[1].any())

    def kept(self, what: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for the same ``key`` objects; the latest two are kept.

        A scenario shares most of its parts with its baseline: what depends on them alone is then the same object, and
        so is what is made of that.
        """
        entries = self._kept.setdefault(what, [])
        for index, (other, value) in enumerate(entries):
            if len(other) == len(key) and all(map(is_, other, key)):
                entries.insert(0, entries.pop(index))
                found: T = value
                return found
        made = make()
        entries[:] = [(key, made), *entries[:1]]
        return made

    def latest(self, what: str) -> tuple[tuple[object, ...], Any] | None:
        """The key and value of what was made or used last under this name."""
        entries = self._kept.get(what)
        return entries[0] if entries else None

    @cached_property
    def _kept(self) -> dict[str, list[tuple[tuple[object, ...], Any]]]:
        return {}

    def part(self, positions: NDArray[np.intp]) -> CaseTable:
        """The cases at these positions: the same table each time, so that what is computed for it is kept."""
        for place, table in self._parts:
            if np.array_equal(place, positions):
                return table
        table = CaseTable(self.table.take(pa.array(positions, pa.int64())).combine_chunks())
        self._parts[:] = [(positions, table), *self._parts[: MOST_PARTS - 1]]
        return table

    @cached_property
    def _parts(self) -> list[tuple[NDArray[np.intp], CaseTable]]:
        return []

    def rows(self, positions: list[int]) -> CaseTable:
        """The cases at these positions, in this order."""
        return CaseTable(self.table.take(pa.array(positions, pa.int64())))


def to_bools(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """A boolean Arrow column without nulls as a NumPy array."""
    values: NDArray[np.bool_] = column.to_numpy().astype(np.bool_, copy=False)
    return values
