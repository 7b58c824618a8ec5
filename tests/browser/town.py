"""Where the browsers look around: everyone there is, one thing of each kind that pages are about, served by this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from everyone import Everyone
from flask import Flask
from routes import address_of, read_table
from werkzeug.serving import WSGIRequestHandler, make_server
from worlds import ANSWERS, EXAMPLE

from grantengine.services.appoint import appoint
from grantengine.services.declare_interests import declare_interests
from grantengine.services.start_draft import start_draft

TABLE = read_table()
SIGNED_OUT = "signed out"


@dataclass
class Town:
    """Everyone, on the clock of their world, and where the pages are. ``things`` are what addresses name."""

    everyone: Everyone
    address: str

    @classmethod
    @contextmanager
    def on(cls, file: Path) -> Iterator[Town]:
        """A town on this database; one more call opens later, one more application can be handed in, a handler is tied."""
        everyone = Everyone.on(file)
        world = everyone.world
        later = EXAMPLE.replace("id: imdi-integration-work", "id: imdi-later")
        later = later.replace("opens: 2027-01-15T09:00", "opens: 2027-02-10T09:00")
        everyone.things["coming"] = world.call(later)
        everyone.things["ready"] = start_draft(
            world.engine, world.by(everyone.things["contact"]), call_id=everyone.things["call"],
            organisation_id=everyone.things["organisation"], answers=ANSWERS,
        )  # fmt: skip
        tied = tie_in(everyone)
        everyone.open_browser("tied", tied)
        everyone.keep()
        try:
            with served_here(everyone.site.app) as address:
                yield cls(everyone, address)
        finally:
            world.engine.store.database.close()

    @property
    def things(self) -> dict[str, str]:
        """Ids and secrets, by the words of the table."""
        return self.everyone.things

    def path(self, route: str) -> str:
        """The address of a route that is looked at."""
        return address_of(route, TABLE[route], self.things)

    def looker(self, route: str) -> str:
        """Who looks at it: nobody in particular where everyone may, else who has most to see there."""
        return next(
            person
            for person in (SIGNED_OUT, "contact", "handler", "leader", "administrator", "assessor")
            if person in TABLE[route].who
        )

    def gives(self, route: str) -> tuple[int, str]:
        """What a route gives: the status, and the type of what comes."""
        answer = self.everyone.ask(self.looker(route), "GET", self.path(route))
        return answer.status_code, answer.mimetype


def tie_in(everyone: Everyone) -> str:
    """A handler who has a tie in the call where all cases compete."""
    world, things = everyone.world, everyone.things
    user = world.user("Tone Tilknyttet")
    appoint(
        world.engine, world.by(things["administrator"]), authority_id=things["authority"], user_id=user, role="handler"
    )
    with world.engine.store.read() as reading:
        applicant = reading.cases.applicants(things["call"])[0].id
    declare_interests(world.engine, world.by(user), things["call"], {applicant: "Er med i styret"})
    return user


@contextmanager
def served_here(app: Flask) -> Iterator[str]:
    """Serve these pages in this process, on a free port, so that the clock is that of the tests; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request: the pages keep a log of their own."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""
