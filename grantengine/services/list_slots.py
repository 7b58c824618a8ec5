"""Times for meetings as each may see them: applicants the free ones and their own, handlers all with who has them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import APPLICANTS, DECIDERS
from grantengine.records import By
from grantengine.services.access import call_for, organisation_for
from grantengine.services.meetings import kept_away, meeting_round, parties, who_meets
from grantengine.services.people_input import page_of
from grantengine.store.tables.dialogue import Booking, MeetingSlot
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

MOST = 200
Found = tuple[MeetingSlot, Booking | None, str | None]


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A time for a meeting, in UTC. ``who`` is the name of the one whom applicants meet.

    ``booking_id`` is there where it is booked, which applicants see of their own only. ``organisation``, ``booked_by``
    and ``wish`` are for handlers and for the organisation itself.
    """

    id: str
    starts: datetime
    ends: datetime
    place: str
    who: str
    booking_id: str | None = None
    organisation_id: str | None = None
    organisation: str | None = None
    application_id: str | None = None
    booked_by: str | None = None
    wish: str | None = None


@dataclass(frozen=True, slots=True)
class SlotPage:
    """A page of a list; ``after`` begins the next one, None where this is the last."""

    items: tuple[SlotSeen, ...]
    after: str | None


def list_slots(
    engine: Engine, by: By, call_id: str, round_id: str, *, organisation_id: str | None = None, after: str = "",
    limit: int = 50,
) -> SlotPage:  # fmt: skip
    """The slots of a round in order of time, for those who act for an organisation; with None, for handlers.

    A handler does not see the wishes of those to whom a tie is declared.

    :raises NotFoundError: ``call-not-found``, ``organisation-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-without-meetings``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        if organisation_id is None:
            call = call_for(reading, by, call_id, DECIDERS)
            meeting_round(engine, reading, call, round_id)
            found = reading.meetings.slots(call_id, round_id, after=after, limit=limit + 1)
        else:
            organisation_for(reading, by, organisation_id, APPLICANTS)
            found = _open_to(engine, reading, by, call_id, round_id, organisation_id, after, limit + 1)
        hidden = set() if organisation_id else wishes_hidden(reading, by, call_id, found)
        items = seen_slots(reading, found[:limit], hidden)
    return SlotPage(items, items[-1].id if len(found) > limit else None)


def _open_to(
    engine: Engine, reading: Reading, by: By, call_id: str, round_id: str, organisation_id: str, after: str, limit: int
) -> list[Found]:
    """What an organisation has and may book; times that it would be refused are left out, and look like nothing.

    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotPossibleError: ``round-without-meetings``.
    """
    call = reading.schemes.call(call_id)
    if call is None:
        raise NotFoundError("call-not-found")
    meeting_round(engine, reading, call, round_id)
    return slots_open_to(reading, by, call, round_id, organisation_id, after, limit)


def slots_open_to(
    reading: Reading, by: By, call: Call, round_id: str, organisation_id: str, after: str, limit: int
) -> list[Found]:
    """What an organisation has booked in a round, and the free times that it would not be refused."""
    call_id = call.id
    _, touched = parties(reading, call_id, organisation_id)
    away = kept_away(reading, call_id, touched)
    panel = reading.meetings.panel(call_id, round_id)
    none_free = panel is not None and not away.isdisjoint(panel.members)
    return reading.meetings.slots_open_to(
        call_id,
        round_id,
        organisation_id,
        ahead_of=None if none_free else by.at,
        only_with=who_meets(reading, call, by.at) - away,
        after=after,
        limit=limit,
    )


def wishes_hidden(reading: Reading, by: By, call_id: str, found: list[Found]) -> set[str]:
    """The organisations, of those that have booked, to which the reader has a tie."""
    if by.kind == "system" or by.id is None:
        return set()
    ties = [one for one in reading.impartiality.interests(call_id, by.id) if one.status != "no-conflict"]
    everyone = {booking.organisation_id for _, booking, _ in found if booking}
    return everyone if any(one.whole_call for one in ties) else {one.organisation_id for one in ties}


def seen_slots(reading: Reading, found: list[Found], hidden: Collection[str] = ()) -> tuple[SlotSeen, ...]:
    """These times as they are shown, without the wishes of organisations that are ``hidden``."""
    names = reading.users.named({slot.with_id for slot, _, _ in found} | {b.booked_by for _, b, _ in found if b})
    return tuple(_seen(one, names, hidden) for one in found)


def _seen(found: Found, names: dict[str, str], hidden: Collection[str]) -> SlotSeen:
    slot, booking, organisation = found
    seen = SlotSeen(slot.id, slot.starts_at, slot.ends_at, slot.place, names.get(slot.with_id, ""))
    if booking is None:
        return seen
    return SlotSeen(
        seen.id, seen.starts, seen.ends, seen.place, seen.who, booking.id, booking.organisation_id, organisation,
        booking.application_id, names.get(booking.booked_by, ""),
        None if booking.organisation_id in hidden else booking.wish,
    )  # fmt: skip
