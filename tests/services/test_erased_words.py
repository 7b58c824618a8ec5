"""A secret is planted wherever a table about an application has room for words; after the erasure it is nowhere."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, String, inspect
from tamper import Attacker, dump, examined, found
from worlds import ANSWERS, WITH_FILE, World

from grantengine.services.attach_file import attach_file
from grantengine.services.declare_interests import declare_interests
from grantengine.services.erase_application import erase_application
from grantengine.services.erase_user import erase_user
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store.audit import audited_classes
from grantengine.store.base import Base, key_of
from grantengine.store.columns import Instant
from grantengine.store.tables.applications import AttachmentContent, Draft
from grantengine.store.tables.assessment import StandIn
from grantengine.store.tables.decisions import Allocation, BudgetPart
from grantengine.store.tables.dialogue import Booking, MeetingLog, MeetingSlot
from grantengine.store.tables.operations import OutboxMessage
from grantengine.store.unit_of_work import Work

SECRET, PUBLIC = "Sommerfugl", "Nordlys"
OWN_WORDS: dict[str, Any] = {
    "appeals.channel": "web", "assessments.marks": {"reach": 5}, "assessments.round_id": "assessment",
    "assignments.role": "assessor", "assignments.round_id": "assessment", "attachments.content_digest": sha256(SECRET.encode()).hexdigest(),
    "attachments.media_type": "text/plain",
    "attachments.question": "budget_file", "attachments.scan": "clean", "award_lines.unit": "NOK",
    "change_requests.questions": ["summary"], "change_requests.round_id": "corrections",
    "change_requests.status": "answered", "checked_values.name": "approved_costs", "comments.side": "authority",
    "decisions.ground": "full", "decisions.outcome": {"total": 12}, "facts.plugin": "register", "facts.source": "planted",
    "judgements.rule": "democratic", "letters.kind": "decision", "letters.language": "nb", "letters.mark": "decision-1",
    "meeting_logs.kind": "guidance", "meeting_logs.present": [], "partners.status": "confirmed",
    "planned_activities.ends": "2027-06-01", "planned_activities.municipality": "0301",
    "planned_activities.starts": "2027-05-01", "proposed_cases.ground": "full", "proposed_cases.lines": [{"amount": 7}],
    "proposed_cases.outcome": {"total": 12}, "reasons.blocks": ["thanks"], "reasons.counterfactuals": ["total"],
    "revisions.cause": "kept", "stand_ins.role": "handler", "threads.audience": "applicant",
    "threads.criterion": "reach", "threads.question": "summary", "threads.round_id": "corrections",
}  # fmt: skip
"""Columns that hold words of ours and of the scheme, digests and figures, not what people wrote."""

CLASSES = {
    cls.__tablename__: cls for cls in audited_classes() if "application_id" in inspect(cls).columns and cls is not Draft
}  # type: ignore[attr-defined]
BESIDE: dict[str, type[Base]] = {"allocations": Allocation, "meeting_slots": MeetingSlot}
"""What those refer to."""


def is_words(column: Column[Any]) -> bool:
    """Whether a column may hold what people write."""
    is_text = isinstance(column.type, String | JSON)
    return is_text and not column.foreign_keys and column.name not in {"id", "salt", "part"}


def row_of(cls: type[Any], ids: dict[str, str], at: datetime) -> Base:
    """A row with the secret wherever there is room for it."""
    values: dict[str, Any] = {}
    for column in cls.__table__.columns:
        target = next((key.column.table.name for key in column.foreign_keys if key.column.name == "id"), None)
        name = f"{cls.__tablename__}.{column.name}"
        if column.name == "salt":
            continue
        if column.name == "id" or target:
            values[column.key] = ids[target or cls.__tablename__]
        elif column.name == "part":
            values[column.key] = "2027"
        elif name in OWN_WORDS:
            values[column.key] = OWN_WORDS[name]
        elif isinstance(column.type, JSON):
            is_list = cls.__annotations__[column.key].startswith("Mapped[list")
            values[column.key] = [SECRET] if is_list else {"planted": SECRET}
        elif isinstance(column.type, Instant):
            values[column.key] = at
        elif isinstance(column.type, Boolean):
            values[column.key] = True
        else:
            values[column.key] = SECRET if is_words(column) else 7
    return cls(**values)


class Planted:
    """An application of Kari's, handed in, with a row in every table that is about it."""

    def __init__(self, world: World) -> None:
        self.world, self.engine, self.call = world, world.engine, world.call(WITH_FILE)
        self.kari = world.user("Kari")
        self.organisation = world.organisation(self.kari)
        self.id = world.draft(self.call, self.organisation, self.kari, {"summary": SECRET})
        by = world.by(self.kari)
        self.file = attach_file(
            self.engine, by, application_id=self.id, question="budget_file", file_name="b.txt", content=SECRET.encode()
        ).id
        version = save_draft(
            self.engine, by, self.id, 1, {**ANSWERS, "summary": SECRET, "budget_file": self.file}
        ).version
        submit_application(self.engine, by, self.id, version)
        world.clock.turn(minutes=1)
        with self.engine.store.work(world.system) as work:
            self._plant(work)

    def _plant(self, work: Work) -> None:
        application, call = work.applications.get(self.id), work.schemes.call(self.call)
        assert application is not None
        assert call is not None
        kinds = {**BESIDE, **CLASSES}
        self.ids = {name: work.new_id() for name in kinds} | {
            "applications": self.id, "calls": self.call, "organisations": self.organisation, "users": self.kari,
        }  # fmt: skip
        work.add(BudgetPart(call_id=self.call, part="2027", budget=7))
        for name, cls in kinds.items():
            row = row_of(cls, self.ids, self.world.clock()) if name in CLASSES else self._beside(cls)
            work.add(row)
            if name in CLASSES:
                work.add(self._message(work, key_of(row)[1]))  # type: ignore[arg-type]
        work.add(AttachmentContent(attachment_id=self.ids["attachments"], content=SECRET.encode()))
        work.record("planted", application, reason=SECRET)
        work.record("proposal-changed", call, application=self.id, reason=SECRET)
        work.record("allocation-dropped", call, allocation="another", reason=PUBLIC)

    def _beside(self, cls: type[Base]) -> Base:
        at, of = self.world.clock(), {"call_id": self.call, "id": self.ids[cls.__tablename__], "made_by": self.kari}
        if cls is MeetingSlot:
            return MeetingSlot(**of, round_id="r", starts_at=at, ends_at=at, place="", with_id=self.kari, made_at=at)
        return Allocation(
            **of, kind="call", as_of="2027-05-01", committed={}, digest="", patch=[], plugins={}, made_at=at
        )  # fmt: skip

    def _message(self, work: Work, about: str) -> OutboxMessage:
        return OutboxMessage(
            id=work.new_id(), channel="email", address="kari@example.org", language="nb", template="any",
            subject="Hei", body=SECRET, about=about, made_at=work.by.at, due_at=work.by.at,
        )  # fmt: skip

    def erase(self) -> None:
        """Kari withdraws, and what was written is erased a day later."""
        withdraw_application(self.engine, self.world.by(self.kari), self.id)
        self.world.clock.turn(days=1)
        erase_application(self.engine, self.world.by(self.world.made["admin"]), self.id, "Lagringstiden er ute")

    def where(self, word: str) -> set[str]:
        """The columns in which a word stands, as ``table.column``."""
        return {
            f"{table}.{name}"
            for table, rows in dump(self.world).items() for row in rows for name, value in row.items()
            if word in str(value) or word.encode() == value
        }  # fmt: skip


