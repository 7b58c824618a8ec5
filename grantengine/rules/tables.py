"""Cases files to a case table: JSON Lines, CSV or Parquet, checked strictly, every problem with its line."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grantengine.compile.plan import Plan
from grantengine.errors import CasesError, Problem, Where
from grantengine.rules.case_table import CaseTable
from grantengine.rules.columns import Reader
from grantengine.rules.lines import JsonProblem, LineChecker, Lines, strict_json
from grantengine.rules.prepared import prepared
from grantengine.rules.statements import Source

CHUNK = 20_000
"""Lines checked and turned into columns at a time: what bounds memory."""

MOST_PROBLEMS = 100
"""Reading stops after this many problems: a file in the wrong format would give one for each line."""

Progress = Callable[[int], None]


def read_cases(path: Path, plan: Plan, *, progress: Progress | None = None, extra: Iterable[str] = ()) -> CaseTable:
    """Read a cases file (``.jsonl``, ``.ndjson``, ``.json``, ``.csv`` or ``.parquet``).

    ``extra`` names columns to keep beside those the plan reads; ``progress`` is told how many cases are read.

    :raises CasesError: every problem found (at most 100), each with its line.
    """
    return table_of(_lines(path, plan), plan, str(path), progress=progress, extra=extra)


def cases_from_records(
    records: Iterable[dict[str, Any]], plan: Plan, *, name: str = "cases", extra: Iterable[str] = ()
) -> CaseTable:
    """Cases given as Python records, shaped as the lines of a cases file.

    :raises CasesError: as :func:`read_cases`; the line is the place of the record.
    """
    lines = ((index, json.dumps(record, allow_nan=True).encode()) for index, record in enumerate(records, 1))
    return _table_of(lines, *prepared(plan, name, extra))


def table_of(
    lines: Lines, plan: Plan, name: str, *, progress: Progress | None = None, extra: Iterable[str] = ()
) -> CaseTable:
    """Check numbered JSON lines and turn them into a case table."""
    return _table_of(lines, LineChecker(plan, name), Reader(plan, extra), progress=progress)


def _table_of(lines: Lines, checker: LineChecker, reader: Reader, *, progress: Progress | None = None) -> CaseTable:
    name = checker.name
    batches: list[pa.Table] = []
    source: Source | None = None
    numbers: list[int] = []
    problems: list[Problem] = []
    for chunk in _chunks(lines):
        good = checker.check(chunk, problems)
        if len(problems) >= MOST_PROBLEMS:
            break
        numbers.extend(number for number, _ in chunk)
        if not problems:
            batches.append(reader.read(good))
            source = reader.source(good[0]) if len(numbers) == 1 else None
        if progress:
            progress(len(chunk))
    if not problems and not numbers:
        problems.append(Problem("cases-empty", Where(name, 1, 1)))
    if not problems:
        table = pa.concat_tables(batches)
        problems = _repeated_ids(table, numbers, name)
    if len(problems) >= MOST_PROBLEMS:
        rest = Problem("cases-more-problems", Where(name), {"shown": MOST_PROBLEMS})
        raise CasesError([*problems[:MOST_PROBLEMS], rest])
    if problems:
        raise CasesError(problems)
    return CaseTable(table.combine_chunks(), source=source if len(numbers) == 1 else None)


def _chunks(lines: Lines) -> Iterator[list[tuple[int, bytes]]]:
    chunk: list[tuple[int, bytes]] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _repeated_ids(table: pa.Table, numbers: list[int], name: str) -> list[Problem]:
    ids = table.column("id")
    if pc.count_distinct(ids).as_py() == len(ids):
        return []
    first: dict[str, int] = {}
    problems = []
    for number, id in zip(numbers, ids.to_pylist(), strict=True):
        if id in first:
            problems.append(Problem("case-id-repeated", Where(name, number, 1, "/id"), {"id": id, "first": first[id]}))
        first.setdefault(id, number)
    return problems


def _lines(path: Path, plan: Plan) -> Lines:
    name = str(path)
    suffix = path.suffix.lower()
    readers = {".csv": _csv_lines, ".parquet": _parquet_lines, ".jsonl": _json_lines, ".ndjson": _json_lines}
    if suffix not in readers:
        readers[suffix] = _json_lines if suffix in (".json", ".txt", "") else _unknown_format
    try:
        if path.is_dir():
            raise CasesError([Problem("cases-directory", Where(name))])
        if not path.exists():
            raise CasesError([Problem("cases-not-found", Where(name))])
        yield from readers[suffix](path, plan)
    except OSError as error:
        raise CasesError([Problem("cases-not-readable", Where(name), {"reason": error.strerror or ""})]) from error


def expected_count(path: Path) -> int:
    """About how many cases a file has, for showing progress; 0 where that can not be told."""
    try:
        if path.suffix.lower() == ".parquet":
            return int(pq.ParquetFile(path).metadata.num_rows)
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except (OSError, pa.ArrowException):
        return 0


def _unknown_format(path: Path, plan: Plan) -> Lines:
    raise CasesError([Problem("cases-format", Where(str(path)), {"suffix": path.suffix})])


def _json_lines(path: Path, plan: Plan) -> Lines:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                raise CasesError([Problem("cases-byte-order-mark", Where(str(path), 1, 1))])
            if line.strip():
                yield number, line.rstrip(b"\r\n")


def _csv_lines(path: Path, plan: Plan) -> Lines:
    """Rows with a heading of dotted names (`answers.members`); lists and records are JSON in a cell."""
    name = str(path)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CasesError([Problem("not-utf8", Where(name, line, 1), {"byte": error.start})]) from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    start = 1
    try:
        heading = next(rows, None)
        if heading is None:
            return
        _check_heading(heading, name)
        convert = CsvRow(plan, heading, name)
        # A row may go over several lines: its place is the first of them.
        start = rows.line_num + 1
        for row in rows:
            if row:
                yield start, convert.line(row, start)
            start = rows.line_num + 1
    except csv.Error as error:
        raise CasesError([Problem("csv-broken", Where(name, start, 1))]) from error


def _check_heading(heading: list[str], name: str) -> None:
    """Each column stands once, and none (`facts`) holds another (`facts.register.active`)."""
    repeated = sorted({column for column in heading if heading.count(column) > 1})
    if repeated:
        raise CasesError([Problem("csv-heading-repeated", Where(name, 1, 1), {"names": repeated})])
    parents = {column[:index] for column in heading for index, sign in enumerate(column) if sign == "."}
    overlapping = sorted(parents & {*heading})
    if overlapping:
        raise CasesError([Problem("csv-heading-overlap", Where(name, 1, 1), {"names": overlapping})])


def _delimiter(text: str) -> str:
    # Norwegian spreadsheets save CSV with semicolons: the heading tells which.
    heading = text.split("\n", 1)[0]
    return ";" if heading.count(";") > heading.count(",") else ","


class CsvRow:
    """Turns rows of a CSV file into the JSON lines they stand for, by what the plan says of each column."""

    def __init__(self, plan: Plan, heading: list[str], name: str) -> None:
        self.heading, self.name = heading, name
        textual = {f"answers.{field.id}" for field in plan.form.fields if field.type.name in ("text", "date", "money")}
        textual |= {f"checked.{n}" for n, kind in plan.checked_types.items() if kind.name in ("text", "date", "money")}
        textual |= {f"checked.{n[8:]}" for n in textual if n.startswith("answers.")}
        textual |= {name for name, fact in plan.facts.items() if fact.type.name in ("text", "date", "money")}
        textual |= {"id", "submitted_at", "strand", "set_by_hand.amount", "set_by_hand.reason"}
        textual |= {f"applicant.{n}" for n in ("id", "organisation_number", "kind", "municipality")}
        self.textual = textual

    def line(self, row: list[str], number: int) -> bytes:
        """The JSON line of one row."""
        if len(row) != len(self.heading):
            params = {"wanted": len(self.heading), "got": len(row)}
            raise CasesError([Problem("csv-row-length", Where(self.name, number, 1), params)])
        record: dict[str, Any] = {"answers": {}}
        for column, cell in zip(self.heading, row, strict=True):
            if cell == "":
                continue
            *parents, last = column.split(".")
            place = record
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = cell if column in self.textual else _cell(cell, Where(self.name, number, 1, f"/{column}"))
        return json.dumps(record, ensure_ascii=False).encode()


def _cell(cell: str, where: Where) -> Any:
    """A cell that is not text: JSON, else the cell itself, which the check then refuses by name."""
    try:
        return strict_json(cell.encode())
    except JsonProblem as problem:
        if problem.code in ("json-broken", "json-not-finite"):
            return cell
        raise CasesError([Problem(problem.code, where, problem.params)]) from problem


def _parquet_lines(path: Path, plan: Plan) -> Lines:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, pa.ArrowException) as error:
        raise CasesError([Problem("parquet-broken", Where(str(path)))]) from error
    _check_columns(file.schema_arrow, str(path))
    kept = {name for name, fact in plan.facts.items() if fact.null_is_value}
    number = 0
    try:
        for batch in file.iter_batches(batch_size=CHUNK):
            for record in batch.to_pylist():
                number += 1
                yield number, json.dumps(_without_nulls(record, kept), default=_as_text, ensure_ascii=False).encode()
    except (pa.ArrowException, UnicodeError) as error:
        raise CasesError([Problem("parquet-broken", Where(str(path), number + 1))]) from error


def _check_columns(schema: pa.Schema, name: str) -> None:
    """Each column stands once and has a type that a case can have."""
    repeated = sorted({column for column in schema.names if schema.names.count(column) > 1})
    if repeated:
        raise CasesError([Problem("csv-heading-repeated", Where(name, 1, 1), {"names": repeated})])
    unfit = [
        Problem("parquet-type", Where(name), {"names": [f.name], "type": str(f.type)})
        for f in schema
        if not _fits(f.type)
    ]
    if unfit:
        raise CasesError(unfit)


def _fits(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_struct(kind):
        return all(_fits(kind.field(index).type) for index in range(kind.num_fields))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_dictionary(kind):
        return _fits(kind.value_type)
    plain = (
        types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating, types.is_decimal,
        types.is_date, types.is_timestamp, types.is_null,
    )  # fmt: skip
    return any(is_so(kind) for is_so in plain)


def _as_text(value: object) -> str:
    """Parquet's own sums, dates and times as a case has them."""
    if isinstance(value, Decimal):
        return format(value, "f")
    assert isinstance(value, datetime.date)
    return value.isoformat()


def _without_nulls(value: Any, kept: set[str], path: str = "") -> Any:
    """A record without the keys that are null: Parquet has every key in every row.

    Where a fact's null is a value (``kept``) and its source gave something, the null stays.
    """
    if isinstance(value, dict):
        inner = {key: f"{path}.{key}" if path else key for key in value}
        return {
            key: _without_nulls(part, kept, inner[key])
            for key, part in value.items()
            if part is not None or inner[key] in kept
        }
    return [_without_nulls(part, kept) for part in value] if isinstance(value, list) else value
