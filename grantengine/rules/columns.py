"""JSON lines that have been checked, to typed columns: nested records are read by DuckDB and flattened by name."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from grantengine.compile.plan import Plan
from grantengine.expressions.nodes import columns_of
from grantengine.expressions.types import Type
from grantengine.form.build import Field
from grantengine.form.schema import parse_instant
from grantengine.rules.case_table import arrow_type, json_structure
from grantengine.rules.connection import connect
from grantengine.rules.duckdb_writer import DuckdbWriter
from grantengine.rules.statements import Source, Statements, literal

INSTANT = pa.timestamp("us", tz="UTC")


class Reader:
    """Turns checked lines into tables of the columns that a plan reads (and ``extra`` ones). Threads may share one."""

    def __init__(self, plan: Plan, extra: Iterable[str] = ()) -> None:
        self.plan = plan
        timed = {"submitted_at"} if plan.intake.kind == "rolling" else set()
        self.wanted = _closed(plan, {*plan.read, *timed, *(name for name in extra if name in plan.columns)})
        self._is_dated = plan.by_time or "submitted_at" in self.wanted
        self._query = self._build("lines")
        self._one = self._build(
            f"(select cast($1 as varchar) as line{', cast($2 as date) as submitted_at' * self._is_dated})"
        )

    def source(self, line: bytes) -> Source:
        """What the columns of one line are read from, but for the instant of submission."""
        day = (_moment(line),) if self._is_dated else ()
        return Source(self._one, (literal(line.decode()), *(literal(f"{at:%Y-%m-%d}") if at else "null" for at in day)))

    def read(self, lines: list[bytes]) -> pa.Table:
        """The columns of these lines, in order."""
        if len(lines) == 1:
            return self._read_one(lines[0])
        table = pa.table({"line": pa.array(lines, pa.binary()).cast(pa.string())})
        if self._is_dated:
            moments = [_moment(line) for line in lines]
            table = table.append_column("submitted", pa.array(moments, INSTANT))
            days = [moment and moment.date() for moment in moments]
            table = table.append_column("submitted_at", pa.array(days, pa.date32()))
        cursor = _connection().cursor()  # what is registered in it is seen in no other
        try:
            cursor.register("lines", table)
            result = cursor.sql(self._query).to_arrow_table()
        finally:
            cursor.close()
        return result.cast(self._schema())

    def _read_one(self, line: bytes) -> pa.Table:
        source, schema = self.source(line), self._schema()
        answer = _statements().ask(source.query, source.literals)
        names = [one[0] for one in answer.description or ()]
        [values] = answer.fetchall()
        found = dict(zip(names, values, strict=True))
        if self.plan.by_time:
            found["submitted"] = _moment(line)
        return pa.Table.from_arrays([pa.array([found[one.name]], one.type) for one in schema], schema=schema)

    def _schema(self) -> pa.Schema:
        fixed = [("id", pa.string()), ("withdrawn", pa.bool_()), ("by_hand", pa.int64())]
        wanted = [(name, arrow_type(self.plan.columns[name])) for name in self.wanted]
        moment = [("submitted", INSTANT)] if self.plan.by_time else []
        obtained = [(f"obtained.{name}", pa.bool_()) for name in (*self._optional_facts(), *self._filling())]
        return pa.schema([*fixed, *moment, *wanted, *obtained])

    def _optional_facts(self) -> list[str]:
        return [name for name in self.wanted if name in self.plan.facts and self.plan.facts[name].null_is_value]

    def _filling(self) -> list[str]:
        """The sources that complete an answer that is wanted, as ``facts.<source>``."""
        filled = self.plan.known.filled
        return sorted({filled[name] for name in self.wanted if name in filled})

    def _build(self, lines: str) -> str:
        """The query over ``lines``: parse once, flatten, fill what reads as no, hide what is hidden level by level."""
        structure = json.dumps(_structure(self.plan, self.wanted))
        picks = [f"{self._pick(name)} as {_quoted(name)}" for name in self.wanted]
        picks += [f"json_exists(line, '$.{name}') as {_quoted(f'obtained.{name}')}" for name in self._optional_facts()]
        # A list is as it stands, unless the case says that who completes it could not be asked.
        picks += [
            f"coalesce(json_type(line, '$.{name}') <> 'NULL', true) as {_quoted(f'obtained.{name}')}"
            for name in self._filling()
        ]
        is_of_many = lines == "lines"
        dated = f"{', submitted' * is_of_many}, submitted_at" if self._is_dated else ""
        instant = ", submitted" if self.plan.by_time and is_of_many else ""
        query = (
            f"select s.id as id, coalesce(s.withdrawn, false) as withdrawn, "
            f"cast(s.set_by_hand.amount * 100 as bigint) as by_hand{instant}{''.join(', ' + pick for pick in picks)} "
            f"from (select line{dated}, from_json(line, {literal(structure)}) as s from {lines})"
        )
        for field in self.plan.form.by_dependency:
            if field.visible_if is not None and field.id in self.wanted:
                query = f"select * replace ({self._shown(field)} as {_quoted(field.id)}) from ({query})"
        return query

    def _shown(self, field: Field) -> str:
        assert field.visible_if is not None
        condition = DuckdbWriter().write(field.visible_if.node)
        hidden = f"cast([] as {_sql_type(field.type)})" if field.type.name == "list" else "null"
        return f"case when {condition} then {_quoted(field.id)} else {hidden} end"

    def _pick(self, name: str) -> str:
        kind = self.plan.columns[name]
        if name == "submitted_at":
            return "submitted_at"
        if name.startswith("marks."):
            value = f"s.ratings.{_quoted(self._criterion(name))}"
            many = f"from_json({value}, '[\"DOUBLE\"]')"
            # A single mark counts as a list of one; null marks are not given.
            return (
                f"list_filter(coalesce(case when json_type({value}) = 'ARRAY' then {many} "
                f"else [cast({value} as double)] end, []), lambda m: m is not null)"
            )
        path = _quoted_path(self._json_path(name))
        if kind.name != "list":
            return path
        return f"coalesce({self._filled(name, kind, path)}, cast([] as {_sql_type(kind)}))"

    def _filled(self, name: str, kind: Type, path: str) -> str:
        """The list with yes/no fields that may be left out filled with no."""
        field = self.plan.form.by_id.get(name)
        filled = field.kind.absent_is_false if field else ()
        if not filled or kind.item is None:
            return path
        parts = (
            f"{_quoted(part)} := {f'coalesce(r.{_quoted(part)}, false)' if part in filled else f'r.{_quoted(part)}'}"
            for part, _ in kind.item.fields
        )
        return f"list_transform({path}, lambda r: struct_pack({', '.join(parts)}))"

    def _criterion(self, name: str) -> str:
        return next(c.id for c in self.plan.all_criteria if c.id.replace("-", "_") == name[6:])

    def _json_path(self, name: str) -> tuple[str, ...]:
        return json_path(self.plan, name)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """What all readers of a process share: to make one takes longer than to read a few cases."""
    return connect(threads=2)


@cache
def _statements() -> Statements:
    """What is asked of it case by case."""
    return Statements(_connection())


def json_path(plan: Plan, name: str) -> tuple[str, ...]:
    """Where a column's value stands in the line of a case."""
    first, _, rest = name.partition(".")
    if first == "judged":
        return "judged", next(rule.id for rule in plan.all_rules if rule.id.replace("-", "_") == rest)
    if first in ("facts", "applicant", "checked"):
        return tuple(name.split("."))
    return (name,) if name == "strand" else ("answers", name)


