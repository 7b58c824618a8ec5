"""Whether all were treated alike in a round of pitches: who has a time, how long, who heard it, and who lacks one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import DECIDERS
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.meetings import MeetingRound, meeting_round
from grantengine.services.set_panel import to_be_heard

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class Pitch:
    """The pitch of an application; times are UTC, and None where there is none.

    ``minutes`` is the time it was given, ``present`` the names of who heard it by the newest log (none: it is not logged),
    ``as_all`` whether it has the length and, once it is logged, the panel that the round has for all.
    """

    application_id: str
    number: str
    organisation: str
    starts: datetime | None
    minutes: int | None
    present: tuple[str, ...]
    as_all: bool
    booking_id: str | None = None


@dataclass(frozen=True, slots=True)
class PitchOverview:
    """The pitches of a round in order of time, those without a time last; ``panel`` are names."""

    panel: tuple[str, ...]
    minutes: int
    pitches: tuple[Pitch, ...]

    @property
    def lacking(self) -> tuple[Pitch, ...]:
        """Those who have no time."""
        return tuple(one for one in self.pitches if one.starts is None)

    @property
    def unlike(self) -> tuple[Pitch, ...]:
        """Those who were not treated as all others."""
        return tuple(one for one in self.pitches if not one.as_all)


def pitch_overview(engine: Engine, by: By, call_id: str, round_id: str) -> PitchOverview:
    """How the pitches of a call that is not decided yet stand, for those who handle it.

    :raises NotFoundError: ``call-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``round-without-pitches``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, DECIDERS)
        return overview_of(engine, reading, meeting_round(engine, reading, call, round_id, allows="pitch"))


def overview_of(engine: Engine, reading: Reading, round: MeetingRound) -> PitchOverview:
    """The same of a round that has been read."""
    call, round_id = round.call, round.round.id
    panel = reading.meetings.panel(call.id, round_id)
    members = panel.members if panel else []
    waiting, minutes = to_be_heard(engine, reading, round), round.round.terms.meeting_minutes
    times = {one.application_id: (one, slot) for one, slot in reading.meetings.booked(call.id, round_id)}
    logs = {one.booking_id: one.present for one in reading.meeting_logs.of_pitches(call.id, round_id)}
    names = reading.users.named({*members, *(id for present in logs.values() for id in present)})
    pitches = []
    for application, organisation in waiting:
        booking, slot = times.get(application.id, (None, None))
        length = int((slot.ends_at - slot.starts_at).total_seconds() // 60) if slot else None
        present = logs.get(booking.id, []) if booking else []
        as_all = length == minutes and (not present or set(present) == set(members))
        heard = tuple(names.get(id, "") for id in present)
        starts = slot.starts_at if slot else None
        pitches.append(
            Pitch(
                application.id, application.number, organisation, starts, length, heard, as_all,
                booking.id if booking else None,
            )
        )  # fmt: skip
    pitches.sort(key=lambda one: (one.starts is None, one.starts or call.announced_at, one.number))
    return PitchOverview(tuple(names.get(id, "") for id in members), minutes, tuple(pitches))
