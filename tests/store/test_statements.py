"""A list takes as many statements for 200 rows as for 2; how many, stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from statements import counted
from worlds import EXAMPLE, World

from grantengine.services.attach_file import list_attachments
from grantengine.services.find_organisations import find_organisations
from grantengine.services.list_applications import list_of_call, list_of_organisation
from grantengine.services.list_reads import list_reads
from grantengine.services.list_slots import list_slots
from grantengine.services.log_meeting import list_meetings
from grantengine.services.overlap_hint import overlap_hint
from grantengine.services.pitch_overview import pitch_overview
from grantengine.services.pre_check import pre_check_organisation
from grantengine.services.read_application import read_application
from grantengine.services.read_organisation import list_my_organisations, read_organisation
from grantengine.services.revisions import list_revisions
from grantengine.services.take_stock import take_stock
from grantengine.store.base import Base
from grantengine.store.tables.applications import (
    Application,
    Attachment,
    Draft,
    EarlierGrant,
    Fact,
    Partner,
    PlannedActivity,
    Revision,
)
from grantengine.store.tables.dialogue import Booking, MeetingLog, MeetingSlot
from grantengine.store.tables.operations import AuditDetail, AuditEvent, OutboxMessage, PersonalRead
from grantengine.store.tables.people import (
    Host,
    NetworkMember,
    Organisation,
    OrganisationInvitation,
    OrganisationRole,
    User,
)
from grantengine.store.tables.schemes import Call

ACTIVITY = {"name": "Svømming", "municipality": "0301", "from": "2027-02-01", "to": "2027-03-01"}
SOURCE = (
    EXAMPLE.replace("reporting, register]", "reporting, overlap]")
    .replace(
        "      - {id: partners, kind: partners,",
        "      - {id: activities, kind: activities, optional: true, label: {nb: Aktiviteter, nn: Aktivitetar, en: Activities}}\n"
        "      - {id: partners, kind: partners,",
    )
    .replace("\nallocation:", "  - {id: pitch, kind: pitch, opens: call.opens, closes: call.closes}\n\nallocation:")
)
TURNS = count(1)
CALLS = 20
"""So many calls are open at the most: each of them is evaluated in a pre-check, which takes its time."""


class Full:
    """A world with one application, and so many rows of everything that belongs to it, or that it is one of."""

    def __init__(self, world: World) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(SOURCE)
        self.kari = world.user("Kari", "kari@example.org")
        self.organisation = world.organisation(self.kari)
        self.id = world.draft(self.call, self.organisation, self.kari, {"activities": [ACTIVITY]})
        self.kept: dict[str, Any] = {}
        with self.engine.store.read() as reading:
            self.kept["call"] = reading.schemes.call(self.call)

    def fill(self, first: int, last: int) -> None:
        """Rows as the store keeps them, with no services between: numbers ``first`` to ``last``."""
        with self.engine.store.database.session(write=True) as session:
            for number in range(first, last):
                session.add_all(self._rows(number))
            session.commit()

    def _rows(self, number: int) -> Iterator[Base]:
        at, new, kari, call = (
            self.world.clock() + timedelta(seconds=number),
            self.engine.new_id,
            self.kari,
            self.kept["call"],
        )
        user, organisation, application, event = new(), new(), new(), new()
        common = {"application_id": self.id}
        yield User(id=user, email=f"{number}@example.com", name=f"Person {number}", since=at)
        yield Organisation(
            id=organisation, number=None, name=f"Lag {number}", listed=True, municipality="0301", since=at
        )
        for whose, who in ((organisation, kari), (self.organisation, user)):
            yield OrganisationRole(
                id=new(), organisation_id=whose, user_id=who, role="writer", since=self.world.clock()
            )
        yield OrganisationInvitation(
            id=new(), organisation_id=self.organisation, email=f"{number}@example.net", role="writer", invited_by=kari,
            invited_at=at,
        )  # fmt: skip
        yield Host(id=new(), organisation_id=organisation, host_id=self.organisation, asked_by=kari, asked_at=at)
        for network, member in ((self.organisation, organisation), (organisation, self.organisation)):
            yield NetworkMember(network_id=network, organisation_id=member, asked_by=kari, asked_at=at)
        if number < CALLS:
            yield Call(
                id=new(), version_id=call.version_id, authority_id=call.authority_id, title=call.title, announced_by=None,
                announced_at=at,
            )  # fmt: skip
        for whose in (organisation, self.organisation):
            id = application if whose == organisation else new()
            yield Application(
                id=id, number=f"x/{id}", call_id=self.call, organisation_id=whose, status="submitted", begun_by=kari,
                begun_at=at, submitted_at=at,
            )  # fmt: skip
            yield Draft(application_id=id, author_id=kari, saved_at=at, revised_at=at)
        yield Revision(
            id=new(),
            place=number + 1,
            cause="kept",
            draft_version=number,
            answers={},
            author_id=user,
            kept_at=at,
            **common,
        )
        yield Attachment(
            id=new(), question="plan", file_name="plan.pdf", media_type="application/pdf", size=5, content_digest="",
            added_by=kari, added_at=at, **common,
        )  # fmt: skip
        yield Partner(id=new(), name=f"Partner {number}", email=None, invited_by=kari, invited_at=at, **common)
        yield Fact(id=new(), source=f"source {number}", asked_at=at, **common)
        for round in ("guidance", "pitch"):
            slot, starts = new(), at + timedelta(days=9, minutes=number)
            yield MeetingSlot(
                id=slot, call_id=self.call, round_id=round, starts_at=starts, ends_at=starts + timedelta(minutes=1),
                place="Telefon", with_id=user, made_by=user, made_at=at,
            )  # fmt: skip
            yield Booking(
                id=new(), call_id=self.call, slot_id=slot, organisation_id=self.organisation, application_id=application,
                booked_by=kari, booked_at=at,
            )  # fmt: skip
        yield MeetingLog(
            id=new(), call_id=self.call, organisation_id=self.organisation, kind="telephone", held_at=at, present=[user],
            summary="Spurte", logged_by=user, logged_at=at,
        )  # fmt: skip
        yield PersonalRead(id=new(), user_id=user, at=at, what="application", **common)
        yield PlannedActivity(
            id=new(), application_id=application, organisation_id=organisation, name="Svømming", target_group=None,
            municipality="0301", starts="2027-02-01", ends="2027-02-02",
        )  # fmt: skip
        yield EarlierGrant(
            id=new(), authority_id=call.authority_id, organisation_id=self.organisation, scheme="old", year=2000, amount=1,
        )  # fmt: skip
        yield OutboxMessage(
            id=new(), channel="email", address="a@example.org", language="nb", template="t", subject="s", body="b",
            about=self.id, made_at=at, due_at=self.world.clock(),
        )  # fmt: skip
        yield AuditEvent(
            id=event, aggregate="application", aggregate_id=self.id, place=number + 100, at=at, actor_kind="user",
            actor_id=kari, verb="draft-saved", details_digest=None, changes=[], previous="", hash="",
        )  # fmt: skip
        yield AuditDetail(event_id=event, salt="", body={})


@pytest.fixture
def full(world: World) -> Full:
    return Full(world)


def _reading(read: Callable[[Any, Full], Any]) -> Callable[[Full], Any]:
    def service(full: Full) -> Any:
        with full.engine.store.read() as reading:
            return read(reading, full)

    return service


def _kari(service: Callable[..., Any], what: str = "id", **more: Any) -> Callable[[Full], Any]:
    return lambda full: service(full.engine, full.world.by(full.kari), getattr(full, what), **more)


def _claim(full: Full) -> Any:
    with full.engine.store.work(full.world.system) as work:
        # A lease that is over at once, and another each time: every message can be claimed, and is written.
        return work.outbox.claim(full.world.clock(), limit=200, lease=timedelta(microseconds=-next(TURNS)))


def _slots(full: Full, user: str, **more: Any) -> Any:
    return list_slots(full.engine, full.world.by(user), full.call, "guidance", limit=200, **more).items


LISTS: dict[str, tuple[int, Callable[[Full], Any]]] = {
    "list_of_call": (3, lambda full: list_of_call(
        full.engine, full.world.by(full.world.made["handler"]), full.call, limit=200).items),
    "list_of_organisation": (4, lambda full: _kari(list_of_organisation, "organisation", limit=200)(full).items),
    "list_revisions": (4, _kari(list_revisions, limit=200)),
    "list_attachments": (3, _kari(list_attachments)),
    "list_reads": (6, _kari(list_reads, limit=200)),
    "read_application": (8, lambda full: _kari(read_application)(full).partners),
    "list_my_organisations": (2, lambda full: list_my_organisations(full.engine, full.world.by(full.kari))),
    "people of an organisation": (9, lambda full: _kari(read_organisation, "organisation")(full).people),
    "members of a network": (9, lambda full: _kari(read_organisation, "organisation")(full).members),
    "find_organisations": (1, lambda full: find_organisations(full.engine, full.world.anyone, limit=200).items),
    "pre_check": (7, _kari(pre_check_organisation, "organisation")),
    "overlap_hint": (5, _kari(overlap_hint)),
    "list_slots": (6, lambda full: _slots(full, full.world.made["handler"])),
    "list_slots of an organisation": (13, lambda full: _slots(full, full.kari, organisation_id=full.organisation)),
    "list_meetings": (7, lambda full: list_meetings(
        full.engine, full.world.by(full.kari), full.call, full.organisation)),
    "pitch_overview": (8, lambda full: pitch_overview(
        full.engine, full.world.by(full.world.made["handler"]), full.call, "pitch").pitches),
    "calls in stock": (17, lambda full: take_stock(full.engine, full.world.system).calls),
    "calls_open": (1, _reading(lambda reading, full: reading.schemes.calls_open(full.world.clock()))),
    "outbox.about": (1, _reading(lambda reading, full: reading.outbox.about([full.id]))),
    "outbox.claim": (2, _claim),
    "trail.of": (2, _reading(lambda reading, full: reading.trail.of("application", full.id))),
    "grants.of": (1, _reading(lambda reading, full: reading.grants.of(full.organisation, None))),
}  # fmt: skip
"""How many statements each list takes, and how it is asked for."""
OF_CALLS = ("pre_check", "calls in stock", "calls_open")


def test_a_list_of_200_takes_as_many_statements_as_one_of_2(full: Full) -> None:
    # One for all: what takes time is to fill the tables.
    taken: dict[int, dict[str, int]] = {2: {}, 200: {}}
    lengths: dict[int, dict[str, int]] = {2: {}, 200: {}}
    full.fill(0, 2)
    for _, ask in LISTS.values():
        ask(full)  # what is compiled once is compiled now
    for size in (2, 200):
        full.fill(2, size)
        for name, (_, ask) in LISTS.items():
            with counted(full.world) as sent:
                lengths[size][name] = len(ask(full))
            taken[size][name] = len(sent)
    expected = {name: number for name, (number, _) in LISTS.items()}
    assert taken == {2: expected, 200: expected}
    longer = {name: (lengths[2][name], lengths[200][name]) for name in LISTS}
    assert {name: both for name, both in longer.items() if both[1] - both[0] < (10 if name in OF_CALLS else 190)} == {}
