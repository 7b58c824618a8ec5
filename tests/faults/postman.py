"""A worker as a process: delivers the outbox and does the jobs that wait, until it is killed."""

from __future__ import annotations

import time

from faults.fuse import lay

from grantengine.bootstrap import Engine
from grantengine.records import By
from grantengine.services.deliver_outbox import deliver_outbox
from grantengine.services.run_jobs import queue_retries, run_jobs

LONGEST = 30.0
"""Seconds after which it ends by itself, should nobody kill it."""


def work(engine: Engine, *, once: bool = False, fuse: int = 0, moment: str = "") -> None:
    """Do all that is due, and then (unless ``once``) look again and again; ``fuse`` and ``moment``: see :func:`faults.fuse.lay`."""
    if fuse:
        lay(engine, fuse, moment)
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        by = By("system", None, engine.now())
        delivered = deliver_outbox(engine, by, limit=10)
        queue_retries(engine, by)
        ran = run_jobs(engine, by)
        if not (delivered.sent or delivered.failed or ran.done or ran.failed):
            if once:
                return
            time.sleep(0.01)
