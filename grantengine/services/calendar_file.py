"""Meetings as calendar files, which people's calendars take in, move and strike out."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

MAKER = "-//grantengine//grantengine//EN"


def meeting_file(
    *,
    id: str,
    starts: datetime,
    ends: datetime,
    title: str,
    place: str,
    description: str,
    organiser: str | None,
    made: datetime,
    cancelled: bool = False,
    sequence: int = 0,
    attendee: str | None = None,
) -> bytes:
    """A meeting as an iCalendar file (RFC 5545, RFC 5546) with one event; times in UTC, to the second.

    ``organiser`` and ``attendee`` are addresses, with a name where there is one: ``IMDi <post@imdi.example>``. Files with
    the same ``id`` are about the same meeting: a calendar takes the one with the highest ``sequence``, so that one that
    moves or cancels a meeting has a higher one than all before.
    """
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"{id}@grantengine")
    event.add("sequence", sequence)
    event.add("dtstamp", made.astimezone(UTC))
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add("summary", _line(title))
    event.add("location", _line(place))
    event.add("description", "\n".join(map(_line, description.splitlines())))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    _add_person(event, "organizer", organiser)
    _add_person(event, "attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", _method(cancelled))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def media_type(*, cancelled: bool = False) -> str:
    """What a mail calls such a file: it names the method that the file itself names (RFC 6047)."""
    return f"text/calendar; method={_method(cancelled)}; charset=utf-8"


def _method(cancelled: bool) -> str:
    return "CANCEL" if cancelled else "REQUEST"


def _add_person(event: Event, role: str, person: str | None) -> None:
    from icalendar import vCalAddress

    name, address = parseaddr(_line(person or ""))
    if not address:
        return
    added = vCalAddress(f"mailto:{address}")
    if name:
        added.params["CN"] = name
    event.add(role, added)


def _line(text: str) -> str:
    """On one line, and without the characters that RFC 5545 does not allow in a text."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
