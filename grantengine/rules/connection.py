"""A DuckDB connection that can do nothing but compute: no files, no network, no settings."""

from __future__ import annotations

import duckdb


def connect(*, threads: int = 2, memory: str = "512MB") -> duckdb.DuckDBPyConnection:
    """An in-memory connection, locked.

    Everything is given in the config: what is set afterwards is not seen by cursors.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "python_enable_replacements": "false",
            "error_on_division_by_zero": "false",
            "ieee_floating_point_ops": "false",
            "memory_limit": memory,
            "threads": str(threads),
        },
    )
    connection.execute("SET lock_configuration = true")
    return connection
