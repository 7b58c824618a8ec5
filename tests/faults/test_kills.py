"""Processes that write, invite and submit are killed at random moments, and so is the worker; nothing is lost.

``GRANTENGINE_KILLS`` is how often (20), ``GRANTENGINE_SEED`` has the same chances drawn again. Moments are never quite
the same twice: a seed that has failed fails again more often than others.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import postgres
import pytest
from faults.audit import audit_findings
from faults.journal import Line, read
from faults.promises import broken_promises, done_unseen, half_done, told_of, unfinished_of
from mailbox_server import Mailbox
from nursery import Child, Nursery
from worlds import EXAMPLE, NUMBERS, START, Clock, World

from grantengine.bootstrap import Engine, bootstrap
from grantengine.services.deliver_outbox import LEASE
from grantengine.store.database import Database
from grantengine.store.migrate import upgrade

KILLS = int(os.environ.get("GRANTENGINE_KILLS") or 20)
SEED = os.environ["GRANTENGINE_SEED"]  # drawn when the run begins, where nobody has set it: tests/conftest.py
LONGEST_ROUND = 0.3
"""Seconds after which those are killed that still live."""
LONGEST_FUSE = 200
PATIENCE = 20.0
WITH_FILE = EXAMPLE.replace(
    "  - id: project\n", "  - id: files\n    title: {nb: Filer, nn: Filer, en: Files}\n    questions:\n"
    "      - {id: budget_file, kind: attachment, optional: true, label: {nb: Budsjett, nn: Budsjett, en: Budget}}\n"
    "  - id: project\n", 1,
)  # fmt: skip


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.start()
    yield box
    box.stop()


class Siege:
    """Two applicants and a worker, each a process that is killed and started again and again."""

    def __init__(self, engine: Engine, clock: Clock, nursery: Nursery, mailbox: Mailbox, folder: Path) -> None:
        self.engine, self.clock, self.nursery, self.mailbox = engine, clock, nursery, mailbox
        self.url = engine.settings.database_url
        self.chance = random.Random(f"{SEED} {self.url.partition(':')[0]}")
        self.world = World(engine, clock)
        call = self.world.call(WITH_FILE)
        self.who = []
        for name, number in zip(("Kari", "Ola"), NUMBERS, strict=False):
            user = self.world.user(name)
            organisation = self.world.organisation(user, f"Laget til {name}", number)
            self.who.append({"user": user, "organisation": organisation, "call": call})
        self.journals = [folder / f"{name}.journal" for name in ("kari", "ola")]
        self.seen, self.unseen = [0, 0], 0
        self.where = {"url": self.url, "mail": mailbox.url}
        for _ in range(2):
            nursery.rehearse("faults.applicant:live", at=clock(), **self.where, **self._applicant(0), steps=20)
            nursery.rehearse("faults.postman:work", at=clock(), **self.where, once=True)

    def round(self, *, fuses: bool = False) -> list[Child]:
        """Start them all; the children, for someone to kill if they are not to do so themselves."""
        now = self.clock.turn(seconds=LEASE.total_seconds() + 60)  # what a dead worker held is free again
        lengths = [self.chance.randrange(1, LONGEST_FUSE) if fuses else 0 for _ in range(3)]
        return [
            self.nursery.start("faults.postman:work", at=now, **self.where, fuse=lengths[2]),
            *(
                self.nursery.start(
                    "faults.applicant:live", at=now, **self.where, **self._applicant(place), fuse=lengths[place]
                )
                for place in (0, 1)
            ),
        ]

    def _applicant(self, place: int) -> dict[str, Any]:
        return {
            "journal": str(self.journals[place]), "seed": self.chance.getrandbits(64), **self.who[place],
            "unfinished": unfinished_of(self.lines(place)),
        }  # fmt: skip

    def kill(self) -> None:
        """A round that ends with everyone killed: by us, in any order, or by themselves at a moment of their own."""
        fuses = self.chance.random() < 0.5
        before = [len(read(file)) for file in self.journals]
        children = self.round(fuses=fuses)
        # However slow the machine is today: nobody is killed before both applicants have begun.
        self.until(
            lambda: all(len(read(file)) > lines for file, lines in zip(self.journals, before, strict=True)), children
        )
        if fuses:
            self.until(lambda: False, children[1:])
        else:
            time.sleep(self.chance.uniform(0, LONGEST_ROUND))
        self.chance.shuffle(children)
        for child in children:
            time.sleep(self.chance.choice([0, 0, self.chance.uniform(0, 0.05)]))
            child.kill()
        assert {child.status for child in children} == {-signal.SIGKILL}, f"seed {SEED}\n{self.nursery.said()}"

    def until(self, ready: Callable[[], bool], children: list[Child]) -> None:
        """Wait until that is so, or until all of these have ended; not for ever."""
        end = time.monotonic() + PATIENCE
        while not ready() and any(child.poll() is None for child in children) and time.monotonic() < end:
            time.sleep(0.005)

    def lines(self, place: int) -> list[Line]:
        """The journal; what the database could not take is a step that nobody knows the end of."""
        return [line for line in read(self.journals[place]) if not str(line.get("code", "")).startswith("store-")]

    def check(self, *, all: bool = False) -> None:
        """Nothing acknowledged is missing, nothing is half done, and the audit trail tells of all of it.

        :param all: everything, not only what the last round touched.
        """
        found: list[str] = []
        for place in (0, 1):
            lines = self.lines(place)
            found += [f"failed: {line}" for line in lines if line["kind"] == "failed"]
            told = told_of(lines)
            if not all:
                told = {id: one for id, one in told.items() if one.last >= self.seen[place]}
            self.seen[place] = max(0, len(lines) - 1)
            self.unseen += 0 if all else done_unseen(self.engine, told)
            found += broken_promises(self.engine, told)
            found += half_done(self.engine, None if all else told)
            found += audit_findings(self.engine, None if all else set(told))
        assert found == [], f"seed {SEED}\n{self.nursery.said()}"

    def deliver(self) -> None:
        """A worker that nobody kills does all that waits."""
        for _ in range(2):
            now = self.clock.turn(seconds=LEASE.total_seconds() + 60)
            worker = self.nursery.start("faults.postman:work", self.url, now, mail=self.mailbox.url, once=True)
            assert worker.wait() == 0, self.nursery.said()

    def check_mail(self) -> Counter[str]:
        """Every message has arrived, and a repeat is the same to the letter; how often each."""
        messages = self.world.messages()
        assert [one.id for one in messages if one.sent_at is None] == [], f"seed {SEED}"
        times = Counter(self.mailbox.marks)
        assert times.keys() == {one.id for one in messages}, f"seed {SEED}"
        letters = {(mail["X-Grantengine-Message"], mail.as_bytes()) for mail in self.mailbox.mails}
        assert len(letters) == len(times), f"seed {SEED}"
        return times

    def tell(self, kills: int) -> str:
        """What happened, in figures."""
        lines = [line for place in (0, 1) for line in self.lines(place)]
        done = Counter(line["kind"] for line in lines)
        cut = sum(bool(line.get("again")) for line in lines)
        times = Counter(self.mailbox.marks)
        return (
            f"{self.url.partition(':')[0]}: seed {SEED}, {kills} kills of three processes each; {done['did']} steps "
            f"acknowledged, {cut} cut off and taken again, of which {self.unseen} had been kept; "
            f"{len(times)} messages, {sum(n - 1 for n in times.values())} repeated"
        )


@pytest.mark.parametrize("seed", [SEED])
def test_what_was_acknowledged_outlives_a_killed_process(
    database_url: str, nursery: Nursery, mailbox: Mailbox, tmp_path: Path, seed: str
) -> None:
    siege = _siege(database_url, nursery, mailbox, tmp_path)
    for _ in range(KILLS):
        siege.kill()
        siege.check()
    siege.deliver()
    siege.check(all=True)
    siege.check_mail()
    print(siege.tell(KILLS))
    assert all(len(siege.lines(place)) > KILLS for place in (0, 1))
    siege.engine.store.database.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", [SEED])
def test_what_was_acknowledged_outlives_a_killed_server(
    nursery: Nursery, mailbox: Mailbox, tmp_path: Path, seed: str
) -> None:
    """The server of the database dies: stopped without a farewell, or one of its processes killed."""
    kills = max(2, KILLS // 10)
    with postgres.server() as address:
        database = Database(postgres.new_database(address, "siege"))
        upgrade(database)
        database.close()
        siege = _siege(address.rsplit("/", 1)[0] + "/siege", nursery, mailbox, tmp_path)
        for number in range(kills):
            before = len(read(siege.journals[0]))
            children = siege.round()
            siege.until(lambda before=before: len(read(siege.journals[0])) > before, children)  # type: ignore[misc]
            time.sleep(siege.chance.uniform(0, LONGEST_ROUND))
            (postgres.crash, postgres.kill_one)[number % 2](address)
            for child in children:
                child.kill()
            siege.engine.store.database.close()
            siege.check()
        siege.deliver()
        siege.check(all=True)
        siege.check_mail()
        print(siege.tell(kills))
        siege.engine.store.database.close()


def _siege(url: str, nursery: Nursery, mailbox: Mailbox, folder: Path) -> Siege:
    environment = {
        "GRANTENGINE_DATABASE_URL": url, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64",
        "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9/down",
    }  # fmt: skip
    clock = Clock(START - timedelta(days=2))
    return Siege(bootstrap(environment, now=clock), clock, nursery, mailbox, folder)