@pytest.fixture
def planted(world: World) -> Planted:
    return Planted(world)


def test_what_was_planted_wherever_there_is_room_for_words_is_nowhere_afterwards(planted: Planted) -> None:
    everywhere = {
        f"{name}.{column.name}" for name, cls in CLASSES.items() for column in cls.__table__.columns if is_words(column)
    }  # type: ignore[attr-defined]
    assert everywhere >= OWN_WORDS.keys()
    assert planted.where(SECRET) == (everywhere - OWN_WORDS.keys()) | {
        "drafts.answers", "attachment_contents.content", "outbox.body", "audit_details.body",
    }  # fmt: skip
    assert examined(planted.world).found == 0
    planted.erase()
    assert planted.where(SECRET) == set()
    assert examined(planted.world).found == 0


def test_marks_points_sums_and_grounds_stay(planted: Planted) -> None:
    planted.erase()
    kept = {f"{table}.{name}": row[name] for table, rows in dump(planted.world).items() for row in rows for name in row}
    figures = ("assessments.marks", "decisions.outcome", "decisions.granted", "proposed_cases.lines", "award_lines.amount",
               "proposed_cases.outcome", "reasons.blocks", "decisions.ground", "partners.amount")  # fmt: skip
    assert {name: kept[name] for name in figures} == {
        **{name: OWN_WORDS[name] for name in figures if name in OWN_WORDS},
        "decisions.granted": 7, "award_lines.amount": 7, "partners.amount": 7,
    }  # fmt: skip


