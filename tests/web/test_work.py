"""No page works more because others have applied: how many steps the embedded database takes for it stays the same.

Lists that the authority works from show what has come in: they work so much more for each that they show, and no more once
their page is full and their counts are at their limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from everyone import Everyone
from routes import address_of, read_table
from sqlalchemy import event
from stage import OPEN, Stage

from grantengine.store import queues

TABLE = read_table()
PAGES = sorted(route for route in TABLE if route.startswith("GET ") and route != "GET /health")
OTHERS = 20
SLACK = 20
"""Steps that a page may take more: one for each application of others would be noticed many times over."""
LISTS = {"GET /office": 110, "GET /office/calls/<id>": 200}
"""Lists a page at a time, with the steps for each application that is shown or counted in them."""
OF_ALL = {
    "GET /office/calls/<id>/disagreements": 80, "GET /office/calls/<id>/interests": 70, "GET /office/calls/<id>/people": 25,
    "GET /office/calls/<id>/people/share": 50, "GET /office/cases/<id>/assessments": 8,
    "GET /office/calls/<id>/rounds": 20, "GET /office/calls/<id>/rounds/<round>/close": 20,
    "GET /office/calls/<id>/rounds/<round>/pitches": 55,
}  # fmt: skip
"""Pages that are about every application of a call: whom one may have a tie to, who has how many, how many a round
waits for. The steps for each.
"""


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


def work(everyone: Everyone, pages: Iterable[str] = PAGES) -> dict[str, int]:
    """The steps for each page, of who has most to see there, the second time: what is kept is kept then."""
    found = {}
    with everyone.world.engine.store.database.engine.begin() as connection:
        connection.exec_driver_sql("delete from personal_reads")  # of which every look at a case leaves one
    with counted(everyone) as taken:
        for route in pages:
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
            found[route] = taken[0] - before
    return found


def apply(everyone: Everyone, stage: Stage, number: int) -> None:
    """So many apply in the call of everyone there, and in another one."""
    for call in (everyone.things["call"], stage.call):
        stage.call = call
        for _ in range(number):
            stage.submitted()


@pytest.fixture
def others(everyone: Everyone) -> Stage:
    """Where others apply, in a world as it was at first."""
    everyone.restore()
    stage = Stage(everyone.world, OPEN.replace("id: imdi-integration-work", "id: of-others"))
    stage._count = count(1000)  # everyone there has the names up to this
    return stage


def test_no_page_works_more_because_others_have_applied(everyone: Everyone, others: Stage) -> None:
    before = work(everyone)
    apply(everyone, others, OTHERS)
    after = work(everyone)
    more = {page: after[page] - taken for page, taken in before.items()}
    each = {**LISTS, **OF_ALL}
    assert {page: number for page, number in more.items() if number > SLACK + each.get(page, 0) * 2 * OTHERS} == {}
    assert sum(before.values()) > 100 * len(before), "nothing was counted"


def test_a_list_works_no_more_once_its_page_is_full(
    everyone: Everyone, others: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "MOST_COUNTED", OTHERS)
    apply(everyone, others, 55)
    before = work(everyone, LISTS)
    apply(everyone, others, OTHERS)
    after = work(everyone, LISTS)
    assert {page: (taken, after[page]) for page, taken in before.items() if after[page] > taken + SLACK} == {}
