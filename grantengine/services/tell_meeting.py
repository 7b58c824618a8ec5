"""Everybody who is to meet is told when and where, with a file for the calendar; and told again when it is called off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import Message
from grantengine.hooks.context import MessageAttachment
from grantengine.services.calendar_file import media_type, meeting_file
from grantengine.services.meetings import MeetingRound, hearers, local_minutes
from grantengine.services.messages import receiver_of, send
from grantengine.store.tables.dialogue import Booking, MeetingSlot
from grantengine.store.tables.people import User
from grantengine.texts.catalogue import in_language

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work


def tell_booked(
    engine: Engine, work: Work, round: MeetingRound, slot: MeetingSlot, booking: Booking, *, authority: bool = True
) -> None:
    """Tell the one who booked, the contacts of the organisation and, if ``authority``, those of it who are in the meeting."""
    shared, office = _shared(engine, work, round, slot, booking), hearers(work, slot)
    for user in _people(work, booking, office if authority else ()):
        to, file = receiver_of(user), _file(engine, work, round, slot, booking, user)
        shared["url"] = _url(engine, slot, user if user.id in office else None)
        if round.is_pitch:
            send(
                engine, work, to, "pitch-booked", about=booking.id, attachments=[file], name=user.name,
                minutes=round.round.terms.meeting_minutes, panel=_panel(work, slot),
                questions=_questions(round, user.language), **shared,
            )  # fmt: skip
        else:
            send(
                engine, work, to, "meeting-booked", about=booking.id, attachments=[file], name=user.name,
                wish=booking.wish or "–", **shared,
            )  # fmt: skip


def tell_cancelled(
    engine: Engine, work: Work, round: MeetingRound, slot: MeetingSlot, booking: Booking, reason: str = ""
) -> None:
    """Tell everybody who had it in the calendar, both sides, that a meeting is called off."""
    shared, office = _shared(engine, work, round, slot, booking), hearers(work, slot)
    for user in _people(work, booking, office):
        shared["url"] = _url(engine, slot, user if user.id in office else None)
        file = _file(engine, work, round, slot, booking, user, cancelled=True)
        send(
            engine, work, receiver_of(user), "meeting-cancelled", about=booking.id, attachments=[file], name=user.name,
            reason=reason or Message("meeting.no-reason"), **shared,
        )  # fmt: skip


def _people(work: Work, booking: Booking, others: Collection[str]) -> list[User]:
    """Those who are told, each once: the contacts, who booked, if for the organisation still, and others."""
    people = work.organisations.people(booking.organisation_id, work.by.at)
    ours = {user.id for role, user in people if role.role == "contact" or user.id == booking.booked_by}
    found = (work.users.get(id) for id in sorted({*ours, *others}))
    return [one for one in found if one is not None]


def _shared(engine: Engine, work: Work, round: MeetingRound, slot: MeetingSlot, booking: Booking) -> dict[str, Any]:
    """What everybody is told."""
    organisation = work.organisations.get(booking.organisation_id)
    with_ = work.users.get(slot.with_id)
    return {
        "organisation": organisation.name if organisation else "", "who": with_.name if with_ else "",
        "call": round.call.title, "when": local_minutes(slot.starts_at, slot.ends_at), "place": slot.place,
    }  # fmt: skip


def _url(engine: Engine, slot: MeetingSlot, official: User | None = None) -> str:
    """The page of meetings: that of applicants, or of the authority; who is of the panel alone begins at the front page."""
    site = engine.settings.url
    if official is None:
        return f"{site}/calls/{slot.call_id}/meetings"
    is_met = official.id == slot.with_id
    return f"{site}/office/calls/{slot.call_id}/rounds/{slot.round_id}/slots" if is_met else f"{site}/office"


def _panel(work: Work, slot: MeetingSlot) -> list[str]:
    """The names of those who hear it, in the order they were set."""
    panel = work.meetings.panel(slot.call_id, slot.round_id)
    members = panel.members if panel else []
    names = work.users.named(members)
    return [names[id] for id in members if id in names]


def _questions(round: MeetingRound, language: str) -> str | Message:
    """What all are asked, a line each."""
    asked = [one if isinstance(one, str) else in_language(one, language) for one in round.round.terms.asked]
    return "\n".join(f"{place}. {one}" for place, one in enumerate(asked, 1)) or Message("meeting.no-questions")


def _file(
    engine: Engine, work: Work, round: MeetingRound, slot: MeetingSlot, booking: Booking, user: User, *,
    cancelled: bool = False,
) -> MessageAttachment:  # fmt: skip
    content = calendar_of(engine, work, round, slot, booking, user, made=work.by.at, cancelled=cancelled)
    return MessageAttachment("meeting.ics", media_type(cancelled=cancelled), content)


def calendar_of(
    engine: Engine, work: Reading, round: MeetingRound, slot: MeetingSlot, booking: Booking, user: User, *,
    made: datetime, cancelled: bool = False,
) -> bytes:  # fmt: skip
    """The meeting for someone's calendar; the file that calls it off is newer than the one that announced it."""
    authority = work.authorities.get(round.call.authority_id)
    title = Message("meeting.pitch" if round.is_pitch else "meeting.guidance", {"call": round.call.title})
    office = _address(in_language(authority.name, user.language), authority.email) if authority else None
    return meeting_file(
        id=booking.id, starts=slot.starts_at, ends=slot.ends_at, place=slot.place, made=made,
        title=engine.registry.texts.say(title, user.language), description=_url(engine, slot), organiser=office,
        cancelled=cancelled, sequence=int(cancelled), attendee=_address(user.name, user.email),
    )  # fmt: skip


def _address(name: str, email: str | None) -> str | None:
    """A name and an address in one, as the heads of letters have them."""
    plain = name.replace("\\", "").replace('"', "")
    return f'"{plain}" <{email}>' if email else None
