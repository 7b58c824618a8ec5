"""A small world for tests of the store and the services: a clock to turn, an authority, people, a call."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from grantengine.bootstrap import Engine, bootstrap
from grantengine.compile.plan import Plan
from grantengine.ids import Ids
from grantengine.records import By
from grantengine.services.appoint import appoint
from grantengine.services.create_authority import create_authority
from grantengine.services.create_organisation import create_organisation
from grantengine.services.declare_interests import declare_interests
from grantengine.services.open_call import open_call
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.register_user import register_user
from grantengine.services.start_draft import start_draft
from grantengine.services.verify_user import verify_user
from grantengine.settings import read_settings
from grantengine.store.tables.operations import AuditEvent, OutboxMessage
from grantengine.testing import AnswersInMemory

DATA = Path(__file__).parent / "data"
EXAMPLE = (DATA / "example-scheme.yaml").read_text(encoding="utf-8")
_NEXT = "      - {id: continues_earlier,"
_FILE = "      - {id: budget_file, kind: attachment, optional: true, label: {nb: Budsjett, nn: Budsjett, en: Budget}}\n"
WITH_FILE = EXAMPLE.replace(_NEXT, _FILE + _NEXT)
"""The example with a question that takes a file."""
START = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)
"""Within the example's call, which is open from 15 January to 1 March 2027."""
OSLO = ZoneInfo("Europe/Oslo")
PASSWORD = "riktig hest batteri stift"

# Numbers with a right check digit (modulus 11).
NUMBERS = ("974760673", "971032081", "913000889", "913001222", "913002776", "913004108", "913004116")


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> datetime:
        """Move on, by days, hours, minutes, seconds."""
        self.at += timedelta(**by)
        return self.at


PLANS: dict[str, Plan] = {}
"""Compiled plans of the worlds' calls, as every process keeps its own: they are found by digests, and never change."""


@cache
def parts_of_all() -> Engine:
    """What does not change from world to world: the plugins that are loaded, and the engine of rules, of which a process has
    one and which keeps nothing from one case to the next.
    """
    return bootstrap({"GRANTENGINE_LANGUAGE": "nb"})


def new_world(address: str, clock: Clock | None = None, **environment: str) -> World:
    """A small world on a database that is set up, at noon on 20 January 2027 where no clock is given. Whoever makes it closes
    its database.
    """
    clock = clock or Clock()
    given = {
        "GRANTENGINE_DATABASE_URL": address, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64",
        "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9/down", **environment,
    }  # fmt: skip
    engine = replace(
        parts_of_all(), settings=read_settings(given), now=clock, today=lambda: clock().astimezone(OSLO).date(),
        new_id=Ids(clock, secrets.randbits), reader=AnswersInMemory(down=True),
    )  # fmt: skip
    engine.__dict__.update(plans=PLANS, rules=parts_of_all().rules)
    engine.store.database.hurry()  # no test cuts the power; a process that is killed loses nothing by it
    return World(engine, clock)


