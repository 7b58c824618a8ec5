"""Processes that write, invite and submit are killed at random moments, and so is the worker; nothing is lost.

``GRANTENGINE_KILLS`` is how often (10), ``GRANTENGINE_SEED`` has the same chances drawn again. Moments are never quite
the same twice: a seed that has failed fails again more often than others.
"""

from __future__ import annotations

import time
from pathlib import Path

import postgres
import pytest
from faults.journal import read
from faults.promises import broken_promises, done_unseen, half_done, told_of
from faults.siege import GIVEN_KILLS, SEED, Siege
from mailbox_server import Mailbox
from nursery import Nursery
from worlds import EXAMPLE, NUMBERS

from grantengine.store.database import Database
from grantengine.store.migrate import upgrade

KILLS = int(GIVEN_KILLS or 10)
WITH_FILE = EXAMPLE.replace(
    "  - id: project\n", "  - id: files\n    title: {nb: Filer, nn: Filer, en: Files}\n    questions:\n"
    "      - {id: budget_file, kind: attachment, optional: true, label: {nb: Budsjett, nn: Budsjett, en: Budget}}\n"
    "  - id: project\n", 1,
)  # fmt: skip


class Applicants(Siege):
    """Two applicants and a worker."""

    def __init__(self, url: str, nursery: Nursery, mailbox: Mailbox, folder: Path) -> None:
        super().__init__(url, nursery, mailbox, folder)
        call = self.world.call(WITH_FILE)
        for name, number in zip(("Kari", "Ola"), NUMBERS, strict=False):
            user = self.world.user(name)
            organisation = self.world.organisation(user, f"Laget til {name}", number)
            self.join(name.lower(), "faults.applicant:live", user=user, organisation=organisation, call=call)
        self.seen, self.unseen = [0, 0], 0
        self.rehearse()

    def findings(self, *, all: bool) -> tuple[list[str], set[str] | None]:
        found: list[str] = []
        touched: set[str] = set()
        for place in (0, 1):
            lines = self.lines(place)
            told = told_of(lines)
            if not all:
                told = {id: one for id, one in told.items() if one.last >= self.seen[place]}
            self.seen[place] = max(0, len(lines) - 1)
            self.unseen += 0 if all else done_unseen(self.engine, told)
            found += broken_promises(self.engine, told)
            touched |= set(told)
        found += half_done(self.engine, None if all else touched)
        return found, None if all else touched

    def tell(self, kills: int, more: str = "") -> str:
        return super().tell(kills, more or f", of which {self.unseen} had been kept")


@pytest.mark.parametrize("seed", [SEED])
def test_what_was_acknowledged_outlives_a_killed_process(
    database_url: str, nursery: Nursery, mailbox: Mailbox, tmp_path: Path, seed: str
) -> None:
    siege = Applicants(database_url, nursery, mailbox, tmp_path)
    for _ in range(KILLS):
        siege.kill()
        siege.check()
    siege.end()
    print(siege.tell(KILLS))
    assert all(len(siege.lines(place)) > KILLS for place in (0, 1))
    siege.close()


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
        siege = Applicants(address.rsplit("/", 1)[0] + "/siege", nursery, mailbox, tmp_path)
        for number in range(kills):
            before = len(read(siege.journals[0]))
            children = siege.round()
            siege.until(lambda before=before: len(read(siege.journals[0])) > before, children)  # type: ignore[misc]
            time.sleep(siege.chance.uniform(0, siege.longest_round))
            (postgres.crash, postgres.kill_one)[number % 2](address)
            for child in children:
                child.kill()
            siege.close()
            siege.check()
        siege.end()
        print(siege.tell(kills))
        siege.close()
