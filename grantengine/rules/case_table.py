"""The case table: typed columns by dotted name, the same for cases from files and from a store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grantengine.expressions.types import Type
from grantengine.rules.memory import Memory
from grantengine.rules.statements import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 50_000
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
    reads (``members``, ``facts.register.active``, ``marks.relevance``), ``obtained.<fact>`` where a fact's null is a value
    or a source completes a list (``obtained.facts.partners``), and ``submitted`` (instant) where the order in time matters.
    Never changed once made: engines keep evaluated columns for as long as the table lives.
    """

    table: pa.Table
    memory: Memory = field(default_factory=Memory, repr=False)
    source: Source | None = field(default=None, repr=False)
    """What the columns of a single case are read from, where they are those of a record just as it stands."""

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def ids(self) -> list[str]:
        """The cases' ids in table order."""
        return list(self.table.column("id").to_pylist())

    def position_of(self, id: str) -> int | None:
        """Where the case with this id is, None where there is none."""
        position = pc.index(self.table.column("id"), id).as_py()
        return None if position < 0 else int(position)

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
    def some_by_hand(self) -> bool:
        """Whether a handler has set some amount."""
        return bool(self.by_hand[1].any())

    @cached_property
    def submitted(self) -> NDArray[np.int64]:
        """The instant of submission in microseconds since 1970, UTC; the smallest number where it is missing."""
        column = pc.cast(self.table.column("submitted"), pa.int64())
        moments: NDArray[np.int64] = pc.fill_null(column, np.iinfo(np.int64).min).to_numpy()
        return moments

    def lacks(self, name: str) -> NDArray[np.bool_]:
        """Where a fact was not obtained, or an answer is missing."""
        return self.memory.kept(f"lacks {name}", (), lambda: self._find_lacking(name))

    def _find_lacking(self, name: str) -> NDArray[np.bool_]:
        obtained = f"obtained.{name}"
        if obtained in self.table.column_names:
            return ~to_bools(pc.fill_null(self.table.column(obtained), False))
        if name not in self.table.column_names and name.startswith("facts."):
            return np.zeros(
                len(self), np.bool_
            )  # completes a list in another version of the scheme, not in that of the cases
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

    def part(self, positions: NDArray[np.intp]) -> CaseTable:
        """The cases at these positions: the same table each time, so that what is computed for it is kept."""
        name = f"part {hashlib.sha256(positions.tobytes()).hexdigest()}"
        source = self.source if len(positions) == 1 else None
        return self.memory.kept(
            name,
            (),
            lambda: CaseTable(self.table.take(pa.array(positions, pa.int64())).combine_chunks(), source=source),
        )

    def rows(self, positions: list[int]) -> CaseTable:
        """The cases at these positions, in this order."""
        return CaseTable(self.table.take(pa.array(positions, pa.int64())))


def to_bools(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """A boolean Arrow column without nulls as a NumPy array."""
    values: NDArray[np.bool_] = column.to_numpy().astype(np.bool_, copy=False)
    return values
