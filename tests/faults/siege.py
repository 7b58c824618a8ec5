"""People and a worker, each a process that is killed and started again and again, and what is looked at afterwards."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from faults.audit import audit_findings
from faults.fuse import MOMENTS
from faults.journal import Line, read
from faults.promises import unfinished_of
from mailbox_server import Mailbox
from nursery import Child, Nursery
from worlds import START, Clock, World

from grantengine.bootstrap import bootstrap
from grantengine.records import By
from grantengine.services.deliver_outbox import LEASE

GIVEN_KILLS = os.environ.get("GRANTENGINE_KILLS")
SEED = os.environ["GRANTENGINE_SEED"]  # drawn when the run begins, where nobody has set it: tests/conftest.py
PATIENCE = 20.0


class Siege:
    """The processes, the clock that is turned between rounds, and the mailbox; subclasses say who lives, and what holds.

    ``turn`` is how long a round is apart from the next: what a dead worker held is free again. ``longest_round`` is seconds
    after which those are killed that still live, ``longest_fuse`` statements after which they kill themselves.
    """

    turn = LEASE + timedelta(minutes=1)
    longest_round = 0.3
    longest_fuse = 200

    def __init__(self, url: str, nursery: Nursery, mailbox: Mailbox, folder: Path) -> None:
        self.url, self.nursery, self.mailbox, self.folder = url, nursery, mailbox, folder
        self.clock = Clock(START - timedelta(days=2))
        environment = {
            "GRANTENGINE_DATABASE_URL": url, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64",
            "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9/down",
        }  # fmt: skip
        self.engine = bootstrap(environment, now=self.clock)
        self.world = World(self.engine, self.clock)
        self.chance = random.Random(f"{SEED} {self.url.partition(':')[0]}")
        self.where = {"url": self.url, "mail": mailbox.url}
        self.people: list[tuple[str, dict[str, Any]]] = []
        self.journals: list[Path] = []

    def join(self, name: str, what: str, **args: Any) -> None:
        """Someone who lives as ``module:function`` does with these."""
        self.people.append((what, args))
        self.journals.append(self.folder / f"{name}.journal")

    def rehearse(self, steps: int = 20) -> None:
        """What is compiled once is compiled before anyone is killed."""
        for _ in range(2):
            self.clock.turn(minutes=5)  # whoever lives twice does not live at the same time
            for place, (what, _args) in enumerate(self.people):
                self.nursery.rehearse(what, at=self.clock(), **self.where, **self._life(place), steps=steps)
            self.nursery.rehearse("faults.postman:work", at=self.clock(), **self.where, once=True)

    def round(self, *, fuses: bool = False) -> list[Child]:
        """Start them all, the worker first; the children, for someone to kill if they are not to do so themselves."""
        now = self.clock.turn(seconds=self.turn.total_seconds())
        self._forget_tries()
        lives = [
            ("faults.postman:work", {}),
            *((what, self._life(place)) for place, (what, _) in enumerate(self.people)),
        ]
        return [
            self.nursery.start(what, at=now, **self.where, **args, **(self._fuse() if fuses else {}))
            for what, args in lives
        ]

    def _forget_tries(self) -> None:
        # A round is minutes of the clock, and people live through many of them: each may ask as often as in a new day.
        with self.engine.store.work(By("system", None, self.clock())) as work:
            work.sign_in.remove_ended(self.clock(), idle=timedelta(days=365), window=timedelta(0))

    def _fuse(self) -> dict[str, Any]:
        """When a process kills itself: at a moment of any kind, or after some of one kind; there are few at which it keeps."""
        moment = self.chance.choice(["", *MOMENTS])
        return {"fuse": self.chance.randrange(1, 10 if "kept" in moment else self.longest_fuse), "moment": moment}

    def _life(self, place: int) -> dict[str, Any]:
        return {
            "journal": str(self.journals[place]), "seed": self.chance.getrandbits(64), **self.people[place][1],
            "unfinished": unfinished_of(self.lines(place)),
        }  # fmt: skip

    def kill(self) -> None:
        """A round that ends with everyone killed: by us, in any order, or by themselves at a moment of their own."""
        fuses = self.chance.random() < 0.5
        before = [len(read(file)) for file in self.journals]
        children = self.round(fuses=fuses)
        # However slow the machine is today: nobody is killed before all have begun.
        self.until(
            lambda: all(len(read(file)) > lines for file, lines in zip(self.journals, before, strict=True)), children
        )
        if fuses:
            self.until(lambda: False, children[1:], 5 * self.longest_round)
        else:
            time.sleep(self.chance.uniform(0, self.longest_round))
        self.chance.shuffle(children)
        for child in children:
            time.sleep(self.chance.choice([0, 0, self.chance.uniform(0, 0.05)]))
            child.kill()
        assert {child.status for child in children} == {-signal.SIGKILL}, f"seed {SEED}\n{self.nursery.said()}"

    def until(self, ready: Callable[[], bool], children: list[Child], seconds: float = PATIENCE) -> None:
        """Wait until that is so, or until all of these have ended; not for ever."""
        end = time.monotonic() + seconds
        while not ready() and any(child.poll() is None for child in children) and time.monotonic() < end:
            time.sleep(0.005)

    def lines(self, place: int) -> list[Line]:
        """The journal; what the database could not take is a step that nobody knows the end of."""
        return [line for line in read(self.journals[place]) if not str(line.get("code", "")).startswith("store-")]

    def check(self, *, all: bool = False) -> None:
        """Nothing acknowledged is missing, nothing is half done, and the audit trail tells of all of it.

        :param all: everything, not only what the last round touched.
        """
        found, touched = self.findings(all=all)
        for place in range(len(self.people)):
            found += [f"failed: {line}" for line in self.lines(place) if line["kind"] == "failed"]
        found += audit_findings(self.engine, touched)
        assert found == [], "\n".join([f"seed {SEED}", *found[:50], self.nursery.said()])

    def findings(self, *, all: bool) -> tuple[list[str], set[str] | None]:
        """What does not hold, and the aggregates that were touched since this was last asked (ids; None: all)."""
        raise NotImplementedError

    def deliver(self) -> None:
        """A worker that nobody kills does all that waits."""
        for _ in range(2):
            now = self.clock.turn(seconds=self.turn.total_seconds())
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

    def end(self) -> None:
        """A worker does what waits; then everything is looked at."""
        self.deliver()
        self.check(all=True)
        self.check_mail()

    def close(self) -> None:
        self.engine.store.database.close()

    def tell(self, kills: int, more: str = "") -> str:
        """What happened, in figures."""
        lines = [line for place in range(len(self.people)) for line in self.lines(place)]
        done = Counter(line["kind"] for line in lines)
        cut = sum(bool(line.get("again")) for line in lines)
        times = Counter(self.mailbox.marks)
        return (
            f"{self.url.partition(':')[0]}: seed {SEED}, {kills} kills of {len(self.people) + 1} processes each; "
            f"{done['did']} steps acknowledged, {cut} cut off and taken again{more}; "
            f"{len(times)} messages, {sum(n - 1 for n in times.values())} repeated"
        )
