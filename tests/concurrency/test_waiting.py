"""On PostgreSQL nobody waits for what somebody else does to another application."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from concurrency.meeting import Gathering, Meeting
from faults.journal import read
from faults.steps import Step
from nursery import Child, Nursery
from worlds import ANSWERS, World

from grantengine.bootstrap import Engine
from grantengine.errors import StoreError
from grantengine.records import By
from grantengine.services.change_call import change_call
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.invite_partner import invite_partner

pytestmark = pytest.mark.postgresql
PATIENCE = 3
"""Seconds after which the database tells who waits for a lock."""


@pytest.fixture
def meeting(postgres_world: World, nursery: Nursery, tmp_path: Path) -> Meeting:
    return Meeting(postgres_world, nursery, tmp_path)


class Held:
    """A step in another process of which everything is done but the end: the transaction is open, its locks are held."""

    def __init__(self, meeting: Gathering, step: dict[str, Any]) -> None:
        self.journal, self.release = meeting.file(), meeting.file()
        self.child: Child = meeting.start("hold", journal=str(self.journal), release=str(self.release), step=step)
        until = time.monotonic() + 30
        while not self.holding and time.monotonic() < until and self.child.poll() is None:
            time.sleep(0.01)
        assert self.holding, (read(self.journal), meeting.nursery.said())

    @property
    def holding(self) -> bool:
        return read(self.journal) == [{"holding": True}]

    def end(self) -> Any:
        self.release.touch()
        assert self.child.wait() == 0
        return read(self.journal)[-1]["did"]


def impatient(engine: Engine) -> Engine:
    """The same, but told of by the database when it has to wait."""
    url = f"{engine.settings.database_url}?options=-c%20lock_timeout%3D{PATIENCE}s"
    made = replace(engine, settings=replace(engine.settings, database_url=url))
    made.__dict__["plans"] = engine.plans
    return made


HELD = ("save", "submit", "start", "invite", "withdraw")


@pytest.mark.parametrize("held", HELD)
def test_nobody_waits_for_a_step_with_another_application(meeting: Meeting, held: str) -> None:
    """Of the same call and the same organisation, by the same user and by another."""
    ola = meeting.writer("Ola")
    theirs, mine, other = (meeting.draft() for _ in range(3))
    partner = invite_partner(
        meeting.engine, meeting.world.by(meeting.kari), application_id=mine, name="Biblioteket", email="bib@example.org"
    )
    link = meeting.world.link("partner", "bib@example.org")
    begin = {"call_id": meeting.call, "organisation_id": meeting.organisation, "answers": ANSWERS}
    args = {
        "save": {"id": theirs, "version": 1, "answers": {"members": 5}, "keep": True}, "withdraw": {"id": theirs},
        "submit": {"id": theirs, "version": 1}, "start": {**begin, "request_id": "held"},
        "invite": {"id": theirs, "name": "Skolen", "email": "skole@example.org"},
    }  # fmt: skip
    one = Held(meeting, meeting.step(held, **args[held]))
    engine = impatient(meeting.engine)
    for user in (meeting.kari, ola):
        mark = f"{held} {user}"
        steps = [
            Step("start", user, {**begin, "request_id": mark}),
            Step("invite", user, {"id": mine, "name": "Idrettslaget", "email": f"{user}@example.net"}),
            Step("save", user, {"id": mine, "version": 1 + (user == ola), "answers": ANSWERS, "keep": True}),
        ]
        for step in steps:
            step.take(engine)
    Step("answer", "", {"id": mine, "partner": partner, "link": link, "answer": "confirmed", "person": "Berit"}).take(
        engine
    )
    Step("submit", ola, {"id": mine, "version": 3}).take(engine)
    Step("complete", ola, {"id": mine, "answers": {"own_funding": "5"}}).take(engine)
    Step("withdraw", meeting.kari, {"id": other}).take(engine)
    assert one.holding
    one.end()
    engine.store.database.close()
    meeting.sound()


def test_who_does_the_same_application_does_wait(meeting: Meeting) -> None:
    """What shows that the test above could fail."""
    id = meeting.draft()
    one = Held(meeting, meeting.step("save", id=id, version=1, answers={"members": 5}))
    engine = impatient(meeting.engine)
    with pytest.raises(StoreError) as error:
        Step("save", meeting.kari, {"id": id, "version": 1, "answers": {"members": 6}}).take(engine)
    assert error.value.code == "store-busy"
    assert one.end() == 2
    engine.store.database.close()


Doing = Callable[[Meeting, Engine, By, By], Any]
OFFICE: dict[str, Doing] = {
    "a deadline is extended": lambda meeting, engine, kari, handler: extend_deadline(
        engine, handler, call_id=meeting.call, organisation_id=meeting.organisation, closes="2027-03-05T12:00",
        reason="Strømbrudd",
    ),
    "a call is changed": lambda meeting, engine, kari, handler: change_call(
        engine, handler, meeting.call, [{"op": "replace", "path": "/call/closes", "value": "2027-03-08T23:59"}],
        reason="Strømbrudd",
    ),
    "an organisation is edited": lambda meeting, engine, kari, handler: edit_organisation(
        engine, kari, meeting.organisation, 1, {"profile": {"members": 7}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("doing", OFFICE)
def test_the_office_does_not_wait_for_applicants(meeting: Meeting, doing: str) -> None:
    one = Held(meeting, meeting.step("submit", id=meeting.draft(), version=1))
    engine = impatient(meeting.engine)
    OFFICE[doing](meeting, engine, meeting.world.by(meeting.kari), meeting.world.by(meeting.world.made["handler"]))
    assert one.holding
    one.end()
    engine.store.database.close()
    meeting.sound()


def test_applicants_do_not_wait_for_the_office(meeting: Meeting) -> None:
    """Whoever changes a call, an organisation or a user holds its row; others may refer to it all the same."""
    id, engine = meeting.draft(), impatient(meeting.engine)
    begin = {"call_id": meeting.call, "organisation_id": meeting.organisation, "request_id": "r1"}
    with meeting.engine.store.work(meeting.world.system) as work:
        assert work.schemes.call(meeting.call, lock=True) is not None
        assert work.organisations.get(meeting.organisation, lock=True) is not None
        assert work.users.get(meeting.kari, lock=True) is not None
        Step("start", meeting.kari, begin).take(engine)
        Step("save", meeting.kari, {"id": id, "version": 1, "answers": ANSWERS, "keep": True}).take(engine)
        Step("submit", meeting.kari, {"id": id, "version": 2}).take(engine)
    engine.store.database.close()
    meeting.sound()
