"""Guidance and pitches: times are offered and booked, everybody is told, and all are treated alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from tamper import examined
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.services.appoint import appoint, dismiss
from grantengine.services.book_meeting import book_meeting, cancel_booking
from grantengine.services.change_call import change_call
from grantengine.services.declare_interests import declare_interests
from grantengine.services.list_slots import list_slots
from grantengine.services.log_meeting import list_meetings, log_meeting
from grantengine.services.messages import attachments_of
from grantengine.services.offer_slots import offer_slots, remove_slot
from grantengine.services.pinned import plan_of_call
from grantengine.services.pitch_overview import pitch_overview
from grantengine.services.plan_pitches import plan_pitches
from grantengine.services.set_panel import set_panel
from grantengine.services.stand_in import appoint_stand_in
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store.tables.operations import OutboxMessage

ROUND = """\
  - id: pitch
    kind: pitch
    opens: 2027-03-08T08:00
    closes: 2027-03-19T16:00
    options:
      minutes: 20
      questions:
        - {nb: Hvem når dere?, nn: Kven når de?, en: Whom do you reach?}
        - {nb: Hva er nytt?, nn: Kva er nytt?, en: What is new?}
"""
PITCHES = EXAMPLE.replace("\nallocation:", f"\n{ROUND}\nallocation:").replace("\n\n  - id: pitch", "\n  - id: pitch")
OFFICE_HOURS = EXAMPLE.replace("outside_office_hours: true", "outside_office_hours: false")
WEDNESDAY, SATURDAY = "2027-02-03T18:00", "2027-02-06T11:00"


class Story:
    """A call with a handler, Hanne, and organisations with a contact each."""

    def __init__(self, world: World, source: str = EXAMPLE) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(source)
        self.hanne = world.made["handler"]
        self.kari, self.vel = self.organisation("Kari", "Bydel Vel", NUMBERS[0])
        self.ola, self.lag = self.organisation("Ola", "Grenda Lag", NUMBERS[1])

    def organisation(self, contact: str, name: str, number: str) -> tuple[str, str]:
        user = self.world.user(contact, f"{contact.lower()}@example.org")
        return user, self.world.organisation(user, name, number)

    def colleague(self, name: str, role: str) -> str:
        """Someone else who works for the authority."""
        user = self.world.user(name, f"{name.lower()}@imdi.example")
        appoint(
            self.engine, self.world.system, authority_id=self.world.made["imdi"], user_id=user, role=role
        )  # fmt: skip
        return user

    def apply(self, user: str, organisation: str) -> str:
        """Hand in an application; the id."""
        id = self.world.draft(self.call, organisation, user, ANSWERS)
        submit_application(self.engine, self.world.by(user), id, 1)
        return id

    def offer(self, *starts: str, round: str = "guidance", by: str = "", **how: Any) -> list[str]:
        by = by or self.hanne
        return offer_slots(
            self.engine, self.world.by(by), self.call, round, starts=starts, place="Tøyen bibliotek", **how
        )  # fmt: skip

    def book(self, slot: str, user: str = "", organisation: str = "", **how: Any) -> str:
        user, organisation = user or self.kari, organisation or self.vel
        return book_meeting(self.engine, self.world.by(user), slot, organisation_id=organisation, **how)

    def cancel(self, booking: str, user: str = "") -> None:
        cancel_booking(self.engine, self.world.by(user or self.kari), booking)

    def free(self, user: str = "", organisation: str = "", round: str = "guidance") -> list[str]:
        """The times that an organisation may choose between."""
        seen = list_slots(
            self.engine, self.world.by(user or self.kari), self.call, round, organisation_id=organisation or self.vel
        )
        return [one.id for one in seen.items if one.booking_id is None]

    def log(self, by: str = "", **how: Any) -> str:
        given = {
            "call_id": self.call, "organisation_id": self.vel, "kind": "telephone", "held_at": "2027-01-20T12:30",
            "summary": "Spurte om egenandelen. Vi viste til utlysningen.", **how,
        }  # fmt: skip
        return log_meeting(self.engine, self.world.by(by or self.hanne), **given)


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def event_of(message: OutboxMessage) -> Any:
    """The meeting in the calendar file of a message."""
    [attached] = attachments_of(message)
    calendar = Calendar.from_ical(attached.content)
    assert attached.media_type.split("; ")[1] == f"method={calendar['METHOD']}"
    [event] = calendar.walk("VEVENT")
    return event


def problems(error: pytest.ExceptionInfo[InputError]) -> list[tuple[str, str]]:
    return [(one.where.pointer, one.code) for one in error.value.problems]


def test_guidance_in_the_evening_before_there_is_an_application(story: Story) -> None:
    evening, weekend = story.offer(WEDNESDAY, SATURDAY)
    assert story.free() == [evening, weekend]
    booking = story.book(evening, wish="Vi er nye og lurer på budsjettet")
    told = story.world.messages(template="meeting-booked")
    assert [one.address for one in told] == ["hannehandler3@example.org", "kari@example.org"]
    assert "Når: 03.02.2027 18:00–18:20 (norsk tid)\nHvor: Tøyen bibliotek\nMed: Hanne Handler" in told[1].body
    assert "Vi er nye og lurer på budsjettet" in told[0].body
    event = event_of(told[1])
    assert (event["UID"], event["SEQUENCE"], event["LOCATION"]) == (f"{booking}@grantengine", 0, "Tøyen bibliotek")
    assert event["DTSTART"].dt == datetime(2027, 2, 3, 17, 0, tzinfo=UTC)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=20)
    assert event["ATTENDEE"] == "mailto:kari@example.org"
    assert examined(story.world).found == 0


def test_applicants_see_what_is_free_and_their_own_and_handlers_who_comes(story: Story) -> None:
    evening, weekend = story.offer(WEDNESDAY, SATURDAY)
    booking = story.book(evening, wish="Budsjett")
    assert story.free(story.ola, story.lag) == [weekend]
    page = list_slots(story.engine, story.world.by(story.kari), story.call, "guidance", organisation_id=story.vel)
    assert [(one.id, one.booking_id, one.booked_by) for one in page.items] == [
        (evening, booking, "Kari"), (weekend, None, None),
    ]  # fmt: skip
    by = story.world.by(story.hanne)
    first = list_slots(story.engine, by, story.call, "guidance", limit=1)
    assert [(one.organisation, one.booked_by, one.wish) for one in first.items] == [("Bydel Vel", "Kari", "Budsjett")]
    rest = list_slots(story.engine, by, story.call, "guidance", after=first.after or "")
    assert ([one.id for one in rest.items], rest.after) == ([weekend], None)
    with pytest.raises(NotAllowedError, match="role-needed"):
        list_slots(story.engine, story.world.by(story.kari), story.call, "guidance")
    with pytest.raises(NotFoundError, match="organisation-not-found"):
        list_slots(story.engine, story.world.by(story.ola), story.call, "guidance", organisation_id=story.vel)


def test_evenings_and_weekends_are_refused_where_the_scheme_does_not_offer_them(world: World) -> None:
    story = Story(world, OFFICE_HOURS)
    outside = [WEDNESDAY, SATURDAY, "2027-02-03T07:59", "2027-02-03T15:41"]
    with pytest.raises(InputError) as error:
        story.offer(*outside, "2027-02-03T08:00", "2027-02-03T15:40")
    assert problems(error) == [(f"/starts/{place}", "slot-outside-office-hours") for place in range(4)]
    assert len(story.offer("2027-02-03T08:00", "2027-02-03T15:40")) == 2


def test_every_time_that_can_not_be_is_told_at_once(story: Story) -> None:
    story.offer(WEDNESDAY)
    wrong = [
        "3. februar", "2027-03-28T02:30", "2027-10-31T02:30", "2027-01-20T12:59", "2027-03-01T23:45", WEDNESDAY,
        "2027-02-03T18:19", "2027-02-04T18:00", "2027-02-04T18:00",
    ]  # fmt: skip
    with pytest.raises(InputError) as error:
        story.offer(*wrong)
    assert sorted(problems(error)) == [
        ("/starts/0", "moment-format"), ("/starts/1", "moment-does-not-exist"), ("/starts/2", "moment-twice"),
        ("/starts/3", "slot-passed"), ("/starts/4", "slot-outside-round"), ("/starts/5", "slot-overlaps"),
        ("/starts/6", "slot-overlaps"), ("/starts/8", "slot-overlaps"),
    ]  # fmt: skip
    with pytest.raises(InputError) as empty:
        offer_slots(story.engine, story.world.by(story.hanne), story.call, "guidance", starts=[], place=" ")
    assert problems(empty) == [("/place", "field-missing"), ("/starts", "list-empty")]
    assert len(story.offer("2027-02-03T18:20")) == 1


def test_nobody_is_in_two_meetings_at_once_but_a_colleague_may_meet_others_then(story: Story) -> None:
    hege = story.colleague("Hege", "handler")
    story.offer(WEDNESDAY)
    with pytest.raises(InputError) as error:
        story.offer("2027-02-03T18:10", by=hege, with_id=story.hanne)
    assert problems(error) == [("/starts/0", "slot-overlaps")]
    story.offer("2027-02-03T18:10", with_id=hege)
    with pytest.raises(NotFoundError, match="user-not-found"):
        story.offer(SATURDAY, with_id=story.colleague("Anna", "assessor"))
    with pytest.raises(NotAllowedError, match="role-needed"):
        story.offer(SATURDAY, by=story.kari)


def test_only_rounds_with_meetings_have_times(story: Story) -> None:
    for round, error, code in [
        ("assessment", NotPossibleError, "round-without-meetings"), ("lunch", NotFoundError, "round-not-found"),
    ]:  # fmt: skip
        with pytest.raises(error, match=code):
            story.offer(WEDNESDAY, round=round)
    with pytest.raises(NotPossibleError, match="round-without-pitches"):
        set_panel(story.engine, story.world.by(story.hanne), story.call, "guidance", [story.hanne])


def test_an_organisation_has_one_meeting_ahead_and_a_time_has_one_organisation(story: Story) -> None:
    first, second = story.offer(WEDNESDAY, SATURDAY)
    story.book(first)
    with pytest.raises(NotPossibleError, match="slot-taken"):
        story.book(first, story.ola, story.lag)
    with pytest.raises(NotPossibleError) as again:
        story.book(second)
    assert (again.value.code, again.value.params) == ("meeting-booked-already", {"when": "03.02.2027 18:00–18:20"})
    story.world.clock.turn(days=15)  # the first has been held
    assert story.free() == [second]
    story.book(second)
    with pytest.raises(NotFoundError, match="organisation-not-found"):
        story.book(second, story.ola, story.vel)
    with pytest.raises(NotFoundError, match="slot-not-found"):
        story.book("nonsense")


def test_nobody_books_a_time_with_someone_who_does_not_work_there_any_more(story: Story) -> None:
    heidi = story.colleague("Heidi", "handler")
    [gone] = story.offer(WEDNESDAY, by=heidi)
    [other] = story.offer("2027-02-03T19:00")
    assert story.free() == [gone, other]
    dismiss(
        story.engine, story.world.system, authority_id=story.world.made["imdi"], user_id=heidi, role="handler"
    )  # fmt: skip
    assert story.free() == [other]
    with pytest.raises(NotPossibleError, match="slot-not-for-you"):
        story.book(gone)
    appoint_stand_in(
        story.engine, story.world.by(story.world.made["admin"]), story.call, user_id=heidi, role="handler",
        reason="Ut sesongen",
    )  # fmt: skip
    assert story.book(gone)


def test_a_meeting_may_be_about_an_application_of_ones_own(story: Story) -> None:
    [slot] = story.offer(WEDNESDAY)
    theirs = story.world.draft(story.call, story.lag, story.ola)
    mine = story.world.draft(story.call, story.vel, story.kari)
    with pytest.raises(NotFoundError, match="application-not-found"):
        story.book(slot, application_id=theirs)
    story.book(slot, application_id=mine)
    page = list_slots(story.engine, story.world.by(story.hanne), story.call, "guidance")
    assert [one.application_id for one in page.items] == [mine]


def test_a_cancelled_meeting_is_struck_out_of_calendars_and_free_again(story: Story) -> None:
    [slot] = story.offer(WEDNESDAY)
    booking = story.book(slot)
    story.world.clock.turn(hours=1)
    story.cancel(booking)
    story.cancel(booking)  # sent twice, it is once
    told = story.world.messages(template="meeting-cancelled")
    assert [one.address for one in told] == ["hannehandler3@example.org", "kari@example.org"]
    announced = event_of(story.world.messages("kari@example.org", "meeting-booked")[0])
    cancelled = event_of(told[1])
    assert (cancelled["UID"], cancelled["STATUS"]) == (announced["UID"], "CANCELLED")
    assert cancelled["SEQUENCE"] > announced["SEQUENCE"]
    again = story.book(slot, story.ola, story.lag)
    with pytest.raises(NotFoundError, match="booking-not-found"):
        story.cancel(again, story.kari)
    story.cancel(again, story.hanne)
    assert story.world.messages("ola@example.org", "meeting-cancelled")
    assert examined(story.world).found == 0


def test_a_handler_who_can_not_come_removes_the_time_and_everybody_is_told_why(story: Story) -> None:
    first, second = story.offer(WEDNESDAY, SATURDAY)
    story.book(first)
    by = story.world.by(story.hanne)
    remove_slot(story.engine, by, first, reason="Hanne er syk")
    remove_slot(story.engine, by, second)
    assert "Grunn: Hanne er syk" in story.world.messages("kari@example.org", "meeting-cancelled")[0].body
    assert story.free() == []
    with pytest.raises(NotFoundError, match="slot-not-found"):
        remove_slot(story.engine, by, first)
    with pytest.raises(NotFoundError, match="slot-not-found"):
        story.book(second)
    assert len(story.offer(WEDNESDAY)) == 1


def test_what_has_begun_is_neither_booked_nor_cancelled(story: Story) -> None:
    first, second = story.offer(WEDNESDAY, "2027-02-03T18:20")
    booking = story.book(first)
    story.world.clock.at = datetime(2027, 2, 3, 17, 20, tzinfo=UTC)
    for attempt in (
        lambda: story.cancel(booking),
        lambda: remove_slot(story.engine, story.world.by(story.hanne), first),
        lambda: story.book(second, story.ola, story.lag),
    ):
        with pytest.raises(NotPossibleError, match="slot-passed"):
            attempt()


def test_a_time_that_a_changed_call_has_left_behind_is_not_booked(world: World) -> None:
    story = Story(world, EXAMPLE.replace("opens: call.opens, closes: call.closes", "opens: call.closes, days: 5"))
    [slot] = story.offer("2027-03-02T18:00")
    change = [{"op": "replace", "path": "/call/closes", "value": "2027-03-08T23:59"}]
    change_call(story.engine, world.by(story.hanne), story.call, change, reason="Strømbrudd")
    with pytest.raises(NotPossibleError, match="slot-outside-round"):
        story.book(slot)


def test_the_round_after_one_that_is_closed_by_hand_has_no_times_yet(world: World) -> None:
    source = EXAMPLE.replace(
        "opens: call.opens, closes: call.closes, options: {meeting", "opens: call.opens, options: {meeting"
    )
    guidance = "  - {id: second, kind: guidance, days: 5}\n  - {id: completeness"
    story = Story(world, source.replace("  - {id: completeness", guidance))
    with pytest.raises(NotPossibleError, match="round-not-timed"):
        story.offer("2027-03-02T12:00", round="second")
    assert len(story.offer(WEDNESDAY)) == 1


def test_what_was_said_is_written_down_for_both_sides(story: Story) -> None:
    [slot] = story.offer("2027-01-20T18:00")
    booking = story.book(slot)
    story.world.clock.turn(hours=6)
    story.log(kind="guidance", held_at="2027-01-20T18:00", booking_id=booking, summary="Vi gikk gjennom skjemaet.")
    story.log(kind="guidance", held_at="2027-01-20T18:00", booking_id=booking, summary="Rettelse: også budsjettet.")
    mine = list_meetings(story.engine, story.world.by(story.kari), story.call, story.vel)
    assert [(one.summary, one.present, one.logged_by) for one in mine] == [
        ("Vi gikk gjennom skjemaet.", ("Hanne Handler",), "Hanne Handler"),
        ("Rettelse: også budsjettet.", ("Hanne Handler",), "Hanne Handler"),
    ]
    assert list_meetings(story.engine, story.world.by(story.hanne), story.call, story.vel) == mine
    assert len(story.world.messages("kari@example.org", "meeting-logged")) == 2
    with pytest.raises(NotAllowedError, match="role-needed"):
        list_meetings(story.engine, story.world.by(story.ola), story.call, story.vel)
    assert examined(story.world).found == 0


def test_a_log_names_what_does_not_fit(story: Story) -> None:
    with pytest.raises(InputError) as error:
        story.log(kind="lunch", held_at="2027-01-20T13:01", summary=" ")
    assert problems(error) == [
        ("/kind", "not-one-of"), ("/held_at", "meeting-not-held-yet"), ("/summary", "field-missing"),
    ]  # fmt: skip
    with pytest.raises(InputError) as stranger:
        story.log(present=[story.hanne, story.kari])
    assert problems(stranger) == [("/present/1", "present-unknown")]
    [slot] = story.offer(WEDNESDAY)
    theirs = story.book(slot, story.ola, story.lag)
    for how, code in [
        ({"booking_id": theirs}, "booking-not-found"), ({"organisation_id": "nobody"}, "organisation-not-found"),
        ({"application_id": story.world.draft(story.call, story.lag, story.ola)}, "application-not-found"),
    ]:  # fmt: skip
        with pytest.raises(NotFoundError, match=code):
            story.log(**how)


def test_a_handler_with_a_tie_does_not_meet_that_applicant_and_nothing_is_told_of_it(world: World) -> None:
    story = Story(world, EXAMPLE.replace("impartiality: call ", "impartiality: case "))
    hege = story.colleague("Hege", "handler")
    story.apply(story.kari, story.vel)
    story.apply(story.ola, story.lag)
    [hers] = story.offer(WEDNESDAY)
    [others] = story.offer(WEDNESDAY, by=hege)
    booked = story.book(hers)
    declare_interests(story.engine, world.by(story.hanne), story.call, {story.vel: "Søsteren min er styreleder"})
    assert [
        one.wish for one in list_slots(story.engine, world.by(story.hanne), story.call, "guidance").items if one.wish
    ] == []
    story.cancel(booked, story.hanne)  # she may always say that she can not come herself
    assert story.free() == [others]
    assert story.free(story.ola, story.lag) == [hers, others]
    with pytest.raises(NotPossibleError) as refused:
        story.book(hers)
    words = story.engine.registry.texts.problem(refused.value.problem, "nb")
    assert words == "slot-not-for-you: Denne tiden er ikke tilgjengelig for dere. Velg en annen"
    theirs = story.book(others)
    for attempt in (
        story.log, lambda: story.cancel(theirs, story.hanne),
        lambda: list_meetings(story.engine, world.by(story.hanne), story.call, story.vel),
    ):  # fmt: skip
        with pytest.raises(NotAllowedError, match="conflict-of-interest"):
            attempt()
    with pytest.raises(NotAllowedError, match="interests-undeclared"):
        story.log(hege)
    world.declare(story.call, hege)
    with pytest.raises(NotPossibleError, match="present-not-impartial"):
        story.log(hege, present=[hege, story.hanne])
    assert story.log(hege)
    story.book(hers, story.ola, story.lag)


class Pitches(Story):
    """The call has closed with an application from each of two organisations, and a panel of two."""

    def __init__(self, world: World, source: str = PITCHES) -> None:
        super().__init__(world, source)
        self.first, self.second = self.apply(self.kari, self.vel), self.apply(self.ola, self.lag)
        self.anna, self.leif = self.colleague("Anna", "assessor"), self.colleague("Leif", "leader")
        world.clock.at = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
        world.declare(self.call, self.hanne, self.anna, self.leif)

    def panel(self, *members: str) -> None:
        set_panel(self.engine, self.world.by(self.hanne), self.call, "pitch", members or (self.anna, self.leif))

    def plan(self, first: str = "2027-03-09T09:00", **how: Any) -> int:
        return plan_pitches(
            self.engine, self.world.by(self.hanne), self.call, "pitch", first=first, place="Rom 1", **how
        )  # fmt: skip

    def times(self) -> dict[str, datetime | None]:
        """When each application has its pitch."""
        seen = pitch_overview(self.engine, self.world.by(self.hanne), self.call, "pitch")
        return {one.application_id: one.starts for one in seen.pitches}

    def booking(self, organisation: str) -> str:
        with self.engine.store.read() as reading:
            [(booking, _)] = reading.meetings.booked(self.call, "pitch", organisation)
        return booking.id


@pytest.fixture
def pitches(world: World) -> Pitches:
    return Pitches(world)


def test_all_pitch_with_the_same_questions_time_and_panel(pitches: Pitches) -> None:
    pitches.panel()
    assert pitches.plan() == 2
    assert pitches.plan() == 0
    nine = datetime(2027, 3, 9, 8, 0, tzinfo=UTC)
    assert sorted(pitches.times().values(), key=str) == [nine, nine + timedelta(minutes=25)]
    told = pitches.world.messages(template="pitch-booked")
    assert sorted(one.address for one in told) == ["kari@example.org", "ola@example.org"]
    for one in told:
        assert "Panel: Anna, Leif\n\nAlle søkere får 20 minutter" in one.body
        assert "\n1. Hvem når dere?\n2. Hva er nytt?\n" in one.body
        assert event_of(one)["SUMMARY"].startswith("Presentasjon: ")
    plans = pitches.world.messages(template="pitches-planned")
    assert sorted(one.address for one in plans) == [
        "anna@imdi.example",
        "hannehandler3@example.org",
        "leif@imdi.example",
    ]
    assert examined(pitches.world).found == 0


def test_a_round_that_the_scheme_has_for_some_is_for_them_only(world: World) -> None:
    """No kind of ours has such a rule of meetings; a stranger's may. Here it borrows that of a dialogue."""
    source = PITCHES.replace("version: 1.0.0", "version: 7.0.0").replace(
        "offered_to: all}", "offered_to: by_rule, rule: members >= 100}"
    )
    pitches = Pitches(world, source)
    with pitches.engine.store.read() as reading:
        call = reading.schemes.call(pitches.call)
        assert call is not None
        plan = plan_of_call(pitches.engine, reading, call)
    [key] = [key for key, one in pitches.engine.plans.items() if one is plan]
    rule = next(one.rule for one in plan.rounds if one.id == "dialogue")
    some = tuple(replace(one, rule=rule if "meet" in one.terms.allows else one.rule) for one in plan.rounds)
    pitches.engine.plans[key] = replace(plan, rounds=some)
    world.clock.at = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    mari, small = pitches.organisation("Mari", "Lite Lag", NUMBERS[2])
    few = world.draft(pitches.call, small, mari, {**ANSWERS, "members": 20})
    submit_application(pitches.engine, world.by(mari), few, 1)
    [guidance] = pitches.offer("2027-03-01T18:00")
    with pytest.raises(NotPossibleError, match="meeting-needs-application"):
        pitches.book(guidance, mari, small)
    with pytest.raises(NotPossibleError, match="round-not-offered"):
        pitches.book(guidance, mari, small, application_id=few)
    pitches.book(guidance, application_id=pitches.first)
    world.clock.turn(days=2)
    world.declare(pitches.call, pitches.hanne, pitches.anna, pitches.leif)
    pitches.panel()
    assert pitches.plan() == 2
    assert set(pitches.times()) == {pitches.first, pitches.second}


