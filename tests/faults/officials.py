"""A handler, an approver and applicants of a call as processes: each takes steps at random until it is killed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from faults.fuse import lay
from faults.journal import Journal
from faults.steps import Args, Step
from worlds import ANSWERS

from grantengine.bootstrap import Engine
from grantengine.errors import CodedError, InputError
from grantengine.lifecycle import Status
from grantengine.store.tables.decisions import Allocation

LONGEST = 30.0
"""Seconds after which each ends by itself, should nobody kill it."""
OTHERS_WERE_FIRST = {
    "allocation-settled", "batch-not-over", "budget-exceeded", "by-hand-over-budget", "case-in-other-proposal",
    "interests-undeclared", "nothing-to-allocate", "proposal-outdated", "reserve-empty", "reserve-nothing", "status-forbids",
}  # fmt: skip
"""What they are told where someone else has been there before, or they themselves before they were killed."""


def live(
    engine: Engine, *, journal: str, seed: int, part: str, user: str, call: str, organisation: str = "",
    unfinished: Args | None = None, fuse: int = 0, moment: str = "", steps: int = 10_000,
) -> None:  # fmt: skip
    """Take steps at random, each written down before (``try``) and after (``did`` or ``refused``).

    :param steps: so many at most; those in which there was nothing to do count as well.
    :param part: ``handler``, ``approver`` or ``applicant``.
    :param unfinished: a step that nobody knows the end of; it is taken again first, as people do.
    :param fuse: see :func:`faults.fuse.lay`, as for ``moment``; 0: someone else kills it.
    """
    if fuse:
        lay(engine, fuse, moment)
    one = PARTS[part](engine, Journal(journal), random.Random(seed), user, call, organisation)
    if unfinished is not None:
        one.take(Step(**unfinished), again=True)
    until = time.monotonic() + LONGEST
    for step in islice(one.steps(), steps):
        if step is not None:
            one.take(step)
        if time.monotonic() > until:
            return


class Official:
    """Someone who knows of a call what can be read of it now."""

    def __init__(
        self, engine: Engine, journal: Journal, chance: random.Random, user: str, call: str, organisation: str
    ) -> None:
        self.engine, self.journal, self.chance = engine, journal, chance
        self.user, self.call, self.organisation = user, call, organisation

    def take(self, step: Step, *, again: bool = False) -> None:
        words = {"verb": step.verb, "user": step.user, "args": step.args}
        self.journal.write(kind="try", again=again, **words)
        try:
            result = step.take(self.engine)
        except (CodedError, InputError) as error:
            code = error.code if isinstance(error, CodedError) else error.problems[0].code
            kind = "refused" if code in OTHERS_WERE_FIRST else "failed"
            self.journal.write(kind=kind, code=code, error=str(error), **words)
            if kind == "failed":
                raise
        else:
            self.journal.write(kind="did", result=result, **words)

    def steps(self) -> Iterator[Step | None]:
        """One after the other, what may be done next; None where that is nothing."""
        while True:
            yield from self.next()
            yield None

    def next(self) -> Iterator[Step]:
        """What this one does now, if there is anything."""
        raise NotImplementedError

    def step(self, verb: str, **args: Any) -> Step:
        return Step(verb, self.user, args)

    def mark(self) -> str:
        return f"{self.chance.getrandbits(48):x}"

    def proposals(self) -> list[Allocation]:
        with self.engine.store.read() as reading:
            return reading.decisions.allocations(self.call)


class Handler(Official):
    """Proposes, sets amounts by hand, drops, has the letters sent."""

    def steps(self) -> Iterator[Step | None]:
        yield self.step("declare", call=self.call)
        yield from super().steps()

    def next(self) -> Iterator[Step]:
        open_ones = [one.id for one in self.proposals() if one.status == "proposed"]
        decided = [one.id for one in self.proposals() if one.status == "decided"]
        if decided and self.chance.random() < 0.4:
            yield self.step("publish", allocation=decided[-1])
        if not open_ones or self.chance.random() < 0.2:
            yield self.step(self.chance.choice(["allocate", "reserve"]), call=self.call)
        elif self.chance.random() < 0.15:
            yield self.step("drop", allocation=open_ones[0], reason=f"Angret {self.mark()}")
        else:
            yield self._by_hand(self.chance.choice(open_ones))

    def _by_hand(self, allocation: str) -> Step:
        with self.engine.store.read() as reading:
            cases = [one.application_id for one in reading.decisions.proposed(allocation)]
        amount = self.chance.choice([None, "0", str(self.chance.randrange(1, 300) * 1000)])
        return self.step(
            "set", allocation=allocation, id=self.chance.choice(cases), amount=amount, reason=f"Fordi {self.mark()}"
        )


class Approver(Official):
    """Approves what is proposed, now or a little later."""

    def steps(self) -> Iterator[Step | None]:
        yield self.step("declare", call=self.call)
        yield from super().steps()

    def next(self) -> Iterator[Step]:
        open_ones = [one.id for one in self.proposals() if one.status == "proposed"]
        time.sleep(self.chance.choice([0, 0.005, 0.03]))
        if open_ones:
            yield self.step("approve", allocation=open_ones[0])


class Applicant(Official):
    """Applies, withdraws what is not told yet, and declines what was granted."""

    def next(self) -> Iterator[Step]:
        if self.chance.random() < 0.6:
            yield from self._apply()
            return
        with self.engine.store.read() as reading:
            mine = reading.applications.begun(self.call, self.organisation)
        status = self.chance.choice([Status.GRANTED, Status.GRANTED, Status.SUBMITTED, Status.DECIDED])
        cases = [one.id for one in mine if one.status == status]
        if cases:
            yield self.step("decline" if status == Status.GRANTED else "withdraw", id=self.chance.choice(cases))

    def _apply(self) -> Iterator[Step]:
        mark, share = self.mark(), self.chance.randrange(1, 100) / 100
        asks = str(self.chance.randrange(5, 30) * 10_000)
        answers = {**ANSWERS, "requested": asks, "own_funding": "0", "target_group_share": share, "partners": []}
        yield self.step(
            "start", call_id=self.call, organisation_id=self.organisation, request_id=mark, answers=answers
        )  # fmt: skip
        with self.engine.store.read() as reading:
            begun = reading.applications.by_request(mark)
        assert begun is not None
        yield self.step("submit", id=begun.id, version=1)


PARTS: dict[str, type[Official]] = {"handler": Handler, "approver": Approver, "applicant": Applicant}
