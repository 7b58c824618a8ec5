"""Run by hand: what pages of the authority cost on PostgreSQL beside 100 000 applications in 200 calls, by two processes.

    python tests/benchmarks/handlers.py
    python tests/benchmarks/handlers.py --copies 5 --cases 20 --users 5 --seconds 10

A call in review and a call that is decided and told, each with 500 applications, are lived through by the services, and
copied. First handlers who pause between clicks: how long half and how long all but a twentieth of their answers take. Then
nobody pauses, page by page, in turns with a bare Flask view that reads one row (``web.py``). In the end, how many rows and
statements each page takes, which no other load on the machine changes.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import postgres
import store
from browser.offices import OSLO, Present
from served import serve
from worlds import ANSWERS, EXAMPLE, PASSWORD, World

from grantengine.bootstrap import Engine, bootstrap
from grantengine.services.allocate_call import allocate_call
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assess import deliver_assessment, save_assessment
from grantengine.services.assign_case import assign_case
from grantengine.services.assign_cases import assign_cases
from grantengine.services.open_call import open_call
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.send_letters import send_letters
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.write_comment import open_thread
from grantengine.store.migrate import upgrade
from web import CLIENTS, Person, pausing, serve_bare, together, without_pauses

HANDLERS, ASSESSORS = 50, 4
ASKED, WRITTEN_ABOUT = 20, 5
"""One case in so many is asked for changes; about one in so many something is written."""
COPIED_WHOLE = store.SHARED - {"calls", "call_patches", "extensions"}
"""What belongs to all calls."""


def days(ahead: float) -> datetime:
    """A day from today, in Norway."""
    return datetime.now(OSLO) + timedelta(days=ahead)


def scheme(id: str, opens: int, closes: int, decided: int) -> str:
    """The example, whose call opens, closes and is decided in so many days from today."""
    moved = {"opens: 2027-01-15": opens, "closes: 2027-03-01": closes, "decided_by: 2027-05-15": decided}
    source = EXAMPLE.replace("organisation_number: required", "organisation_number: optional")
    source = source.replace("id: imdi-integration-work", f"id: {id}")
    for said, ahead in moved.items():
        source = source.replace(said, f"{said.partition(' ')[0]} {days(ahead):%Y-%m-%d}")
    return source


@dataclass
class Filled:
    """What was lived through before it is copied: an authority, its people, a call in review and one that is decided."""

    world: World
    cases: int
    handlers: list[str] = field(default_factory=list)
    assessors: list[str] = field(default_factory=list)
    applicants: list[tuple[str, str]] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.world.engine

    def people(self) -> None:
        """Everyone of the authority."""
        self.made["authority"] = self.world.authority("imdi")
        self.handlers = [self._official("handler", number) for number in range(HANDLERS)]
        self.assessors = [self._official("assessor", number) for number in range(ASSESSORS)]
        self.made["approver"] = self._official("approver", 0)
        by = self.world.by(self.handlers[0])
        self.made["old"] = publish_scheme(self.engine, by, scheme("decided", -130, -100, -20))
        self.made["new"] = publish_scheme(self.engine, by, scheme("in-review", -40, -6, 60))

    def _official(self, role: str, number: int) -> str:
        id = self.world.user(f"{role} {number}", f"{role}{number}@example.org")
        appoint(self.engine, self.world.system, authority_id=self.made["authority"], user_id=id, role=role)
        return id

    def at(self, ahead: float) -> None:
        """It becomes so many days from today."""
        assert isinstance(self.world.clock, Present)
        self.world.clock.ahead = timedelta(days=ahead)

    def submitted(self, call: str) -> list[str]:
        """An application of each applicant; everyone has declared since. The ids."""
        found = []
        for place in range(self.cases):
            if place == len(self.applicants):
                user = self.world.user(f"Kari {place}", f"kari{place}@example.org")
                self.applicants.append((user, self.world.organisation(user, f"Lag nummer {place}", None)))
            user, organisation = self.applicants[place]
            by, share = self.world.by(user), round(0.1 + 0.8 * place / self.cases, 3)
            answers: dict[str, Any] = {**ANSWERS, "own_funding": "0", "target_group_share": share, "partners": []}
            found.append(
                start_draft(self.engine, by, call_id=call, organisation_id=organisation, answers=answers)
            )  # fmt: skip
            submit_application(self.engine, by, found[-1], 1)
        self.world.clock.turn(days=1)
        self.world.declare(call, *self.handlers, *self.assessors, self.made["approver"])
        return found

    def decided(self) -> None:
        """The call of which everyone knows what was decided."""
        self.at(-105)
        handler, call = self.handlers[0], open_call(self.engine, self.world.by(self.handlers[0]), self.made["old"])
        cases = self.submitted(call)
        self.at(-60)
        self.world.declare(call, *self.handlers, *self.assessors, self.made["approver"])
        for given in assign_cases(self.engine, self.world.by(handler), call, "assessment").made:
            by, marks = self.world.by(given.user_id), {"relevance": hash(given.user_id) % 2 + 4, "feasibility": 4}
            sheet = save_assessment(self.engine, by, given.application_id, 0, marks=marks, notes={"relevance": "God."})
            deliver_assessment(self.engine, by, given.application_id, sheet.version)
        self.at(-40)
        proposal = allocate_call(self.engine, self.world.by(handler), call)
        approve_allocation(self.engine, self.world.by(self.made["approver"]), proposal)
        publish_decisions(self.engine, self.world.by(handler), proposal)
        send_letters(self.engine, self.world.system, proposal)
        self.made |= {"decided-call": call, "proposal": proposal, "decided": cases[-1]}

    def in_review(self) -> None:
        """The call that has closed some days ago, with something to do."""
        self.at(-10)
        call = open_call(self.engine, self.world.by(self.handlers[0]), self.made["new"])
        cases = self.submitted(call)
        self.at(-3)
        for place, case in enumerate(cases):
            handler = self.handlers[place % HANDLERS]
            assign_case(self.engine, self.world.by(handler), case, handler, role="handler")
            if place % ASKED == 0:
                ask_changes(
                    self.engine, self.world.by(handler), case, questions=["summary"], reason="Skriv mer",
                    round_id="completeness",
                )  # fmt: skip
            elif place % WRITTEN_ABOUT == 0:
                open_thread(self.engine, self.world.by(self.applicants[place][0]), case, "Kom det fram?")
        self.made |= {"call": call, "case": cases[-1]}
        self.at(0)


@dataclass
class Handler(Person):
    """A handler at the pages, in one of the copies of the calls."""

    things: dict[str, str] = field(default_factory=dict)
    email: str = ""

    def sign_in(self) -> None:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.ask("/sign-in")[1])
        assert token
        fields = [("csrf_token", token[1]), ("email", self.email), ("password", PASSWORD)]
        status, body = self.ask("/sign-in", fields)
        assert status == 303, body

    def what(self) -> dict[str, Callable[[], None]]:
        """The pages, by the names that figures are printed with."""
        of = {name: path.format(**self.things) for name, path in PAGES.items()}
        return {name: lambda path=path: self.page(path) for name, path in of.items()}  # type: ignore[misc]


PAGES = {
    "front": "/office", "cases": "/office/calls/{call}", "one's own": "/office/calls/{call}?owner=me",
    "case": "/office/cases/{case}", "revisions": "/office/cases/{case}/history", "trail": "/office/cases/{case}/trail",
    "rounds": "/office/calls/{call}/rounds", "people": "/office/calls/{call}/people",
    "interests": "/office/calls/{call}/interests", "assessments": "/office/cases/{decided}/assessments",
    "apart": "/office/calls/{decided-call}/disagreements", "proposals": "/office/calls/{decided-call}/proposals",
    "proposal": "/office/proposals/{proposal}", "letter": "/office/cases/{decided}/letter",
}  # fmt: skip


def filled(url: str, copies: int, cases: int) -> Filled:
    """A database with so many times the two calls."""
    start, clock = time.perf_counter(), Present()
    environment = {"GRANTENGINE_DATABASE_URL": url, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64"}
    engine = bootstrap({**environment, "GRANTENGINE_REGISTER_URL": "off"}, now=clock)
    upgrade(engine.store.database)
    made = Filled(World(engine, clock), cases)
    made.at(-140)
    made.people()
    common = store.rows_now(url)
    made.decided()
    made.in_review()
    store.multiply(url, copies - 1, common, each=2 * cases, shared_tables=COPIED_WHOLE, in_json=True)
    print(f"{store.measure(url)}, filled in {time.perf_counter() - start:.0f} s", flush=True)
    return made


def counted(people: Sequence[Handler], url: str) -> None:
    """The rows that each page reads, by scans of tables and by indexes."""
    print("rows read a page, by scans of tables and by indexes:")
    for name in PAGES:
        store.rows_read(url, anew=True)
        people[0].what()[name]()
        scanned, fetched = store.rows_read(url)
        print(f"  {name:<11} {scanned:7} {fetched:7}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=100, help="of both calls")
    parser.add_argument("--cases", type=int, default=500, help="of each call")
    parser.add_argument("--users", type=int, default=HANDLERS)
    parser.add_argument("--pause", type=float, default=3)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        url = postgres.new_database(server, "office")
        made = filled(url, options.copies, options.cases)
        made.engine.store.database.close()
        chance = random.Random(1)
        with serve(Path(folder), url) as served, serve_bare(url) as (bare_address, bare_pid):
            people = [
                _handler(served.address, number, made, chance.randrange(1, options.copies))
                for number in range(options.users)
            ]
            together(lambda one: one.sign_in(), people)
            for _ in range(3):  # what a process compiles once is compiled before anything is measured
                together(lambda one: [act() for act in one.what().values()] and None, people[: 2 * CLIENTS])
            counted(people, url)
            for one in people:
                one.line.close()  # the server has ended those that nobody used meanwhile
            times = pausing(people, options.seconds, options.pause)
            print(f"{options.users} handlers who pause {options.pause:g} s:  p50 and p95 in ms, answers")
            for name, found in [*times.items(), ("all", [one for some in times.values() for one in some])]:
                if len(found) > 1:
                    cuts = statistics.quantiles(found, n=20, method="inclusive")
                    print(f"  {name:<11} {cuts[9]:7.1f} {cuts[18]:7.1f} {len(found):6}")
            without_pauses(people[:CLIENTS], bare_address, bare_pid, served.process.pid, options.seconds)
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


def _handler(address: str, number: int, made: Filled, copy: int) -> Handler:
    things = {
        name: store.copied(made.made[name], copy) for name in ("call", "case", "decided-call", "decided", "proposal")
    }
    return Handler(
        address, number, things["case"], things["call"], things=things, email=f"handler{number}@example.org"
    )  # fmt: skip


if __name__ == "__main__":
    main()