def test_the_order_is_drawn_and_kept(pitches: Pitches) -> None:
    pitches.panel()
    pitches.plan()
    with pitches.engine.store.read() as reading:
        [drawn] = [one.details for one in reading.trail.of("call", pitches.call) if one.verb == "pitches-planned"]
    assert drawn is not None
    assert drawn["seed"] == pitches.call
    assert drawn["order"] == list(pitches.times())


def test_who_applied_later_gets_the_next_time_and_so_many_a_day(pitches: Pitches) -> None:
    pitches.panel()
    pitches.plan("2027-03-12T15:15", per_day=1)
    friday, monday = sorted(one for one in pitches.times().values() if one)
    assert (f"{friday:%a %H:%M}", f"{monday:%a %H:%M}") == ("Fri 14:15", "Mon 14:15")
    with pytest.raises(InputError) as late:
        pitches.plan("2027-03-12T15:41", pause_minutes=-1, per_day=51)
    assert sorted(problems(late)) == [
        ("/first", "slot-outside-office-hours"), ("/pause_minutes", "number-too-small"), ("/per_day", "number-too-large"),
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "then"), [("2027-03-12T18:00", "Mon 17:00"), ("2027-03-13T11:00", "Sun 10:00")])
def test_pitches_in_evenings_and_weekends_where_the_scheme_offers_them(world: World, first: str, then: str) -> None:
    pitches = Pitches(
        world, PITCHES.replace("      minutes: 20\n", "      minutes: 20\n      outside_office_hours: true\n")
    )
    pitches.panel()
    pitches.plan(first, per_day=1)
    assert f"{max(one for one in pitches.times().values() if one):%a %H:%M}" == then


