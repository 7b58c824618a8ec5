"""A process that kills itself: in the middle of a transaction, just before it is kept, or just after."""

from __future__ import annotations

import os
import signal

from sqlalchemy import event
from sqlalchemy.orm import Session

from grantengine.bootstrap import Engine

MOMENTS = {
    "before a statement": "before_cursor_execute",
    "after a statement": "after_cursor_execute",
    "before it is kept": "commit",
    "after it is kept": "after_commit",
}
"""The kinds of moments; at the last, the database has kept it, and nobody has been told."""


def lay(engine: Engine, length: int, moment: str = "") -> None:
    """SIGKILL to this very process at the moment of this number, counted over those of one kind (none named: of all)."""
    left = length

    def burn(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name, hook in MOMENTS.items():
        if moment in ("", name):
            event.listen(Session if hook == "after_commit" else engine.store.database.engine, hook, burn)