def test_the_trail_of_the_call_tells_of_it_and_keeps_its_other_words(planted: Planted) -> None:
    planted.erase()
    with planted.engine.store.read() as reading:
        trail = reading.trail.of("call", planted.call)
    places = {event.verb: place for place, event in enumerate(trail)}
    assert trail[places["proposal-changed"]].details is None
    assert trail[places["allocation-dropped"]].details == {"allocation": "another", "reason": PUBLIC}
    assert trail[-1].verb == "words-erased"
    assert trail[-1].details == {"application": planted.id, "places": [places["proposal-changed"] + 1]}


def test_other_words_of_the_call_that_are_gone_are_missed(planted: Planted) -> None:
    planted.erase()
    with planted.engine.store.read() as reading:
        verbs = [event.verb for event in reading.trail.of("call", planted.call)]
    place = verbs.index("allocation-dropped") + 1
    attacker = Attacker(planted.world)
    attacker.run(
        "update audit_details set body = null, salt = '' where event_id in"
        " (select id from audit_events where aggregate = 'call' and place = :place)", place=place,
    )  # fmt: skip
    attacker.close()
    assert found(planted.world) == [("audit-detail-removed", ("call", planted.call), place)]


def _meeting(planted: Planted, organisation: str, application: str | None = None) -> None:
    """Guidance that was wished for and written down, about this application or about none."""
    with planted.engine.store.work(planted.world.system) as work:
        slot, booking, log = (work.new_id() for _ in range(3))
        shared: dict[str, Any] = {
            "call_id": planted.call,
            "organisation_id": organisation,
            "application_id": application,
        }
        at, kari = work.by.at, planted.kari
        rows = (
            MeetingSlot(
                id=slot, call_id=planted.call, round_id="r", starts_at=at, ends_at=at, place="", with_id=kari, made_by=kari,
                made_at=at,
            ),
            Booking(**shared, id=booking, slot_id=slot, wish=PUBLIC, booked_by=kari, booked_at=at),
            MeetingLog(
                **shared, id=log, booking_id=booking, kind="guidance", held_at=at, present=[], summary=PUBLIC, logged_by=kari,
                logged_at=at,
            ),
        )  # fmt: skip
        work.add(*rows)
        work.record("meeting-logged", rows[2])


def test_guidance_before_an_application_goes_with_the_last_one_in_the_call(planted: Planted) -> None:
    world = planted.world
    other = world.draft(planted.call, planted.organisation, planted.kari)
    _meeting(planted, planted.organisation)
    planted.erase()
    assert {"bookings.wish", "meeting_logs.summary"} <= planted.where(PUBLIC)  # may be about the other one
    withdraw_application(planted.engine, world.by(planted.kari), other)
    erase_application(planted.engine, world.system, other, "Lagringstiden er ute")
    assert planted.where(PUBLIC) == {"audit_details.body"}
    assert examined(world).found == 0


def test_meetings_of_others_stay(planted: Planted) -> None:
    ola = planted.world.user("Ola")
    _meeting(planted, planted.world.organisation(ola, "Grenda Vel", None))
    planted.erase()
    assert planted.where(PUBLIC) == {"audit_details.body", "bookings.wish", "meeting_logs.summary"}


def test_what_was_said_of_a_persons_ties_goes_with_the_account(planted: Planted) -> None:
    world, lise = planted.world, planted.world.handler(planted.world.made["imdi"], "Lise Lund")
    declare_interests(planted.engine, world.by(lise), planted.call, {planted.organisation: PUBLIC})
    with planted.engine.store.work(world.system) as work:
        [tie] = work.impartiality.interests(planted.call, lise)
        tie.status, tie.decided_by, tie.decided_at, tie.reason = "conflict", world.made["handler"], work.by.at, PUBLIC
        work.record("interest-decided", tie, user=lise, organisation=planted.organisation, reason=PUBLIC)
        place = StandIn(
            id=work.new_id(), call_id=planted.call, user_id=lise, role="approver", reason=PUBLIC, since=work.by.at,
            appointed_by=world.made["admin"],
        )  # fmt: skip
        work.add(place)
        work.record("stand-in-appointed", place, user=lise, role="approver", reason=PUBLIC)
    erase_user(planted.engine, world.by(lise), lise)
    assert planted.where(PUBLIC) == {"audit_details.body"}  # of the proposal that was dropped
    assert examined(world).found == 0
    with planted.engine.store.read() as reading:
        trail = reading.trail.of("call", planted.call)
        [kept] = reading.impartiality.interests(planted.call, lise)
    assert [event.verb for event in trail if event.details is None] == [
        "interests-declared", "interest-decided", "stand-in-appointed",
    ]  # fmt: skip
    assert (kept.status, kept.description, kept.reason) == ("conflict", "", None)