@dataclass
class World:
    """An engine on a database, and what tests make in it again and again."""

    engine: Engine
    clock: Clock
    made: dict[str, str] = field(default_factory=dict)

    @property
    def web(self) -> AnswersInMemory:
        """The other systems there are; they are down until a test says otherwise."""
        assert isinstance(self.engine.reader, AnswersInMemory)
        return self.engine.reader

    def registered(self, number: str, form: str = "FLI", **more: Any) -> None:
        """The register is up, and knows this number."""
        address = f"{self.engine.settings.plugins['register_url']}/enheter/{number}"
        body = {"organisasjonsnummer": number, "navn": "EN ENHET", "organisasjonsform": {"kode": form}, **more}
        self.web.answers[address] = (200, body)
        self.web.down = False

    @property
    def system(self) -> By:
        """The system itself, now."""
        return By("system", None, self.clock())

    def by(self, user_id: str) -> By:
        """A user, now."""
        return By("user", user_id, self.clock())

    def user(self, name: str = "Kari Nordmann", email: str = "", language: str = "nb") -> str:
        """A user who has confirmed the address; the id."""
        email = email or f"{re.sub('[^a-z]', '', name.lower())}{len(self.made)}@example.org"
        register_user(self.engine, self.anyone, email=email, name=name, password=PASSWORD, language=language)
        id = verify_user(self.engine, self.anyone, self.link("verify", email), password=PASSWORD)
        self.made[name] = id
        return id

    @property
    def anyone(self) -> By:
        """Someone who has not signed in, now."""
        return By("link", None, self.clock())

    def messages(self, address: str | None = None, template: str | None = None) -> list[OutboxMessage]:
        """The messages in the outbox, oldest first."""
        wanted = {"address": address, "template": template}
        found = select(OutboxMessage).filter_by(**{name: one for name, one in wanted.items() if one is not None})
        with self.engine.store.read() as reading:
            return list(reading.session.scalars(found.order_by(OutboxMessage.id)))

    def link(self, template: str, address: str) -> str:
        """The address in the newest message of this kind to someone."""
        body = self.messages(address, template)[-1].body
        found = re.search(r"http\S+", body)
        assert found, body
        return found.group()

    def authority(self, key: str = "imdi") -> str:
        """An authority with one administrator; the id. The administrator is ``made["admin"]``."""
        id = create_authority(self.engine, self.system, key=key, name={"nb": key.upper()})
        self.made[key] = id
        self.made["admin"] = self.user("Adam Admin")
        appoint(self.engine, self.system, authority_id=id, user_id=self.made["admin"], role="administrator")
        return id

    def handler(self, authority_id: str, name: str = "Hanne Handler") -> str:
        """A handler of an authority; the user's id."""
        id = self.user(name)
        appoint(self.engine, self.system, authority_id=authority_id, user_id=id, role="handler")
        return id

    def declare(self, call_id: str, *users: str) -> None:
        """These users (none: the call's handler) declare that they have no ties to those who have applied so far."""
        for user in users or (self.made["handler"],):
            declare_interests(self.engine, self.by(user), call_id)

    def organisation(self, contact: str, name: str = "Bydel Vel", number: str | None = NUMBERS[0]) -> str:
        """An organisation with one contact (a user's id); the id."""
        return create_organisation(self.engine, self.by(contact), name=name, number=number, municipality="0301")

    def call(self, source: str = EXAMPLE, patch: list[dict[str, Any]] | None = None, key: str = "imdi") -> str:
        """A call of a scheme; the id. Its handler is ``made["handler"]``."""
        if self.made or not self.engine.store.database.is_sqlite or not self._is_empty():
            return self._call(source, patch, key)
        settings = self.engine.settings
        of = json.dumps([source, patch, key, self.clock().isoformat(), settings.url, settings.language])
        begun = _BEGUN.get(of)
        if begun is not None:
            return begun.put_in(self)
        call = self._call(source, patch, key)
        _BEGUN[of] = _Begun.of(self, call)
        return call

    def _is_empty(self) -> bool:
        with self.engine.store.read() as reading:
            return reading.session.scalar(select(exists().select_from(AuditEvent))) is False

    def _call(self, source: str, patch: list[dict[str, Any]] | None, key: str) -> str:
        if key not in self.made:
            self.authority(key)
        if "handler" not in self.made:
            self.made["handler"] = self.handler(self.made[key])
        version = publish_scheme(self.engine, self.by(self.made["handler"]), source)
        return open_call(self.engine, self.by(self.made["handler"]), version, patch=patch or [])

    def draft(self, call: str, organisation: str, contact: str, answers: Mapping[str, Any] | None = None) -> str:
        """An application that is being written; the id."""
        return start_draft(
            self.engine, self.by(contact), call_id=call, organisation_id=organisation, answers=answers or {}
        )


@dataclass(frozen=True)
class _Begun:
    """An embedded database with a call and nothing else. Most tests begin with one, and a copy is made faster than a call."""

    database: sqlite3.Connection
    made: Mapping[str, str]
    call: str
    last_id: int

    @classmethod
    def of(cls, world: World, call: str) -> _Begun:
        memory = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(str(world.engine.store.database.url.database))) as file:
            file.backup(memory)
        return cls(memory, dict(world.made), call, world.engine.new_id._last)

    def put_in(self, world: World) -> str:
        world.engine.store.database.close()
        with closing(sqlite3.connect(str(world.engine.store.database.url.database))) as file:
            file.execute("PRAGMA synchronous=OFF")
            self.database.backup(file)
        world.made.update(self.made)
        world.engine.new_id._last = self.last_id  # ids go on growing from those that are there
        return self.call


_BEGUN: dict[str, _Begun] = {}


ANSWERS: dict[str, Any] = {
    "members": 120, "employees": 2, "municipality": "0301", "summary": "Språkkafé hver uke", "continues_earlier": True,
    "years_running": 2, "requested": "300000", "target_group_share": 0.5,
    "partners": [{"name": "Biblioteket", "task": "Rom"}],
}  # fmt: skip
"""Answers to the example that can be submitted; ``own_funding`` is needed to decide only."""
