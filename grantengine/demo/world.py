"""What the stories of the demo share: the engine on the demo's clock, the people, and the post that they read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.demo.invented import DOMAIN, LANGUAGES, numbers, people
from grantengine.demo.register import MadeUpRegister
from grantengine.demo.timeline import Timeline, evening_between
from grantengine.records import By
from grantengine.services.register_user import register_user
from grantengine.services.verify_user import verify_user

PASSWORD = "alt her er oppdiktet"
"""Everybody in the demo signs in with it."""

_LINK = re.compile(r"https?://\S+")
_PLAIN = str.maketrans({"å": "a", "ø": "o", "æ": "e", " ": "."})


def address(name: str, domain: str) -> str:
    """The e-mail address of a person, in a domain that nobody has."""
    return f"{re.sub('[^a-z.-]', '', name.lower().translate(_PLAIN))}@{domain}.{DOMAIN}"


@dataclass
class Group:
    """An organisation of the demo, with the ids of those who act for it; ``contact`` is None where nobody does yet."""

    id: str
    name: str
    number: str | None
    kind: str
    place: tuple[str, str]
    founded: int
    members: int
    employees: int
    email: str
    contact: str | None = None
    contact_email: str | None = None
    others: list[str] = field(default_factory=list)
    hosted: bool = False

    @property
    def may_receive(self) -> bool:
        """Whether it can apply where an organisation number is required."""
        return self.number is not None or self.hosted

    def writers(self) -> list[str]:
        """Those who write for it, its contact first."""
        return [self.contact, *self.others] if self.contact else []


@dataclass
class Received:
    """An application that was handed in: its ``place`` in the call, the synthetic case that it is like, and answers that
    are still to come (``later``). ``is_granted`` is what its letter said, None before there is one.
    """

    id: str
    place: int
    group: Group
    record: dict[str, Any]
    later: dict[str, Any]
    is_granted: bool | None = None


@dataclass(frozen=True)
class DemoCall:
    """A call of the demo, and in which part of the timeline it lies."""

    id: str
    scheme: str
    plan: Plan
    stage: str
    opens: datetime
    closes: datetime
    handler: str

    @property
    def is_settled(self) -> bool:
        """Whether all that a decision needs is done in it."""
        return self.stage in {"long-closed", "waiting"}

    @property
    def authority(self) -> str:
        """The key of the authority that has it."""
        return self.plan.scheme.authority


@dataclass
class World:
    """The demo while it is made. ``day`` is the day it is made for: all of it has happened before that day begins, ``until``.

    ``staff`` maps authority, role and place to a user, ``sign_in`` a role to an address, ``submitted`` scheme and
    organisation to applications, ``received`` a call to those that were handed in, ``bodies`` the name of a partner to its
    number, ``versions`` a scheme to what is published of it; ``invited`` holds calls with who is invited to them.
    """

    engine: Engine
    timeline: Timeline
    register: MadeUpRegister
    day: date
    until: datetime
    seed: int
    staff: dict[str, str] = field(default_factory=dict)
    sign_in: dict[str, str] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    calls: list[DemoCall] = field(default_factory=list)
    submitted: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    received: dict[str, list[Received]] = field(default_factory=dict)
    invited: set[tuple[str, str]] = field(default_factory=set)
    bodies: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[str] = field(default_factory=numbers)
    people: Iterator[str] = field(default_factory=people)

    @property
    def now(self) -> datetime:
        """The demo's moment."""
        return self.timeline()

    @property
    def system(self) -> By:
        """The system itself, now."""
        return By("system", None, self.now)

    @property
    def anyone(self) -> By:
        """Someone who has not signed in, now."""
        return By("link", None, self.now)

    def by(self, user_id: str) -> By:
        """A user, now."""
        return By("user", user_id, self.now)

    def worker(self, call: DemoCall, role: str, place: int = 0) -> By:
        """Someone of the authority that has a call, now."""
        return self.by(self.staff[f"{call.authority}/{role}/{place}"])

    def second(self, call: DemoCall) -> By:
        """The second person that the scheme of a call asks for, now."""
        return self.worker(call, "leader" if call.plan.scheme.decision.second_person == "leader" else "approver")

    def chance(self, of: str) -> Random:
        """Chance for one purpose: always the same for the same seed, whatever else is made."""
        return Random(f"{self.seed}/{of}")

    def in_days(self, days: float) -> datetime:
        """A moment so many days from the beginning of the day that the demo is made for."""
        return self.until + timedelta(days=days)

    def soon(self, rng: Random, least: float, most: float, last: datetime | None = None) -> datetime:
        """An evening so many days from now, and not after ``last``."""
        end = min(last or self.until, self.until) - timedelta(minutes=1)
        first = min(self.now + timedelta(minutes=10), end)
        return evening_between(rng, first, max(first, min(self.now + timedelta(days=rng.uniform(least, most)), end)), 6)

    def user(self, domain: str, *, name: str | None = None, language: str = "nb") -> tuple[str, str]:
        """An account that is confirmed by the link it was sent: the user's id and address."""
        name = name or next(self.people)
        email = address(name, domain)
        register_user(self.engine, self.anyone, email=email, name=name, password=PASSWORD, language=language)
        with self.engine.store.read() as reading:
            user = reading.users.by_email(email)
        assert user is not None  # just registered
        return verify_user(self.engine, self.anyone, self.link(user.id), password=PASSWORD), email

    def link(self, about: str) -> str:
        """The link in the newest message about something, as its receiver reads it."""
        with self.engine.store.read() as reading:
            body = reading.outbox.about([about])[-1].body
        found = _LINK.search(body)
        assert found is not None  # who reads on here expects one
        return found.group()

    def spoken(self, rng: Random) -> list[str]:
        """Languages that are spoken in an organisation."""
        return sorted(rng.sample(LANGUAGES, rng.randint(1, 3)))


def may_apply(world: World, call: DemoCall, group: Group) -> bool:
    """Whether a group is among those whom a call is for."""
    rules = call.plan.scheme.call
    if rules.invited_only and (call.id, group.id) not in world.invited:
        return False
    return rules.organisation_number == "optional" or group.may_receive
