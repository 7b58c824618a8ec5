"""Organisations that want a meeting at the same moment, on both databases."""

from __future__ import annotations

from concurrency.meeting import Meeting, number_of

from grantengine.services.offer_slots import offer_slots


def slots(meeting: Meeting, count: int) -> list[str]:
    """Evenings of guidance."""
    starts = [f"2027-02-{day:02}T18:00" for day in range(1, count + 1)]
    by = meeting.world.by(meeting.world.made["handler"])
    return offer_slots(meeting.engine, by, meeting.call, "guidance", starts=starts, place="Telefon")


def organisations(meeting: Meeting, count: int) -> list[tuple[str, str]]:
    """A contact and an organisation each."""
    found = []
    for place in range(count):
        user = meeting.world.user(f"Leder {chr(97 + place)}")
        found.append((user, meeting.world.organisation(user, f"Lag {place}", number_of(place))))
    return found


def standing(meeting: Meeting) -> list[tuple[str, str]]:
    """Slots and who has them."""
    with meeting.engine.store.read() as reading:
        return [(slot.id, one.organisation_id) for one, slot in reading.meetings.booked(meeting.call, "guidance")]


def test_of_those_who_want_one_time_the_first_gets_it(meeting: Meeting) -> None:
    there = organisations(meeting, 4)
    for slot in slots(meeting, 3):
        outcomes = meeting.at_once(
            *(meeting.step("book", user, slot=slot, organisation=organisation) for user, organisation in there)
        )
        [winner] = [place for place, outcome in enumerate(outcomes) if "did" in outcome]
        assert [one["refused"] for one in outcomes if "refused" in one] == ["slot-taken"] * (len(there) - 1)
        assert (slot, there[winner][1]) in standing(meeting)
        there.pop(winner)  # it has one meeting ahead, and gets no other
    assert len(meeting.world.messages(template="meeting-booked")) == 6
    meeting.sound()


def test_two_of_one_organisation_who_book_at_once_get_one_meeting(meeting: Meeting) -> None:
    ola = meeting.writer("Ola")
    first, second = slots(meeting, 2)
    outcomes = meeting.at_once(
        meeting.step("book", slot=first, organisation=meeting.organisation),
        meeting.step("book", ola, slot=second, organisation=meeting.organisation),
    )
    assert [one.get("refused") for one in outcomes if "did" not in one] == ["meeting-booked-already"]
    assert len(standing(meeting)) == 1
    meeting.sound()


def test_a_time_is_not_removed_from_under_a_booking(meeting: Meeting) -> None:
    """Whoever is first: it is removed and can not be booked, or booked and then called off."""
    for place, ((user, organisation), slot) in enumerate(
        zip(organisations(meeting, 3), slots(meeting, 3), strict=True), 1
    ):
        outcomes = meeting.at_once(
            meeting.step("book", user, slot=slot, organisation=organisation),
            meeting.step("remove-slot", meeting.world.made["handler"], slot=slot),
        )
        assert outcomes[1] == {"did": None}, place
        assert outcomes[0].get("refused") in (None, "slot-not-found")
        assert standing(meeting) == []
        booked = meeting.world.messages(template="meeting-booked")
        assert len(meeting.world.messages(template="meeting-cancelled")) == len(booked)
    meeting.sound()
