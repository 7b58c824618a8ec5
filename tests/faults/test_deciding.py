"""A handler, an approver, applicants and the worker are killed at random moments; nothing is lost, decided or sent twice.

``GRANTENGINE_KILLS`` is how often (7), ``GRANTENGINE_SEED`` has the same chances drawn again; as in ``test_kills``.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from faults.commitments import broken_commitments, done_unseen, touched_by
from faults.promises import half_done
from faults.siege import GIVEN_KILLS, SEED, Siege
from faults.verdicts import disagreements
from mailbox_server import Mailbox
from nursery import Nursery
from office import Office
from sqlalchemy import select

from grantengine.store.tables.applications import Application

KILLS = int(GIVEN_KILLS or 7)
BUDGET = 1_500_000


class Authority(Siege):
    """A handler and an approver, one who applies again and again, and a worker; a day from round to round."""

    turn = timedelta(days=1)
    longest_round = 0.8
    longest_fuse = 500

    def __init__(self, url: str, nursery: Nursery, mailbox: Mailbox, folder: Path) -> None:
        super().__init__(url, nursery, mailbox, folder)
        office = Office(self.world)
        call = office.call(BUDGET)
        office.came(call, *range(100_000, 300_000, 50_000))
        kari = self.world.user("Kari")
        lives = "faults.officials:live"
        self.join("handler", lives, part="handler", user=office.handler, call=call)
        self.join("approver", lives, part="approver", user=office.approvers[0], call=call)
        organisation = self.world.organisation(kari, "Laget til Kari", None)
        self.join("kari", lives, part="applicant", user=kari, call=call, organisation=organisation)
        self.seen, self.unseen = [0, 0, 0], 0
        self.clock.turn(days=1)
        self.rehearse(steps=12)

    def findings(self, *, all: bool) -> tuple[list[str], set[str] | None]:
        found = disagreements(self.engine)
        touched: set[str] = set()
        for place in range(len(self.people)):
            lines = self.lines(place)
            found += broken_commitments(self.engine, lines)
            self.unseen += 0 if all else done_unseen(self.engine, lines)
            touched |= touched_by(lines[self.seen[place] :])
            self.seen[place] = max(0, len(lines) - 1)
        if all:
            found += half_done(self.engine)
        return found, None if all else touched

    def tell(self, kills: int, more: str = "") -> str:
        with self.engine.store.read() as reading:
            cases = Counter(reading.session.scalars(select(Application.status)))
        done = Counter(line["verb"] for place in range(3) for line in self.lines(place) if line["kind"] == "did")
        refused = Counter(line["code"] for place in range(3) for line in self.lines(place) if line["kind"] == "refused")
        told = super().tell(kills, f", of which {self.unseen} had been kept")
        return f"{told}; cases {dict(cases)}; done {dict(done)}; refused {dict(refused)}"


@pytest.mark.parametrize("seed", [SEED])
def test_what_was_decided_and_told_outlives_a_killed_process(
    database_url: str, nursery: Nursery, mailbox: Mailbox, tmp_path: Path, seed: str
) -> None:
    siege = Authority(database_url, nursery, mailbox, tmp_path)
    for _ in range(KILLS):
        siege.kill()
        siege.check()
    siege.end()
    print(siege.tell(KILLS))
    verbs = Counter(line["verb"] for place in range(3) for line in siege.lines(place) if line["kind"] == "did")
    assert {"allocate", "approve", "submit"} <= verbs.keys()
    siege.close()