def _closed(plan: Plan, names: set[str]) -> list[str]:
    """The names, and the questions that decide whether they are shown."""
    waiting, found = list(names), set(names)
    while waiting:
        field = plan.form.by_id.get(waiting.pop())
        if field is not None and field.visible_if is not None:
            new = columns_of(field.visible_if.node) - found
            found |= new
            waiting.extend(new)
    return sorted(found)


def _structure(plan: Plan, names: list[str]) -> dict[str, Any]:
    structure: dict[str, Any] = {"id": "VARCHAR", "withdrawn": "BOOLEAN", "set_by_hand": {"amount": "DECIMAL(15,2)"}}
    for name in names:
        if name == "submitted_at":
            continue
        if name.startswith("marks."):
            criterion = next(c.id for c in plan.all_criteria if c.id.replace("-", "_") == name[6:])
            structure.setdefault("ratings", {})[criterion] = "JSON"
            continue
        place = structure
        *parents, last = json_path(plan, name)
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = json_structure(plan.columns[name])
    return structure


def _sql_type(kind: Type) -> str:
    if kind.name == "list":
        assert kind.item is not None
        return f"{_sql_type(kind.item)}[]"
    if kind.name == "record":
        return f"STRUCT({', '.join(f'{_quoted(name)} {_sql_type(field)}' for name, field in kind.fields)})"
    return str(json_structure(kind))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_path(path: tuple[str, ...]) -> str:
    return "s." + ".".join(_quoted(part) for part in path)


def _moment(line: bytes) -> datetime.datetime | None:
    text = json.loads(line).get("submitted_at")
    return parse_instant(text) if text else None
