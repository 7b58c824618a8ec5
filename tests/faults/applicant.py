"""An applicant as a process: writes, invites, submits, until it is killed; what it was told is in its journal."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from faults.fuse import lay
from faults.journal import Journal
from faults.steps import Args, Step
from worlds import ANSWERS

from grantengine.bootstrap import Engine
from grantengine.errors import CodedError, GrantEngineError

NEWEST = 4
"""How many of the organisation's applications it goes on with."""
MOST_ASKED = 25
"""How many messages it asks partners by in its life: fewer than anyone may send in a day."""
LONGEST = 30.0
"""Seconds after which it ends by itself, should nobody kill it."""
DONE_BEFORE = ("link-used", "status-forbids", "answer-not-open")
"""What it is told of a step that can be taken once, and was taken before the process was killed."""


def live(
    engine: Engine, *, journal: str, seed: int, user: str, organisation: str, call: str, unfinished: Args | None = None,
    fuse: int = 0, moment: str = "", steps: int = 10_000,
) -> None:  # fmt: skip
    """Take steps at random, each written down before (``try``) and after (``did``).

    :param unfinished: a step that nobody knows the end of; it is taken again first, as people do.
    :param fuse: see :func:`faults.fuse.lay`, as for ``moment``; 0: someone else kills it.
    """
    if fuse:
        lay(engine, fuse, moment)
    applicant = _Applicant(engine, Journal(journal), random.Random(seed), user, organisation, call)
    if unfinished is not None:
        applicant.take(Step(**unfinished), again=True)
    applicant.look()
    until = time.monotonic() + LONGEST
    for step in islice(applicant.steps(), steps):
        applicant.take(step)
        if time.monotonic() > until:
            return


@dataclass
class _Case:
    id: str
    status: str
    version: int
    answers: Args
    partners: dict[str, str] = field(default_factory=dict)  # those that have not answered, with their links
    files: int = 0
    open: bool = True  # whether what is needed to decide only is still to be told


@dataclass
class _Applicant:
    engine: Engine
    journal: Journal
    chance: random.Random
    user: str
    organisation: str
    call: str
    cases: list[_Case] = field(default_factory=list)
    asked: int = 0

    def take(self, step: Step, *, again: bool = False) -> Any:
        words = {"verb": step.verb, "user": step.user, "args": step.args}
        self.journal.write(kind="try", again=again, **words)
        try:
            result = step.take(self.engine)
        except GrantEngineError as error:
            code = error.code if isinstance(error, CodedError) else getattr(error, "problems", [error])[0].code
            kind = "refused" if again and code in DONE_BEFORE else "failed"
            self.journal.write(kind=kind, code=code, error=str(error), **words)
            if kind == "failed":
                raise
            return None
        self.journal.write(kind="did", result=result, **words)
        return result

    def look(self) -> None:
        """Read where the newest applications stand, as a person does who comes back."""
        with self.engine.store.read() as reading:
            for one in reading.applications.begun(self.call, self.organisation)[:NEWEST]:
                draft, revision = (
                    reading.applications.draft(one.id),
                    reading.applications.revision_by_id(one.revision_id or ""),
                )
                assert draft is not None
                invited = [partner.id for partner in reading.parts.partners(one.id) if partner.status == "invited"]
                case = _Case(one.id, one.status, draft.version, draft.answers)
                case.partners = {id: self._link(reading, id) for id in invited}
                case.files = len(reading.parts.attachments(one.id))
                case.open = revision is None or "own_funding" not in (revision.answers or {})
                self.cases.append(case)

    def _link(self, reading: Any, partner: str) -> str:
        found = re.search(r"http\S+", reading.outbox.about([partner])[-1].body)
        assert found
        return found.group()

    def steps(self) -> Iterator[Step]:
        """One after the other, what an applicant may do next."""
        while True:
            self.cases = [one for one in self.cases if one.status != "withdrawn"][-NEWEST:]
            if len(self.cases) < 2 or self.chance.random() < 0.1:
                yield from self._begin()
                continue
            case = self.chance.choice(self.cases)
            ways = [self._write, self._write, self._invite, self._attach, self._submit, self._answer, self._remind]
            if case.status == "submitted":
                ways = [self._invite, self._answer, self._complete, self._withdraw]
            yield from self.chance.choice(ways)(case)

    def _begin(self) -> Iterator[Step]:
        mark = f"{self.chance.getrandbits(64):x}"
        args = {"call_id": self.call, "organisation_id": self.organisation, "request_id": mark, "answers": {}}
        yield self._step("start", **args)
        with self.engine.store.read() as reading:
            begun = reading.applications.by_request(mark)
        assert begun is not None
        self.cases.append(_Case(begun.id, begun.status, 1, {}))

    def _write(self, case: _Case) -> Iterator[Step]:
        answers = {**ANSWERS, "members": self.chance.randrange(5, 900), "summary": f"{self.chance.random()} æøå" * 20}
        keep = self.chance.random() < 0.3
        yield self._step("save", id=case.id, version=case.version, answers=answers, keep=keep)
        case.version += 1
        case.answers = answers

    def _invite(self, case: _Case) -> Iterator[Step]:
        if self.asked == MOST_ASKED:
            return
        self.asked += 1
        mark = f"{self.chance.getrandbits(40):x}"
        yield self._step("invite", id=case.id, name=f"Partner {mark}", email=f"{mark}@example.org", task="Rom")
        self._links(case)

    def _remind(self, case: _Case) -> Iterator[Step]:
        if case.partners and self.asked < MOST_ASKED:
            self.asked += 1
            yield self._step("remind", id=case.id, partner=self.chance.choice(sorted(case.partners)))
            self._links(case)

    def _links(self, case: _Case) -> None:
        with self.engine.store.read() as reading:
            invited = [one.id for one in reading.parts.partners(case.id) if one.status == "invited"]
            case.partners = {id: self._link(reading, id) for id in invited}

    def _answer(self, case: _Case) -> Iterator[Step]:
        if case.partners:
            partner = self.chance.choice(sorted(case.partners))
            answer = self.chance.choice(["confirmed", "declined"])
            yield self._step(
                "answer", id=case.id, partner=partner, link=case.partners[partner], answer=answer, person="Berit Bok",
                amount=str(self.chance.randrange(1000)),
            )  # fmt: skip
            del case.partners[partner]

    def _attach(self, case: _Case) -> Iterator[Step]:
        if case.files < 10:
            yield self._step("attach", id=case.id, text=f"{self.chance.getrandbits(64):x}" * 200)
            case.files += 1

    def _submit(self, case: _Case) -> Iterator[Step]:
        if case.answers and self.chance.random() < 0.5:
            yield self._step("submit", id=case.id, version=case.version)
            case.status = "submitted"

    def _complete(self, case: _Case) -> Iterator[Step]:
        if case.open:
            yield self._step("complete", id=case.id, answers={"own_funding": str(self.chance.randrange(10_000))})
            case.open = False

    def _withdraw(self, case: _Case) -> Iterator[Step]:
        if self.chance.random() < 0.2:
            yield self._step("withdraw", id=case.id)
            case.status = "withdrawn"

    def _step(self, verb: str, **args: Any) -> Step:
        return Step(verb, self.user, args)