def test_pitches_that_do_not_fit_within_the_round(pitches: Pitches) -> None:
    pitches.panel()
    with pytest.raises(NotPossibleError) as error:
        pitches.plan("2027-03-19T15:40")
    assert (error.value.code, error.value.params) == ("pitches-do-not-fit", {"wanted": 2, "fit": 1})
    assert set(pitches.times().values()) == {None}


def test_no_pitch_is_put_where_one_of_the_panel_is_in_another_meeting(pitches: Pitches) -> None:
    pitches.panel()
    pitches.offer("2027-03-09T09:10", round="pitch", with_id=pitches.leif)
    pitches.plan()
    assert [f"{one:%H:%M}" for one in pitches.times().values() if one] == ["08:50", "09:15"]
    with pytest.raises(InputError) as error:  # who sits in the panel is engaged then, also elsewhere
        pitches.offer("2027-03-09T09:55", round="pitch", by=pitches.leif)
    assert problems(error) == [("/starts/0", "slot-overlaps")]


def test_an_applicant_swaps_by_cancelling_and_booking_another_time(pitches: Pitches) -> None:
    pitches.panel()
    pitches.plan()
    [other] = pitches.offer("2027-03-10T12:00", round="pitch")
    with pytest.raises(NotPossibleError, match="meeting-booked-already"):
        pitches.book(other)
    pitches.cancel(pitches.booking(pitches.vel))
    lacking = pitch_overview(pitches.engine, pitches.world.by(pitches.hanne), pitches.call, "pitch").lacking
    assert [one.organisation for one in lacking] == ["Bydel Vel"]
    pitches.book(other)
    assert pitches.times()[pitches.first] == datetime(2027, 3, 10, 11, 0, tzinfo=UTC)
    told = pitches.world.messages("anna@imdi.example", "pitch-booked")
    assert len(told) == 1


