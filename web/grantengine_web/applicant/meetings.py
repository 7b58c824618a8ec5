"""Meetings about a call: times that can be booked, those that are, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby

from babel.dates import format_date
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem
from grantengine.services.book_meeting import book_meeting, cancel_booking
from grantengine.services.list_slots import SlotSeen
from grantengine.services.move_meeting import move_meeting
from grantengine.services.see_meetings import MeetingsSeen, see_calendar, see_meetings
from grantengine.services.slot_times import in_office_hours
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.reading import WRITERS
from grantengine_web.words import LOCALES, OSLO, t


@applicant.get("/calls/<id>/meetings")
@open_to(Who.SIGNED_IN, *WRITERS)
def meetings(id: str) -> ResponseReturnValue:
    """What one's organisation has booked, and what it may book; one who acts for several chooses first."""
    return _page(id, request.args.get("organisation"))


@applicant.post("/calls/<id>/meetings")
@open_to(Who.SIGNED_IN, *WRITERS)
def book(id: str) -> ResponseReturnValue:
    """Take a time, or another time instead of one that is booked (``booking``)."""
    form, organisation = request.form, request.form.get("organisation", "")
    slot, booking = form.get("slot", ""), form.get("booking", "")
    try:
        if not slot:
            return _page(id, organisation, (Problem("slot-needed"),), 422)
        if booking:
            move_meeting(here.engine(), here.by(), booking, slot, call_id=id)
        else:
            book_meeting(
                here.engine(), here.by(), slot, organisation_id=organisation,
                application_id=form.get("application") or None, wish=form.get("wish", ""), call_id=id,
            )  # fmt: skip
    except InputError as error:
        return _page(id, organisation, error.problems, 422)
    except (NotPossibleError, NotFoundError) as error:
        if isinstance(error, NotFoundError) and error.code != "slot-not-found":
            raise
        return _page(id, organisation, (error.problem,), 409)
    flash(t("web.meeting.moved" if booking else "web.meeting.booked"))
    return redirect(url_for("applicant.meetings", id=id, organisation=organisation), 303)


@applicant.post("/calls/<id>/meetings/<booking>/cancel")
@open_to(Who.SIGNED_IN, *WRITERS)
def cancel_meeting(id: str, booking: str) -> ResponseReturnValue:
    """Give a time back."""
    organisation = request.form.get("organisation", "")
    try:
        cancel_booking(here.engine(), here.by(), booking, call_id=id)
    except NotPossibleError as error:
        return _page(id, organisation, (error.problem,), 409)
    flash(t("web.meeting.cancelled"))
    return redirect(url_for("applicant.meetings", id=id, organisation=organisation or None), 303)


@applicant.get("/calls/<id>/meetings/<booking>/meeting.ics")
@open_to(Who.SIGNED_IN, *WRITERS)
def calendar(id: str, booking: str) -> ResponseReturnValue:
    """A meeting as a file for the calendar."""
    answer = Response(
        see_calendar(here.engine(), here.by(), booking, call_id=id), content_type="text/calendar; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


def _page(
    id: str, organisation: str | None, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    seen = see_meetings(here.engine(), here.by(), id, organisation or None)
    return render_template(
        "applicant/meetings/meetings.html", seen=seen, problems=problems, form=request.form, days=days,
        move=_moved(seen), outside=outside_office_hours, weekday=weekday,
    ), status  # fmt: skip


def _moved(seen: MeetingsSeen) -> SlotSeen | None:
    """The booked time that another is looked for."""
    wanted = request.values.get("move") or request.form.get("booking")
    booked = (slot for round in seen.rounds for slot in round.booked)
    return next((slot for slot in booked if slot.booking_id == wanted and slot.starts > seen.at), None)


def days(slots: Iterable[SlotSeen]) -> Iterator[tuple[date, list[SlotSeen]]]:
    """Times by their day in Norway."""
    for day, found in groupby(slots, key=lambda slot: slot.starts.astimezone(OSLO).date()):
        yield day, list(found)


def weekday(at: date | datetime) -> str:
    """A day with its weekday, such as «onsdag 3. februar 2027»."""
    day = at.astimezone(OSLO).date() if isinstance(at, datetime) else at
    pattern = "EEEE d MMMM y" if here.language() == "en" else "EEEE d. MMMM y"
    return format_date(day, pattern, locale=LOCALES[here.language()])


def outside_office_hours(slot: SlotSeen) -> bool:
    """Whether a time lies in an evening, at night or in a weekend."""
    return not in_office_hours(slot.starts, slot.ends)
