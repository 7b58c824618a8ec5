"""`grantengine worker`: delivers messages and does the work that waits, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language
from grantengine.errors import Message, StoreError
from grantengine.records import By

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

log = logging.getLogger("grantengine.worker")

NAP = 0.2
"""Seconds between looks at whether to stop."""
LOOK_EVERY = timedelta(minutes=10)
"""How often drafts and requests for changes are looked for whose deadline has passed for good."""

REMIND_EVERY = timedelta(days=1)
"""How often calls are looked for whose answers were promised for a day that has passed."""


class Stop:
    """Whether someone has asked the process to stop. Setting a flag is all that is safe to do in a signal."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        return self.asked

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def sleep(self, seconds: float) -> None:
        """Sleep, or wake when asked to stop."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(NAP, left))


@click.command("worker")
@click.option("--once", is_flag=True, help="Do all that is due, and end.")
@click.option(
    "--every", type=click.FloatRange(0.1, 86_400), default=5, show_default=True, metavar="SECONDS",
    help="How long to rest when nothing is due.",
)  # fmt: skip
def command(once: bool, every: float) -> int:
    """Deliver messages, do the work that waits, ask again for facts that a source could not give, and let drafts and requests
    for changes lapse.

    Several workers may run side by side. SIGTERM and SIGINT stop one after the message at hand.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It tells of each retry; a source that is down is told of once, by us.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    worker = Worker(bootstrap(), Stop())
    total = worker.all_that_is_due()
    if once:
        _say(worker.engine, total)
        return 0
    while not worker.stop():
        if any(total):
            _say(worker.engine, total)
        worker.stop.sleep(every)
        try:
            total = worker.all_that_is_due()
        except StoreError as error:
            # It was there when we began: it comes back, and nothing is lost meanwhile.
            log.error("%s", worker.engine.registry.texts.problem(error.problem, language()))
            total = (0, 0, 0)
    if any(total):
        _say(worker.engine, total)
    return 0


@dataclass
class Worker:
    """A worker; ``looked`` is when it last looked for drafts whose deadline has passed for good, ``reminded`` for answers
    that are overdue. Files that came before there was a scanner are queued for it once.
    """

    engine: Engine
    stop: Stop
    looked: datetime | None = None
    has_queued_scans: bool = False
    reminded: datetime | None = None

    def all_that_is_due(self) -> tuple[int, int, int]:
        """Rounds until nothing is due; messages sent, what failed, jobs done."""
        from grantengine.services.deliver_outbox import deliver_outbox
        from grantengine.services.run_jobs import queue_retries, run_jobs

        self._lapse()
        self._remind()
        self._queue_scans()
        engine, sent, failed, jobs = self.engine, 0, 0, 0
        while not self.stop():
            by = By("system", None, engine.now())
            delivered = deliver_outbox(engine, by, stop=self.stop)
            queue_retries(engine, by)
            ran = run_jobs(engine, by, stop=self.stop)
            sent, failed, jobs = sent + delivered.sent, failed + delivered.failed + ran.failed, jobs + ran.done
            if not (delivered.sent or delivered.failed or ran.done or ran.failed):
                break
        return sent, failed, jobs

    def _lapse(self) -> None:
        from grantengine.services.clear_sign_ins import clear_sign_ins
        from grantengine.services.close_changes import lapse_changes
        from grantengine.services.lapse_drafts import lapse_drafts

        engine = self.engine
        now = engine.now()
        if self.looked is None or now - self.looked >= LOOK_EVERY:
            lapse_drafts(engine, By("system", None, now))
            lapse_changes(engine, By("system", None, now))
            clear_sign_ins(engine, By("system", None, now))
            self.looked = now

    def _queue_scans(self) -> None:
        from grantengine.services.scan_file import queue_scans

        engine = self.engine
        if not self.has_queued_scans:  # once is enough: what comes later queues its own
            queue_scans(engine, By("system", None, engine.now()))
            self.has_queued_scans = True

    def _remind(self) -> None:
        from grantengine.services.interim_reply import remind_of_slipped

        engine = self.engine
        now = engine.now()
        if self.reminded is None or now - self.reminded >= REMIND_EVERY:
            remind_of_slipped(engine, By("system", None, now))
            self.reminded = now


def _say(engine: Engine, total: tuple[int, int, int]) -> None:
    sent, failed, jobs = total
    words = Message("worker.done", {"sent": sent, "failed": failed, "jobs": jobs})
    click.echo(engine.registry.texts.say(words, language()))
