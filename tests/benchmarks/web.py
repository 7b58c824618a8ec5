"""Run by hand: what pages cost on PostgreSQL beside 100 000 applications, with a real server of two processes.

    python tests/benchmarks/web.py
    python tests/benchmarks/web.py --size 1000 --users 5 --seconds 5

First users who pause between clicks: how long half and how long all but a twentieth of their answers take. Then nobody
pauses, page by page, in turns with a bare Flask view that reads one row of the same database by SQLAlchemy and is served in
the same way: how many times its cost a page has, by the time of the processors that the server's processes took.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import html5lib
import postgres
import store
from browser.offices import OSLO, Present
from reader import _form
from served import serve
from worlds import PASSWORD

WORKERS, THREADS, CLIENTS, TURNS = 2, 4, 4, 3


def bare() -> Any:
    """A Flask application with one view that reads one row."""
    from flask import Flask
    from sqlalchemy import create_engine, text

    app, engine = Flask("bare"), create_engine(os.environ["BARE_URL"].replace("postgresql:", "postgresql+psycopg:"))
    row = text("select id, status from applications where id = :id")

    @app.get("/<id>")
    def one(id: str) -> str:
        with engine.connect() as connection:
            found = connection.execute(row, {"id": id}).one()
        return f"<!doctype html><title>{found.id}</title><p>{found.status}"

    return app


def from_today(source: str) -> str:
    """The example with a call that has opened, and closes in some weeks."""
    days = {"opens: 2027-01-15": -5, "closes: 2027-03-01": 20, "decided_by: 2027-05-15": 80}
    for said, ahead in days.items():
        day = datetime.now(OSLO) + timedelta(days=ahead)
        source = source.replace(said, f"{said.partition(' ')[0]} {day:%Y-%m-%d}")
    return source


@dataclass
class Person:
    """Someone at the pages who is signed in, on one connection that is kept; ``base`` is what the draft's form began with."""

    address: str
    number: int
    draft: str
    call: str
    cookie: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)

    def ask(self, path: str, fields: list[tuple[str, str]] | None = None, **headers: str) -> tuple[int, str]:
        """The answer to a request: the status and the body."""
        body = urlencode(fields) if fields is not None else None
        said = {"Cookie": self.cookie, "Accept-Language": "nb", **headers}
        said |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.line.request("POST" if body else "GET", path, body, said)
        answer = self.line.getresponse()
        if set_cookie := answer.getheader("Set-Cookie"):
            self.cookie = set_cookie.partition(";")[0]
        return answer.status, answer.read().decode()

    def sign_in(self) -> None:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.ask("/sign-in")[1])
        assert token
        email = f"u{self.number}kari@example.org"
        status, body = self.ask("/sign-in", [("csrf_token", token[1]), ("email", email), ("password", PASSWORD)])
        assert status == 303, body

    def page(self, path: str) -> None:
        status, body = self.ask(path)
        assert status == 200, (path, status, body[:2000])

    def open_draft(self) -> None:
        """The second page of the form; what is in it is kept for saving."""
        status, body = self.ask(f"/applications/{self.draft}/form/project")
        assert status == 200, (status, body[:2000])
        if not self.fields:
            tree = html5lib.parse(body, namespaceHTMLElements=False)
            form = next(one for one in tree.iter("form") if one.get("id") == "draft")
            self.fields = [*_form(form, "").values.items(multi=True), ("go", "save")]

    def save(self) -> None:
        """As the script of the page does, with something new."""
        fields = dict(self.fields) | {"a.summary": f"Vi møtes hver uke og lærer språk. {random.random()}"}
        path = f"/applications/{self.draft}/form/project"
        status, body = self.ask(path, list(fields.items()), Accept="application/json")
        assert status == 200, (status, body[:2000])
        base = {**json.loads(fields["base"]), **json.loads(body)["base"]}
        self.fields = list((fields | {"base": json.dumps(base)}).items())

    def what(self) -> dict[str, Callable[[], None]]:
        """What is measured."""
        return {
            "front": lambda: self.page("/"), "calls": lambda: self.page("/calls"),
            "call": lambda: self.page(f"/calls/{self.call}"), "draft page": self.open_draft, "draft save": self.save,
        }  # fmt: skip