def test_a_pitch_is_of_an_application_that_waits_for_a_decision_and_of_a_panel(pitches: Pitches) -> None:
    [slot] = pitches.offer("2027-03-10T12:00", round="pitch")
    with pytest.raises(NotPossibleError, match="panel-not-set"):
        pitches.book(slot)
    with pytest.raises(NotPossibleError, match="panel-not-set"):
        pitches.plan()
    pitches.panel()
    withdraw_application(pitches.engine, pitches.world.by(pitches.kari), pitches.first)
    with pytest.raises(NotPossibleError, match="pitch-needs-application"):
        pitches.book(slot)
    assert pitches.plan() == 1
    assert list(pitches.times()) == [pitches.second]


def test_the_time_of_who_withdraws_is_free_for_others(pitches: Pitches) -> None:
    pitches.panel()
    pitches.plan()
    slot = next(
        one for one in list_slots(pitches.engine, pitches.world.by(pitches.hanne), pitches.call, "pitch").items
        if one.organisation == "Bydel Vel"
    )  # fmt: skip
    withdraw_application(pitches.engine, pitches.world.by(pitches.kari), pitches.first)
    assert [one.address for one in pitches.world.messages(template="meeting-cancelled")].count("kari@example.org") == 1
    assert pitches.free(pitches.ola, pitches.lag, "pitch") == [slot.id]
    assert examined(pitches.world).found == 0


