"""A process that kills itself: in the middle of a transaction, just before it is kept, or just after."""

from __future__ import annotations

import os
import signal

from sqlalchemy import event
from sqlalchemy.orm import Session

from grantengine.bootstrap import Engine

MOMENTS = ("before_cursor_execute", "after_cursor_execute", "commit")


def lay(engine: Engine, length: int) -> None:
    """SIGKILL to this very process at the moment of this number, counted over statements, commits and what follows them."""
    left = length

    def burn(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in MOMENTS:
        event.listen(engine.store.database.engine, moment, burn)
    # The database has kept it, and nobody has been told.
    event.listen(Session, "after_commit", burn)