def pausing(people: list[Person], seconds: float, pause: float) -> dict[str, list[float]]:
    """Milliseconds of answers, by what was asked for, while everybody pauses ``pause`` seconds in the middle."""
    times: dict[str, list[float]] = {name: [] for name in people[0].what()}
    until = time.monotonic() + seconds

    def clicks(person: Person) -> None:
        chance = random.Random(person.number)
        time.sleep(chance.random() * pause)
        while time.monotonic() < until:
            name = chance.choice(list(times))
            start = time.perf_counter()
            person.what()[name]()
            times[name].append((time.perf_counter() - start) * 1000)
            time.sleep(chance.uniform(0.5, 1.5) * pause)

    together(clicks, people)
    return times


def together(act: Callable[[Person], None], people: list[Person]) -> None:
    """Everybody at once; what goes wrong for one is raised here."""
    wrong: list[BaseException] = []

    def safely(person: Person) -> None:
        try:
            act(person)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=safely, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def cost(act: Callable[[Person], None], people: list[Person], seconds: float, pid: int) -> tuple[float, float]:
    """Milliseconds of processor time that a request takes of the server's processes, and requests a second."""
    for one in people:
        one.line.close()  # the server may have ended it while others were measured; the next request opens another
    done, before, start = [0] * len(people), processor(pid), time.monotonic()

    def repeats(person: Person) -> None:
        while time.monotonic() < start + seconds:
            act(person)
            done[people.index(person)] += 1

    together(repeats, people)
    return (processor(pid) - before) * 1000 / sum(done), sum(done) / (time.monotonic() - start)


def processor(pid: int) -> float:
    """Seconds that a process and those it forked have computed; not those of the database, which are the same for both."""
    found = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if pid in (int(stat.parent.name), int(values[1])):
            found += (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
    return found


@contextmanager
def serve_bare(url: str) -> Iterator[tuple[str, int]]:
    """The bare view, by as many processes and threads; its address and the process."""
    port = postgres._free_port()
    command = [
        sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "10",
        "--log-level", "error", "-b", f"127.0.0.1:{port}", "web:bare()",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=Path(__file__).parent, env={**os.environ, "BARE_URL": url})
    try:
        time.sleep(8)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--pause", type=float, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    store.Clock, store.SOURCE = Present, from_today(store.SOURCE)
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        made = store.stored(server, options.size)
        url, draft = made.engine.settings.database_url, made.draft
        with made.engine.store.read() as reading:
            found = reading.applications.get(draft)
            assert found is not None
            call = found.call_id
        made.engine.store.database.close()
        with serve(Path(folder), url) as served, serve_bare(url) as (bare_address, bare_pid):
            numbers = range(1, max(options.users, CLIENTS) + 1)
            people = [Person(served.address, n, store.copied(draft, n), call) for n in numbers]
            for one in people:
                one.sign_in()
                one.open_draft()
            for _ in range(5):  # what a process compiles once is compiled before anything is measured
                together(lambda one: [act() for act in one.what().values()] and None, people[: 2 * CLIENTS])
            times = pausing(people[: options.users], options.seconds, options.pause)
            print(f"{options.users} users who pause {options.pause:g} s:  p50 and p95 in ms, answers")
            for name, found_times in [*times.items(), ("all", [one for some in times.values() for one in some])]:
                if len(found_times) > 1:
                    cuts = statistics.quantiles(found_times, n=20, method="inclusive")
                    print(f"  {name:<11} {cuts[9]:7.1f} {cuts[18]:7.1f} {len(found_times):6}")
            without_pauses(people[:CLIENTS], bare_address, bare_pid, served.process.pid, options.seconds)
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


def without_pauses(people: list[Person], bare_address: str, bare_pid: int, pid: int, seconds: float) -> None:
    """In turns, so that what else the machine does hits all alike; medians of the turns."""
    bares = [Person(bare_address, one.number, one.draft, one.call) for one in people]
    figures: dict[str, list[tuple[float, float]]] = {}
    each = seconds / (TURNS * (len(people[0].what()) + 1))
    for _ in range(TURNS):
        figures.setdefault("bare view", []).append(cost(lambda one: one.page(f"/{one.draft}"), bares, each, bare_pid))
        for name in people[0].what():
            figures.setdefault(name, []).append(cost(lambda one, name=name: one.what()[name](), people, each, pid))
    least = statistics.median(ms for ms, _ in figures["bare view"])
    print(f"{len(people)} at once, without pauses:  ms of processor a request, times the bare view, requests a second")
    for name, turns in figures.items():
        ms, rate = (statistics.median(one[place] for one in turns) for place in (0, 1))
        print(f"  {name:<11} {ms:7.1f} {ms / least:7.1f} {rate:7.0f}")


if __name__ == "__main__":
    main()