def test_a_pitch_that_was_not_held_gets_another_time(pitches: Pitches) -> None:
    """Leif was ill, so that it was not heard by the whole panel."""
    pitches.panel()
    pitches.plan()
    booking = pitches.booking(pitches.vel)
    pitches.world.clock.at = datetime(2027, 3, 9, 12, 0, tzinfo=UTC)
    with pytest.raises(NotPossibleError, match="slot-passed"):
        pitches.cancel(booking)
    pitches.cancel(booking, pitches.hanne)
    assert pitches.plan("2027-03-10T09:00") == 1
    again = pitches.booking(pitches.vel)
    pitches.world.clock.turn(days=1)
    held = {"kind": "pitch", "held_at": "2027-03-10T09:00", "summary": "Godt forberedt."}
    pitches.log(**held, booking_id=again, present=[pitches.anna, pitches.leif])
    with pytest.raises(NotPossibleError, match="slot-passed"):
        pitches.cancel(again, pitches.hanne)


def test_the_panel_has_no_tie_to_any_applicant(pitches: Pitches) -> None:
    late, tied = pitches.colleague("Lise", "assessor"), pitches.colleague("Tore", "assessor")
    declare_interests(pitches.engine, pitches.world.by(tied), pitches.call, {pitches.lag: "Er med i styret"})
    with pytest.raises(InputError) as error:
        pitches.panel(pitches.anna, late, tied, pitches.kari)
    assert problems(error) == [
        ("/members/1", "panel-member-undeclared"), ("/members/2", "panel-member-not-impartial"),
        ("/members/3", "panel-member-unknown"),
    ]  # fmt: skip
    with pytest.raises(InputError) as empty:
        set_panel(pitches.engine, pitches.world.by(pitches.hanne), pitches.call, "pitch", [])
    assert problems(empty) == [("/members", "list-empty")]
    pitches.panel()
    declare_interests(pitches.engine, pitches.world.by(pitches.anna), pitches.call, {pitches.vel: "Bror i styret"})
    with pytest.raises(NotPossibleError, match="panel-not-impartial"):
        pitches.plan()
    [slot] = pitches.offer("2027-03-10T12:00", round="pitch")
    assert pitches.free(round="pitch") == []
    with pytest.raises(NotPossibleError, match="slot-not-for-you"):
        pitches.book(slot)


