"""No page works more because others have applied: how many steps the embedded database takes for it stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from everyone import Everyone
from routes import address_of, read_table
from sqlalchemy import event
from stage import OPEN, Stage

TABLE = read_table()
PAGES = sorted(route for route in TABLE if route.startswith("GET ") and route != "GET /health")
OTHERS = 20
SLACK = 20
"""Steps that a page may take more: one for each application of others would be noticed many times over."""


@contextmanager
def counted(everyone: Everyone) -> Iterator[list[int]]:
    """How many steps of its virtual machine SQLite takes within the block, for every page, in one place."""
    taken = [0]

    def count_on(connection: Any, record: object) -> None:
        connection.set_progress_handler(step, 1)

    def step() -> int:
        taken[0] += 1
        return 0

    database = everyone.world.engine.store.database
    database.close()
    event.listen(database.engine, "connect", count_on)
    yield taken
    event.remove(database.engine, "connect", count_on)
    database.close()


def work(everyone: Everyone) -> dict[str, int]:
    """The steps for each page, of who has most to see there, the second time: what is kept is kept then."""
    found = {}
    with counted(everyone) as taken:
        for route in PAGES:
            person = next(
                one
                for one in ("handler", "contact", "signed out", "leader", "administrator", "assessor")
                if one in TABLE[route].who
            )
            address = address_of(route, TABLE[route], everyone.things)
            everyone.ask(person, "GET", address)
            before = taken[0]
            answer = everyone.ask(person, "GET", address)
            assert answer.status_code in (200, 302), (route, answer.status_code)
            found[f"{route} as {person}"] = taken[0] - before
    return found


def test_no_page_works_more_because_others_have_applied(everyone: Everyone) -> None:
    stage = Stage(everyone.world, OPEN.replace("id: imdi-integration-work", "id: of-others"))
    stage._count = count(1000)  # everyone there has the names up to this
    before = work(everyone)
    for call in (everyone.things["call"], stage.call):
        stage.call = call
        for _ in range(OTHERS):
            stage.submitted()
    after = work(everyone)
    assert {page: (taken, after[page]) for page, taken in before.items() if after[page] > taken + SLACK} == {}
    assert sum(before.values()) > 100 * len(before), "nothing was counted"
