"""The pitches of a round as handlers plan them: who hears them, when each is, and whether all are treated alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import DECIDERS
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.meetings import meeting_round, people_of
from grantengine.services.pitch_overview import PitchOverview, overview_of
from grantengine.services.see_desk import CallDesk, call_desk_of
from grantengine.services.see_slots import MeetingRoundSeen, round_told
from grantengine.services.set_panel import MAY_HEAR

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class PitchesSeen:
    """A round of pitches. ``asked`` are the questions put to all, ``members`` the ids of the panel, ``people`` (id and name)
    those who can be in it. ``begun``: the first pitch has begun, so that nobody comes in any more.
    """

    desk: CallDesk
    at: datetime
    round: MeetingRoundSeen
    asked: tuple[str | Mapping[str, str], ...]
    overview: PitchOverview
    members: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    begun: bool


def see_pitches(engine: Engine, by: By, call_id: str, round_id: str) -> PitchesSeen:
    """How the pitches of a call stand, and who can hear them, for those who decide its cases.

    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-without-pitches``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, DECIDERS)
        round = meeting_round(engine, reading, call, round_id, allows="pitch")
        panel = reading.meetings.panel(call_id, round_id)
        members = tuple(panel.members) if panel else ()
        people = people_of(reading, call, MAY_HEAR, by.at)
        gone = reading.users.named(set(members) - people.keys())
        return PitchesSeen(
            call_desk_of(engine, reading, by, call, round.plan), by.at, round_told(round), round.round.terms.asked,
            overview_of(engine, reading, round), members, tuple((people | gone).items()),
            reading.meetings.has_begun(call_id, round_id, by.at),
        )  # fmt: skip
