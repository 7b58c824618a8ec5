"""Messages that wait are sent, each at least once, by as many workers as there are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from grantengine.errors import PluginError
from grantengine.hooks.context import DeliveryRefused, OutgoingMessage
from grantengine.records import By
from grantengine.services.messages import attachments_of
from grantengine.store.tables.operations import OutboxMessage

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

log = logging.getLogger("grantengine.worker")

LEASE = timedelta(minutes=5)
"""How long others leave a message to the worker that took it."""
LONGEST = timedelta(minutes=4)
"""What sending one message may take: none is begun with less than this left of the lease."""
RETRIES = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6),
    timedelta(hours=12),
)  # fmt: skip
"""How long after each failure it is tried again; from the last on, always as long."""
MOST_ATTEMPTS = 12
MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages were sent, how many were not, and how many are due and nobody has tried yet."""

    sent: int
    failed: int
    left: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not sent, and whether it makes no sense to try again."""

    words: str
    final: bool = False


def deliver_outbox(engine: Engine, by: By, limit: int = 50, *, stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send up to ``limit`` messages that are due; once ``stop`` says so, none after the one at hand.

    A worker that dies between sending and marking leaves its message to be sent again, with the same id.
    """
    with engine.store.work(by) as work:
        claimed = work.outbox.claim(by.at, limit=limit, lease=LEASE)
    sent = failed = 0
    for place, message in enumerate(claimed):
        if stop() or engine.now() > by.at + LEASE - LONGEST:
            _give_back(engine, claimed[place:])
            break
        failure = _send(engine, message)
        _mark(engine, message, failure)
        sent, failed = (sent + 1, failed) if failure is None else (sent, failed + 1)
    with engine.store.read() as reading:
        return Delivered(sent, failed, reading.outbox.count_due(engine.now()))


def next_try(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; None: no more."""
    return None if attempts >= MOST_ATTEMPTS else RETRIES[min(attempts, len(RETRIES)) - 1]


def _send(engine: Engine, message: OutboxMessage) -> Failure | None:
    """Let plugins send it, first to be asked first; one that fails does not keep the next from trying."""
    outgoing = OutgoingMessage(
        message.id, message.channel, message.address, message.language, message.subject, message.body, message.made_at,
        attachments_of(message), message.reply_to,
    )  # fmt: skip
    failures = []
    for plugin, deliver in engine.registry.moments.get("grantengine_deliver", ()):
        try:
            taken = deliver(message=outgoing, settings=engine.settings.plugins)
        except DeliveryRefused as error:
            log.warning("plugin %s: message %s is refused for good: %s", plugin, message.id, error)
            return Failure(f"plugin {plugin}: {error}", final=True)
        except OSError as error:  # servers that are down, or will not take it now, are everyday life
            log.warning("plugin %s: message %s is not sent: %s: %s", plugin, message.id, type(error).__name__, error)
            failures.append(f"plugin {plugin}: {type(error).__name__}: {error}")
        except PluginError as error:
            words = engine.registry.texts.problem(error.problem, "en")
            log.error("plugin %s: message %s is not sent: %s", plugin, message.id, words)
            failures.append(f"plugin {plugin}: {words}")
        except Exception as error:  # whatever a stranger's code raises, the other messages are sent
            log.exception("plugin %s: message %s is not sent", plugin, message.id)
            failures.append(f"plugin {plugin}: {type(error).__name__}: {error}")
        else:
            if taken:
                return None
            if taken is not None:
                failures.append(f"plugin {plugin}: not sent")
    return Failure("; ".join(failures) or f"no plugin delivers {message.channel}")


def _mark(engine: Engine, message: OutboxMessage, failure: Failure | None) -> None:
    """Keep what became of it, in a transaction of its own."""
    now = engine.now()
    with engine.store.work(By("system", None, now)) as work:
        row = work.outbox.get(message.id, lock=True)
        if row is None or row.sent_at is not None:
            return
        if failure is None:
            row.sent_at, row.due_at, row.claimed_until, row.failure = now, None, None, None
            return
        if row.claimed_until != message.claimed_until:
            return  # the lease ended, and another worker has it
        wait = None if failure.final else next_try(row.attempts)
        row.failure = failure.words.replace("\0", "")[:MOST_WORDS]
        row.claimed_until = None
        row.due_at = now + wait if wait else None
        row.given_up_at = None if wait else now


def _give_back(engine: Engine, messages: list[OutboxMessage]) -> None:
    """What was taken and not tried is free again, and was no attempt."""
    with engine.store.work(By("system", None, engine.now())) as work:
        for message in messages:
            row = work.outbox.get(message.id, lock=True)
            if row is not None and row.claimed_until == message.claimed_until:
                row.claimed_until = None
                row.attempts -= 1
