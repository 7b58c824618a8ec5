"""Statements are turned into SQL once a process, and not once for every database that a test makes.

SQLAlchemy keeps the SQL of a statement for one engine and its dialect. A server has one engine as long as it lives; tests make
one for each, and spent a third of their time on SQL that the test before them had made too.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect

from grantengine.store import database

_KNOWN: dict[str, tuple[Dialect, Any]] = {}


def share_statements() -> None:
    """From now on all databases of this process share their dialect, and what it has made of statements."""
    database.create_engine = _create_engine


@wraps(sqlalchemy.create_engine)
def _create_engine(*args: Any, **options: Any) -> Engine:
    engine = sqlalchemy.create_engine(*args, **options)
    if engine.name in _KNOWN:
        engine.dialect, engine._compiled_cache = _KNOWN[engine.name]
    else:
        event.listen(engine, "connect", partial(_keep, engine), once=True)
    return engine


def _keep(engine: Engine, *_: object) -> None:
    """It has met a database, and knows what that one can do."""
    _KNOWN.setdefault(engine.name, (engine.dialect, engine._compiled_cache))
