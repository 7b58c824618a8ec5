"""Work in the background is done: claimed, with progress, cancellable, tried again where it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.ask_by_mail import LINK, send_link
from grantengine.services.deliver_outbox import MOST_WORDS, next_try
from grantengine.services.interim_reply import REPLIES, reply_for_change
from grantengine.services.refresh_facts import REFRESH, refresh_filling, retry_facts
from grantengine.services.scan_file import SCAN, scan_file
from grantengine.services.send_letters import SEND, send_letters
from grantengine.services.tell_alerts import ALERTS, tell_alerts
from grantengine.store.tables.operations import Job

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

log = logging.getLogger("grantengine.worker")

LEASE = timedelta(minutes=15)
"""How long others leave work to the worker that took it; each step done begins it anew."""
RETRY = "retry-facts"
MOST_QUEUED = 100


class JobCancelled(Exception):
    """Someone does not want this work done any more; raised where it tells its progress."""


class Progress(Protocol):
    """Tells how far work is, and keeps other workers away from it for as long again."""

    def __call__(self, done: int, steps: int | None = None) -> None:
        """So many steps are done, of ``steps`` (None: as told before).

        :raises JobCancelled: the work is to stop here.
        """


Handler = Callable[["Engine", By, Job, Progress], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """How many jobs were done, and how many failed and are tried again."""

    done: int
    failed: int


def run_jobs(engine: Engine, by: By, limit: int = 20, *, stop: Callable[[], bool] = lambda: False) -> Ran:
    """Do up to ``limit`` jobs that are due, one after the other; once ``stop`` says so, none after the one at hand."""
    done = failed = 0
    while done + failed < limit and not stop():
        now = By(by.kind, by.id, engine.now())
        with engine.store.work(now) as work:
            job = work.jobs.claim(now.at, LEASE)
        if job is None:
            break
        if _run(engine, now, job):
            done += 1
        else:
            failed += 1
    return Ran(done, failed)


def queue_retries(engine: Engine, by: By) -> int:
    """Queue a job for each application of which a source is to be asked again now; returns how many."""
    with engine.store.read() as reading:
        due = reading.jobs.applications_to_ask_for(by.at, {RETRY, REFRESH}, MOST_QUEUED)
    if due:
        with engine.store.work(by) as work:
            for application_id in sorted(due):  # as every worker does: none waits for one that waits for it
                work.jobs.add(work.new_id(), RETRY, application_id, by.at)
    return len(due)


def _run(engine: Engine, by: By, job: Job) -> bool:
    """Do one job, and keep what became of it; whether it is done."""
    try:
        if job.cancelled_at is None:
            handler = KINDS.get(job.kind)
            if handler is None:
                raise LookupError(f"nothing here does work of the kind {job.kind}")
            handler(engine, by, job, _progress(engine, job))
    except JobCancelled:
        log.info("job %s of kind %s is cancelled", job.id, job.kind)
    except Exception as error:  # whatever goes wrong in one job, the others are done
        log.exception("job %s of kind %s about %s failed", job.id, job.kind, job.key)
        _keep_failure(engine, job, f"{type(error).__name__}: {error}")
        return False
    now = engine.now()
    with engine.store.work(By("system", None, now)) as work:
        work.jobs.finish(job, now)
    return True


def _keep_failure(engine: Engine, job: Job, words: str) -> None:
    now, wait = engine.now(), next_try(job.attempts)
    with engine.store.work(By("system", None, now)) as work:
        work.jobs.fail(job, words.replace("\0", "")[:MOST_WORDS], now + wait if wait else None)


def _progress(engine: Engine, job: Job) -> Progress:
    def tell(done: int, steps: int | None = None) -> None:
        now = engine.now()
        with engine.store.work(By("system", None, now)) as work:
            row = work.jobs.get(job.id, lock=True)
            if row is None or row.cancelled_at is not None or row.claimed_until != job.claimed_until:
                raise JobCancelled  # or the lease ended and another worker has it: this one stops all the same
            row.done, row.steps = done, row.steps if steps is None else steps
            row.claimed_until = now + LEASE
        job.claimed_until = now + LEASE

    return tell


def _retry_facts(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    try:
        retry_facts(engine, by, job.key)
    except NotFoundError:
        return  # it has gone in the meantime
    with engine.store.read() as reading:
        if reading.jobs.still_to_ask(job.key, by.at):
            # Without this it would be queued again at once, for ever.
            raise LookupError("there are facts to ask for again that no source of the scheme gives")


def _refresh_filling(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    refresh_filling(engine, by, job.key)


def _send_letters(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    send_letters(engine, by, job.key, progress=progress)


def _reply_for_change(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    reply_for_change(engine, by, job.key, job.params)


def _scan_file(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    scan_file(engine, by, job.key)


def _send_link(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    send_link(engine, by, job.params)


def _tell_alerts(engine: Engine, by: By, job: Job, progress: Progress) -> None:
    tell_alerts(engine, by, job.key.partition("@")[0], progress=progress)


KINDS: dict[str, Handler] = {
    RETRY: _retry_facts, REFRESH: _refresh_filling, SEND: _send_letters, REPLIES: _reply_for_change, LINK: _send_link,
    SCAN: _scan_file, ALERTS: _tell_alerts,
}  # fmt: skip
"""What does each kind of work."""
