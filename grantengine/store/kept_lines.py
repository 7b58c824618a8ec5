"""Connections that are kept for the next: whether the server is still at their other end, mostly without asking it."""

from __future__ import annotations

import selectors
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

RESTED = 30.0
"""Seconds of rest after which the server is asked: what stands between may have dropped the line and told nobody."""
_SINCE = "rests-since"


def look_before_use(engine: Engine) -> None:
    """Make connections of this engine anew where the server has gone meanwhile, before anything is sent on them.

    A server that ends closes its lines, which shows here: something has come on a line on which nothing was asked. Only then,
    and after a rest, is there a question to it; it would be one with every page.
    """

    @event.listens_for(engine, "checkin")
    def _rest(connection: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: Any, proxy: object) -> None:
        since = record.info.get(_SINCE)
        if since is None or (time.monotonic() - since < RESTED and not _has_news(connection)):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _has_news(connection: Any) -> bool:
    """Whether something has come on a line, or it is closed."""
    if connection.closed:
        return True
    with selectors.DefaultSelector() as arrivals:
        arrivals.register(connection.fileno(), selectors.EVENT_READ)
        return bool(arrivals.select(0))
