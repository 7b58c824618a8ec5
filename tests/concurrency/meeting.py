"""A call, and processes that meet in it."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path
from typing import Any

from faults.audit import audit_findings
from faults.journal import read
from faults.promises import half_done
from nursery import Child, Nursery
from worlds import ANSWERS, World

from grantengine.services.invite_member import accept_invitation, invite_member

Step = dict[str, Any]
LEAD = 0.4
"""Seconds in which children get ready before the moment at which they meet."""


class Gathering:
    """A world, and processes that meet in it."""

    def __init__(self, world: World, nursery: Nursery, folder: Path) -> None:
        self.world, self.nursery, self.folder = world, nursery, folder
        self.engine, self.url = world.engine, world.engine.settings.database_url
        self.count = 0

    def rehearse(self, *steps: Step) -> None:
        """What is compiled once is compiled before they meet."""
        self.nursery.rehearse(
            "concurrency.doings:many", self.url, self.world.clock(), journal=str(self.file()), when=0, steps=list(steps)
        )

    def at_once(self, *steps: Step) -> list[Step]:
        """Each step by a process of its own, all at the same moment; the outcomes, in that order."""
        when, files = time.time() + LEAD + 0.03 * len(steps), [self.file() for _ in steps]
        children = [
            self.start("once", journal=str(file), when=when, step=step) for file, step in zip(files, steps, strict=True)
        ]
        assert [child.wait() for child in children] == [0] * len(steps), self.nursery.said()
        return [outcome for file in files for outcome in read(file)]

    def start(self, what: str, **args: Any) -> Child:
        return self.nursery.start(f"concurrency.doings:{what}", self.url, self.world.clock(), **args)

    def file(self) -> Path:
        self.count += 1
        return self.folder / f"{self.count}.journal"

    def sound(self) -> None:
        """Nothing is half done, and the audit trail tells of everything."""
        assert half_done(self.engine) == []
        assert audit_findings(self.engine) == []

    def step(self, verb: str, user: str, **args: Any) -> Step:
        return {"verb": verb, "user": user, "args": args}


class Meeting(Gathering):
    """A world with one call, and processes that meet in it."""

    def __init__(self, world: World, nursery: Nursery, folder: Path) -> None:
        super().__init__(world, nursery, folder)
        self.call = world.call()
        self.kari = world.user("Kari", "kari@example.org")
        self.organisation = world.organisation(self.kari)
        self.rehearse(self.step("save", id=self.draft(), version=1, answers=ANSWERS))

    def draft(self, user: str = "", organisation: str = "") -> str:
        """A draft that can be submitted, in version 1."""
        return self.world.draft(self.call, organisation or self.organisation, user or self.kari, ANSWERS)

    def writer(self, name: str) -> str:
        """Another user who may write and sign for the organisation."""
        user, address = self.world.user(name), f"{name.lower()}@example.net"
        invite_member(
            self.engine, self.world.by(self.kari), organisation_id=self.organisation, email=address, role="signatory"
        )
        accept_invitation(self.engine, self.world.by(user), self.world.link("join", address))
        return user

    def step(self, verb: str, user: str = "", **args: Any) -> Step:
        return super().step(verb, user or self.kari, **args)


def number_of(place: int) -> str:
    """An organisation number with a right check digit (modulus 11), another for each place."""
    candidates = (f"98{number:06}" for number in count(place * 2))
    for digits in candidates:
        rest = (
            11 - sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        )
        if rest != 10:
            return f"{digits}{rest % 11}"
    raise AssertionError
