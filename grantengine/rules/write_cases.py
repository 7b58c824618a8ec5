"""Writing cases to a file in the format its name says, whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from grantengine.errors import CasesError, Problem, Where


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that takes its name when the block ends without an error.

    :raises CasesError: ``file-not-writable``.
    """
    try:
        if path.exists() and not path.is_file():
            # A folder, or a device that must not be replaced by a file.
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        params = {"reason": error.strerror or ""}
        raise CasesError([Problem("file-not-writable", Where(str(path)), params)]) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        params = {"reason": error.strerror or ""}
        raise CasesError([Problem("file-not-writable", Where(str(path)), params)]) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_cases(records: Iterable[dict[str, Any]], path: Path) -> int:
    """Write cases as JSON Lines, CSV (dotted headings) or Parquet; returns how many.

    :raises CasesError: ``cases-format`` or ``file-not-writable``.
    """
    writers: dict[str, Callable[[Iterable[dict[str, Any]], Path], int]] = {
        ".jsonl": _write_json_lines,
        ".ndjson": _write_json_lines,
        ".csv": _write_csv,
        ".parquet": _write_parquet,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise CasesError([Problem("cases-format", Where(str(path)), {"suffix": path.suffix})])
    with whole_file(path) as temporary:
        return writer(records, temporary)


def _write_json_lines(records: Iterable[dict[str, Any]], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_csv(records: Iterable[dict[str, Any]], path: Path) -> int:
    rows = [_flat(record) for record in records]
    heading = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, heading, restval="")
        table.writeheader()
        table.writerows(rows)
    return len(rows)


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        elif value is not None:
            flat[prefix + name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return flat


def _write_parquet(records: Iterable[dict[str, Any]], path: Path) -> int:
    rows = list(records)
    # Arrow would take the columns of the first case for those of all.
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    pq.write_table(table, path)
    return int(table.num_rows)
