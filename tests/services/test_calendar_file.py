"""Meetings as files that calendars read."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from grantengine.services.calendar_file import media_type, meeting_file

OSLO = ZoneInfo("Europe/Oslo")
MADE = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
STARTS = datetime(2027, 3, 30, 18, 0, tzinfo=OSLO)
MEETING: dict[str, Any] = {
    "id": "01abc", "starts": STARTS, "ends": STARTS + timedelta(minutes=45), "title": "Veiledning om søknad 2027/14",
    "place": "Tøyen bibliotek, Hagegata 22; andre etasje", "description": "Hei Åse,\n\nta gjerne med budsjettet.\r\nHilsen oss",
    "organiser": "IMDi – tilskudd <post@imdi.example>", "made": MADE,
}  # fmt: skip


def read(content: bytes) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    [event] = calendar.events
    assert (calendar.errors, event.errors) == ([], [])
    return calendar, event


def test_a_meeting_comes_out_as_it_was_put_in() -> None:
    calendar, event = read(meeting_file(**MEETING))
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "REQUEST")
    assert calendar["PRODID"] == "-//grantengine//grantengine//EN"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("01abc@grantengine", 0, "CONFIRMED")
    assert (event.start, event.end) == (STARTS, STARTS + timedelta(minutes=45))
    assert event.DTSTAMP == MADE
    assert event["SUMMARY"] == MEETING["title"]
    assert event["LOCATION"] == MEETING["place"]
    assert event["DESCRIPTION"] == "Hei Åse,\n\nta gjerne med budsjettet.\nHilsen oss"
    assert event["ORGANIZER"] == "mailto:post@imdi.example"
    assert event["ORGANIZER"].params == {"CN": "IMDi – tilskudd"}
    assert "ATTENDEE" not in event


def test_the_file_to_the_letter() -> None:
    assert meeting_file(**MEETING, attendee="ase@example.org").decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//grantengine//grantengine//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "SUMMARY:Veiledning om søknad 2027/14",
        "DTSTART:20270330T160000Z",
        "DTEND:20270330T164500Z",
        "DTSTAMP:20270201T093000Z",
        "UID:01abc@grantengine",
        "SEQUENCE:0",
        "ATTENDEE:mailto:ase@example.org",
        "DESCRIPTION:Hei Åse\\,\\n\\nta gjerne med budsjettet.\\nHilsen oss",
        "LOCATION:Tøyen bibliotek\\, Hagegata 22\\; andre etasje",
        'ORGANIZER;CN="IMDi – tilskudd":mailto:post@imdi.example',
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_times_are_in_utc_on_both_sides_of_the_change_of_the_clock() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=OSLO)
    for starts, written in ((first, b"20261025T003000Z"), (first.replace(fold=1), b"20261025T013000Z")):
        content = meeting_file(**{**MEETING, "starts": starts, "ends": starts.astimezone(UTC) + timedelta(hours=1)})
        assert b"DTSTART:" + written in content
        assert b"TZID" not in content


def test_a_cancelled_meeting_is_the_same_meeting_later_on() -> None:
    _, invited = read(meeting_file(**MEETING))
    later = {**MEETING, "made": MADE + timedelta(days=1)}
    calendar, cancelled = read(meeting_file(**later, cancelled=True, sequence=1))
    assert (calendar["METHOD"], cancelled["STATUS"]) == ("CANCEL", "CANCELLED")
    assert cancelled["UID"] == invited["UID"]
    assert cancelled["SEQUENCE"] > invited["SEQUENCE"]
    assert cancelled.DTSTAMP > invited.DTSTAMP
    assert (cancelled.start, cancelled["ORGANIZER"]) == (invited.start, invited["ORGANIZER"])


def test_a_mail_names_the_method_of_the_file() -> None:
    for cancelled in (False, True):
        calendar, _ = read(meeting_file(**MEETING, cancelled=cancelled))
        assert media_type(cancelled=cancelled) == f"text/calendar; method={calendar['METHOD']}; charset=utf-8"


def test_long_lines_are_folded_between_letters() -> None:
    long = {**MEETING, "description": "Blåbærsyltetøy på Ås. " * 40 + "🇳🇴", "title": "Å" * 200}
    content = meeting_file(**long)
    lines = [line.decode() for line in content.split(b"\r\n")]  # each is whole letters
    assert max(len(line.encode()) for line in lines) <= 75
    assert [line for line in lines if "\n" in line or "\r" in line] == []
    _, event = read(content)
    assert event["DESCRIPTION"] == long["description"]
    assert event["SUMMARY"] == long["title"]


@pytest.mark.parametrize("organiser", [None, "", "   "])
def test_a_meeting_without_an_organiser(organiser: str | None) -> None:
    _, event = read(meeting_file(**{**MEETING, "organiser": organiser}))
    assert "ORGANIZER" not in event


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_that_people_write_becomes_a_line_of_its_own(text: str, name: str) -> None:
    sly = {
        "title": text,
        "place": text,
        "description": text,
        "organiser": f"{name} <post@imdi.example>",
        "attendee": text,
    }
    content = meeting_file(**{**MEETING, **sly})
    calendar, event = read(content)
    assert calendar["METHOD"] == "REQUEST"
    assert set(event) <= {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "ORGANIZER",
        "ATTENDEE",
    }  # fmt: skip
    assert not any(letter < " " for letter in content.decode().replace("\r\n", ""))
    assert event["SUMMARY"].split() == "".join(one if one.isprintable() else " " for one in text).split()


def test_a_line_that_would_be_a_header_stays_a_text() -> None:
    for newline in ("\n", "\r\n", "\r", "\x0b", "\x85", "\u2028"):
        text = f"Møte{newline}ATTENDEE:mailto:alle@example.org"
        person = f"IMDi{newline}ATTENDEE <post@imdi.example>"
        _, event = read(meeting_file(**{**MEETING, "title": text, "organiser": person}))
        assert event["SUMMARY"] == "Møte ATTENDEE:mailto:alle@example.org"
        assert event["ORGANIZER"].params["CN"] == "IMDi ATTENDEE"
        assert "ATTENDEE" not in event


def test_the_library_is_not_loaded_before_a_file_is_made() -> None:
    program = "import grantengine.services.calendar_file, sys; print('icalendar' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
