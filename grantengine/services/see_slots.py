"""The times of a round of meetings as handlers work with them: who has booked what, and what is still to be written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import DECIDERS, HANDLERS
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.list_slots import SlotPage, seen_slots, wishes_hidden
from grantengine.services.meetings import MeetingRound, meeting_round, people_of
from grantengine.services.people_input import page_of
from grantengine.services.see_desk import CallDesk, call_desk_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Words

MOST = 200


@dataclass(frozen=True, slots=True)
class MeetingRoundSeen:
    """A round in which people meet, for ``minutes`` each time. ``pitch``: everybody presents in the same way. ``timed``: it is
    known when it is, or it counts for each case; only then times can be given.
    """

    id: str
    title: Words
    minutes: int
    evenings: bool
    pitch: bool
    opens: datetime | None
    closes: datetime | None
    timed: bool


@dataclass(frozen=True, slots=True)
class SlotsSeen:
    """Times that have not ended, or (``past``) meetings that were held; ``written`` are the bookings of which something is
    written down, ``people`` (id and name) those whom applicants can meet.
    """

    desk: CallDesk
    at: datetime
    round: MeetingRoundSeen
    past: bool
    page: SlotPage
    written: frozenset[str]
    people: tuple[tuple[str, str], ...]


def see_slots(
    engine: Engine, by: By, call_id: str, round_id: str, *, past: bool = False, after: str = "", limit: int = 100
) -> SlotsSeen:  # fmt: skip
    """The times of a round in order, for those who decide its cases; without the wishes of those to whom they have a tie.

    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-without-meetings``.
    """
    after, limit = page_of(after, limit, MOST)
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, DECIDERS)
        round = meeting_round(engine, reading, call, round_id)
        found = reading.meetings.slots_on_side(call_id, round_id, by.at, past=past, after=after, limit=limit + 1)
        items = seen_slots(reading, found[:limit], wishes_hidden(reading, by, call_id, found))
        written = reading.meeting_logs.written({one.booking_id for one in items if one.booking_id})
        return SlotsSeen(
            call_desk_of(engine, reading, by, call, round.plan), by.at, round_told(round), past,
            SlotPage(items, items[-1].id if len(found) > limit else None), written,
            tuple(people_of(reading, call, HANDLERS, by.at).items()),
        )  # fmt: skip


def round_told(one: MeetingRound) -> MeetingRoundSeen:
    """A round of meetings as it is shown."""
    terms = one.round.terms
    return MeetingRoundSeen(
        one.round.id, one.round.title, terms.meeting_minutes, terms.outside_office_hours, one.is_pitch, one.time.opens,
        one.time.closes, one.is_open_ended or one.time.opens is not None,
    )  # fmt: skip