def test_one_of_the_panel_who_gets_a_tie_goes_out_and_the_others_hear_the_rest(pitches: Pitches) -> None:
    pitches.panel()
    pitches.plan()
    pitches.world.clock.at = datetime(2027, 3, 9, 8, 5, tzinfo=UTC)
    with pytest.raises(NotPossibleError, match="panel-fixed"):
        pitches.panel(pitches.leif)  # Anna may hear, and stays
    tie = {pitches.lag: "Min søster leder laget."}
    declare_interests(pitches.engine, pitches.world.by(pitches.anna), pitches.call, tie)
    with pytest.raises(NotPossibleError, match="panel-fixed"):
        pitches.panel(pitches.leif, pitches.hanne)  # nobody comes in her place
    pitches.panel(pitches.leif)
    pitches.world.clock.turn(hours=1)
    pitch: dict[str, Any] = {"kind": "pitch", "held_at": "2027-03-09T09:00", "summary": "Bra spørsmål om målgruppen."}
    assert pitches.log(pitches.leif, **pitch, booking_id=pitches.booking(pitches.vel), present=[pitches.leif])
    assert examined(pitches.world).found == 0


def test_the_panel_stays_from_the_first_pitch_on_and_hears_every_one(pitches: Pitches) -> None:
    pitches.panel(pitches.anna)
    pitches.panel()
    pitches.plan()
    pitches.world.clock.at = datetime(2027, 3, 9, 8, 0, tzinfo=UTC)
    with pytest.raises(NotPossibleError, match="panel-fixed"):
        pitches.panel(pitches.anna)
    pitches.panel()  # as it is
    pitches.world.clock.turn(hours=1)
    pitch: dict[str, Any] = {"kind": "pitch", "held_at": "2027-03-09T09:00", "summary": "Bra spørsmål om målgruppen."}
    with pytest.raises(NotPossibleError, match="pitch-without-booking"):
        pitches.log(**pitch)
    pitch["booking_id"] = pitches.booking(pitches.vel)
    for present in ((), (pitches.anna,), (pitches.anna, pitches.leif, pitches.hanne)):
        with pytest.raises(NotPossibleError) as error:
            pitches.log(**pitch, present=present)
        assert (error.value.code, error.value.params) == ("panel-not-whole", {"panel": ["Anna", "Leif"]})
    pitches.log(**pitch, present=[pitches.leif, pitches.anna])
    [seen] = list_meetings(pitches.engine, pitches.world.by(pitches.kari), pitches.call, pitches.vel)
    assert (seen.application_id, [one["nb"] for one in seen.asked if not isinstance(one, str)]) == (
        pitches.first, ["Hvem når dere?", "Hva er nytt?"],
    )  # fmt: skip
    overview = pitch_overview(pitches.engine, pitches.world.by(pitches.hanne), pitches.call, "pitch")
    assert (overview.panel, overview.minutes, overview.lacking, overview.unlike) == (("Anna", "Leif"), 20, (), ())
    assert {one.organisation: (one.minutes, one.present) for one in overview.pitches} == {
        "Bydel Vel": (20, ("Leif", "Anna")), "Grenda Lag": (20, ()),
    }  # fmt: skip
    assert examined(pitches.world).found == 0
